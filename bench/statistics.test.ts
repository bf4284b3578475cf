import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, roundRatios, spread } from './statistics.js'

const figures = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 })

describe('the median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 2, 3], 2.5],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected))

  it('has as many values above it as below', () => {
    fc.assert(
      fc.property(figures, (values) => {
        const middle = median(values)
        const above = values.filter((value) => value > middle).length
        const below = values.filter((value) => value < middle).length
        return Math.max(above, below) <= values.length / 2
      }),
    )
  })

  it('of nothing is not a number', () => expect(median([])).toBeNaN())
})

describe('the spread', () => {
  it('is nothing when all rounds agree, and does not depend on the unit', () => {
    expect(spread([7, 7, 7, 7])).toBe(0)
    expect(spread([90, 100, 110])).toBeCloseTo(spread([9, 10, 11]))
  })

  it('is not thrown off by one round that went wrong', () => {
    expect(spread([100, 101, 99, 100, 5])).toBeLessThan(0.02)
  })

  it('of less than three values is unknown', () => expect(spread([1, 2])).toBeNaN())
})

describe('ratios', () => {
  it('compare each round with the baseline beside it, so that a machine that slows down does not matter', () => {
    expect(roundRatios([50, 5], [100, 10])).toEqual([0.5, 0.5])
  })
})
