import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  carryOver,
  extendTo,
  moveFocus,
  nothingSelected,
  selectAll,
  selectOnly,
  stepFor,
  toggle,
  typeAhead,
} from './selection.js'

const letters = ['a', 'b', 'c', 'd', 'e', 'f']
const idAt = (index: number) => letters[index]
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].join('')

describe('selecting', () => {
  test('a click selects one, and nothing else stays', () => {
    const first = selectOnly(1, idAt)
    expect(ids(first)).toBe('b')
    expect(ids(selectOnly(3, idAt))).toBe('d')
  })

  test('Ctrl adds and takes away, and Shift extends from where Ctrl was last', () => {
    const two = toggle(selectOnly(0, idAt), 2, idAt)
    expect(ids(two)).toBe('ac')
    expect(ids(toggle(two, 0, idAt))).toBe('c')
    expect(ids(extendTo(two, 4, idAt))).toBe('cde')
    expect(ids(extendTo(two, 4, idAt, true))).toBe('acde')
  })

  test('extending back and forth keeps the anchor', () => {
    const down = extendTo(selectOnly(2, idAt), 4, idAt)
    expect(ids(down)).toBe('cde')
    expect(ids(extendTo(down, 0, idAt))).toBe('abc')
  })

  test('moving without selecting leaves what is selected', () => {
    const moved = moveFocus(selectOnly(1, idAt), 4)
    expect(ids(moved)).toBe('b')
    expect(moved.focus).toBe(4)
  })

  test('everything means every item there is, of none nothing', () => {
    expect(selectAll(nothingSelected, 6, idAt).ids.size).toBe(6)
    expect(selectAll(nothingSelected, 0, idAt).ids.size).toBe(0)
  })

  test('what is not loaded is passed over', () => {
    expect(ids(extendTo(selectOnly(0, idAt), 9, idAt))).toBe('abcdef')
  })
})

describe('when the list changes', () => {
  test('the same items stay selected wherever they are now, and those that are gone are not', () => {
    const before = toggle(selectOnly(0, idAt), 2, idAt)
    const now = ['new', 'a', 'b']
    const after = carryOver(
      before,
      'a',
      (id) => now.indexOf(id),
      now.length,
      (id) => now.includes(id),
    )
    expect(ids(after)).toBe('a')
    expect(after.focus).toBe(1)
  })

  test('the keyboard stays in the list when its item is gone', () => {
    const after = carryOver(
      selectOnly(5, idAt),
      'f',
      () => -1,
      3,
      () => false,
    )
    expect(after.focus).toBe(2)
  })
})

describe('typing', () => {
  const names = ['Budget', 'Report', 'report 2', 'Zebra']
  const nameAt = (index: number) => names[index]

  test('goes to the next name that begins so, and around', () => {
    expect(typeAhead('r', 1, 4, nameAt)).toBe(2)
    expect(typeAhead('r', 2, 4, nameAt)).toBe(1)
    expect(typeAhead('b', 3, 4, nameAt)).toBe(0)
  })

  test('more letters stay where they fit', () => {
    expect(typeAhead('rep', 1, 4, nameAt)).toBe(1)
    expect(typeAhead('report 2', 1, 4, nameAt)).toBe(2)
  })

  test('finds nothing where there is nothing', () => {
    expect(typeAhead('x', 0, 4, nameAt)).toBe(-1)
  })
})

describe('keys', () => {
  const list = { total: 10, columns: 1, rowsPerPage: 4 }
  const tiles = { total: 10, columns: 4, rowsPerPage: 2 }

  test('arrows stop at the ends', () => {
    expect(stepFor('ArrowDown', 9, list)).toBe(9)
    expect(stepFor('ArrowUp', 0, list)).toBe(0)
    expect(stepFor('ArrowDown', -1, list)).toBe(0)
  })

  test('in tiles, up and down go by rows and stay in their column', () => {
    expect(stepFor('ArrowDown', 1, tiles)).toBe(5)
    expect(stepFor('ArrowDown', 7, tiles)).toBe(7)
    expect(stepFor('ArrowUp', 2, tiles)).toBe(2)
    expect(stepFor('ArrowRight', 3, tiles)).toBe(4)
  })

  test('a list has no left and right; no list has anything else', () => {
    expect(stepFor('ArrowRight', 1, list)).toBeNull()
    expect(stepFor('Enter', 1, list)).toBeNull()
    expect(stepFor('ArrowDown', -1, { ...list, total: 0 })).toBeNull()
  })

  test('no key ever leads out of the list', () => {
    const keys = ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageDown', 'PageUp']
    fc.assert(
      fc.property(
        fc.constantFrom(...keys),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(60),
        (key, total, columns, at) => {
          const next = stepFor(key, Math.min(at, total) - 1, { total, columns, rowsPerPage: 3 })
          // Without a focus, arrows begin at the first item.
          if (next !== null && at > 0) expect(next >= 0 && next < total).toBe(true)
        },
      ),
    )
  })
})
