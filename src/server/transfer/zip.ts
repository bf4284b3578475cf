import { Readable } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'

/** A file to be put into an archive. */
export interface ZipEntry {
  /** Path inside the archive, segments joined by `/`. A name ending in `/` is a folder. */
  readonly name: string
  /** Milliseconds since 1970. */
  readonly modifiedAt: number
  /** How many bytes are expected; more may come. */
  readonly size: number
  /** The content; null when the file has gone meanwhile, which leaves it out. */
  open(): Promise<AsyncIterable<Uint8Array> | null>
}

/** An entry's sizes go into four bytes each, unless it may become larger than fits there. Some room is left for a file that is growing. */
const LARGE = 0xffff_ffff
const MAY_GET_LARGE = 0xf000_0000
const MANY = 0xffff

const VERSION = 20
const VERSION_LARGE = 45
/** Bit 3: sizes and checksum follow the content. Bit 11: names are UTF-8. */
const FLAGS = 0x0808
const DEFLATE = 8

/** Formats that are compressed already: deflating them again costs time and saves nothing. */
const compressed =
  /\.(?:zip|gz|7z|rar|docx|xlsx|pptx|odt|ods|odp|pdf|png|jpe?g|gif|webp|avif|mp3|mp4|m4a|mov|epub)$/i

interface Written {
  readonly name: Buffer
  readonly isFolder: boolean
  readonly time: number
  readonly offset: number
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
}

/**
 * Writes a zip archive as it is read: nothing but the piece that is just being compressed is in memory. Archives and files of more than 4 GiB and
 * of more than 65,535 entries are fine (zip64). Names are made harmless: no reader is led out of the folder it unpacks into.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function* zipOf(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const written: Written[] = []
  const names = new Set<string>()
  let offset = 0
  for await (const entry of entries) {
    const name = uniqueName(harmlessName(entry.name), names)
    if (name === null) continue
    const content = name.endsWith('/') ? empty() : await entry.open()
    if (!content) continue
    const large = entry.size >= MAY_GET_LARGE
    const record = { name: Buffer.from(name), isFolder: name.endsWith('/'), time: dosTime(entry.modifiedAt) }
    const start = offset
    const head = localHeader(record.name, record.time, large)
    yield head
    offset += head.length
    const sums = { crc: 0, size: 0, compressedSize: 0 }
    for await (const chunk of deflated(content, sums, compressed.test(name))) {
      sums.compressedSize += chunk.length
      yield chunk
    }
    const tail = dataDescriptor(sums, large)
    yield tail
    offset += sums.compressedSize + tail.length
    written.push({ ...record, offset: start, ...sums })
  }
  const directoryStart = offset
  for (const record of written) {
    const head = centralHeader(record)
    yield head
    offset += head.length
  }
  yield endOfDirectory(written.length, directoryStart, offset - directoryStart)
}

/**
 * A path that stays inside the folder it is unpacked into, on every system: no upward or empty segment, no drive, no backslash, no control
 * character, nothing that turns the reading direction.
 */
export function harmlessName(name: string): string {
  const isFolder = name.endsWith('/')
  const segments = name
    .split('/')
    .map((segment) => segment.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '').replace(/[\\:]/g, '_'))
    .map((segment) => (/^\.*$/.test(segment) ? segment.replaceAll('.', '_') : segment))
    .filter((segment) => segment !== '')
  return segments.join('/') + (isFolder && segments.length > 0 ? '/' : '')
}

/** Two entries of one name would be one file when they are unpacked; null for a name of which nothing is left. */
function uniqueName(name: string, taken: Set<string>): string | null {
  if (name === '') return null
  const dot = name.lastIndexOf('.')
  const cut = dot > name.lastIndexOf('/') + 1 ? dot : name.length
  let unique = name
  for (let number = 1; taken.has(unique.toLowerCase()); number++)
    unique = `${name.slice(0, cut)} (${number})${name.slice(cut)}`
  taken.add(unique.toLowerCase())
  return unique
}

async function* empty(): AsyncGenerator<Uint8Array> {}

/** Compresses in a thread of its own, and counts on the way what the archive has to say about the content. */
function deflated(
  content: AsyncIterable<Uint8Array>,
  sums: { crc: number; size: number },
  asItIs: boolean,
): AsyncIterable<Buffer> {
  async function* counted() {
    for await (const chunk of content) {
      sums.crc = crc32(chunk, sums.crc)
      sums.size += chunk.byteLength
      yield chunk
    }
  }
  const source = Readable.from(counted(), { objectMode: false })
  const deflate = createDeflateRaw({ level: asItIs ? 0 : 6 })
  source.on('error', (error) => deflate.destroy(error))
  deflate.on('close', () => source.destroy())
  return source.pipe(deflate)
}

function localHeader(name: Buffer, time: number, large: boolean): Buffer {
  const extra = large ? 20 : 0
  const header = Buffer.alloc(30 + extra)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(large ? VERSION_LARGE : VERSION, 4)
  header.writeUInt16LE(FLAGS, 6)
  header.writeUInt16LE(DEFLATE, 8)
  header.writeUInt32LE(time, 10)
  // Checksum and sizes follow the content.
  if (large) {
    header.writeUInt32LE(LARGE, 18)
    header.writeUInt32LE(LARGE, 22)
    header.writeUInt16LE(0x0001, 30)
    header.writeUInt16LE(16, 32)
  }
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra, 28)
  return Buffer.concat([header.subarray(0, 30), name, header.subarray(30)])
}

function dataDescriptor(
  { crc, size, compressedSize }: { crc: number; size: number; compressedSize: number },
  large: boolean,
): Buffer {
  if (!large && (size > LARGE || compressedSize > LARGE))
    throw new Error('A file grew beyond 4 GiB while it was being put into an archive.')
  const descriptor = Buffer.alloc(large ? 24 : 16)
  descriptor.writeUInt32LE(0x08074b50, 0)
  descriptor.writeUInt32LE(crc, 4)
  if (large) {
    descriptor.writeBigUInt64LE(BigInt(compressedSize), 8)
    descriptor.writeBigUInt64LE(BigInt(size), 16)
  } else {
    descriptor.writeUInt32LE(compressedSize, 8)
    descriptor.writeUInt32LE(size, 12)
  }
  return descriptor
}

function centralHeader({ name, isFolder, time, offset, crc, compressedSize, size }: Written): Buffer {
  // In this order, and only those that do not fit into four bytes.
  const large = [size, compressedSize, offset].filter((value) => value >= LARGE)
  const extra = large.length > 0 ? 4 + 8 * large.length : 0
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  // Made by a Unix system, so that the mode below counts.
  header.writeUInt16LE((3 << 8) | (extra > 0 ? VERSION_LARGE : VERSION), 4)
  header.writeUInt16LE(extra > 0 ? VERSION_LARGE : VERSION, 6)
  header.writeUInt16LE(FLAGS, 8)
  header.writeUInt16LE(DEFLATE, 10)
  header.writeUInt32LE(time, 12)
  header.writeUInt32LE(crc, 16)
  header.writeUInt32LE(Math.min(compressedSize, LARGE), 20)
  header.writeUInt32LE(Math.min(size, LARGE), 24)
  header.writeUInt16LE(name.length, 28)
  header.writeUInt16LE(extra, 30)
  header.writeUInt32LE((isFolder ? 0o040755 : 0o100644) * 0x10000 + (isFolder ? 0x10 : 0), 38)
  header.writeUInt32LE(Math.min(offset, LARGE), 42)
  const field = Buffer.alloc(extra)
  if (extra > 0) {
    field.writeUInt16LE(0x0001, 0)
    field.writeUInt16LE(extra - 4, 2)
    for (const [index, value] of large.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * index)
  }
  return Buffer.concat([header, name, field])
}

function endOfDirectory(count: number, start: number, size: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(count, MANY), 8)
  end.writeUInt16LE(Math.min(count, MANY), 10)
  end.writeUInt32LE(Math.min(size, LARGE), 12)
  end.writeUInt32LE(Math.min(start, LARGE), 16)
  if (count < MANY && start < LARGE && size < LARGE) return end
  const large = Buffer.alloc(56 + 20)
  large.writeUInt32LE(0x06064b50, 0)
  large.writeBigUInt64LE(44n, 4)
  large.writeUInt16LE((3 << 8) | VERSION_LARGE, 12)
  large.writeUInt16LE(VERSION_LARGE, 14)
  large.writeBigUInt64LE(BigInt(count), 24)
  large.writeBigUInt64LE(BigInt(count), 32)
  large.writeBigUInt64LE(BigInt(size), 40)
  large.writeBigUInt64LE(BigInt(start), 48)
  // The locator: where the record above begins.
  large.writeUInt32LE(0x07064b50, 56)
  large.writeBigUInt64LE(BigInt(start + size), 64)
  large.writeUInt32LE(1, 72)
  return Buffer.concat([large, end])
}

/** The time as archives keep it: local, from 1980, in steps of two seconds; date in the upper half. */
function dosTime(ms: number): number {
  const time = new Date(ms)
  const year = Math.min(127, Math.max(0, time.getFullYear() - 1980))
  const date = (year << 9) | ((time.getMonth() + 1) << 5) | time.getDate()
  const clock = (time.getHours() << 11) | (time.getMinutes() << 5) | (time.getSeconds() >> 1)
  return date * 0x10000 + clock
}
