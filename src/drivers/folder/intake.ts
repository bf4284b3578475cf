import { createHash, hash as hashOf } from 'node:crypto'
import { closeSync, fdatasync, openSync, rmSync, writeSync, writev } from 'node:fs'
import { promisify } from 'node:util'
import type { Bytes } from '../../ports/file-store.js'
import { asRefusal, NEW_FILE_MODE } from './durable.js'
import { reach } from './faults.js'

const fdatasyncAsync = promisify(fdatasync)
const writevAsync = promisify(writev)

/** Content up to this size is kept in memory until it is decided over, and written in one go: that takes less time than asking another thread. */
const SMALL_BYTES = 256 * 1024

/** How much of larger content is gathered before it is written: enough to be worth a call, little enough that memory stays flat. */
const GATHER_BYTES = 512 * 1024

/** After so many bytes more they begin to be written out, so that at the end of the body there is little left to wait for. */
const WRITE_OUT_BYTES = 16 * 1024 * 1024

/** What has been taken in. */
export interface TakenIn {
  /** In bytes. */
  readonly size: number
  /** Base64. */
  readonly sha256: string
  /** Small content itself; null for larger. */
  readonly bytes: Buffer | null
  /** Where a copy of larger content is. */
  readonly copy: string | null
}

/**
 * Writes a new file from a stream, hashing on the way, and returns when its bytes are on the disk. Larger content is written to a second new file in
 * the same go, which is not flushed: a private copy that need not be made later. On any error nothing is left and the error is passed on.
 *
 * @throws WopiError `storage-full` when the disk is full; EEXIST when a place is taken.
 */
export async function takeIn(body: Bytes, place: string, copyPlace: string): Promise<TakenIn> {
  const small: Uint8Array[] = []
  let size = 0
  let large: LargeIntake | null = null
  try {
    for await (const chunk of body) {
      size += chunk.byteLength
      if (large) await large.take(chunk)
      else {
        small.push(chunk)
        if (size <= SMALL_BYTES) continue
        large = openLarge(place, copyPlace)
        reach('stage:opened')
        for (const first of small.splice(0)) await large.take(first)
      }
    }
    if (large) return { size, ...(await large.finish()), bytes: null }
  } catch (error) {
    await large?.giveUp()
    return asRefusal(error)
  }
  const bytes = joined(small)
  await writeSmall(place, bytes)
  return { size, sha256: hashOf('sha256', bytes, 'base64'), bytes, copy: null }
}

/** What arrived in one piece, as most that is small does, need not be copied. */
function joined([first, ...rest]: readonly Uint8Array[]): Buffer {
  if (!first) return Buffer.alloc(0)
  return rest.length > 0
    ? Buffer.concat([first, ...rest])
    : Buffer.from(first.buffer, first.byteOffset, first.byteLength)
}

async function writeSmall(place: string, bytes: Buffer): Promise<void> {
  const file = create(place)
  try {
    reach('stage:opened')
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at)
    reach('stage:written')
    await fdatasyncAsync(file)
    reach('stage:flushed')
  } catch (error) {
    rmSync(place, { force: true })
    asRefusal(error)
  } finally {
    closeSync(file)
  }
}

interface LargeIntake {
  take(chunk: Uint8Array): Promise<void>
  /** Returns when everything is on the disk. */
  finish(): Promise<{ sha256: string; copy: string | null }>
  /** Leaves nothing behind. */
  giveUp(): Promise<void>
}

/** Content that is written while more of it arrives. */
function openLarge(place: string, copyPlace: string): LargeIntake {
  const hash = createHash('sha256')
  const file = create(place)
  /** The copy, as long as there is room for it: without one it is made when the content becomes a document's. */
  let copy: number | null = null
  let size = 0
  let gathered: Uint8Array[] = []
  let gatheredBytes = 0
  let writing: Promise<void> = Promise.resolve()
  let writtenOut: Promise<void> = Promise.resolve()
  let writeOutFrom = WRITE_OUT_BYTES
  try {
    copy = create(copyPlace)
  } catch {
    // The document is what counts.
  }

  /** Ends both writes before it fails: the numbers of the files may be given again only when nobody writes to them. */
  async function writeBoth(chunks: readonly Uint8Array[], position: number): Promise<void> {
    const [written, copied] = await Promise.allSettled([
      writeAll(file, chunks, position),
      copy === null ? undefined : writeAll(copy, chunks, position),
    ])
    if (copied.status === 'rejected') dropCopy()
    if (written.status === 'rejected') throw written.reason
  }

  function writeGathered(): void {
    writing = quietly(writeBoth(gathered, size))
    size += gatheredBytes
    gathered = []
    gatheredBytes = 0
  }

  function dropCopy(): void {
    if (copy === null) return
    closeSync(copy)
    copy = null
    rmSync(copyPlace, { force: true })
  }

  return {
    async take(chunk) {
      hash.update(chunk)
      gathered.push(chunk)
      gatheredBytes += chunk.byteLength
      if (gatheredBytes < GATHER_BYTES) return
      // While this part is being written the next is gathered.
      await writing
      if (size >= writeOutFrom) {
        writeOutFrom = size + WRITE_OUT_BYTES
        writtenOut = quietly(writtenOut.then(() => fdatasyncAsync(file)))
      }
      writeGathered()
    },
    async finish() {
      await writing
      writeGathered()
      await writing
      reach('stage:written')
      await writtenOut
      await fdatasyncAsync(file)
      reach('stage:flushed')
      closeSync(file)
      if (copy === null) return { sha256: hash.digest('base64'), copy: null }
      closeSync(copy)
      return { sha256: hash.digest('base64'), copy: copyPlace }
    },
    async giveUp() {
      await Promise.allSettled([writing, writtenOut])
      closeSync(file)
      rmSync(place, { force: true })
      dropCopy()
    },
  }
}

function create(place: string): number {
  try {
    return openSync(place, 'wx', NEW_FILE_MODE)
  } catch (error) {
    return asRefusal(error)
  }
}

/** A failure is met at the next await; until then it must not count as unhandled. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

async function writeAll(file: number, chunks: readonly Uint8Array[], position: number): Promise<void> {
  let at = position
  for (let rest = chunks; rest.length > 0; ) {
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
