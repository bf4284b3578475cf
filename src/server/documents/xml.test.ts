import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { xml } from './xml.js'

describe('xml', () => {
  test('escapes text and attribute values', () => {
    const text = `Tom & "Jerry" <script>`
    expect(xml`<a title="${text}">${text}</a>`.markup).toBe(
      '<a title="Tom &amp; &quot;Jerry&quot; &lt;script&gt;">Tom &amp; &quot;Jerry&quot; &lt;script&gt;</a>',
    )
  })

  test('takes XML and lists of XML as they are, and numbers as digits', () => {
    const items = ['a', 'b & c'].map((text) => xml`<i>${text}</i>`)
    expect(xml`<l n="${-2}">${items}</l>`.markup).toBe('<l n="-2"><i>a</i><i>b &amp; c</i></l>')
  })

  test('replaces what XML 1.0 cannot carry, keeping every other character', () => {
    expect(xml`${'a\u0000b\u001Fc\uFFFFd\uD800e'}`.markup).toBe('a\uFFFDb\uFFFDc\uFFFDd\uFFFDe')
    expect(xml`${'\t\n\r 汉字 😀'}`.markup).toBe('\t\n\r 汉字 😀')
  })

  test('drops indentation between elements, but no space inside a tag or a text', () => {
    const tree = xml`<a
      x="1">
      <b> two words </b>
      ${xml`<c/>`}
    </a>`
    expect(tree.markup).toBe('<a\n      x="1"><b> two words </b><c/></a>')
  })

  test('no text can end its element or its attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { markup } = xml`<a b="${text}">${text}</a>`
        expect(markup).toMatch(/^<a b="[^"<>]*">[^<>]*<\/a>$/)
        expect(markup.replace(/&(amp|lt|gt|quot);/g, '')).not.toContain('&')
      }),
    )
  })
})
