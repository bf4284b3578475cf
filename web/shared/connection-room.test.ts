import { describe, expect, test } from 'vitest'
import { type OpenPage, shouldRest } from './connection-room.js'

const page = (id: string, hiddenSince: number | null = null, connected = true): OpenPage => ({
  id,
  hiddenSince,
  connected,
})

describe('a page gives its connection back', () => {
  test('not while there is room', () => {
    expect(shouldRest(page('a', 5), [page('b', 1), page('c'), page('d', 2)])).toBe(false)
  })

  test('not while somebody looks at it, however many there are', () => {
    const others = Array.from({ length: 9 }, (_, index) => page(`${index}`))
    expect(shouldRest(page('a'), others)).toBe(false)
  })

  test('when there are too many and it has been hidden for longest', () => {
    const others = [page('b', 3), page('c'), page('d', 2), page('e', 9)]
    expect(shouldRest(page('a', 1), others)).toBe(true)
    expect(shouldRest(page('a', 4), others)).toBe(false)
  })

  test('those that rest already take no room', () => {
    expect(shouldRest(page('a', 1), [page('b', 3, false), page('c'), page('d', 2), page('e', 9)])).toBe(false)
  })

  test('of many exactly as many as there is room for stay', () => {
    const all = Array.from({ length: 9 }, (_, index) => page(`${index}`, 7))
    const resting = all.filter((one) =>
      shouldRest(
        one,
        all.filter((other) => other !== one),
      ),
    )
    expect(resting.length).toBe(5)
  })
})
