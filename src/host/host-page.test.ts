import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HostPageContent, type HostPageOptions, renderHostPage } from './host-page.js'

const content: HostPageContent = {
  actionUrl:
    'https://docs.example.test/hosting/wopi/word/edit?ui=de&wopisrc=https%3A%2F%2Fhost.test%2Fwopi%2Ffiles%2F1',
  accessToken: 'Zm9vYmFyMTIzNDU2Nzg5.c2lnbmF0dXJl',
  accessTokenTtl: 1768478400000,
  documentName: 'Bericht.docx',
}
const files = { scriptUrl: '/assets/host-page.js', styleUrl: '/assets/host-page.css' }
const scriptNonce = 'q83vEjRWeJCrze8SNFZ4kA=='

function page(options: Partial<HostPageContent> = {}) {
  return renderHostPage({ ...content, ...files, ...options })
}

/** The attributes of the first tag of this name, decoded. */
function tag(html: string, name: string): Record<string, string> {
  const source = new RegExp(`<${name}( [^>]*)?>`).exec(html)?.[1] ?? ''
  const attributes = [...source.matchAll(/ ([a-z-]+)(?:="([^"]*)")?/g)]
  return Object.fromEntries(attributes.map(([, key = '', value = '']) => [key, unescapeHtml(value)]))
}

function unescapeHtml(text: string): string {
  const characters: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => characters[name] ?? '')
}

describe('the host page', () => {
  it('posts token and expiry into the frame at the action URL', () => {
    const { html } = page()
    const frame = tag(html, 'iframe')
    expect(tag(html, 'form')).toMatchObject({
      method: 'post',
      action: content.actionUrl,
      target: frame.name,
      'accept-charset': 'UTF-8',
      'data-editor-origin': 'https://docs.example.test',
    })
    expect(html).toContain(`<input type="hidden" name="access_token" value="${content.accessToken}">`)
    expect(html).toContain('<input type="hidden" name="access_token_ttl" value="1768478400000">')
    expect(html).not.toContain('docs_api_config')
  })

  it('gives the configuration of ONLYOFFICE Docs along', () => {
    const { html } = page({
      docsApiConfig: { editorConfig: { customization: { compactHeader: true, name: '"</x>' } } },
    })
    expect(html).toContain(
      'name="docs_api_config" value="{&quot;editorConfig&quot;:{&quot;customization&quot;:{&quot;compactHeader&quot;:true,' +
        '&quot;name&quot;:&quot;\\&quot;&lt;/x&gt;&quot;}}}"',
    )
  })

  it('describes the frame and leaves it to the script to create it', () => {
    const { html } = page()
    expect(html).toMatch(/<template id="wopi-frame"><iframe [^>]*><\/iframe><\/template>/)
    expect(tag(html, 'iframe')).toEqual({
      name: 'wopi-editor',
      title: 'Bericht.docx',
      sandbox:
        'allow-scripts allow-same-origin allow-forms allow-popups allow-top-navigation ' +
        'allow-popups-to-escape-sandbox allow-downloads allow-modals',
      allow:
        'autoplay https://docs.example.test; camera https://docs.example.test; ' +
        'clipboard-read https://docs.example.test; clipboard-write https://docs.example.test; ' +
        'display-capture https://docs.example.test; fullscreen https://docs.example.test; ' +
        'microphone https://docs.example.test',
    })
  })

  it('bears the name of the document, its icon, its language and the way back', () => {
    const { html } = page({
      favIconUrl: 'https://static.example.test/word.ico',
      language: 'de',
      folderUrl: '/folders/7?a=1&b=2',
      texts: { back: 'Zurück', opening: 'Wird geöffnet …' },
    })
    expect(html).toContain('<title>Bericht.docx</title>')
    expect(tag(html, 'html')).toEqual({ lang: 'de' })
    expect(html).toContain('<link rel="icon" href="https://static.example.test/word.ico">')
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">')
    expect(html).toContain('<a id="wopi-folder" href="/folders/7?a=1&amp;b=2">Zurück</a>')
    expect(html).toContain(
      'data-opening="Wird geöffnet …" data-failed="The editor could not open the document.',
    )
    expect(html).toMatch(/<noscript><button type="submit">Open the document<\/button><\/noscript>\n<\/form>/)
    expect(page().html).not.toContain('wopi-folder')
  })

  it('passes data to the script of the host', () => {
    const { html } = page({ data: { 'file-id': 'a"b', view: '' } })
    expect(tag(html, 'body')).toEqual({ 'data-file-id': 'a"b', 'data-view': '' })
    expect(() => page({ data: { 'x onload': '' } })).toThrow(/data has "x onload"/)
  })

  it('loads its script and style from files, with nothing inline', () => {
    const { html } = page()
    expect(html.match(/<script.*?<\/script>/gs)).toEqual([
      '<script type="module" src="/assets/host-page.js"></script>',
    ])
    expect(html).toContain('<link rel="stylesheet" href="/assets/host-page.css">')
    expect(html).not.toMatch(/<style| style=| on[a-z]+=/)
  })

  it('carries its script and style in itself when there is a nonce', () => {
    const { html, headers } = renderHostPage({ ...content, scriptNonce })
    expect(tag(html, 'script')).toEqual({ nonce: scriptNonce })
    expect(tag(html, 'style')).toEqual({ nonce: scriptNonce })
    expect(headers['Content-Security-Policy']).toBe(
      `default-src 'self'; script-src 'nonce-${scriptNonce}'; style-src 'nonce-${scriptNonce}'; ` +
        "frame-src https://docs.example.test; form-action 'self' https://docs.example.test; " +
        "frame-ancestors 'self'; base-uri 'none'; object-src 'none'",
    )
  })

  it('sends exactly these headers', () => {
    expect(page().headers).toEqual({
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy':
        "default-src 'self'; frame-src https://docs.example.test; form-action 'self' https://docs.example.test; " +
        "frame-ancestors 'self'; base-uri 'none'; object-src 'none'",
      'Cache-Control': 'no-cache, no-store',
      Pragma: 'no-cache',
      Expires: '-1',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    })
  })

  it('lets in the clients it is given, and the icon', () => {
    const { headers } = page({
      clientOrigins: ['https://docs.example.test', 'https://cool.example.test:9980'],
      favIconUrl: 'https://static.example.test/word.ico',
    })
    expect(headers['Content-Security-Policy']).toBe(
      "default-src 'self'; img-src 'self' https://static.example.test; " +
        'frame-src https://docs.example.test https://cool.example.test:9980; ' +
        "form-action 'self' https://docs.example.test https://cool.example.test:9980; " +
        "frame-ancestors 'self'; base-uri 'none'; object-src 'none'",
    )
  })
})

describe('what the host page refuses', () => {
  it.each<[string, Partial<HostPageOptions>, RegExp]>([
    ['a client that is not configured', { clientOrigins: ['https://other.test'] }, /posted to a stranger/],
    ['any client when none is configured', { clientOrigins: [] }, /configured clients \(none\)/],
    ['a client that is no origin', { clientOrigins: ['https://docs.example.test/'] }, /expected an origin/],
    [
      'an action URL that is a script',
      { actionUrl: 'javascript:alert(1)' },
      /actionUrl is "javascript:alert\(1\)"/,
    ],
    ['an action URL without host', { actionUrl: '/edit' }, /expected an http or https URL/],
    [
      'a host that would end a directive',
      { actionUrl: 'https://a;sandbox/' },
      /expected an http or https URL/,
    ],
    ['an icon that is a script', { favIconUrl: 'javascript:alert(1)' }, /favIconUrl is/],
    ['a folder that is a script', { folderUrl: 'javascript:alert(1)' }, /folderUrl is/],
    [
      'an expiry in seconds',
      { accessTokenTtl: 1768478400 },
      /accessTokenTtl is 1768478400.*milliseconds since 1970/,
    ],
    ['a duration', { accessTokenTtl: 36_000_000 }, /neither a duration nor seconds/],
    ['an expiry that is no number', { accessTokenTtl: Number.NaN }, /accessTokenTtl is NaN/],
    ['a short nonce', { scriptNonce: 'abc' }, /at least 128 random bits/],
    [
      'a nonce that breaks out',
      { scriptNonce: `${scriptNonce}' 'unsafe-inline` },
      /at least 128 random bits/,
    ],
  ])('%s', (_, options, message) => {
    const render = () => renderHostPage({ ...content, ...files, ...options } as HostPageOptions)
    expect(render).toThrow(message)
    expect(render).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(content.accessToken) }),
    )
  })

  it('but not an unknown expiry', () => {
    expect(page({ accessTokenTtl: 0 }).html).toContain('name="access_token_ttl" value="0"')
  })
})

describe('hostile text in the host page', () => {
  it.each([
    '</script><script>alert(1)</script>',
    `"><img src=x onerror='alert(1)'>`,
    "' autofocus onfocus='alert(1)",
    '&lt;b&gt;',
  ])('stays text: %s', (hostile) => {
    for (const script of [files, { scriptNonce }]) {
      const { html } = renderHostPage({
        ...content,
        ...script,
        documentName: hostile,
        language: hostile,
        folderUrl: `/${hostile}`,
        texts: { back: hostile, open: hostile, opening: hostile, failed: hostile },
        data: { x: hostile },
        accessToken: hostile,
      })
      const harmless = renderHostPage({
        ...content,
        ...script,
        folderUrl: '/x',
        data: { x: 'x' },
      })
      expect(html.match(/<[a-z/!]+/g)).toEqual(harmless.html.match(/<[a-z/!]+/g))
      expect(tag(html, 'iframe').title).toBe(hostile)
      expect(tag(html, 'body')).toEqual({ 'data-x': hostile })
    }
  })

  it('cannot turn the reading direction of a name, nor bring control characters', () => {
    const { html } = page({ documentName: 'Rechnung\u202Excod.exe\u2066\u0000\r\n' })
    expect(html).toContain('<title>Rechnungxcod.exe</title>')
    expect(html).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/)
    expect(html.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    expect(page({ documentName: 'דוח\u200F 2026.docx' }).html).toContain('<title>דוח\u200F 2026.docx</title>')
  })

  it('never moves the token out of its field', () => {
    const anything = fc.string({ unit: 'grapheme', maxLength: 30 })
    const token = fc.stringMatching(/^[A-Za-z0-9._~-]{20,40}$/)
    fc.assert(
      fc.property(token, anything, anything, (accessToken, documentName, text) => {
        fc.pre(!`${documentName}${text}`.includes(accessToken))
        const options = {
          ...content,
          accessToken,
          documentName,
          texts: { back: text },
          folderUrl: '/',
          ...files,
        }
        const { html, headers } = renderHostPage(options)
        const field = `<input type="hidden" name="access_token" value="${accessToken}">`
        expect(html.split(accessToken)).toHaveLength(2)
        expect(html).toContain(field)
        expect(html.indexOf(field)).toBeGreaterThan(html.indexOf('<form'))
        expect(html.indexOf(field)).toBeLessThan(html.indexOf('</form>'))
        expect(JSON.stringify(headers)).not.toContain(accessToken)
      }),
    )
  })
})
