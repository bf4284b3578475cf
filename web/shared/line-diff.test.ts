import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DiffLine, diffLines } from './line-diff.js'

const marks = { same: ' ', added: '+', removed: '-' } as const
const shown = (lines: readonly DiffLine[] | null) =>
  lines?.map((line) => (line.kind === 'skipped' ? `…${line.count}` : marks[line.kind] + line.text))

test('shows what was added, removed and replaced', () => {
  expect(shown(diffLines('one\ntwo\nthree', 'one\n2\nthree\nfour'))).toEqual([
    ' one',
    '-two',
    '+2',
    ' three',
    '+four',
  ])
})

test('leaves out long stretches that are the same', () => {
  const before = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n')
  const lines = shown(diffLines(before, before.replace('line 50\n', 'changed\n')))
  expect(lines?.[0]).toBe('…47')
  expect(lines?.at(-1)).toBe('…46')
  expect(lines).toContain('-line 50')
  expect(lines).toContain('+changed')
})

test('ends of lines of another system are no change', () => {
  expect(diffLines('a\r\nb\r\n', 'a\nb\n')).toEqual([{ kind: 'skipped', count: 2 }])
})

test('gives up where there are too many changes', () => {
  const numbers = (from: number) => Array.from({ length: 200 }, (_, index) => `${from + index}`).join('\n')
  expect(diffLines(numbers(0), numbers(1000), 50)).toBeNull()
})

test('both texts can be made from the difference', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
    .map((lines) => lines.map((line) => `x${line}`).join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after) ?? []
      const kept = lines.filter((line) => line.kind !== 'skipped')
      const skipped = lines.reduce((sum, line) => sum + (line.kind === 'skipped' ? line.count : 0), 0)
      const count = (text: string) => (text === '' ? 0 : text.split('\n').length)
      expect(kept.filter(({ kind }) => kind !== 'added').length + skipped).toBe(count(before))
      expect(kept.filter(({ kind }) => kind !== 'removed').length + skipped).toBe(count(after))
      if (skipped > 0) return
      expect(
        kept
          .filter(({ kind }) => kind !== 'added')
          .map(({ text: line }) => line)
          .join('\n'),
      ).toBe(before)
      expect(
        kept
          .filter(({ kind }) => kind !== 'removed')
          .map(({ text: line }) => line)
          .join('\n'),
      ).toBe(after)
    }),
  )
})
