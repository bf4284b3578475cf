/** One element of an XML document. Text between elements is dropped: discovery says everything in attributes. */
export interface XmlElement {
  /** As written, a namespace prefix included. */
  readonly name: string
  /** Has no prototype, so `__proto__` or `constructor` are attributes like any other. */
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
}

/** Says on which line a text stops being XML that {@link readXml} accepts, and what was expected there. */
export class XmlError extends Error {
  override readonly name = 'XmlError'
  /** Counted from 1. */
  readonly line: number

  constructor(problem: string, line: number) {
    super(`The XML cannot be read, line ${line}: ${problem}.`)
    this.line = line
  }
}

/** Discovery nests four deep. */
const MAX_DEPTH = 64
/** In UTF-16 units; twenty times the largest known discovery. */
const MAX_LENGTH = 4 * 1024 * 1024

const NAMED_CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

const NAME_START =
  ':A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const NAME = new RegExp(
  `[${NAME_START}][${NAME_START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*`,
  'uy',
)
const SPACE = /[ \t\r\n]*/y
const NOT_A_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u
const REFERENCE_OR_LINE_BREAK = /&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([A-Za-z]+));|&|\r\n|[\t\r\n]/g

/** What carries no elements is skipped without a look inside. */
const SKIPPED = [
  { start: '<!--', end: '-->', what: 'the end "-->" of a comment' },
  { start: '<?', end: '?>', what: 'the end "?>" of a processing instruction' },
  { start: '<![CDATA[', end: ']]>', what: 'the end "]]>" of a CDATA section' },
] as const

interface Cursor {
  readonly text: string
  at: number
}

interface OpenElement {
  readonly name: string
  readonly attributes: Record<string, string>
  readonly children: XmlElement[]
}

/**
 * Reads the XML of a client's discovery. It is our own code because the core depends on no package and the web platform
 * has no XML parser outside browsers; it knows the part of XML that discovery uses and refuses the rest.
 *
 * There is no DOCTYPE, and so no entity but the five of XML itself: nothing can expand or be fetched. References are
 * decoded exactly once, so `&amp;lt;` is the text `&lt;`. Time is linear in the length, which may be 4 Mi UTF-16 units;
 * elements may nest 64 deep.
 *
 * @throws XmlError naming the line and what was expected there; nothing else is thrown, whatever the text.
 * @see https://www.w3.org/TR/xml/
 */
export function readXml(text: string): XmlElement {
  const cursor: Cursor = { text, at: 0 }
  refuseUnreadable(cursor)
  if (text.startsWith('\uFEFF')) cursor.at = 1

  const open: OpenElement[] = []
  let root: XmlElement | null = null
  while (cursor.at < text.length) {
    const parent = open.at(-1)
    if (!sees(cursor, '<')) {
      skipText(cursor, parent)
    } else if (sees(cursor, '</')) {
      readEndTag(cursor, parent)
      open.pop()
    } else if (!skipMarkup(cursor, parent)) {
      if (root !== null && parent === undefined) throw expected(cursor, 'nothing more after the root element')
      if (open.length === MAX_DEPTH) throw expected(cursor, `at most ${MAX_DEPTH} elements inside each other`)
      const { element, isEmpty } = readStartTag(cursor)
      root ??= element
      parent?.children.push(element)
      if (!isEmpty) open.push(element)
    }
  }

  const unclosed = open.at(-1)
  if (unclosed !== undefined) throw expected(cursor, `the end tag </${unclosed.name}>`)
  if (root === null) throw expected(cursor, 'an element')
  return root
}

function refuseUnreadable(cursor: Cursor): void {
  if (cursor.text.length > MAX_LENGTH) {
    throw new XmlError(`expected at most ${MAX_LENGTH} characters, found ${cursor.text.length}`, 1)
  }
  const position = cursor.text.search(NOT_A_CHARACTER)
  if (position >= 0) throw expected({ text: cursor.text, at: position }, 'a character that XML allows')
}

function skipText(cursor: Cursor, parent: OpenElement | undefined): void {
  if (parent === undefined) {
    skipSpace(cursor)
    if (cursor.at < cursor.text.length && !sees(cursor, '<')) throw expected(cursor, 'a tag')
    return
  }
  const end = cursor.text.indexOf('<', cursor.at)
  const text = cursor.text.slice(cursor.at, end < 0 ? undefined : end)
  decode(cursor, text) // only to refuse a bad reference
  cursor.at += text.length
}

/** Skips a comment, a processing instruction or a CDATA section; returns false when a start tag stands here. */
function skipMarkup(cursor: Cursor, parent: OpenElement | undefined): boolean {
  const found = SKIPPED.find(({ start }) => sees(cursor, start))
  if (found === undefined) {
    if (sees(cursor, '<!')) throw expected(cursor, 'an element or a comment; a DOCTYPE is not accepted')
    return false
  }
  if (found.start === '<![CDATA[' && parent === undefined) throw expected(cursor, 'a tag')
  const end = cursor.text.indexOf(found.end, cursor.at + found.start.length)
  if (end < 0) throw expected(cursor, found.what)
  cursor.at = end + found.end.length
  return true
}

function readStartTag(cursor: Cursor): { element: OpenElement; isEmpty: boolean } {
  cursor.at += 1
  const name = readName(cursor, 'the name of an element')
  const element: OpenElement = {
    name,
    attributes: Object.create(null) as Record<string, string>,
    children: [],
  }
  for (;;) {
    const hasSpace = skipSpace(cursor)
    if (take(cursor, '/>')) return { element, isEmpty: true }
    if (take(cursor, '>')) return { element, isEmpty: false }
    if (!hasSpace) throw expected(cursor, `a space or the end of the tag <${name}>`)
    readAttribute(cursor, element)
  }
}

function readAttribute(cursor: Cursor, element: OpenElement): void {
  const start = cursor.at
  const name = readName(cursor, `an attribute or the end of the tag <${element.name}>`)
  if (name in element.attributes) {
    cursor.at = start
    throw expected(cursor, `the attribute ${name} once in the tag <${element.name}>`)
  }
  skipSpace(cursor)
  if (!take(cursor, '=')) throw expected(cursor, `"=" after the attribute ${name}`)
  skipSpace(cursor)
  const quote = cursor.text[cursor.at]
  if (quote !== '"' && quote !== "'") throw expected(cursor, `the value of the attribute ${name} in quotes`)
  cursor.at += 1
  const end = cursor.text.indexOf(quote, cursor.at)
  if (end < 0) throw expected(cursor, `the quote that ends the attribute ${name}`)
  const value = cursor.text.slice(cursor.at, end)
  const bracket = value.indexOf('<')
  if (bracket >= 0) {
    cursor.at += bracket
    throw expected(cursor, `"&lt;" instead of "<" in the attribute ${name}`)
  }
  element.attributes[name] = decode(cursor, value)
  cursor.at = end + 1
}

function readEndTag(cursor: Cursor, parent: OpenElement | undefined): void {
  const start = cursor.at
  cursor.at += 2
  const name = readName(cursor, 'the name of an element')
  skipSpace(cursor)
  if (!take(cursor, '>')) throw expected(cursor, `">" at the end of </${name}>`)
  if (parent?.name === name) return
  cursor.at = start
  throw expected(cursor, parent === undefined ? 'no end tag here' : `the end tag </${parent.name}>`)
}

/** Resolves references and, as XML wants it for attributes, turns each line break and tab into a space. */
function decode(cursor: Cursor, raw: string): string {
  return raw.replace(
    REFERENCE_OR_LINE_BREAK,
    (
      match: string,
      hex: string | undefined,
      decimal: string | undefined,
      name: string | undefined,
      at: number,
    ) => {
      if (!match.startsWith('&')) return ' '
      const character =
        name === undefined
          ? characterOf(hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16))
          : NAMED_CHARACTERS.get(name)
      if (character !== undefined) return character
      cursor.at += at
      throw expected(cursor, '"&amp;", "&lt;", "&gt;", "&quot;", "&apos;" or the number of a character')
    },
  )
}

function characterOf(codePoint: number): string | undefined {
  if (!(codePoint <= 0x10ffff)) return undefined
  const character = String.fromCodePoint(codePoint)
  return NOT_A_CHARACTER.test(character) ? undefined : character
}

function readName(cursor: Cursor, what: string): string {
  const name = match(cursor, NAME)
  if (name === '') throw expected(cursor, what)
  return name
}

function skipSpace(cursor: Cursor): boolean {
  return match(cursor, SPACE) !== ''
}

function match(cursor: Cursor, sticky: RegExp): string {
  sticky.lastIndex = cursor.at
  const found = sticky.exec(cursor.text)?.[0] ?? ''
  cursor.at += found.length
  return found
}

function sees(cursor: Cursor, text: string): boolean {
  return cursor.text.startsWith(text, cursor.at)
}

function take(cursor: Cursor, text: string): boolean {
  if (!sees(cursor, text)) return false
  cursor.at += text.length
  return true
}

function expected(cursor: Cursor, what: string): XmlError {
  const found = cursor.text.slice(cursor.at, cursor.at + 24)
  const line = cursor.text.slice(0, cursor.at).split('\n').length
  return new XmlError(`expected ${what}, found ${found === '' ? 'the end' : JSON.stringify(found)}`, line)
}
