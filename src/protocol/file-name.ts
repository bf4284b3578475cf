import { decodeUtf7 } from './utf7.js'

/** The longest name without its extension, in UTF-16 units: what `FileNameMaxLength` of CheckFileInfo announces. */
export const FILE_NAME_MAX_LENGTH = 250

/** The longest complete name, in UTF-8 bytes: what common file systems can hold. */
const NAME_MAX_BYTES = 255

/** An extension beyond this many UTF-8 bytes is no file type, so it is not spared when a name has to be shortened. */
const KEPT_EXTENSION_MAX_BYTES = 64

/** The name for something whose own name leaves nothing to work with. */
const DEFAULT_BASE = 'document'

/**
 * Control characters, half surrogate pairs, noncharacters, the marks that reverse the direction of the text after them, and the one that stands for
 * what could not be read.
 */
const unprintable = /[\p{Control}\p{Surrogate}\ufffd-\uffff\u202a-\u202e\u2066-\u2069]/gu

/** What some file system takes for syntax. */
const reserved = /[/\\:*?"<>|]/g

/** Names that Windows takes for a device, whatever follows the first dot. */
const deviceName = /^(?:con|prn|aux|nul|(?:com|lpt)[1-9¹²³])(?= *(?:\.|$))/i

/** How names begin that office programs give to files of their own beside the one they have open. People are not shown them. */
const officeMark = /^~\$/

const utf8 = new TextEncoder()
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Splits a complete name before its last dot: `base + extension` is the name again. The extension has its dot. A dot at the very
 * beginning or end makes no extension, so `.profile` and `notes.` have none.
 */
export function splitName(name: string): { base: string; extension: string } {
  const dot = name.lastIndexOf('.')
  if (dot <= 0 || dot === name.length - 1) return { base: name, extension: '' }
  return { base: name.slice(0, dot), extension: name.slice(dot) }
}

/**
 * Says what keeps a complete file or container name from being used as it is, and what to do; null when nothing does.
 *
 * The protocol leaves "legal" to the host. This is what every common file system can hold and every client can show: letters, digits and
 * spaces of any script are legal. The name is judged in Unicode form NFC, in which it is stored. The answer is one sentence or two of
 * printable ASCII, fit for `X-WOPI-InvalidFileNameError`.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/files/putrelativefile
 */
export function nameProblem(name: string): string | null {
  const stored = name.normalize('NFC')
  if (stored === '') return 'The name is empty. Enter a name.'
  const hidden = stored.match(unprintable)?.[0]
  if (hidden !== undefined)
    return `The name contains the unprintable character ${codePoint(hidden)}. Remove it.`
  const taken = stored.match(reserved)?.[0]
  if (taken !== undefined)
    return `The name contains the character ${taken} which is not allowed. Leave out / \\ : * ? " < > and |.`
  if (stored.startsWith('.')) return 'The name starts with a dot. Begin it with another character.'
  if (stored.startsWith(' ')) return 'The name starts with a space. Begin it with another character.'
  if (officeMark.test(stored))
    return 'Names that begin with ~$ are used by office programs for files of their own. Begin it with another character.'
  if (stored.endsWith('.')) return 'The name ends with a dot. Remove it.'
  if (stored.endsWith(' ')) return 'The name ends with a space. Remove it.'
  const device = deviceName.exec(stored)
  if (device !== null)
    return 'The name belongs to a device on Windows, as CON, NUL or COM1 do. Choose another one.'
  return lengthProblem(stored)
}

function lengthProblem(name: string): string | null {
  const { length } = splitName(name).base
  if (length > FILE_NAME_MAX_LENGTH) {
    return `The name has ${length} characters before its extension; ${FILE_NAME_MAX_LENGTH} are allowed. Shorten it.`
  }
  const bytes = byteLength(name)
  return bytes > NAME_MAX_BYTES
    ? `The name takes ${bytes} bytes in UTF-8; ${NAME_MAX_BYTES} are allowed. Shorten it.`
    : null
}

/**
 * Makes a legal complete name out of any text, and keeps a legal name as it is (but for Unicode form NFC). Reserved characters become `_`,
 * unprintable ones go, too long a name loses the end of its base, never half a character. The extension stays.
 *
 * @param fallbackBase the base to use when nothing is left of the name's own.
 */
export function repairName(name: string, fallbackBase = DEFAULT_BASE): string {
  const text = trimmedEnd(cleaned(name))
  const dot = text.lastIndexOf('.')
  const base = trimmedStart(dot === -1 ? text : text.slice(0, dot))
  const extension = dot === -1 ? '' : text.slice(dot)
  return fitted(base || trimmedStart(cleaned(fallbackBase)) || DEFAULT_BASE, '', extension)
}

/**
 * The names to try in turn when a name is taken: `name.ext`, `name (1).ext`, `name (2).ext` and so on without end. Each is legal and
 * given once; a long base makes room for the number. Of a name that is not legal the first one is the repaired name.
 */
export function* uniqueNames(name: string): Generator<string> {
  const first = repairName(name)
  yield first
  const { base, extension } = splitName(first)
  for (let number = 1; ; number++) {
    const next = fitted(base, ` (${number})`, extension)
    // A long `name (1).ext` cut to make room for its number can come out as it went in.
    if (next !== first) yield next
  }
}

/**
 * The name for a new file beside another, from the `X-WOPI-SuggestedTarget` of PutRelativeFile. Always legal, because this
 * mode must not fail for its name; it may be taken already, see `uniqueNames`.
 *
 * @param target the header as it came, in UTF-7: a complete name, or an extension with its dot that goes with the source's base.
 * @param sourceName the complete name of the file the request names.
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/files/putrelativefile
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/wopi-rest-api/putrelativefile/
 */
export function suggestedName(target: string, sourceName: string): string {
  const source = splitName(sourceName)
  const decoded = decodeUtf7(target)
  if (decoded === null) {
    // The name is lost, but a plain extension is not: it says what the content is, which a converted file's source does not.
    return repairName(source.base + (/\.[A-Za-z0-9]{1,16}$/.exec(target)?.[0] ?? source.extension))
  }
  const text = trimmedSpaces(decoded)
  if (text.startsWith('.')) {
    return repairName(source.base + (nameProblem(`x${text}`) === null ? text : source.extension))
  }
  return repairName(trimmedEnd(cleaned(text)) === '' ? sourceName : text, source.base)
}

/**
 * The complete new name of a file from the `X-WOPI-RequestedName` of RenameFile: the requested base with the file's present extension,
 * repaired where that leaves something of what was asked. It may be taken already, see `uniqueNames`.
 *
 * Deviation: the header has no extension by specification, yet people type one (Collabora Online asks them to). One extension equal to the
 * present one is taken off, so that `report.docx` does not become `report.docx.docx`.
 *
 * @param requested the header as it came, in UTF-7.
 * @returns the name, or a sentence for `X-WOPI-InvalidFileNameError` when no name can be made of the request.
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/files/renamefile
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/wopi-rest-api/renamefile/
 */
export function renamedName(requested: string, currentName: string): { name: string } | { problem: string } {
  const decoded = decodeUtf7(requested)
  if (decoded === null)
    return { problem: 'The requested name is not valid UTF-7. Send it in UTF-7, without the extension.' }
  const { extension } = splitName(currentName)
  const base = trimmedSpaces(withoutExtension(trimmedSpaces(printable(decoded)), extension))
  if (base === '') return { problem: 'The requested name is empty. Enter a name.' }
  if (/^[ .]*$/.test(base.replace(reserved, ''))) {
    return {
      problem: 'The requested name has no character that a name may consist of. Use letters or digits.',
    }
  }
  return { name: repairName(trimmedStart(base) + extension) }
}

/** A complete name without this extension, in any case; a name that has another one, or none, stays as it is. */
export function withoutExtension(name: string, extension: string): string {
  if (extension === '') return name
  const end = name.length - extension.length
  return name.slice(Math.max(end, 0)).toLowerCase() === extension.toLowerCase() ? name.slice(0, end) : name
}

/**
 * `base + number + extension` within both limits, the base cut as needed. All three are clean; the base does not start with a space or
 * dot and is not empty.
 */
function fitted(base: string, number: string, extension: string): string {
  const start = withoutClaim(extension + number === '' ? trimmedEnd(base) : base)
  const name = start + number + extension
  if (lengthProblem(name) === null) return name
  const bytesBeside = byteLength(number + extension)
  if (byteLength(extension) > KEPT_EXTENSION_MAX_BYTES) return fitted(start + extension, number, '')
  const cut = trimmedEnd(cutBase(start, FILE_NAME_MAX_LENGTH - number.length, NAME_MAX_BYTES - bytesBeside))
  return withoutClaim(cut || DEFAULT_BASE) + number + extension
}

/** As many whole characters, as a reader sees them, as both limits allow. */
function cutBase(base: string, maxLength: number, maxBytes: number): string {
  let length = 0
  let bytes = 0
  for (const { segment } of graphemes.segment(base)) {
    bytes += byteLength(segment)
    if (length + segment.length > maxLength || bytes > maxBytes) break
    length += segment.length
  }
  return base.slice(0, length)
}

function printable(text: string): string {
  // NFC comes last: taking a character out can bring a letter and its accent together.
  return text.replace(unprintable, '').normalize('NFC')
}

function cleaned(text: string): string {
  return printable(text).replace(reserved, '_')
}

function withoutClaim(base: string): string {
  return base.replace(deviceName, '$&_').replace(officeMark, '_$$')
}

// Loops instead of `/[ .]+$/`, which takes quadratic time on a long run of spaces inside the text.

function trimmedStart(text: string, characters = ' .'): string {
  let start = 0
  while (start < text.length && characters.includes(text.charAt(start))) start++
  return text.slice(start)
}

function trimmedEnd(text: string, characters = ' .'): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

function trimmedSpaces(text: string): string {
  return trimmedEnd(trimmedStart(text, ' '), ' ')
}

function byteLength(text: string): number {
  return utf8.encode(text).length
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
