/**
 * UTF-7, the encoding in which WOPI headers carry names: `X-WOPI-SuggestedTarget`, `X-WOPI-RelativeTarget`, `X-WOPI-RequestedName`
 * and `X-WOPI-ValidRelativeTarget`.
 */

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Value of each base64 character by its code; -1 for every other ASCII character. */
const base64Values = new Int8Array(128).fill(-1)
for (let value = 0; value < BASE64.length; value++) base64Values[BASE64.charCodeAt(value)] = value

/**
 * Reads a UTF-7 header value.
 *
 * Lenient where encoders differ (any ASCII character may stand for itself) and strict where the text would be a guess:
 * returns null for characters outside ASCII, a shift without content, bits left over, or half a surrogate pair. Never throws.
 * The result may hold characters no file name may have; `nameProblem` is the judge of that.
 *
 * Deviation: Collabora Online up to 23.05 loses the end of a name whose last character is not ASCII, so the value stops inside an
 * unclosed shift. The characters that arrived whole are kept (test "a name cut by Collabora").
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/files/putrelativefile
 * @see https://www.rfc-editor.org/rfc/rfc2152
 */
export function decodeUtf7(value: string): string | null {
  if (/[\u0080-\uffff]/.test(value)) return null
  let text = ''
  let position = 0
  while (position < value.length) {
    const plus = value.indexOf('+', position)
    if (plus === -1) return text + value.slice(position)
    text += value.slice(position, plus)
    if (value[plus + 1] === '-') {
      text += '+'
      position = plus + 2
      continue
    }
    const end = endOfShift(value, plus + 1)
    const shifted = decodeShift(value, plus + 1, end)
    if (shifted === null) return null
    text += shifted
    // The `-` that closes a shift is no part of the text; any other character is.
    position = value[end] === '-' ? end + 1 : end
  }
  return text
}

function endOfShift(value: string, start: number): number {
  let end = start
  while (end < value.length && (base64Values[value.charCodeAt(end)] ?? -1) >= 0) end++
  return end
}

/** The text of one run of base64 characters, or null when it is not whole UTF-16. */
function decodeShift(value: string, start: number, end: number): string | null {
  const bitsOver = ((end - start) * 6) % 16
  const cut = end === value.length && (bitsOver === 12 || bitsOver === 14)
  if (end === start || (bitsOver >= 6 && !cut)) return null
  let text = ''
  let pending = 0
  let bits = 0
  for (let position = start; position < end; position++) {
    pending = (pending << 6) | (base64Values[value.charCodeAt(position)] ?? 0)
    bits += 6
    if (bits >= 16) {
      bits -= 16
      text += String.fromCharCode(pending >> bits)
      pending &= (1 << bits) - 1
    }
  }
  if (cut) text = text.replace(/[\ud800-\udbff]$/, '')
  else if (pending !== 0) return null
  return /\p{Surrogate}/u.test(text) ? null : text
}

/**
 * Writes text as a UTF-7 header value: printable ASCII only, every shift closed. Half a surrogate pair, which no encoding can carry,
 * becomes U+FFFD. Encoders differ in what they shift: compare decoded texts, never encoded ones.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/files/putrelativefile
 */
export function encodeUtf7(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/\+|[^A-Za-z0-9'(),\-./:?+]+/g, (run) => (run === '+' ? '+-' : encodeShift(run)))
}

function encodeShift(run: string): string {
  let shift = '+'
  let pending = 0
  let bits = 0
  for (let position = 0; position < run.length; position++) {
    pending = (pending << 16) | run.charCodeAt(position)
    bits += 16
    while (bits >= 6) {
      bits -= 6
      shift += BASE64.charAt(pending >> bits)
      pending &= (1 << bits) - 1
    }
  }
  if (bits > 0) shift += BASE64.charAt(pending << (6 - bits))
  return `${shift}-`
}
