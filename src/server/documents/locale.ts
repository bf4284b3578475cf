/** The languages in which documents are made. */
export type Language = 'en' | 'zh-CN'

/** What depends on the reader's language in a document that has no content yet. */
export interface Locale {
  readonly language: Language
  /** The language that a spelling checker takes for the text. */
  readonly tag: 'en-US' | 'zh-CN'
  /** The typeface of Latin text. Where it is missing, office programs bring a substitute of the same widths. */
  readonly latinFont: string
  /** The typeface of Chinese text, `null` for the office program's own choice. */
  readonly eastAsianFont: string | null
  readonly paper: Paper
  /** Body text, in points. */
  readonly textSize: number
  /** Height of a line, in percent of what the typeface asks for. */
  readonly lineHeight: number
}

/** A sheet of paper, upright. */
export interface Paper {
  /** Its number in a spreadsheet's page setup. */
  readonly code: number
  readonly widthInPoints: number
  readonly heightInPoints: number
}

const letter: Paper = { code: 1, widthInPoints: 612, heightInPoints: 792 }
const a4: Paper = { code: 9, widthInPoints: 595.3, heightInPoints: 841.9 }

export const locales: Readonly<Record<Language, Locale>> = {
  en: {
    language: 'en',
    tag: 'en-US',
    latinFont: 'Calibri',
    eastAsianFont: null,
    paper: letter,
    textSize: 11,
    lineHeight: 110,
  },
  'zh-CN': {
    language: 'zh-CN',
    tag: 'zh-CN',
    latinFont: 'Calibri',
    // Part of every Windows, whatever its language, and known by name to the font substitution of other systems.
    eastAsianFont: 'Microsoft YaHei',
    paper: a4,
    textSize: 10.5,
    // Chinese typefaces bring generous lines of their own.
    lineHeight: 100,
  },
}
