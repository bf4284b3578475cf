import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ActionUrlOptions, buildActionUrl } from './action-url.js'
import { readXml, type XmlElement } from './xml.js'

const wopiSrc = 'https://host.example.test/wopi/files/8f3c1d2e'
const encoded = 'https%3A%2F%2Fhost.example.test%2Fwopi%2Ffiles%2F8f3c1d2e'

const everything: ActionUrlOptions = {
  wopiSrc,
  language: 'de-DE',
  contentLocale: 'fr-CH',
  theme: 'dark',
  disableChat: true,
  embedded: true,
  fullscreen: true,
  recording: true,
  disableBroadcast: true,
  disableAsync: true,
  businessUser: false,
  sessionContext: 'a&b=c d',
  hostSessionId: 'session/1',
  validatorTestCategory: 'OfficeOnline',
}

describe('buildActionUrl', () => {
  it.each([
    ['ui=UI_LLCC', 'ui=de-DE'],
    ['rs=DC_LLCC', 'rs=fr-CH'],
    ['wopisrc=WOPI_SOURCE', `wopisrc=${encoded}`],
    ['thm=THEME_ID', 'thm=2'],
    ['dchat=DISABLE_CHAT', 'dchat=1'],
    ['embed=EMBEDDED', 'embed=true'],
    ['fs=FULLSCREEN', 'fs=true'],
    ['rec=RECORDING', 'rec=true'],
    ['na=DISABLE_ASYNC', 'na=true'],
    ['vp=DISABLE_BROADCAST', 'vp=true'],
    ['IsLicensedUser=BUSINESS_USER', 'IsLicensedUser=0'],
    ['sc=SESSION_CONTEXT', 'sc=a%26b%3Dc%20d'],
    ['hid=HOST_SESSION_ID', 'hid=session%2F1'],
    ['testcategory=VALIDATOR_TEST_CATEGORY', 'testcategory=OfficeOnline'],
  ])('fills in <%s&>, and drops it when there is nothing to say', (placeholder, parameter) => {
    const template = `https://e.test/x?first=1&<${placeholder}&>last=1`
    expect(buildActionUrl(template, everything).split(/[?&]/)).toContain(parameter)
    const name = parameter.split('=')[0] ?? ''
    if (name !== 'wopisrc') {
      expect(new URL(buildActionUrl(template, { wopiSrc })).searchParams.has(name)).toBe(false)
    }
  })

  it('says 1 for the light theme and for a person with a licence', () => {
    const template = 'https://e.test/x?<thm=THEME_ID&><IsLicensedUser=BUSINESS_USER&><wopisrc=WOPI_SOURCE&>'
    expect(buildActionUrl(template, { wopiSrc, theme: 'light', businessUser: true })).toBe(
      `https://e.test/x?thm=1&IsLicensedUser=1&wopisrc=${encoded}`,
    )
  })

  it('fills in the template of ONLYOFFICE Docs', () => {
    const template =
      'http://docs.test/hosting/wopi/word/edit?<rs=DC_LLCC&><dchat=DISABLE_CHAT&><ui=UI_LLCC&><new=NOVELTY&><wopisrc=WOPI_SOURCE&>&'
    expect(buildActionUrl(template, { wopiSrc, language: 'de' })).toBe(
      `http://docs.test/hosting/wopi/word/edit?ui=de&wopisrc=${encoded}`,
    )
  })

  it('appends WOPISrc and language to the template of Collabora Online, which has no placeholders', () => {
    expect(buildActionUrl('https://cool.test/browser/1a2b/cool.html?', { wopiSrc, language: 'de-DE' })).toBe(
      `https://cool.test/browser/1a2b/cool.html?WOPISrc=${encoded}&lang=de-DE`,
    )
  })

  it.each([
    ['https://e.test/x', `https://e.test/x?WOPISrc=${encoded}`],
    ['https://e.test/x?', `https://e.test/x?WOPISrc=${encoded}`],
    ['https://e.test/x?a=1', `https://e.test/x?a=1&WOPISrc=${encoded}`],
    ['https://e.test/x?a=1&', `https://e.test/x?a=1&WOPISrc=${encoded}`],
    ['https://e.test/x?a=1&&b=2#top', `https://e.test/x?a=1&b=2&WOPISrc=${encoded}`],
  ])('appends the WOPISrc to %s', (template, url) => {
    expect(buildActionUrl(template, { wopiSrc })).toBe(url)
  })

  it('accepts a placeholder without its &, as Microsoft writes the last one', () => {
    const template = 'https://e.test/x?<wopisrc=WOPI_SOURCE&><testcategory=VALIDATOR_TEST_CATEGORY>'
    expect(buildActionUrl(template, { wopiSrc, validatorTestCategory: 'All' })).toBe(
      `https://e.test/x?wopisrc=${encoded}&testcategory=All`,
    )
  })

  it('does not take names that objects already have for placeholders', () => {
    const url = buildActionUrl('https://e.test/x?<a=constructor&><b=__proto__&><c=CONSTRUCTOR&>', { wopiSrc })
    expect(url).toBe(`https://e.test/x?WOPISrc=${encoded}`)
  })

  it('passes on the wd parameters of the page and no others', () => {
    const query = new URLSearchParams('wdPreviousSession=a%26b&access_token=secret&WOPISrc=evil&wd=1&ui=fr')
    expect(buildActionUrl('https://e.test/x?', { wopiSrc, query })).toBe(
      `https://e.test/x?WOPISrc=${encoded}&wdPreviousSession=a%26b&wd=1`,
    )
  })

  it('refuses a WOPISrc that has a query or a fragment', () => {
    for (const end of ['?access_token=x', '#x']) {
      expect(() => buildActionUrl('https://e.test/x?', { wopiSrc: wopiSrc + end })).toThrow(
        /plain address of the file/,
      )
    }
  })

  it('takes 2048 bytes and refuses one more, saying what to shorten', () => {
    const rest = `https://e.test/x?WOPISrc=${encoded}&wdA=`.length
    const query = (length: number) => new URLSearchParams({ wdA: 'x'.repeat(length) })
    expect(buildActionUrl('https://e.test/x?', { wopiSrc, query: query(2048 - rest) })).toHaveLength(2048)
    expect(() => buildActionUrl('https://e.test/x?', { wopiSrc, query: query(2049 - rest) })).toThrow(
      /would be 2049 bytes long, at most 2048.*Shorten/,
    )
    expect(() => buildActionUrl(`https://e.test/${'ü'.repeat(1000)}?`, { wopiSrc })).toThrow(RangeError)
  })

  it('leaves no bracket, one question mark and a readable WOPISrc, whatever the template', () => {
    const part = fc.constantFrom(
      ...[
        '<',
        '>',
        '&',
        '?',
        '=',
        '#',
        '<ui=UI_LLCC&>',
        '<wopisrc=WOPI_SOURCE&>',
        '<x=NOVELTY&>',
        '<WOPI_SOURCE>',
        'a',
      ],
    )
    const template = fc.array(part, { maxLength: 20 }).map((parts) => `https://e.test/x${parts.join('')}`)
    const id = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).map(encodeURIComponent)
    fc.assert(
      fc.property(
        template,
        id,
        fc.string({ maxLength: 40, unit: 'grapheme' }),
        (urlsrc, fileId, sessionContext) => {
          const source = `https://host.test/wopi/files/${fileId}`
          const url = buildActionUrl(urlsrc, { wopiSrc: source, language: 'de', sessionContext })
          expect(url).not.toMatch(/[<>#]|\?.*\?|[?&]$|\?.*&&/)
          const parameters = new URLSearchParams(url.slice(url.indexOf('?')))
          const sources = [...parameters].filter(([name]) => /wopisrc$/i.test(name)).map(([, value]) => value)
          expect(sources.length).toBeGreaterThan(0)
          expect(new Set(sources)).toEqual(new Set([source]))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it.each(['onlyoffice', 'collabora', 'microsoft'])('works with every template of %s', (client) => {
    const url = new URL(`./fixtures/${client}.xml`, import.meta.url)
    const templates = urlsrcsOf(readXml(readFileSync(url, 'utf8')))
    expect(templates.length).toBeGreaterThan(5)
    for (const template of templates) {
      const { searchParams } = new URL(buildActionUrl(template, everything))
      expect(searchParams.get('wopisrc') ?? searchParams.get('WOPISrc')).toBe(wopiSrc)
    }
  })
})

function urlsrcsOf(element: XmlElement): string[] {
  return [
    ...(element.attributes.urlsrc ? [element.attributes.urlsrc] : []),
    ...element.children.flatMap(urlsrcsOf),
  ]
}
