import { randomUUID } from 'node:crypto'

/** Bases of legal names: they never change on their way from the header to `Name` and `BaseFileName`. */
export const legalBases: readonly string[] = [
  'plain',
  'two words_and (brackets)',
  'Größe été',
  '年度 报告',
  'файл',
  'ملف',
  '😀 smile',
  'a+b & c = d, 100%',
  'two.dots',
]

/** A name nothing has yet: `base <random><extension>`. */
export function freshName(base: string, extension: string): string {
  return `${base} ${randomUUID().slice(0, 8)}${extension}`
}

/** The extension of a file by its CheckFileInfo, for files of a type the host surely takes. */
export function extensionOf(info: Readonly<Record<string, unknown>>): string {
  return /\.[A-Za-z0-9]+$/.exec(String(info.BaseFileName))?.[0] ?? '.txt'
}
