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
const GATHER_BYTES = 256 * 1024

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
  const file = create(place)
  let large: LargeIntake | null = null
  try {
    reach('stage:opened')
    const small: Uint8Array[] = []
    let size = 0
    for await (const chunk of body) {
      size += chunk.byteLength
      if (large) await large.take(chunk)
      else {
        small.push(chunk)
        if (size <= SMALL_BYTES) continue
        large = startLarge(file, copyPlace)
        for (const first of small.splice(0)) await large.take(first)
      }
    }
    const taken = large ? await large.finish() : writeSmall(file, joined(small))
    reach('stage:written')
    await fdatasyncAsync(file)
    reach('stage:flushed')
    return { size, ...taken }
  } catch (error) {
    await large?.giveUp()
    rmSync(place, { force: true })
    return asRefusal(error)
  } finally {
    closeSync(file)
  }
}

type Taken = Omit<TakenIn, 'size'>

function writeSmall(file: number, bytes: Buffer): Taken {
  for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at)
  return { sha256: hashOf('sha256', bytes, 'base64'), bytes, copy: null }
}

/** What arrived in one piece, as most that is small does, need not be copied. */
function joined([first, ...rest]: readonly Uint8Array[]): Buffer {
  if (!first) return Buffer.alloc(0)
  return rest.length > 0
    ? Buffer.concat([first, ...rest])
    : Buffer.from(first.buffer, first.byteOffset, first.byteLength)
}

/** Content that is written while more of it arrives. */
interface LargeIntake {
  take(chunk: Uint8Array): Promise<void>
  /** Returns when everything is written, and most of it on the disk. */
  finish(): Promise<Taken>
  /** Returns when nothing is being written any more, and no copy is left. */
  giveUp(): Promise<void>
}

function startLarge(file: number, copyPlace: string): LargeIntake {
  const hash = createHash('sha256')
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
    if (copied.status === 'rejected' && copy !== null) {
      closeSync(copy)
      copy = null
      rmSync(copyPlace, { force: true })
    }
    if (written.status === 'rejected') throw written.reason
  }

  function writeGathered(): void {
    writing = quietly(writeBoth(gathered, size))
    size += gatheredBytes
    gathered = []
    gatheredBytes = 0
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
      await writtenOut
      const isCopied = copy !== null
      if (copy !== null) closeSync(copy)
      copy = null
      return { sha256: hash.digest('base64'), bytes: null, copy: isCopied ? copyPlace : null }
    },
    async giveUp() {
      await Promise.allSettled([writing, writtenOut])
      if (copy !== null) closeSync(copy)
      rmSync(copyPlace, { force: true })
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
