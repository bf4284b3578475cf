import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeText, encodeText } from './text-encoding.js'

const bytes = (...values: number[]) => Uint8Array.from(values)

describe('what is opened is written back byte for byte', () => {
  test.each([
    ['UTF-8', bytes(0x61, 0xc3, 0xa9), 'aé', 'utf-8'],
    ['UTF-8 with a byte order mark', bytes(0xef, 0xbb, 0xbf, 0x61), 'a', 'utf-8-bom'],
    ['UTF-16 LE', bytes(0xff, 0xfe, 0x2d, 0x4e, 0x3d, 0xd8, 0x00, 0xde), '中😀', 'utf-16le'],
    ['UTF-16 BE', bytes(0xfe, 0xff, 0x4e, 0x2d), '中', 'utf-16be'],
    ['nothing', bytes(), '', 'utf-8'],
    ['only a mark', bytes(0xff, 0xfe), '', 'utf-16le'],
    ['a second mark, which is text', bytes(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf), '\ufeff', 'utf-8-bom'],
  ])('%s', (_, content, text, encoding) => {
    const decoded = decodeText(content)
    expect(decoded).toMatchObject({ text, encoding })
    expect(decoded.encoding && encodeText(decoded.text, decoded.encoding)).toEqual(content)
  })

  test('any bytes at all: either they come back unchanged, or they are not for editing', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.constantFrom('', '\xef\xbb\xbf', '\xff\xfe', '\xfe\xff'),
        (body, mark) => {
          const content = Uint8Array.from([...[...mark].map((character) => character.charCodeAt(0)), ...body])
          const decoded = decodeText(content)
          if (decoded.encoding) expect(encodeText(decoded.text, decoded.encoding)).toEqual(content)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('what could be damaged is only shown', () => {
  test('Latin-1', () => {
    expect(decodeText(bytes(0x63, 0x61, 0x66, 0xe9))).toEqual({
      text: 'café',
      encoding: null,
      problem: 'other-encoding',
    })
  })

  test('Chinese in GBK, for somebody who reads Chinese', () => {
    expect(decodeText(bytes(0xb1, 0xa8, 0xb8, 0xe6), 'gb18030')).toEqual({
      text: '报告',
      encoding: null,
      problem: 'other-encoding',
    })
  })

  test('UTF-16 cut in the middle of a character', () => {
    expect(decodeText(bytes(0xff, 0xfe, 0x61)).encoding).toBe(null)
    expect(decodeText(bytes(0xff, 0xfe, 0x3d, 0xd8)).encoding).toBe(null)
  })

  test('binary files, even those that are valid UTF-8', () => {
    expect(decodeText(bytes(0x61, 0x00, 0x62))).toMatchObject({ encoding: null, problem: 'not-text' })
    expect(decodeText(bytes(0x00, 0xff, 0xfe))).toMatchObject({ encoding: null, problem: 'not-text' })
  })
})
