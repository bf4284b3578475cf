import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnsFor, pagesFor, rowsInSight, scrollToShow } from './virtual-window.js'

const viewport = (scrollTop: number) => ({ scrollTop, height: 440, rowHeight: 44 })

test('of ten thousand rows only those in sight are drawn, and a few around them', () => {
  const { first, end } = rowsInSight(viewport(44_000), 10_000)
  expect(first).toBeLessThanOrEqual(1000)
  expect(end).toBeGreaterThanOrEqual(1010)
  expect(end - first).toBeLessThan(30)
})

test('every row in sight is drawn, and none that does not exist', () => {
  fc.assert(
    fc.property(fc.nat(500_000), fc.nat(10_000), (scrollTop, rows) => {
      const { first, end } = rowsInSight(viewport(scrollTop), rows)
      expect(first).toBeGreaterThanOrEqual(0)
      expect(end).toBeLessThanOrEqual(rows)
      expect(first).toBeLessThanOrEqual(end)
      const seen = Math.floor(scrollTop / 44)
      if (seen < rows) expect(seen >= first && seen < end).toBe(true)
    }),
  )
})

test('a row that is already in sight does not move the list; others move it as little as possible', () => {
  expect(scrollToShow(viewport(440), 12)).toBe(440)
  expect(scrollToShow(viewport(440), 3)).toBe(132)
  expect(scrollToShow(viewport(0), 10)).toBe(44)
})

test('a range of items lies on these pages', () => {
  expect(pagesFor(0, 200, 200)).toEqual([0])
  expect(pagesFor(199, 201, 200)).toEqual([0, 1])
  expect(pagesFor(5, 5, 200)).toEqual([])
})

test('as many tiles stand side by side as fit, and always one', () => {
  expect(columnsFor(640, 148, 12)).toBe(4)
  expect(columnsFor(100, 148, 12)).toBe(1)
})
