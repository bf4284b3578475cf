/** How a text's characters are written as bytes. */
export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be'

export type Decoded =
  | { readonly text: string; readonly encoding: Encoding }
  /** Bytes the editor could not write back unchanged. `text` is a guess, to be looked at only. */
  | { readonly text: string; readonly encoding: null; readonly problem: 'other-encoding' | 'not-text' }

const marks: readonly { readonly encoding: Encoding; readonly bytes: readonly number[] }[] = [
  { encoding: 'utf-8-bom', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
]

/**
 * Reads the bytes of a text file: UTF-8 with or without byte order mark, UTF-16 with one. What is accepted, `encodeText` turns back into
 * the very same bytes; everything else is marked as not to be edited.
 *
 * @param fallback the old encoding to try first for bytes that are none of these, such as `gb18030` for Chinese readers
 */
export function decodeText(bytes: Uint8Array, fallback = 'windows-1252'): Decoded {
  const mark = marks.find((candidate) => candidate.bytes.every((byte, at) => bytes[at] === byte))
  const encoding = mark?.encoding ?? 'utf-8'
  const text = strictly(charsetOf(encoding), bytes.subarray(mark?.bytes.length ?? 0))
  if (text === null) {
    const guess = strictly(fallback, bytes) ?? new TextDecoder('windows-1252').decode(bytes)
    return { text: guess, encoding: null, problem: guess.includes('\0') ? 'not-text' : 'other-encoding' }
  }
  // NUL never stands in a text a person typed: this is a binary file that happens to be valid UTF-8.
  if (text.includes('\0')) return { text, encoding: null, problem: 'not-text' }
  return { text, encoding }
}

/** The bytes of a text, with the byte order mark the encoding carries. */
export function encodeText(text: string, encoding: Encoding): Uint8Array {
  const mark = marks.find((candidate) => candidate.encoding === encoding)?.bytes ?? []
  const body =
    charsetOf(encoding) === 'utf-8' ? new TextEncoder().encode(text) : utf16(text, encoding === 'utf-16le')
  const bytes = new Uint8Array(mark.length + body.length)
  bytes.set(mark)
  bytes.set(body, mark.length)
  return bytes
}

function charsetOf(encoding: Encoding): string {
  return encoding === 'utf-8-bom' ? 'utf-8' : encoding
}

function strictly(charset: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2))
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), littleEndian)
  return new Uint8Array(view.buffer)
}
