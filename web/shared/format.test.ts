import { describe, expect, test } from 'vitest'
import { agoText, nameParts, readableName, sizeText, whenText } from './format.js'

const now = new Date(2026, 5, 15, 14, 30).getTime()
const HOUR = 3_600_000

describe('sizes and times are said in the language', () => {
  test('sizes', () => {
    expect(sizeText(0, 'en')).toBe('0 bytes')
    expect(sizeText(1234, 'en')).toBe('1.2 kB')
    expect(sizeText(2_500_000_000, 'en')).toBe('2.5 GB')
    expect(sizeText(512, 'zh-CN')).toMatch(/512\s?字节/)
  })

  test('today it is the time, this year the day, else the date', () => {
    expect(whenText(now - HOUR, now, 'en')).toMatch(/^1:30\sPM$/)
    expect(whenText(now - 30 * 24 * HOUR, now, 'en')).toBe('May 16')
    expect(whenText(now - 400 * 24 * HOUR, now, 'en')).toBe('May 11, 2025')
    expect(whenText(now - 30 * 24 * HOUR, now, 'zh-CN')).toBe('5月16日')
  })

  test('how long ago', () => {
    const ago = (before: number, locale: string) => agoText(now - before, now, locale, 'just now')
    expect(ago(2_000, 'en')).toBe('just now')
    expect(ago(-90_000, 'en')).toBe('just now')
    expect(ago(5 * 60_000, 'en')).toBe('5 minutes ago')
    expect(ago(25 * HOUR, 'zh-CN')).toBe('昨天')
    expect(ago(30 * 24 * HOUR, 'en')).toBe('May 16')
  })
})

test('a name cannot pretend to be another by turning the reading direction', () => {
  expect(readableName('cod\u202eexe.doc')).toBe('codexe.doc')
  expect(readableName('a\u0000b\u2066c')).toBe('abc')
})

test('names are cut at their last dot, unless it is their first character', () => {
  expect(nameParts('a.tar.gz')).toEqual({ stem: 'a.tar', extension: '.gz' })
  expect(nameParts('.env')).toEqual({ stem: '.env', extension: '' })
  expect(nameParts('README')).toEqual({ stem: 'README', extension: '' })
})
