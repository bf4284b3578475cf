import { escapeHtml } from '../../protocol/html.js'

/** More of a text does not fit on the page. */
export const TEXT_BYTES = 4096

const WIDTH = 226
const HEIGHT = 320
const MARGIN = 14
const LINE_HEIGHT = 14
const LINES = Math.floor((HEIGHT - 2 * MARGIN) / LINE_HEIGHT)
const COLUMNS = 60

/**
 * The first lines of a text, as a page on paper: SVG, in which nothing but these lines stands.
 *
 * @param bytes the beginning of the text; may end within a character.
 * @param otherEncoding of a text that is not UTF-8.
 */
export function textPicture(bytes: Uint8Array, otherEncoding: string): string {
  const lines = decode(bytes, otherEncoding)
    .split(/\r\n|[\r\n]/, LINES)
    .map(shownLine)
  const spans = lines.map((line, index) =>
    line === ''
      ? ''
      : `<tspan x="${MARGIN}" y="${MARGIN + (index + 0.75) * LINE_HEIGHT}">${escapeHtml(line)}</tspan>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
<rect width="100%" height="100%" fill="#fff"/>
<text xml:space="preserve" fill="#3c434b" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace" font-size="10">${spans.join('')}</text>
</svg>
`
}

function decode(bytes: Uint8Array, otherEncoding: string): string {
  // What is cut off at the end waits for more, and is dropped.
  const options = { stream: true }
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes, options)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes, options)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, options)
  } catch {
    return new TextDecoder(otherEncoding).decode(bytes, options)
  }
}

/** Without what XML cannot hold, and what turns the reading direction of the rest. */
function shownLine(line: string): string {
  const shown = line
    .replaceAll('\t', '    ')
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff\u202a-\u202e\u2066-\u2069]/gu, '')
  return Array.from(shown).slice(0, COLUMNS).join('').trimEnd()
}
