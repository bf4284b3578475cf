import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeHtml } from './html.js'
import { readXml } from './xml.js'

describe('escapeHtml', () => {
  it('escapes what could end an element or an attribute', () => {
    expect(escapeHtml(`</script> & "a" 'b'`)).toBe('&lt;/script&gt; &amp; &quot;a&quot; &#39;b&#39;')
  })

  it('leaves other scripts and an empty text alone', () => {
    expect(escapeHtml('Größe 你好 🎉')).toBe('Größe 你好 🎉')
    expect(escapeHtml('')).toBe('')
  })

  it('comes back unchanged from a parser, whatever the text and the quotes', () => {
    const printable = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(printable, fc.constantFrom('"', "'"), (text, quote) => {
        const root = readXml(`<a b=${quote}${escapeHtml(text)}${quote}/>`)
        expect(root.attributes.b).toBe(text)
      }),
    )
  })
})
