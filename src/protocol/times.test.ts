import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTime, msToTicks, parseTime, ticksToMs } from './times.js'

const noon = Date.UTC(2026, 0, 15, 12)
const firstMs = -62_135_596_800_000
const lastMs = 253_402_300_799_999
const anyMs = fc.integer({ min: firstMs, max: lastMs })

describe('formatTime', () => {
  it.each([
    [noon, '2026-01-15T12:00:00.0000000Z'],
    [noon + 7, '2026-01-15T12:00:00.0070000Z'],
    [noon + 7.9, '2026-01-15T12:00:00.0070000Z'],
    [-1, '1969-12-31T23:59:59.9990000Z'],
    [-0.5, '1969-12-31T23:59:59.9990000Z'],
    [firstMs, '0001-01-01T00:00:00.0000000Z'],
    [lastMs, '9999-12-31T23:59:59.9990000Z'],
  ])('writes %d as %s', (ms, text) => {
    expect(formatTime(ms)).toBe(text)
  })

  it.each([firstMs - 1, lastMs + 1, Number.NaN, 1e20])('throws for %d, which no client could read', (ms) => {
    expect(() => formatTime(ms)).toThrow(RangeError)
  })
})

describe('parseTime', () => {
  it.each([
    ['2026-01-15T12:00:00Z', noon],
    ['2026-01-15T12:00:00.1Z', noon + 100],
    ['2026-01-15T12:00:00.007Z', noon + 7],
    ['2026-01-15T12:00:00.0079999Z', noon + 7],
    ['2026-01-15T12:00:00.007999999999Z', noon + 7],
    ['2026-01-15T14:30:00.5+02:30', noon + 500],
    ['2026-01-15T04:00:00-08:00', noon],
    ['0099-01-01T00:00:00Z', -59_042_995_200_000],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('reads %s', (text, ms) => {
    expect(parseTime(text)).toBe(ms)
  })

  it.each([
    '',
    'undefined',
    '2026-01-15',
    '2026-01-15T12:00:00',
    '2026-01-15 12:00:00Z',
    '2026-01-15T12:00:00.Z',
    '2026-02-30T12:00:00Z',
    '2026-06-31T12:00:00Z',
    '2025-02-29T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-01-15T24:00:00Z',
    '2026-01-15T12:60:00Z',
    '2026-01-15T12:00:60Z',
    '2026-01-15T12:00:00+24:00',
    ' 2026-01-15T12:00:00Z',
    '2026-01-15T12:00:00Z\n',
    '١٢٣٤-01-15T12:00:00Z',
  ])('refuses %j', (text) => {
    expect(parseTime(text)).toBeNull()
  })

  it('reads back what formatTime wrote', () => {
    fc.assert(
      fc.property(anyMs, (ms) => {
        expect(parseTime(formatTime(ms))).toBe(ms)
      }),
    )
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseTime(text)
      }),
    )
  })
})

describe('ticks', () => {
  it.each([
    [noon, 639040752000000000n],
    [0, 621355968000000000n],
    [firstMs, 0n],
  ])('%d ms since 1970 are %d ticks', (ms, ticks) => {
    expect(msToTicks(ms)).toBe(ticks)
    expect(ticksToMs(ticks)).toBe(ms)
  })

  it('drops what is finer than a millisecond', () => {
    expect(ticksToMs(639040752000009999n)).toBe(noon)
    expect(msToTicks(noon + 0.9)).toBe(639040752000000000n)
  })

  it('turn into milliseconds and back without loss', () => {
    fc.assert(
      fc.property(anyMs, (ms) => {
        expect(ticksToMs(msToTicks(ms))).toBe(ms)
      }),
    )
  })
})
