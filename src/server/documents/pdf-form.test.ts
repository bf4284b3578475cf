import { describe, expect, test } from 'vitest'
import { type Language, locales } from './locale.js'
import { pdfForm } from './pdf-form.js'

describe.each<Language>(['en', 'zh-CN'])('pdfForm in %s', (language) => {
  const bytes = pdfForm(locales[language])
  const file = new TextDecoder('latin1').decode(bytes)

  test('finds every object where the cross-reference table says', () => {
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1])
    const [, count, entries = ''] =
      /^xref\n0 (\d+)\n((?:\d{10} \d{5} [fn] \n)+)trailer/.exec(file.slice(start)) ?? []
    const places = entries
      .trimEnd()
      .split('\n')
      .map((entry) => Number(entry.slice(0, 10)))
    expect(places).toHaveLength(Number(count))
    places.forEach((place, number) => {
      if (number > 0) expect(file.slice(place)).toMatch(new RegExp(`^${number} 0 obj\n`))
    })
    expect(file).toContain(`/Size ${count} `)
    const references = [...file.matchAll(/(\d+) 0 R/g)].map(([, number]) => Number(number))
    expect(Math.max(...references)).toBeLessThan(Number(count))
  })

  test('states the length of its stream', () => {
    const [, length, content] = /\/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/.exec(file) ?? []
    expect(content).toHaveLength(Number(length))
  })

  test('has one text field, inside the page, with a label in the language', () => {
    expect(file.match(/\/FT \/Tx/g)).toHaveLength(1)
    const numbers = (key: string) =>
      new RegExp(`/${key} \\[([^\\]]*)\\]`).exec(file)?.[1]?.split(' ').map(Number) ?? []
    const [left = 0, bottom = 0, right = 0, top = 0] = numbers('Rect')
    const [, , width = 0, height = 0] = numbers('MediaBox')
    expect(0 < left && left < right && right < width && 0 < bottom && bottom < top && top < height).toBe(true)
    const label = /\/TU <feff([0-9a-f]*)>/.exec(file)?.[1]?.match(/.{4}/g) ?? []
    expect(String.fromCharCode(...label.map((unit) => Number.parseInt(unit, 16)))).toBe(
      language === 'en' ? 'Your text' : '在此输入文字',
    )
  })

  test('is plain ASCII and the same bytes every time', () => {
    expect(Math.max(...bytes)).toBeLessThan(128)
    expect(pdfForm(locales[language])).toEqual(bytes)
  })
})
