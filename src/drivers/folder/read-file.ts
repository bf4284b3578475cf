import { closeSync, constants, fstatSync, openSync, read as readCallback, readSync } from 'node:fs'
import { promisify } from 'node:util'
import type { ByteRange, Bytes } from '../../ports/file-store.js'
import { codeOf } from './durable.js'
import { type DiskState, stateOf } from './paths.js'

const readAsync = promisify(readCallback)

/** The largest piece that is read at once. */
const CHUNK_BYTES = 256 * 1024

/** Up to so many bytes are read at once when the file is opened: that takes less time than waiting for a turn would. */
const SMALL_BYTES = 128 * 1024

/** A file opened for reading: whatever happens to its name, these bytes stay the ones that were opened. */
export interface OpenedFile {
  readonly state: DiskState
  /** To be called once, or `close` instead. The file is closed when all is read, and when whoever reads ends the iteration. */
  read(range?: ByteRange): Bytes
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
      return end - start <= SMALL_BYTES ? readNow(file, start, end) : readInPieces(file, start, end)
    },
    close: () => closeSync(file),
  }
}

/** Reads a small part and closes the file, so that nothing is open whatever becomes of the bytes. */
function readNow(file: number, start: number, end: number): Bytes {
  const buffer = Buffer.allocUnsafeSlow(end - start)
  try {
    let length = 0
    while (length < buffer.byteLength) {
      const bytes = readSync(file, buffer, length, buffer.byteLength - length, start + length)
      if (bytes === 0) throw cutShort()
      length += bytes
    }
  } finally {
    closeSync(file)
  }
  return once(buffer)
}

async function* once(bytes: Uint8Array): Bytes {
  if (bytes.byteLength > 0) yield bytes
}

/** An iteration that closes the file at its end, however it ends, also when it ends before it has begun. */
function readInPieces(file: number, start: number, end: number): Bytes {
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
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - at))
    const { bytesRead } = await readAsync(file, buffer, 0, buffer.byteLength, at)
    if (bytesRead === 0) throw cutShort()
    at += bytesRead
    return { done: false, value: buffer.subarray(0, bytesRead) }
  }

  let reading: Promise<unknown> = Promise.resolve()
  const iterator: AsyncIterator<Uint8Array, undefined> = {
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
  return { [Symbol.asyncIterator]: () => iterator }
}

function cutShort(): Error {
  return new Error('The file was cut short by another program while it was being read.')
}
