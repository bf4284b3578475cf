import { createHash } from 'node:crypto'
import {
  chownSync,
  close as closeFile,
  closeSync,
  constants,
  copyFileSync,
  fdatasync,
  fsync,
  fsyncSync,
  mkdirSync,
  open as openFile,
  openSync,
  rmSync,
  type Stats,
  writev,
} from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { Bytes } from '../../ports/file-store.js'
import { WopiError } from '../../protocol/errors.js'
import { reach } from './faults.js'

const openAsync = promisify(openFile)
const closeAsync = promisify(closeFile)
const fdatasyncAsync = promisify(fdatasync)
const fsyncAsync = promisify(fsync)
const writevAsync = promisify(writev)

/** How much is gathered before it is written: large enough to be worth a call, small enough that memory stays flat. */
const GATHER_BYTES = 512 * 1024

/** The mode that new documents have. */
export const NEW_FILE_MODE = 0o666 & ~process.umask()

/**
 * Writes a new file from a stream, hashing on the way, and returns when its bytes are on the disk. While one part is being written the next is
 * gathered. On any error the file is removed and the error passed on.
 *
 * @throws WopiError `storage-full` when the disk is full; EEXIST when the place is taken.
 */
export async function writeDurably(place: string, body: Bytes): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  const file = await openAsync(place, 'wx', NEW_FILE_MODE).catch(asRefusal)
  let size = 0
  let writing: Promise<unknown> = Promise.resolve()
  try {
    reach('stage:opened')
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
    reach('stage:written')
    await fdatasyncAsync(file)
    reach('stage:flushed')
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

/** Copies a file over whatever is at the other place, sharing its blocks where the file system can. Not durable by itself. */
export function copyOver(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_FICLONE)
}

/** Copies a file to a new place, as `copyOver` does, without keeping others waiting. On any error nothing is left there. */
export async function copyToNew(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  } catch (error) {
    rmSync(to, { force: true })
    asRefusal(error)
  }
}

/** Flushes under way, by place; and those that will begin when these have ended. */
const flushes = new Map<string, { now: Promise<void>; next: Promise<void> | null }>()

/**
 * One flush serves everybody who asked before it began. One that has begun may have come too early for what was written since, so whoever asks
 * then waits for the next, together with all others who do.
 */
function together(place: string, flush: () => Promise<void>): Promise<void> {
  const under = flushes.get(place)
  if (under) {
    under.next ??= under.now.then(() => together(place, flush))
    return under.next
  }
  const flushed = flush()
  const entry = { now: flushed.catch(() => {}), next: null }
  flushes.set(place, entry)
  void entry.now.then(() => {
    if (flushes.get(place) === entry) flushes.delete(place)
  })
  return flushed
}

/** Returns when the bytes that a file has now are on the disk. */
export function flushFile(place: string): Promise<void> {
  return together(place, async () => {
    const file = openSync(place, 'r+')
    try {
      await fdatasyncAsync(file)
    } finally {
      closeSync(file)
    }
  })
}

/** Returns when the names that a folder has now are on the disk. Systems that cannot do this for folders need not. */
export function flushFolder(place: string): Promise<void> {
  reach('folder:before-flush')
  return together(place, async () => {
    let folder: number
    try {
      folder = openSync(place, 'r')
    } catch {
      return
    }
    try {
      await fsyncAsync(folder)
    } catch {
      // Windows refuses to flush a folder.
    } finally {
      closeSync(folder)
    }
  })
}

/** Gives a file to whoever owns another, as only root may: documents then stay with those they belong to. */
export function giveTo(place: string, owner: Stats): void {
  const isOurs = owner.uid === process.getuid?.() && owner.gid === process.getgid?.()
  if (!isOurs && process.getuid?.() === 0) chownSync(place, owner.uid, owner.gid)
}

/** Makes a folder of ours whose name is on the disk when it returns. */
export function makeFolder(place: string): void {
  mkdirSync(place, { recursive: true, mode: 0o700 })
  try {
    const parent = openSync(dirname(place), 'r')
    fsyncSync(parent)
    closeSync(parent)
  } catch {
    // Windows refuses to flush a folder.
  }
}

/** Returns when the name of a file or folder is on the disk. */
export function flushName(place: string): Promise<void> {
  return flushFolder(dirname(place))
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

/** A disk that is full is told as such; everything else stays the fault it is. */
function asRefusal(error: unknown): never {
  throw isDiskFull(error) ? diskFull(error) : error
}

export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(error))
}

export function diskFull(cause: unknown): WopiError {
  return new WopiError('storage-full', 'The disk of this host is full. Nothing was changed.', { cause })
}

/** The code by which the system names an error, such as `ENOENT`; empty for other errors. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
