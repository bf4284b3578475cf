import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { blankDocument, blankExtensions } from './blank-documents.js'
import type { Language } from './locale.js'

describe('blankDocument', () => {
  test('makes every type that it lists, in both languages', () => {
    expect(blankExtensions).toEqual([
      ...['docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp', 'pdf', 'txt', 'md', 'csv', 'json'],
    ])
    for (const extension of blankExtensions) {
      expect(blankDocument(extension, 'en'), extension).toBeInstanceOf(Uint8Array)
      expect(blankDocument(extension, 'zh-CN'), extension).toBeInstanceOf(Uint8Array)
    }
  })

  test('knows no other type', () => {
    for (const extension of ['exe', '', '.docx', 'DOCX', 'toString', '__proto__']) {
      expect(blankDocument(extension, 'en'), extension).toBeNull()
    }
  })

  test('gives each caller bytes of its own', () => {
    const mine = blankDocument('csv', 'en')
    mine?.fill(0)
    expect(blankDocument('csv', 'en')).not.toEqual(mine)
  })

  test('starts text with nothing, CSV with a byte order mark and JSON with an object', () => {
    expect(blankDocument('txt', 'en')).toHaveLength(0)
    expect(blankDocument('md', 'zh-CN')).toHaveLength(0)
    expect([...(blankDocument('csv', 'zh-CN') ?? [])]).toEqual([0xef, 0xbb, 0xbf])
    expect(JSON.parse(strFromU8(blankDocument('json', 'en') ?? new Uint8Array()))).toEqual({})
  })

  test.each<[Language, string, RegExp]>([
    ['en', 'letter', /w:w="12240" w:h="15840"/],
    ['zh-CN', 'A4', /w:w="11906" w:h="16838"/],
  ])('lays out a page for %s on %s paper', (language, _paper, size) => {
    expect(part('docx', language, 'word/document.xml')).toMatch(size)
    const code = language === 'en' ? 1 : 9
    expect(part('xlsx', language, 'xl/worksheets/sheet1.xml')).toContain(`paperSize="${code}"`)
  })

  test('speaks the language of the person: spelling, typeface, names of layouts', () => {
    expect(part('docx', 'zh-CN', 'word/styles.xml')).toContain('<w:lang w:val="en-US" w:eastAsia="zh-CN"')
    expect(part('docx', 'zh-CN', 'word/styles.xml')).toContain('w:eastAsia="Microsoft YaHei"')
    expect(part('docx', 'en', 'word/styles.xml')).not.toContain('YaHei')
    expect(part('pptx', 'zh-CN', 'ppt/slideLayouts/slideLayout1.xml')).toContain('name="标题幻灯片"')
    expect(part('pptx', 'zh-CN', 'ppt/slides/slide1.xml')).toContain('lang="zh-CN"')
    expect(part('odt', 'zh-CN', 'styles.xml')).toContain('style:language-asian="zh" style:country-asian="CN"')
    expect(part('xlsx', 'zh-CN', 'xl/styles.xml')).toContain('<charset val="134"/>')
  })

  test('opens in Word outside compatibility mode', () => {
    expect(part('docx', 'en', 'word/settings.xml')).toMatch(/"compatibilityMode"[^>]*w:val="15"/)
  })

  test('starts a presentation with one empty 16:9 title slide', () => {
    const entries = Object.keys(unzipSync(blankDocument('pptx', 'en') ?? new Uint8Array()))
    expect(entries.filter((path) => /^ppt\/slides\/[^/]*\.xml$/.test(path))).toEqual([
      'ppt/slides/slide1.xml',
    ])
    expect(part('pptx', 'en', 'ppt/presentation.xml')).toMatch(/<p:sldSz cx="12192000" cy="6858000"\/>/)
    const slide = part('pptx', 'en', 'ppt/slides/slide1.xml')
    expect(slide).toContain('<p:ph type="ctrTitle"/>')
    expect(slide).not.toContain('<a:t>')
  })
})

function part(extension: string, language: Language, path: string): string {
  const entries = unzipSync(blankDocument(extension, language) ?? new Uint8Array())
  return strFromU8(entries[path] ?? new Uint8Array())
}
