import { type Language, type Locale, locales } from './locale.js'
import { blankOpenPresentation } from './open-presentation.js'
import { blankOpenSpreadsheet } from './open-spreadsheet.js'
import { openTextDocument } from './open-text.js'
import { pdfForm } from './pdf-form.js'
import { presentation } from './presentation.js'
import { spreadsheet } from './spreadsheet.js'
import { wordDocument } from './word-document.js'

const blanks = new Map<string, (locale: Locale) => Uint8Array>([
  ['docx', (locale) => wordDocument(locale, [])],
  ['xlsx', (locale) => spreadsheet(locale, { name: 'Sheet1', columnWidths: [], rows: [] })],
  ['pptx', (locale) => presentation(locale, [{ layout: 'title', texts: [] }])],
  ['odt', (locale) => openTextDocument(locale, [])],
  ['ods', blankOpenSpreadsheet],
  ['odp', blankOpenPresentation],
  ['pdf', pdfForm],
  ['txt', () => new Uint8Array()],
  ['md', () => new Uint8Array()],
  // A byte order mark, without which Excel reads the file in an encoding of the country and spoils Chinese.
  ['csv', () => Uint8Array.of(0xef, 0xbb, 0xbf)],
  ['json', () => new TextEncoder().encode('{}\n')],
])

/** The file types that can be made from nothing, in the order a menu shows them: lower case, without a dot. */
export const blankExtensions: readonly string[] = [...blanks.keys()]

/**
 * A new document of a file type: real content that office programs open without repair, with page size, typefaces and
 * language of the text for the person who asked for it. The same bytes each time. A blank text or Markdown file is empty.
 * @returns `null` for a file type that is not one of {@link blankExtensions}.
 */
export function blankDocument(extension: string, language: Language): Uint8Array | null {
  return blanks.get(extension)?.(locales[language]) ?? null
}
