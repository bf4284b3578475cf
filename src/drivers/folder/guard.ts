import { isUtf8 } from 'node:buffer'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { splitName } from '../../protocol/file-name.js'

/** How saves are watched for damage. */
export interface GuardOptions {
  /**
   * Extensions, such as `.docx`, for which content that looks damaged is refused with an error and kept as a rescued save instead of being
   * committed. The protocol knows no such refusal: the client only sees that saving failed. Default: none.
   */
  readonly block?: readonly string[]
}

/** Why content looks damaged, in a sentence for a person, and whether it is to be refused for that. */
export interface Doubt {
  readonly reason: string
  readonly block: boolean
}

export interface Guard {
  /**
   * Judges content that is to replace other content, from the beginning and the end of both; null when nothing speaks against it.
   *
   * @param staged where the content is, and the content itself if that is at hand.
   * @param before where the present content is, and whether it is itself suspected: then it is no proof that damage is usual.
   */
  judge(
    name: string,
    staged: StagedContent,
    before: { readonly place: string; readonly isSuspicious: () => boolean },
  ): Doubt | null
}

interface StagedContent {
  readonly place: string
  readonly size: number
  readonly bytes: Buffer | null
}

/** The parts of a file that are looked at. */
interface Probe {
  readonly size: number
  /** The first so many bytes, or all. */
  head(bytes: number): Buffer
  /** The last so many bytes, or all. */
  tail(bytes: number): Buffer
  read(position: number, bytes: number): Buffer
}

interface FileKind {
  /** What a file of this kind is, for a sentence. */
  readonly name: string
  fits(probe: Probe): boolean
}

/** How much of the beginning and of the end of a text is looked at. */
const TEXT_BYTES = 64 * 1024

/** A zip archive ends with a record of so many bytes and a comment of up to 64 KiB, which hardly any has. */
const ZIP_END_BYTES = 22
const ZIP_COMMENT_BYTES = 64 * 1024

const ZIP_LOCAL = Buffer.from('PK\x03\x04', 'latin1')
const ZIP_DIRECTORY = Buffer.from('PK\x01\x02', 'latin1')
const ZIP_END = Buffer.from('PK\x05\x06', 'latin1')
const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex')

const zipDocument: FileKind = {
  name: 'an office document',
  // With a password, an Office Open XML document is an OLE container.
  fits: (probe) => isZip(probe) || isOle(probe),
}

const oleDocument: FileKind = { name: 'an office document of the older kind', fits: isOle }

const pdf: FileKind = {
  name: 'a PDF',
  // Readers look for the mark in the first kilobyte.
  fits: ({ head }) => head(1024).includes('%PDF-'),
}

const text: FileKind = { name: 'a text', fits: isText }

const kinds = new Map<string, FileKind>([
  ...extensions(
    'docx docm dotx dotm xlsx xlsm xltx xltm xlsb pptx pptm potx potm ppsx ppsm vsdx odt ott ods ots odp otp odg odf epub',
    zipDocument,
  ),
  ...extensions('doc dot xls xlt ppt pps pot', oleDocument),
  ...extensions('pdf', pdf),
  ...extensions(
    'txt md markdown csv tsv json xml html htm css js ts yaml yml ini toml log srt svg fodt fods fodp tex rst',
    text,
  ),
])

export function createGuard(options: GuardOptions): Guard {
  const block = new Set((options.block ?? []).map((extension) => extension.toLowerCase()))
  return {
    judge(name, staged, before) {
      const extension = splitName(name).extension.toLowerCase()
      const reason = reasonFor(kinds.get(extension), staged, before)
      return reason === null ? null : { reason, block: block.has(extension) }
    },
  }
}

function reasonFor(
  kind: FileKind | undefined,
  staged: StagedContent,
  before: { readonly place: string; readonly isSuspicious: () => boolean },
): string | null {
  if (staged.size === 0) {
    const had = withProbe(before.place, ({ size }) => size)
    return had > 0
      ? `The save is empty; the version before had ${had === 1 ? 'one byte' : `${had} bytes`}.`
      : null
  }
  if (!kind || fits(kind, staged)) return null
  const wasFine = before.isSuspicious() || withProbe(before.place, kind.fits)
  return wasFine ? `The save is not ${kind.name} any more, as the version before was.` : null
}

function fits(kind: FileKind, { place, bytes }: StagedContent): boolean {
  if (bytes === null) return withProbe(place, kind.fits)
  return kind.fits(
    probeOf(bytes.byteLength, (position, length) => bytes.subarray(position, position + length)),
  )
}

function withProbe<T>(place: string, look: (probe: Probe) => T): T {
  const file = openSync(place, 'r')
  try {
    const { size } = fstatSync(file)
    return look(
      probeOf(size, (position, bytes) => {
        const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(bytes, size - position)))
        return buffer.subarray(0, readSync(file, buffer, 0, buffer.byteLength, position))
      }),
    )
  } finally {
    closeSync(file)
  }
}

function probeOf(size: number, read: Probe['read']): Probe {
  return {
    size,
    read,
    head: (bytes) => read(0, bytes),
    tail: (bytes) => read(Math.max(0, size - bytes), bytes),
  }
}

/** A zip archive that was written to its end: the directory of its parts stands where the last record says. */
function isZip({ size, head, tail, read }: Probe): boolean {
  if (!head(4).equals(ZIP_LOCAL)) return false
  const end = endRecord(tail(ZIP_END_BYTES)) ?? endRecord(tail(ZIP_END_BYTES + ZIP_COMMENT_BYTES))
  if (!end) return false
  const directoryAt = end.readUInt32LE(16)
  // An archive of more than 4 GiB keeps the position elsewhere.
  if (directoryAt === 0xffffffff) return true
  return directoryAt < size && read(directoryAt, 4).equals(ZIP_DIRECTORY)
}

function endRecord(tail: Buffer): Buffer | null {
  const at = tail.lastIndexOf(ZIP_END)
  return at === -1 || at + ZIP_END_BYTES > tail.byteLength ? null : tail.subarray(at)
}

function isOle({ head }: Probe): boolean {
  return head(8).equals(OLE)
}

/** Whether beginning and end are text in UTF-8, or say that they are UTF-16. */
function isText({ size, head, tail }: Probe): boolean {
  const start = head(TEXT_BYTES)
  const mark = start.subarray(0, 2).toString('latin1')
  if (mark === '\xff\xfe' || mark === '\xfe\xff') return true
  if (start.includes(0)) return false
  if (size <= TEXT_BYTES) return isUtf8(start)
  const end = tail(TEXT_BYTES)
  return !end.includes(0) && isUtf8(withoutCutEnd(start)) && isUtf8(withoutCutStart(end))
}

/** Without a character at the end that goes on after it: such has up to three bytes there. */
function withoutCutEnd(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[bytes.byteLength - back] ?? 0
    if (byte >= 0xc0) return bytes.subarray(0, bytes.byteLength - back)
    if (byte < 0x80) break
  }
  return bytes
}

/** Without the rest of a character that began before. */
function withoutCutStart(bytes: Buffer): Buffer {
  let start = 0
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++
  return bytes.subarray(start)
}

function extensions(list: string, kind: FileKind): [string, FileKind][] {
  return list.split(' ').map((extension) => [`.${extension}`, kind])
}
