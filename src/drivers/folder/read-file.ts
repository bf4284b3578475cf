import { close as closeFile, constants, fstat, open as openFile, read as readFile } from 'node:fs'
import { promisify } from 'node:util'
import type { ByteRange, Bytes } from '../../ports/file-store.js'
import { codeOf } from './durable.js'
import { type DiskState, stateOf } from './paths.js'

const openAsync = promisify(openFile)
const closeAsync = promisify(closeFile)
const fstatAsync = promisify(fstat)
const readAsync = promisify(readFile)

/** The largest piece that is read at once. */
const CHUNK_BYTES = 256 * 1024

/** A file opened for reading: whatever happens to its name, these bytes stay the ones that were opened. */
export interface OpenedFile {
  readonly state: DiskState
  read(range?: ByteRange): Bytes
  close(): Promise<void>
}

/** Opens a file; null when there is none at this place, or something else, such as a link. */
export async function openForReading(place: string): Promise<OpenedFile | null> {
  let file: number
  try {
    file = await openAsync(place, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return null
    throw error
  }
  const stats = await fstatAsync(file)
  if (!stats.isFile()) {
    await closeAsync(file)
    return null
  }
  const { size } = stats
  return {
    state: stateOf(stats),
    read: (range) => readAndClose(file, range?.start ?? 0, range ? range.end + 1 : size),
    close: () => closeAsync(file),
  }
}

async function* readAndClose(file: number, start: number, end: number): Bytes {
  try {
    let at = start
    while (at < end) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - at))
      const { bytesRead } = await readAsync(file, buffer, 0, buffer.byteLength, at)
      if (bytesRead === 0)
        throw new Error('The file was cut short by another program while it was being read.')
      yield bytesRead === buffer.byteLength ? buffer : buffer.subarray(0, bytesRead)
      at += bytesRead
    }
  } finally {
    await closeAsync(file)
  }
}
