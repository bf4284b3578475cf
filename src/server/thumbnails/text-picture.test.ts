import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readXml } from '../../protocol/xml.js'
import { textPicture } from './text-picture.js'

/** The lines as they stand in the picture. */
const lines = (text: string | Uint8Array, otherEncoding = 'windows-1252') =>
  [
    ...textPicture(typeof text === 'string' ? Buffer.from(text) : text, otherEncoding).matchAll(
      /<tspan[^>]*>([^<]*)</g,
    ),
  ].map(([, line]) => line)

describe('the picture of a text', () => {
  it('shows its first lines, as far as they fit', () => {
    expect(lines('# Plan\n\n\tone\r\ntwo\rthree')).toEqual(['# Plan', '    one', 'two', 'three'])
    expect(lines('x'.repeat(500))).toEqual(['x'.repeat(60)])
    expect(lines('x\n'.repeat(500)).length).toBeLessThan(30)
  })

  it('reads Unicode of every kind, cut anywhere, and else what is usual', () => {
    const plan = Buffer.from('计划')
    expect(lines(plan.subarray(0, -1))).toEqual(['计'])
    expect(lines(Buffer.from('\ufeff计划', 'utf16le'))).toEqual(['计划'])
    expect(lines(Uint8Array.of(0xfe, 0xff, 0x8b, 0xa1))).toEqual(['计'])
    expect(lines(Uint8Array.of(0xbc, 0xc6, 0xbb, 0xae), 'gb18030')).toEqual(['计划'])
    expect(lines(Uint8Array.of(0xfc))).toEqual(['ü'])
  })

  it('cannot be made to hold anything but lines', () => {
    expect(lines('</text><script>alert(1)</script>')).toEqual([
      '&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;',
    ])
    expect(lines('cod\u202etxt.exe')).toEqual(['codtxt.exe'])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const picture = textPicture(bytes, 'windows-1252')
        expect(picture.match(/<[a-z]+/g)?.filter((tag) => tag !== '<tspan')).toEqual([
          '<svg',
          '<rect',
          '<text',
        ])
        readXml(picture)
      }),
    )
  })
})
