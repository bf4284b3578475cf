import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actionsFor, clientOrigins, DiscoveryError, findAction, parseDiscovery } from './discovery.js'
import { escapeHtml } from './html.js'
import { XmlError } from './xml.js'

function fixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}.xml`, import.meta.url), 'utf8')
}

const onlyoffice = parseDiscovery(fixture('onlyoffice'))
const collabora = parseDiscovery(fixture('collabora'))
const microsoft = parseDiscovery(fixture('microsoft'))
const secure = true

function discoveryOf(apps: string, zone = 'external-https'): ReturnType<typeof parseDiscovery> {
  return parseDiscovery(`<wopi-discovery><net-zone name="${zone}">${apps}</net-zone></wopi-discovery>`)
}

function names(actions: readonly { name: string }[]): Set<string> {
  return new Set(actions.map((action) => action.name))
}

describe('the discovery of ONLYOFFICE Docs', () => {
  it('offers all that can be done with each extension', () => {
    expect(names(actionsFor(onlyoffice, { extension: 'docx', secure }))).toEqual(
      new Set(['view', 'embedview', 'mobileView', 'edit', 'mobileEdit', 'editnew']),
    )
    expect(names(actionsFor(onlyoffice, { extension: 'doc', secure }))).toEqual(
      new Set(['view', 'embedview', 'mobileView', 'convert']),
    )
    expect(findAction(onlyoffice, { action: 'formsubmit', extension: 'pdf', secure })?.urlsrc).toMatch(
      /^http:\/\/docs\.example\.test\/hosting\/wopi\/pdf\/edit\?formsubmit=1&<rs=DC_LLCC&>/,
    )
  })

  it('takes the entries by extension, not their repetition by MIME type', () => {
    const action = findAction(onlyoffice, { action: 'edit', extension: '.DOCX', secure })
    expect(action).toMatchObject({
      app: 'Word',
      extension: 'docx',
      requires: ['locks', 'update'],
      isDefault: true,
      targetExtension: null,
      favIconUrl: 'http://docs.example.test/web-apps/apps/documenteditor/main/resources/img/favicon.ico',
    })
    expect(action?.urlsrc).toContain('<wopisrc=WOPI_SOURCE&>')
  })

  it('converts binary formats to their successor', () => {
    expect(findAction(onlyoffice, { action: 'convert', extension: 'xls', secure })?.targetExtension).toBe(
      'xlsx',
    )
  })

  it('offers nothing for an extension it does not list, even when it lists the MIME type of a relative', () => {
    expect(actionsFor(onlyoffice, { extension: 'zip', secure })).toEqual([])
    expect(actionsFor(onlyoffice, { extension: 'log', secure })).toEqual([])
    expect(
      findAction(onlyoffice, { action: 'edit', extension: 'xls', mimeType: 'text/plain', secure }),
    ).toBeNull()
  })
})

describe('the discovery of Collabora Online', () => {
  it('is found by extension below the MIME type', () => {
    expect(findAction(collabora, { action: 'edit', extension: 'docx', secure })?.urlsrc).toBe(
      'https://collabora.example.test:9980/browser/3a1f9c2/cool.html?',
    )
    expect(names(actionsFor(collabora, { extension: 'pdf', secure }))).toEqual(new Set(['view_comment']))
  })

  it('is found by MIME type where it lists no extension', () => {
    const action = { action: 'edit', secure }
    expect(findAction(collabora, { ...action, extension: 'wpd' })?.app).toBe('application/vnd.wordperfect')
    expect(
      findAction(collabora, { ...action, extension: 'bak', mimeType: 'Application/vnd.WordPerfect' }),
    ).not.toBeNull()
    expect(findAction(collabora, { ...action, extension: '' })).toBeNull()
  })
})

describe('the discovery of Microsoft 365 for the web', () => {
  it('uses the external zone of the scheme of the site', () => {
    const view = { action: 'view', extension: 'docx' }
    expect(findAction(microsoft, { ...view, secure: true })?.urlsrc).toMatch(
      /^https:\/\/office\.example\.test\//,
    )
    expect(findAction(microsoft, { ...view, secure: false })?.urlsrc).toMatch(
      /^http:\/\/office\.example\.test\//,
    )
  })

  it('leaves out actions that need more than the host provides', () => {
    const edit = { action: 'edit', extension: 'docx', secure }
    expect(findAction(microsoft, edit)?.requires).toEqual(['locks', 'update'])
    expect(findAction(microsoft, { ...edit, provides: [] })).toBeNull()
    expect(findAction(microsoft, { ...edit, provides: ['cobalt', 'locks', 'update'] })?.requires).toContain(
      'cobalt',
    )
    expect(findAction(microsoft, { action: 'view', extension: 'docx', secure, provides: [] })).not.toBeNull()
  })

  it('resolves a favicon without host, and keeps what is listed by program id out of the way', () => {
    expect(findAction(microsoft, { action: 'view', extension: 'wopitest', secure })?.favIconUrl).toBe(
      'https://office.example.test/wt/favicon.ico',
    )
    expect(actionsFor(microsoft, { extension: '', secure })).toEqual([])
    expect(microsoft.zones[0]?.actions.find((action) => action.progId !== null)).toMatchObject({
      progId: 'Word.Document',
      newProgId: 'Word.Document.12',
    })
  })
})

describe('parseDiscovery', () => {
  it('falls back to any zone', () => {
    const action = '<app name="Word"><action name="view" ext="docx" urlsrc="https://e.test/v?"/></app>'
    for (const zone of ['internal-http', 'something-else', '']) {
      expect(
        findAction(discoveryOf(action, zone), { action: 'view', extension: 'docx', secure }),
      ).not.toBeNull()
    }
    expect(
      findAction(parseDiscovery('<wopi-discovery/>'), { action: 'view', extension: 'docx', secure }),
    ).toBeNull()
  })

  it('passes over a zone in which nothing is usable', () => {
    const discovery = parseDiscovery(
      `<wopi-discovery><net-zone name="external-https"/><net-zone name="internal-http">
         <app name="Word"><action name="view" ext="docx" urlsrc="http://e.test/v?"/></app>
       </net-zone></wopi-discovery>`,
    )
    expect(findAction(discovery, { action: 'view', extension: 'docx', secure })).not.toBeNull()
  })

  it.each([
    ['the first of several entries', '', '', '1'],
    ['the default one, wherever it stands', '', 'default="true"', '2'],
    ['the first of several defaults', 'default="true"', 'default="true"', '1'],
  ])('takes %s', (_, first, second, winner) => {
    const discovery = discoveryOf(
      `<app name="A"><action name="edit" ext="odt" ${first} urlsrc="https://e.test/1"/></app>
       <app name="B"><action name="edit" ext="odt" ${second} urlsrc="https://e.test/2"/></app>`,
    )
    expect(findAction(discovery, { action: 'edit', extension: 'odt', secure })?.urlsrc).toBe(
      `https://e.test/${winner}`,
    )
  })

  it('lets no entry of a MIME type come before one of an application, in whatever order', () => {
    const discovery = discoveryOf(
      `<app name="text/plain"><action name="edit" ext="txt" default="true" urlsrc="https://e.test/mime"/></app>
       <app name="Word"><action name="edit" ext="txt" urlsrc="https://e.test/word"/></app>`,
    )
    expect(findAction(discovery, { action: 'edit', extension: 'txt', secure })?.urlsrc).toBe(
      'https://e.test/word',
    )
  })

  it('ignores what it does not know, and URLs that are not http or https', () => {
    const discovery = discoveryOf(
      `<novelty/><app name="Word" colour="blue" favIconUrl="javascript:alert(1)">
         <novelty/>
         <action name="view" ext="docx" urlsrc="javascript:alert(1)"/>
         <action name="view" ext="docx" urlsrc="/relative?"/>
         <action name="view" ext="docx"/>
         <action ext="docx" urlsrc="https://e.test/nameless"/>
         <action name="dance" ext="docx" novelty="1" urlsrc="https://e.test/dance"/>
       </app>`,
    )
    expect(actionsFor(discovery, { extension: 'docx', secure })).toEqual([
      expect.objectContaining({ name: 'dance', favIconUrl: null }),
    ])
  })

  it('is not led astray by names that objects already have', () => {
    const discovery = discoveryOf(
      '<app name="Word"><action name="constructor" ext="__proto__" urlsrc="https://e.test/"/></app>',
    )
    expect(names(actionsFor(discovery, { extension: '__proto__', secure }))).toEqual(new Set(['constructor']))
    expect(actionsFor(discovery, { extension: 'constructor', secure })).toEqual([])
  })

  it('finds every extension it lists', () => {
    const extension = fc
      .string({ minLength: 1, unit: 'grapheme-ascii' })
      .filter((text) => !text.startsWith('.'))
    fc.assert(
      fc.property(extension, (ext) => {
        const discovery = discoveryOf(
          `<app name="A"><action name="view" ext="${escapeHtml(ext)}" urlsrc="https://e.test/"/></app>`,
        )
        expect(
          findAction(discovery, { action: 'view', extension: `.${ext.toUpperCase()}`, secure }),
        ).not.toBeNull()
      }),
    )
  })

  it('says what is wrong with another document', () => {
    expect(() => parseDiscovery('<html><body/></html>')).toThrow(DiscoveryError)
    expect(() => parseDiscovery('<html><body/></html>')).toThrow(
      /starts with <html>, expected <wopi-discovery>/,
    )
    expect(() => parseDiscovery('502 Bad Gateway')).toThrow(XmlError)
  })
})

describe('proof keys', () => {
  const keyOf = (attributes: string) =>
    parseDiscovery(`<wopi-discovery><proof-key ${attributes}/></wopi-discovery>`)

  it('are read from modulus and exponent', () => {
    expect(keyOf('modulus="AQID" exponent="AQAB" oldmodulus="BAUG" oldexponent="Aw=="').proofKeys).toEqual({
      current: { modulus: 'AQID', exponent: 'AQAB' },
      old: { modulus: 'BAUG', exponent: 'Aw==' },
    })
    expect(keyOf('modulus="AQID" exponent="AQAB"').proofKeys?.old).toBeNull()
  })

  it.each(['onlyoffice', 'collabora', 'microsoft'])('of %s are the same in the blob', (client) => {
    const text = fixture(client)
    const withoutNumbers = text.replace(/(?:old)?(?:modulus|exponent)="[^"]*"/g, '')
    expect(withoutNumbers).not.toBe(text)
    const { proofKeys } = parseDiscovery(text)
    expect(proofKeys).toEqual({
      current: { modulus: expect.any(String), exponent: 'AQAB' },
      old: { modulus: expect.any(String), exponent: 'AQAB' },
    })
    expect(parseDiscovery(withoutNumbers).proofKeys).toEqual(proofKeys)
  })

  it('are null when none are announced', () => {
    expect(parseDiscovery('<wopi-discovery/>').proofKeys).toBeNull()
    expect(keyOf('').proofKeys).toBeNull()
    expect(keyOf('value="" modulus="" exponent=""').proofKeys).toBeNull()
  })

  it('are never taken for none when they cannot be read', () => {
    expect(() => keyOf('modulus="AQID"')).toThrow(DiscoveryError)
    expect(() => keyOf('value="bm90IGEgYmxvYg=="')).toThrow(/proof key that cannot be read/)
  })
})

describe('clientOrigins', () => {
  it('lists each origin once', () => {
    expect(clientOrigins(onlyoffice)).toEqual(['http://docs.example.test'])
    expect(clientOrigins(collabora)).toEqual(['https://collabora.example.test:9980'])
    expect(clientOrigins(microsoft)).toHaveLength(4)
  })
})
