import { createHash } from 'node:crypto'
import {
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fdatasync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { WopiError } from '../../protocol/errors.js'
import { reach } from './faults.js'

const fdatasyncAsync = promisify(fdatasync)
const fsyncAsync = promisify(fsync)

/** The mode that new documents have. */
export const NEW_FILE_MODE = 0o666 & ~process.umask()

/** How much is copied at once. */
const COPY_BYTES = 512 * 1024

/** Whether the file system has not yet refused to let two files share blocks. */
let sharesBlocks = true

/**
 * Copies a file over whatever is at the other place, sharing its blocks where the file system can. Elsewhere what is there is written over, which
 * takes a fraction of the time of making and freeing blocks, but shows a mixture meanwhile and after a kill: only for copies that are compared
 * with a hash before they are used. Not durable by itself.
 */
export function copyOver(from: string, to: string): void {
  if (sharesBlocks) {
    try {
      copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE)
      return
    } catch (error) {
      if (codeOf(error) === 'ENOENT') throw error
      sharesBlocks = false
    }
  }
  writeOver(from, to)
}

/** Makes bytes the content of a private copy, as `copyOver` does. */
export function overwrite(to: string, bytes: Buffer): void {
  const target = openToWriteOver(to)
  try {
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(target, bytes, at, bytes.byteLength - at, at)
    if (fstatSync(target).size > bytes.byteLength) ftruncateSync(target, bytes.byteLength)
  } finally {
    closeSync(target)
  }
}

function writeOver(from: string, to: string): void {
  const source = openSync(from, 'r')
  try {
    const target = openToWriteOver(to)
    try {
      const { size } = fstatSync(source)
      const buffer = Buffer.allocUnsafe(Math.min(size, COPY_BYTES))
      let at = 0
      for (let read = 0; at < size; at += read) {
        read = readSync(source, buffer, 0, buffer.byteLength, at)
        if (read === 0) break
        for (let written = 0; written < read; )
          written += writeSync(target, buffer, written, read - written, at + written)
      }
      if (fstatSync(target).size > at) ftruncateSync(target, at)
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}

function openToWriteOver(place: string): number {
  const flags = constants.O_WRONLY | constants.O_CREAT
  try {
    return openSync(place, flags, 0o600)
  } catch (error) {
    // Copied from a document that may not be written.
    if (codeOf(error) !== 'EACCES') throw error
    rmSync(place)
    return openSync(place, flags, 0o600)
  }
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

/** Flushes that have begun, by place, and those that will begin behind them. */
const underWay = new Map<string, Promise<void>>()
const waiting = new Map<string, Promise<void>>()

/**
 * One flush serves everybody who asks for it before it begins. One that has begun may have come too early for what was written since, so whoever
 * asks then shares the next.
 */
function together(place: string, flush: () => Promise<void>): Promise<void> {
  let next = waiting.get(place)
  if (!next) {
    next = behind(place, flush)
    waiting.set(place, next)
  }
  return next
}

async function behind(place: string, flush: () => Promise<void>): Promise<void> {
  // Also when there is nothing to wait for: whoever has been told of the same commit is to come along.
  await underWay.get(place)?.catch(() => {})
  waiting.delete(place)
  const flushing = flush()
  underWay.set(place, flushing)
  try {
    await flushing
  } finally {
    if (underWay.get(place) === flushing) underWay.delete(place)
  }
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

/** Whether a file has a hash; false also when there is no such file any more. Whatever else prevents the answer is passed on. */
export async function hasHash(place: string, sha256: string): Promise<boolean> {
  try {
    return (await hashFile(place)) === sha256
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** A disk that is full is told as such; everything else stays the fault it is. */
export function asRefusal(error: unknown): never {
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
