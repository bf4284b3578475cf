import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joinLines, splitLines, unchangedLines, usualEnding } from './line-endings.js'

/** A text as it is edited and saved: lines are what CodeMirror hands back. */
function saved(original: string, edit: (lines: string[]) => string[]): string {
  const lines = splitLines(original)
  return joinLines(edit([...lines.lines]), lines)
}

const anyText = fc
  .array(fc.tuple(fc.constantFrom('', 'a', 'b', 'same', 'line'), fc.constantFrom('\n', '\r\n', '\r')), {
    maxLength: 12,
  })
  .map((parts) => parts.flat().join(''))

test('a text nobody touched is saved as it was, whatever its endings', () => {
  fc.assert(fc.property(anyText, (text) => saved(text, (lines) => lines) === text))
})

test('new lines end as most do', () => {
  expect(saved('a\r\nb\r\n', (lines) => ['new', ...lines])).toBe('new\r\na\r\nb\r\n')
  expect(saved('a\nb', (lines) => [...lines, 'c'])).toBe('a\nb\nc')
  expect(saved('one line', (lines) => [...lines, 'more'])).toBe('one line\nmore')
  expect(saved('a\rb\rc', (lines) => [...lines, 'd'])).toBe('a\rb\rc\rd')
  expect(usualEnding(splitLines('a\r\nb\nc\r\n'))).toBe('\r\n')
})

describe('in a file of mixed endings', () => {
  const mixed = 'one\r\ntwo\nthree\r\nfour\nfive\n'

  test('only the touched line changes', () => {
    expect(saved(mixed, (lines) => lines.with(2, 'THREE'))).toBe('one\r\ntwo\nTHREE\nfour\nfive\n')
    expect(saved(mixed, (lines) => ['zero', ...lines])).toBe(`zero\n${mixed}`)
    expect(saved(mixed, (lines) => lines.toSpliced(1, 1))).toBe('one\r\nthree\r\nfour\nfive\n')
  })

  test('edits in several places leave what lies between alone', () => {
    const edited = saved(mixed, (lines) => ['zero', ...lines.with(1, 'TWO'), 'six'])
    expect(edited).toBe('zero\none\r\nTWO\nthree\r\nfour\nfive\n\nsix')
  })

  test('every line that an edit left in place keeps its ending', () => {
    const lineNumbers = fc.uniqueArray(fc.integer({ min: 0, max: 19 }), { maxLength: 8 })
    const endings = fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 20, maxLength: 20 })
    fc.assert(
      fc.property(endings, lineNumbers, (chosen, touched) => {
        const text = chosen.map((ending, at) => `line ${at}${ending}`).join('')
        const result = splitLines(
          saved(text, (lines) => lines.map((line, at) => (touched.includes(at) ? `${line}!` : line))),
        )
        for (let at = 0; at < 20; at++) {
          if (!touched.includes(at)) expect(result.endings[at]).toBe(chosen[at])
        }
      }),
    )
  })
})

test('pairs of unchanged lines are really equal, and rise in both texts', () => {
  const line = fc.constantFrom('a', 'b', 'c', 'd', '')
  fc.assert(
    fc.property(fc.array(line), fc.array(line), (before, after) => {
      const pairs = unchangedLines(before, after).toSorted((one, other) => one[0] - other[0])
      for (const [at, [left, right]] of pairs.entries()) {
        expect(before[left]).toBe(after[right])
        const next = pairs[at + 1]
        if (next) {
          expect(next[0]).toBeGreaterThan(left)
          expect(next[1]).toBeGreaterThan(right)
        }
      }
    }),
  )
})
