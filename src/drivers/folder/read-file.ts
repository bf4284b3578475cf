import { closeSync, constants, fstatSync, openSync, read as readCallback, readSync } from 'node:fs'
import { promisify } from 'node:util'
import type { ByteRange, Content } from '../../ports/file-store.js'
import { codeOf } from './durable.js'
import { type DiskState, stateOf } from './paths.js'

const readAsync = promisify(readCallback)

/** The largest part that is read at once. */
const PART_BYTES = 128 * 1024

/** So many buffers are kept for parts that are lent: fresh memory costs more than what is read into it. */
const SPARE_BUFFERS = 16

const spare: Buffer[] = []

/** A file opened for reading: whatever happens to its name, these bytes stay the ones that were opened. */
export interface OpenedFile {
  readonly state: DiskState
  /** To be called once, or `close` instead. The file is closed when all is read, and when whoever reads ends the iteration. */
  read(range?: ByteRange): Content
  close(): void
}

/** Opens a file; null when there is none at this place, or something else, such as a link. */
export function openForReading(place: string): OpenedFile | null {
  let file: number
  try {
    file = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR', 'EISDIR', 'ENXIO'].includes(codeOf(error))) return null
    throw error
  }
  const stats = fstatSync(file)
  if (!stats.isFile()) {
    closeSync(file)
    return null
  }
  return {
    state: stateOf(stats),
    read(range) {
      const [start, end] = [range?.start ?? 0, range ? range.end + 1 : stats.size]
      return {
        lend: (take) => lend(file, start, end, take),
        [Symbol.asyncIterator]: () => readInParts(file, start, end),
      }
    },
    close: () => closeSync(file),
  }
}

/** Reads parts into memory that is used again. */
async function lend(
  file: number,
  start: number,
  end: number,
  take: (part: Uint8Array) => Promise<void>,
): Promise<void> {
  const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES)
  try {
    // What fits into one part is read at once: that takes less time than waiting for a turn would.
    const isSmall = end - start <= PART_BYTES
    for (let at = start; at < end; ) {
      const length = Math.min(PART_BYTES, end - at)
      const bytes = isSmall
        ? readSync(file, buffer, 0, length, at)
        : (await readAsync(file, buffer, 0, length, at)).bytesRead
      if (bytes === 0) throw cutShort()
      at += bytes
      await take(buffer.subarray(0, bytes))
    }
    // After a failure nobody knows whether the memory is free.
    if (spare.length < SPARE_BUFFERS) spare.push(buffer)
  } finally {
    closeSync(file)
  }
}

/** An iteration that closes the file at its end, however it ends, also when it ends before it has begun. */
function readInParts(file: number, start: number, end: number): AsyncIterator<Uint8Array, undefined> {
  let at = start
  let isOpen = true

  function close(): void {
    if (isOpen) closeSync(file)
    isOpen = false
  }

  async function readOn(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!isOpen || at >= end) {
      close()
      return { done: true, value: undefined }
    }
    const buffer = Buffer.allocUnsafeSlow(Math.min(PART_BYTES, end - at))
    const { bytesRead } = await readAsync(file, buffer, 0, buffer.byteLength, at)
    if (bytesRead === 0) throw cutShort()
    at += bytesRead
    return { done: false, value: buffer.subarray(0, bytesRead) }
  }

  let reading: Promise<unknown> = Promise.resolve()
  return {
    next() {
      const result = readOn()
      reading = result.catch(close)
      return result
    },
    async return() {
      // A file must not be closed under a read: its number may be another file's by then.
      await reading
      close()
      return { done: true, value: undefined }
    },
  }
}

function cutShort(): Error {
  return new Error('The file was cut short by another program while it was being read.')
}
