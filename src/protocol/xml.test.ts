import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readXml, type XmlElement, XmlError } from './xml.js'

function problemOf(text: string): string {
  try {
    readXml(text)
  } catch (error) {
    if (error instanceof XmlError) return error.message
    throw error
  }
  return 'accepted'
}

describe('readXml', () => {
  it('reads elements and attributes, in either quotes, and skips what carries neither', () => {
    const root = readXml(
      `\uFEFF<?xml version="1.0" encoding="utf-8"?>
       <!-- a comment with <tags> & ampersands -->
       <a x="1" y = 'two "words"'>text &amp; more<![CDATA[ <not> an & element ]]><?skip this?>
         <b/><ns:c-d.e é="ü"></ns:c-d.e >
       </a>
       <!-- the end -->`,
    )
    expect(root).toEqual({
      name: 'a',
      attributes: { x: '1', y: 'two "words"' },
      children: [
        { name: 'b', attributes: {}, children: [] },
        { name: 'ns:c-d.e', attributes: { é: 'ü' }, children: [] },
      ],
    })
  })

  it('decodes references exactly once', () => {
    const { attributes } = readXml(
      '<a x="&lt;ui=UI_LLCC&amp;&gt;&amp;lt;&quot;&apos;&#65;&#x1F389;&#10;" y="a>b"/>',
    )
    expect(attributes.x).toBe('<ui=UI_LLCC&>&lt;"\'A🎉\n')
    expect(attributes.y).toBe('a>b')
  })

  it('reads line breaks and tabs in attributes as spaces, as XML wants', () => {
    expect(readXml('<a x="1\r\n2\t3\n4"/>').attributes.x).toBe('1 2 3 4')
  })

  it('gives attributes no prototype to pollute', () => {
    const { attributes } = readXml('<a __proto__="x" constructor="y"/>')
    expect(Object.keys(attributes)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(attributes)).toBeNull()
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
  })

  it.each([
    ['', 'line 1: expected an element, found the end'],
    ['  \n  ', 'line 2: expected an element'],
    ['hello', 'line 1: expected a tag, found "hello"'],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'a DOCTYPE is not accepted'],
    ['<a>\n<!ENTITY b "c"></a>', 'line 2: expected an element or a comment'],
    ['<a>\n\n&nbsp;</a>', 'line 3: expected "&amp;"'],
    ['<a x="1 & 2"/>', 'expected "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" or the number of a character'],
    ['<a x="&constructor;"/>', 'expected "&amp;"'],
    ['<a x="&#0;"/>', 'number of a character, found "&#0;'],
    ['<a x="&#xD800;"/>', 'number of a character'],
    ['<a x="&#x110000;"/>', 'number of a character'],
    [`<a x="&#${'9'.repeat(40)};"/>`, 'number of a character'],
    ['<a x="&#1234"/>', 'number of a character'],
    ['<a\u0000/>', 'expected a character that XML allows, found "\\u0000/>"'],
    ['<a x="\uD800"/>', 'expected a character that XML allows'],
    ['<a x="1"\n x="2"/>', 'line 2: expected the attribute x once in the tag <a>'],
    ['<a x="1"y="2"/>', 'expected a space or the end of the tag <a>'],
    ['<a x/>', 'expected "=" after the attribute x'],
    ['<a x=1/>', 'expected the value of the attribute x in quotes'],
    ['<a x="1/>', 'expected the quote that ends the attribute x'],
    ['<a x="<b>"/>', 'expected "&lt;" instead of "<" in the attribute x'],
    ['<a', 'expected a space or the end of the tag <a>, found the end'],
    ['<a ', 'expected an attribute or the end of the tag <a>, found the end'],
    ['<1a/>', 'expected the name of an element'],
    ['< a/>', 'expected the name of an element'],
    ['<a>\n<b>\n</a>', 'line 3: expected the end tag </b>, found "</a>"'],
    ['<a><b></b>', 'expected the end tag </a>, found the end'],
    ['<a></a x>', 'expected ">" at the end of </a>'],
    ['</a>', 'expected no end tag here'],
    ['<a/><b/>', 'expected nothing more after the root element'],
    ['<a/>text', 'expected a tag, found "text"'],
    ['<a/><![CDATA[x]]>', 'expected a tag'],
    ['<a><!-- b</a>', 'expected the end "-->" of a comment'],
    ['<?xml version="1.0"', 'expected the end "?>"'],
    ['<a><![CDATA[b</a>', 'expected the end "]]>"'],
  ])('refuses %j and says what was expected', (text, problem) => {
    expect(problemOf(text)).toContain(problem)
  })

  it('carries the line of the problem', () => {
    expect(() => readXml('<a>\n\n</b>')).toThrow(expect.objectContaining({ name: 'XmlError', line: 3 }))
  })

  it('accepts 64 elements inside each other and not one more', () => {
    const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth)
    expect(problemOf(nested(64))).toBe('accepted')
    expect(problemOf(nested(65))).toContain('expected at most 64 elements inside each other')
    expect(problemOf('<a>'.repeat(1_000_000))).toContain('at most 64')
  })

  it('refuses more text than any discovery has', () => {
    expect(problemOf(`<a>${' '.repeat(4 * 1024 * 1024)}</a>`)).toContain(
      'expected at most 4194304 characters',
    )
  })

  it('reads back every tree it is given', () => {
    fc.assert(
      fc.property(trees(3), fc.boolean(), (element, doubleQuotes) => {
        expect(readXml(write(element, doubleQuotes ? '"' : "'"))).toEqual(element)
      }),
    )
  })

  it('throws nothing but its own error, whatever the text', () => {
    const fragment = fc.constantFrom(
      ...[
        '<',
        '>',
        '/',
        '</',
        '<a',
        '<a>',
        '</a>',
        '/>',
        '="',
        "='",
        '"',
        ' ',
        '\n',
        '&',
        '&lt;',
        '&#',
        ';',
        'x',
      ],
      ...['<!--', '-->', '<![CDATA[', ']]>', '<?', '?>', '<!', '\uD800', '\u0000', '__proto__'],
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (candidate) => {
        problemOf(candidate)
      }),
      { numRuns: 500 },
    )
  })
})

const name = fc.stringMatching(/^[a-zA-Z_é你][a-zA-Z0-9_.é-]{0,8}$/)
const value = fc
  .string({ unit: 'grapheme-composite' })
  .map((text) => text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ''))
function trees(depth: number): fc.Arbitrary<XmlElement> {
  return fc.record({
    name,
    attributes: fc.dictionary(name, value, { maxKeys: 4 }),
    children: depth === 0 ? fc.constant([]) : fc.array(trees(depth - 1), { maxLength: 3 }),
  })
}

function write(element: XmlElement, quote: string): string {
  const attributes = Object.entries(element.attributes).map(
    ([key, text]) =>
      ` ${key}=${quote}${text.replace(/[&<'"\t\r\n]/g, (found) => `&#${found.codePointAt(0)};`)}${quote}`,
  )
  const children = element.children.map((child) => write(child, quote)).join('\n')
  return `<${element.name}${attributes.join('')}>${children}</${element.name}>`
}
