import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'
import { expect, test } from 'vitest'
import { en } from './en.js'
import { zhCN } from './zh-cn.js'

/** Every sentence by its path; functions are called with sample words. */
function sentences(dictionary: object, path = ''): Map<string, string> {
  return new Map(
    Object.entries(dictionary).flatMap(([name, value]): [string, string][] => {
      const here = path === '' ? name : `${path}.${name}`
      if (typeof value === 'string') return [[here, value]]
      if (typeof value === 'function') return [[here, value('X1', 'Y2', 'Z3')]]
      return [...sentences(value, here)]
    }),
  )
}

test('every sentence exists in both languages, and says something', () => {
  const english = sentences(en)
  const chinese = sentences(zhCN)
  expect(new Set(chinese.keys())).toEqual(new Set(english.keys()))
  for (const [path, sentence] of [...english, ...chinese]) expect(sentence.trim(), path).not.toBe('')
})

test('what is put into a sentence stands in it in both languages', () => {
  const chinese = sentences(zhCN)
  for (const [path, sentence] of sentences(en)) {
    for (const part of ['X1', 'Y2', 'Z3'].filter((word) => sentence.includes(word)))
      expect(chinese.get(path), path).toContain(part)
  }
})

test('what is the same in both languages is a name', () => {
  const chinese = sentences(zhCN)
  const same = [...sentences(en)].filter(([path, sentence]) => chinese.get(path) === sentence)
  expect(new Set(same.map(([path]) => path))).toEqual(new Set(['admin.version', 'app.name']))
})

const web = fileURLToPath(new URL('../../', import.meta.url))
const files = ['library', 'shared', 'host-page'].flatMap((folder) =>
  readdirSync(join(web, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.tsx'))
    .map((entry) => relative(web, join(entry.parentPath, entry.name))),
)

/** What is the same in every language, or no language at all. */
const noWords = /^[\s\d\p{P}\p{S}]*$/u
const allowed = new Set(['wopikit serve ./documents --client https://docs.example.com'])
const shownAttributes = new Set(['alt', 'aria-description', 'aria-label', 'label', 'placeholder', 'title'])

interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

/** Texts that stand in the pages themselves instead of in the dictionaries. */
function literalTexts(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(literalTexts)
  if (typeof node !== 'object' || node === null) return []
  const { type } = node as Node
  if (type === 'JSXText') return [String((node as Node).value)]
  if (type === 'JSXAttribute') {
    const { name, value } = node as { readonly name?: { readonly name?: unknown }; readonly value?: Node }
    if (shownAttributes.has(String(name?.name)) && value?.type === 'Literal') return [String(value.value)]
  }
  return Object.values(node).flatMap(literalTexts)
}

test.each(files)('%s has no text of its own', (file) => {
  const { program, errors } = parseSync(file, readFileSync(join(web, file), 'utf8'))
  expect(errors).toEqual([])
  const texts = literalTexts(program).map((text) => text.trim())
  expect(texts.filter((text) => !noWords.test(text) && !allowed.has(text))).toEqual([])
})
