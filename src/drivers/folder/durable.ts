import { createHash } from 'node:crypto'
import {
  close as closeFile,
  constants,
  copyFileSync,
  fdatasync,
  fsync,
  linkSync,
  open as openFile,
  renameSync,
  rmSync,
  writev,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { Bytes } from '../../ports/file-store.js'
import { WopiError } from '../../protocol/errors.js'

const openAsync = promisify(openFile)
const closeAsync = promisify(closeFile)
const fdatasyncAsync = promisify(fdatasync)
const fsyncAsync = promisify(fsync)
const writevAsync = promisify(writev)

/** How much is gathered before it is written: large enough to be worth a call, small enough that memory stays flat. */
const GATHER_BYTES = 512 * 1024

/**
 * Writes a new file from a stream, hashing on the way, and returns when its bytes are on the disk. While one part is being written the next is
 * gathered. On any error the file is removed and the error passed on.
 *
 * @throws WopiError `storage-full` when the disk is full; EEXIST when the place is taken.
 */
export async function writeDurably(place: string, body: Bytes): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  const file = await openAsync(place, 'wx', 0o600).catch(asRefusal)
  let size = 0
  let writing: Promise<unknown> = Promise.resolve()
  try {
    let gathered: Uint8Array[] = []
    let gatheredBytes = 0
    for await (const chunk of body) {
      hash.update(chunk)
      gathered.push(chunk)
      gatheredBytes += chunk.byteLength
      if (gatheredBytes < GATHER_BYTES) continue
      await writing
      writing = writeAll(file, gathered, size)
      // A failure is met at the next await; until then it must not count as unhandled.
      writing.catch(() => {})
      size += gatheredBytes
      gathered = []
      gatheredBytes = 0
    }
    await writing
    await writeAll(file, gathered, size)
    size += gatheredBytes
    await fdatasyncAsync(file)
  } catch (error) {
    await writing.catch(() => {})
    await closeAsync(file)
    rmSync(place, { force: true })
    return asRefusal(error)
  }
  await closeAsync(file)
  return { size, sha256: hash.digest('base64') }
}

async function writeAll(file: number, chunks: readonly Uint8Array[], position: number): Promise<void> {
  let rest = chunks
  let at = position
  while (rest.length > 0) {
    const { bytesWritten } = await writevAsync(file, rest as Uint8Array[], at)
    at += bytesWritten
    rest = skip(rest, bytesWritten)
  }
}

/** What is left of the chunks after so many bytes: a call may write less than it was given. */
function skip(chunks: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes
  const rest: Uint8Array[] = []
  for (const chunk of chunks) {
    if (left >= chunk.byteLength) left -= chunk.byteLength
    else {
      rest.push(left > 0 ? chunk.subarray(left) : chunk)
      left = 0
    }
  }
  return rest
}

/** Copies a file to a new place, sharing its blocks where the file system can, and returns when the copy is on the disk. */
export async function copyDurably(from: string, to: string): Promise<void> {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    const file = await openAsync(to, 'r+')
    try {
      await fdatasyncAsync(file)
    } finally {
      await closeAsync(file)
    }
  } catch (error) {
    rmSync(to, { force: true })
    asRefusal(error)
  }
}

/** Makes the names in a folder durable after something was renamed or made there. Systems that cannot do this for folders need not. */
export async function syncFolder(place: string): Promise<void> {
  let folder: number
  try {
    folder = await openAsync(place, 'r')
  } catch {
    return
  }
  try {
    await fsyncAsync(folder)
  } catch {
    // Windows refuses to flush a folder.
  } finally {
    await closeAsync(folder)
  }
}

/** Moves a file; between two file systems it is copied, so that the new place never shows a part of it. */
export function moveFile(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error
    copyFileSync(from, `${to}.part`)
    renameSync(`${to}.part`, to)
    rmSync(from)
  }
}

/** Gives a file a second name, or a copy where names cannot be shared; EEXIST when the place is taken. */
export function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS'].includes(codeOf(error))) throw error
    copyFileSync(from, to, constants.COPYFILE_EXCL)
  }
}

/** Base64 of the SHA-256 of a file. */
export async function hashFile(place: string): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(place, 'r')
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: 256 * 1024 }))
      hash.update(chunk as Uint8Array)
  } finally {
    await file.close()
  }
  return hash.digest('base64')
}

/** The folder a place is in, made durable. */
export function syncParent(place: string): Promise<void> {
  return syncFolder(dirname(place))
}

/** A disk that is full or a folder that may not be written is told as such; everything else stays the fault it is. */
function asRefusal(error: unknown): never {
  const code = codeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    throw new WopiError('storage-full', 'The disk of this host is full. Nothing was changed.', {
      cause: error,
    })
  }
  throw error
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
