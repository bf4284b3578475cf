import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLockId } from './lock-id.js'

describe('parseLockId', () => {
  it.each(['a', 'x'.repeat(1024), '{"S":"5a7e","F":4,"E":2,"M":"a b"}', ' ~', 'cool-lock0a1b2c3d'])(
    'takes %j exactly as it came',
    (value) => {
      expect(parseLockId(value)).toEqual({ lockId: value })
    },
  )

  it.each([undefined, null, ''])('counts %j as missing', (value) => {
    expect(parseLockId(value)).toEqual({ problem: expect.stringContaining('No lock id was sent') })
  })

  it('refuses 1025 characters and says how many there are', () => {
    expect(parseLockId('x'.repeat(1025))).toEqual({ problem: expect.stringContaining('1025 characters') })
  })

  it.each(['a\tb', 'a\u007f', 'é', 'ab\n', '锁', '\u0000'])(
    'refuses %j, which is not printable ASCII',
    (value) => {
      expect(parseLockId(value)).toEqual({ problem: expect.stringContaining('not printable ASCII') })
    },
  )

  it('names the position of the character that is not allowed, and never the lock id', () => {
    expect(parseLockId('secret\u00e9')).toEqual({ problem: expect.stringContaining('Character 7 ') })
    expect(parseLockId('secret\u00e9')).not.toEqual({ problem: expect.stringContaining('secret') })
  })

  it('accepts exactly 1 to 1024 characters of printable ASCII', () => {
    const mostlyPrintable = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme-ascii' }),
      fc.nat(1100).map((length) => '~'.repeat(length)),
      fc
        .nat(1023)
        .chain((before) =>
          fc.string({ minLength: 1, maxLength: 1 }).map((last) => ' '.repeat(before) + last),
        ),
    )
    fc.assert(
      fc.property(mostlyPrintable, (value) => {
        expect('lockId' in parseLockId(value)).toBe(/^[\x20-\x7e]{1,1024}$/.test(value))
      }),
    )
  })
})
