import { zipSync } from 'fflate'
import type { Xml } from './xml.js'

/** One file of a zipped document: XML, which gets its declaration, or plain ASCII text. */
export interface PackageEntry {
  readonly path: string
  readonly content: Xml | string
  /** Kept uncompressed, for the entry by which a format is recognised from its first bytes. */
  readonly stored?: boolean
}

/**
 * Zips the entries in the given order. The same entries give the same bytes on every machine and at any time: each entry
 * is dated 1 January 1980, the first day a zip file can tell.
 */
export function packageZip(entries: readonly PackageEntry[]): Uint8Array {
  // fflate writes the local calendar fields of a date, so a date made from local fields is the same in every time zone.
  const mtime = new Date(1980, 0, 1)
  const text = new TextEncoder()
  return zipSync(
    Object.fromEntries(
      entries.map(({ path, content, stored }) => [
        path,
        [text.encode(fileText(content)), { mtime, level: stored ? 0 : 9 }],
      ]),
    ),
  )
}

function fileText(content: Xml | string): string {
  if (typeof content === 'string') return content
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${content.markup}`
}
