import { createPublicKey, verify } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type StandInHost, startStandInHost } from '../../test/stand-in-host.js'
import { proofBytes } from '../protocol/proof-key.js'
import { readXml } from '../protocol/xml.js'
import { type CallName, decodeFrame, encodeFrame, FRAME_TYPE, MAX_DOCUMENT_BYTES } from './editor-api.js'
import { loadOrCreateProofKeys, type ProofKeys, publishedKey, rotateProofKeys } from './proof-keys.js'
import { createTextEditor } from './text-editor.js'
import type { WopiCall } from './wopi-request.js'

const EDITOR = 'https://edit.example.org/office/text'

let folder: string
let keys: ProofKeys
let host: StandInHost
let calls: WopiCall[]
let editor: ReturnType<typeof createTextEditor>

beforeAll(async () => {
  const secrets = mkdtempSync(join(tmpdir(), 'text-editor-keys-'))
  await loadOrCreateProofKeys(secrets)
  keys = await rotateProofKeys(secrets)
  rmSync(secrets, { recursive: true })
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'text-editor-'))
  host = await startStandInHost('notes.txt', 'hello')
  calls = []
  editor = createTextEditor({
    url: EDITOR,
    keys,
    allowedHosts: [`${host.origin}/wopi/`],
    assets: builtAssets(),
    onCall: (call) => calls.push(call),
  })
})

afterEach(async () => {
  await host.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What the build leaves: a manifest, the page's script and style, a part loaded later, and another page's file. */
function builtAssets(): string {
  const assets = join(folder, 'web')
  mkdirSync(join(assets, 'assets'), { recursive: true })
  const manifest = {
    'text-editor/main.tsx': {
      file: 'assets/text-editor-1.js',
      css: ['assets/text-editor-2.css'],
      imports: ['_shared.js'],
      dynamicImports: ['json.js'],
    },
    '_shared.js': { file: 'assets/shared-3.js' },
    'json.js': { file: 'assets/json-4.js' },
    'other/main.tsx': { file: 'assets/other-5.js' },
  }
  writeFileSync(join(assets, 'manifest.json'), JSON.stringify(manifest))
  for (const file of ['text-editor-1.js', 'text-editor-2.css', 'shared-3.js', 'json-4.js', 'other-5.js']) {
    writeFileSync(join(assets, 'assets', file), `/* ${file} */`)
  }
  return assets
}

function openPage(
  query: string,
  fields: Record<string, string> = { access_token: host.token },
  headers = {},
) {
  return editor.fetch(
    new Request(`${EDITOR}/edit?${query}`, { method: 'POST', body: new URLSearchParams(fields), headers }),
  )
}

const wopiSrcQuery = () => `wopisrc=${encodeURIComponent(host.wopiSrc)}`

interface CallOptions {
  readonly content?: string | Uint8Array
  readonly target?: Record<string, unknown>
  readonly headers?: Record<string, string>
}

async function post(
  name: string,
  ask: object,
  { content = '', target = {}, headers = {} }: CallOptions = {},
) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const whole = { wopiSrc: host.wopiSrc, token: host.token, session: 'session-1', ...target }
  return editor.fetch(
    new Request(`${EDITOR}/api/${name}`, {
      method: 'POST',
      headers: { 'Content-Type': FRAME_TYPE, Origin: 'https://edit.example.org', ...headers },
      body: encodeFrame({ target: whole, ask }, bytes),
    }),
  )
}

async function call(name: CallName, ask: object, options?: CallOptions) {
  const response = await post(name, ask, options)
  expect(response.status).toBe(200)
  const { head, content } = decodeFrame(new Uint8Array(await response.arrayBuffer()))
  return { ...head, text: new TextDecoder().decode(content) } as Record<string, unknown> & { text: string }
}

const save = (more: object = {}) => ({
  lock: 'lock-1',
  basedOn: '',
  userId: 'alice',
  changed: true,
  autosave: false,
  exit: false,
  ...more,
})

function received(operation: string) {
  return host.received.filter((request) => request.operation === operation)
}

describe('discovery', () => {
  test('offers every action for text files and the keys that sign', async () => {
    const response = await editor.fetch(new Request(`${EDITOR}/hosting/discovery`))
    const root = readXml(await response.text())
    const zone = root.children[0]
    expect(zone?.attributes.name).toBe('external-https')
    const actions = zone?.children[0]?.children.filter(({ attributes }) => attributes.ext === 'md') ?? []
    expect(actions.map(({ attributes }) => attributes.name)).toEqual([
      'edit',
      'view',
      'editnew',
      'mobileEdit',
      'mobileView',
      'embedview',
    ])
    expect(actions[0]?.attributes).toMatchObject({ default: 'true', requires: 'locks,update' })
    expect(actions[0]?.attributes.urlsrc).toMatch(
      /^https:\/\/edit\.example\.org\/office\/text\/edit\?<ui=UI_LLCC&>.*<wopisrc=WOPI_SOURCE&>$/,
    )
    const published = root.children[1]?.attributes
    expect(published).toMatchObject(publishedKey(keys.current))
    expect(published?.oldmodulus).toBe(publishedKey(keys.old).modulus)
    expect(published?.oldmodulus).not.toBe(published?.modulus)
  })

  test('capabilities are JSON and say that nothing is converted', async () => {
    const response = await editor.fetch(new Request(`${EDITOR}/hosting/capabilities`))
    expect(await response.json()).toMatchObject({
      'convert-to': { available: false },
      hasMobileSupport: true,
    })
  })
})

describe('the page', () => {
  test('carries the token in its body alone and lets only the host frame it', async () => {
    host.info.PostMessageOrigin = 'https://files.example.org'
    const response = await openPage(`ui=zh-CN&thm=2&${wopiSrcQuery()}&sc=abc`, {
      access_token: host.token,
      access_token_ttl: '1768478400000',
    })
    const html = await response.text()
    expect(response.status).toBe(200)
    expect(html).toContain('<html lang="zh-CN" data-theme="dark">')
    expect(html).toContain('<script type="module" src="assets/text-editor-1.js">')
    expect(html).toContain('<link rel="stylesheet" href="assets/text-editor-2.css">')
    const settings = JSON.parse(
      (/data-settings="([^"]*)"/.exec(html)?.[1] ?? '').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
    )
    expect(settings).toMatchObject({
      wopiSrc: host.wopiSrc,
      token: host.token,
      tokenExpires: 1768478400000,
      sessionContext: 'abc',
      messageOrigin: 'https://files.example.org',
      mode: 'edit',
    })
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain(`'nonce-${settings.nonce}'`)
    expect(policy).toMatch(/frame-ancestors https:\/\/files\.example\.org$/)
    expect(policy).not.toContain('unsafe')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(received('CheckFileInfo')[0]?.headers['x-wopi-sessioncontext']).toBe('abc')
  })

  test('a name and a token full of markup stay text', async () => {
    host.info.BaseFileName = '</title><script>alert(1)</script>"\'.txt'
    const html = await (await openPage(wopiSrcQuery())).text()
    expect(html).not.toContain('<script>alert')
    expect(html).toContain('&lt;script&gt;alert')
  })

  test('speaks the language the host page asks for, else the browser’s', async () => {
    const language = async (query: string, accepted: string) => {
      const html = await (
        await openPage(`${query}&${wopiSrcQuery()}`, undefined, { 'Accept-Language': accepted })
      ).text()
      return /<html lang="([^"]*)"/.exec(html)?.[1]
    }
    expect(await language('ui=zh-CN', 'en')).toBe('zh-CN')
    expect(await language('lang=en-US', 'zh')).toBe('en')
    expect(await language('', 'fr,zh-TW;q=0.8,en;q=0.5')).toBe('zh-CN')
    expect(await language('', 'fr')).toBe('en')
  })

  test.each([
    ['an expired token', 401, { access_token: 'forged' }, 'session has expired'],
    ['no token', 400, {}, 'did not say which document'],
  ])('%s gives a page that says so', async (_, status, fields, sentence) => {
    const response = await openPage(wopiSrcQuery(), fields)
    expect(response.status).toBe(status)
    expect(await response.text()).toContain(sentence)
    // The person must see the reason, so the host's frame may show it.
    expect(response.headers.get('content-security-policy')).not.toContain('frame-ancestors')
  })

  test('opened with GET it explains itself', async () => {
    const response = await editor.fetch(new Request(`${EDITOR}/edit?${wopiSrcQuery()}`))
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    expect(await response.text()).toContain('Open the document from the page where you found it')
  })

  test('a host that does not answer is named as the reason', async () => {
    host.misbehave('CheckFileInfo', 'hang-up')
    const response = await openPage(wopiSrcQuery())
    expect(response.status).toBe(502)
    expect(await response.text()).toContain('does not answer')
  })
})

describe('only hosts that are allowed are called', () => {
  test.each([
    ['another port', () => host.wopiSrc.replace(/:\d+\//, ':1/')],
    ['a host name that only begins alike', () => host.wopiSrc.replace('127.0.0.1', '127.0.0.1.evil.example')],
    ['a path outside the prefix', () => `${host.origin}/admin/files/file-1`],
    ['a path that only begins alike', () => `${host.origin}/wopi-admin/files/file-1`],
    ['dots that leave the prefix', () => `${host.origin}/wopi/../admin`],
    ['dots in disguise', () => `${host.origin}/wopi/%2e%2e/admin`],
    ['slashes in disguise', () => `${host.origin}/wopi/..%2f..%2fadmin`],
    ['a user in the address', () => host.wopiSrc.replace('http://', 'http://x@')],
    ['a query', () => `${host.wopiSrc}?x=1`],
    ['a fragment', () => `${host.wopiSrc}#x`],
    ['another scheme', () => 'file:///etc/passwd'],
    ['no address at all', () => 'nonsense'],
    ['the bare prefix', () => `${host.origin}/wopi/`],
  ])('%s is refused', async (_, wopiSrc) => {
    const response = await openPage(`wopisrc=${encodeURIComponent(wopiSrc())}`)
    expect(response.status).toBe(403)
    expect((await post('read', {}, { target: { wopiSrc: wopiSrc() } })).status).toBe(400)
    expect(host.received).toEqual([])
  })

  test('redirects of a host are not followed', async () => {
    host.misbehave('CheckFileInfo', { status: 302, headers: { Location: `${host.origin}/elsewhere` } })
    expect(await call('read', {})).toMatchObject({ ok: false, code: 'host-error' })
    expect(host.received).toHaveLength(1)
  })

  test('a prefix that is no address stops the start', () => {
    const options = { url: EDITOR, keys, assets: builtAssets() }
    expect(() => createTextEditor({ ...options, allowedHosts: ['files.example.org'] })).toThrow(
      'cannot allow "files.example.org"',
    )
  })
})

describe('only the editor’s own page may call', () => {
  test.each([
    ['another origin', { Origin: 'https://evil.example' }, 403],
    ['another site, whatever the origin says', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['a form of another page', { 'Content-Type': 'text/plain' }, 415],
  ])('%s is refused', async (_, headers, status) => {
    expect((await post('save', save(), { headers })).status).toBe(status)
    expect(host.received).toEqual([])
  })

  test('a browser that vouches for the page is believed even behind another name', async () => {
    const headers = { Origin: 'http://localhost:8080', 'Sec-Fetch-Site': 'same-origin' }
    expect((await post('read', {}, { headers })).status).toBe(200)
  })

  test.each([
    ['no frame', 'nonsense'],
    ['no target', '{"ask":{}}\n'],
    ['a lock that is no header', ''],
  ])('%s is refused as malformed', async (_, body) => {
    const headers = { 'Content-Type': FRAME_TYPE, Origin: 'https://edit.example.org' }
    const frame =
      body ||
      encodeFrame({ target: { wopiSrc: host.wopiSrc, token: 't', session: 's' }, ask: save({ lock: 'ö' }) })
    const response = await editor.fetch(
      new Request(`${EDITOR}/api/save`, { method: 'POST', headers, body: frame }),
    )
    expect(response.status).toBe(400)
  })

  test('there is no other call', async () => {
    expect((await post('constructor', {})).status).toBe(404)
    expect((await editor.fetch(new Request(`${EDITOR}/api/save`))).status).toBe(405)
  })
})

describe('requests to the host', () => {
  test('every one is signed over the URL that was sent, by both keys', async () => {
    await call('open', { lock: 'lock-1', previousLock: '' })
    await call('save', save({ basedOn: '2026-01-15T12:00:00.0000000Z' }), { content: 'new' })
    await call('close', { lock: 'lock-1', save: null })
    const operations = host.received.map(({ operation }) => operation)
    expect(operations).toEqual(['CheckFileInfo', 'Lock', 'GetFile', 'PutFile', 'Unlock'])
    for (const { url, headers } of host.received) {
      const ticks = BigInt(String(headers['x-wopi-timestamp']))
      const bytes = proofBytes({ token: host.token, url, ticks })
      for (const [header, key] of [
        ['x-wopi-proof', keys.current] as const,
        ['x-wopi-proofold', keys.old] as const,
      ]) {
        expect(
          verify('RSA-SHA256', bytes, createPublicKey(key), Buffer.from(String(headers[header]), 'base64')),
        ).toBe(true)
      }
      const unixMs = Number(ticks / 10000n - 62135596800000n)
      expect(Math.abs(unixMs - Date.now())).toBeLessThan(60_000)
      expect(headers['x-wopi-sessionid']).toBe('session-1')
      expect(headers['x-wopi-correlationid']).toMatch(/^[0-9a-f-]{36}$/)
      expect(headers['x-wopi-clientversion']).toBeTruthy()
    }
    expect(new Set(host.received.map(({ headers }) => headers['x-wopi-correlationid'])).size).toBe(5)
  })

  test('a token with characters that URLs escape arrives whole and signed', async () => {
    const token = "a+b/c=d'e %"
    await call('read', {}, { target: { token } })
    const [request] = host.received
    expect(new URL(request?.url ?? '').searchParams.get('access_token')).toBe(token)
    const ticks = BigInt(String(request?.headers['x-wopi-timestamp']))
    const bytes = proofBytes({ token, url: request?.url ?? '', ticks })
    const proof = Buffer.from(String(request?.headers['x-wopi-proof']), 'base64')
    expect(verify('RSA-SHA256', bytes, createPublicKey(keys.current), proof)).toBe(true)
  })

  test('a save says by whom, why and on what it is based, in both dialects, and leaves out what is not so', async () => {
    host.file.lock = 'lock-1'
    const basedOn = '2026-01-15T12:00:00.0000000Z'
    await call('save', save({ basedOn, autosave: true }), { content: 'new' })
    const [first] = received('PutFile')
    expect(first?.body.toString()).toBe('new')
    expect(first?.headers).toMatchObject({
      'x-wopi-override': 'PUT',
      'x-wopi-lock': 'lock-1',
      'x-wopi-editors': 'alice',
      'x-cool-wopi-ismodifiedbyuser': 'true',
      'x-lool-wopi-ismodifiedbyuser': 'true',
      'x-cool-wopi-isautosave': 'true',
      'x-cool-wopi-timestamp': basedOn,
      'x-lool-wopi-timestamp': basedOn,
      'content-length': '3',
    })
    expect(first?.headers).not.toHaveProperty('x-cool-wopi-isexitsave')
    await call('save', save({ changed: false, exit: true }), { content: 'new' })
    const second = received('PutFile')[1]
    expect(second?.headers).toMatchObject({ 'x-lool-wopi-isexitsave': 'true' })
    for (const absent of [
      'x-lool-wopi-ismodifiedbyuser',
      'x-cool-wopi-isautosave',
      'x-cool-wopi-timestamp',
    ]) {
      expect(second?.headers).not.toHaveProperty(absent)
    }
  })

  test('the log hears of each, without token and lock', async () => {
    host.misbehave('CheckFileInfo', { status: 500, headers: { 'X-WOPI-ServerError': 'disk on fire' } })
    await call('read', {})
    expect(calls).toEqual([
      expect.objectContaining({
        operation: 'CheckFileInfo',
        status: 500,
        problem: 'disk on fire',
        sessionId: 'session-1',
      }),
    ])
    expect(JSON.stringify(calls)).not.toContain(host.token)
  })
})

describe('opening', () => {
  test('gives the text with the lock taken before it was read', async () => {
    const opened = await call('open', { lock: 'lock-1', previousLock: '' })
    expect(opened).toMatchObject({
      ok: true,
      lock: 'held',
      text: 'hello',
      document: { name: 'notes.txt', version: 'v1' },
    })
    expect(host.file.lock).toBe('lock-1')
  })

  test('a document locked by somebody else can be read, and the host’s reason comes along', async () => {
    host.file.lock = 'of-bob'
    const opened = await call('open', { lock: 'lock-1', previousLock: '' })
    expect(opened).toMatchObject({
      ok: true,
      text: 'hello',
      lock: { ok: false, code: 'locked', reason: 'Bob is editing this file.' },
    })
    expect(JSON.stringify(opened)).not.toContain('of-bob')
  })

  test('takes over the lock of a page that no longer lives, and no other', async () => {
    host.file.lock = 'mine-from-before'
    expect(await call('takeLock', { lock: 'lock-1', previousLock: 'mine-from-before' })).toMatchObject({
      ok: true,
    })
    expect(host.file.lock).toBe('lock-1')
    host.file.lock = 'of-bob'
    expect(await call('takeLock', { lock: 'lock-1', previousLock: 'mine-from-before' })).toMatchObject({
      code: 'locked',
    })
    expect(host.file.lock).toBe('of-bob')
  })

  test('a document for reading is not locked', async () => {
    host.info.UserCanWrite = false
    expect(await call('open', { lock: 'lock-1', previousLock: '' })).toMatchObject({ ok: true, lock: 'none' })
    expect(received('Lock')).toEqual([])
  })

  test('text and version belong together even when a save comes between', async () => {
    host.before = (operation) => {
      if (operation !== 'GetFile') return
      host.before = () => {}
      host.changeOutside('saved just now')
    }
    expect(await call('open', { lock: '', previousLock: '' })).toMatchObject({
      text: 'saved just now',
      document: { version: 'v2' },
    })
  })

  test('an empty file is an empty text', async () => {
    host.file.content = Buffer.alloc(0)
    expect(await call('open', { lock: 'lock-1', previousLock: '' })).toMatchObject({ ok: true, text: '' })
  })

  test('what is too large is neither locked nor loaded', async () => {
    host.info.Size = MAX_DOCUMENT_BYTES + 1
    expect(await call('open', { lock: 'lock-1', previousLock: '' })).toMatchObject({
      ok: false,
      code: 'too-large',
    })
    expect(host.file.lock).toBe(null)
    expect(received('GetFile')).toEqual([])
  })

  test('a host that lies about the size is cut off, and the lock given back', async () => {
    host.file.content = Buffer.alloc(MAX_DOCUMENT_BYTES + 1, 'x')
    host.info.Size = 5
    expect(await call('open', { lock: 'lock-1', previousLock: '' })).toMatchObject({
      ok: false,
      code: 'too-large',
    })
    expect(host.file.lock).toBe(null)
  })
})

describe('failures come back as something a person can act on', () => {
  test.each([
    [401, {}, 'expired'],
    [404, {}, 'not-found'],
    [413, {}, 'too-large'],
    [400, {}, 'refused'],
    [500, {}, 'host-error'],
    [503, {}, 'host-error'],
    [501, {}, 'not-supported'],
    [409, { 'X-WOPI-Lock': 'of-bob' }, 'locked'],
    [409, { 'X-WOPI-Lock': '' }, 'unlocked'],
    [409, {}, 'unlocked'],
  ])('PutFile %i %j: %s', async (status, headers, code) => {
    host.misbehave('PutFile', { status, headers })
    expect(await call('save', save(), { content: 'x' })).toMatchObject({ ok: false, code })
  })

  test('a change from outside is told from a lock conflict', async () => {
    host.file.lock = 'lock-1'
    host.changeOutside('from outside')
    const answer = await call('save', save({ basedOn: '2026-01-15T12:00:00.0000000Z' }), { content: 'mine' })
    expect(answer).toMatchObject({ ok: false, code: 'changed' })
    expect(await call('save', save(), { content: 'mine' })).toMatchObject({ ok: true, version: 'v3' })
  })

  test('a host that is down is unreachable', async () => {
    host.misbehave('PutFile', 'hang-up')
    expect(await call('save', save(), { content: 'x' })).toMatchObject({ ok: false, code: 'unreachable' })
  })

  test('an answer without a name opens nothing', async () => {
    host.info.BaseFileName = undefined
    expect(await call('read', {})).toMatchObject({ ok: false, code: 'host-error' })
  })
})

describe('saving', () => {
  test('tells the new version and time, also when the host’s answer to the save does not', async () => {
    host.file.lock = 'lock-1'
    expect(await call('save', save(), { content: 'x' })).toEqual({
      ok: true,
      version: 'v2',
      lastModified: '2026-01-15T12:00:01.0000000Z',
      text: '',
    })
    host.misbehave('PutFile', { status: 200 })
    expect(await call('save', save(), { content: 'x' })).toMatchObject({ ok: true, version: 'v2' })
  })

  test('a user id that no header can carry does not cost the save', async () => {
    host.file.lock = 'lock-1'
    expect(await call('save', save({ userId: '爱丽丝, Alice' }), { content: 'x' })).toMatchObject({
      ok: true,
    })
    expect(received('PutFile')[0]?.headers).not.toHaveProperty('x-wopi-editors')
  })

  test('every byte arrives', async () => {
    host.file.lock = 'lock-1'
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at % 256)
    await call('save', save(), { content: bytes })
    expect(new Uint8Array(host.file.content)).toEqual(bytes)
  })

  test('the last call saves, then unlocks', async () => {
    host.file.lock = 'lock-1'
    await call('close', { lock: 'lock-1', save: save({ exit: true }) }, { content: 'the end' })
    expect(host.file.content.toString()).toBe('the end')
    expect(host.file.lock).toBe(null)
  })

  test('the last save is tried again, because nobody else will', async () => {
    host.file.lock = 'lock-1'
    host.misbehave('PutFile', { status: 503 })
    const closing = call('close', { lock: 'lock-1', save: save({ exit: true }) }, { content: 'the end' })
    await expect.poll(() => received('PutFile').length).toBe(1)
    host.misbehave('PutFile', null)
    expect(await closing).toMatchObject({ ok: true })
    expect(host.file.content.toString()).toBe('the end')
    expect(host.file.lock).toBe(null)
  })

  test('a refused last save still gives the lock back', async () => {
    host.file.lock = 'lock-1'
    host.misbehave('PutFile', { status: 413 })
    const closed = await call('close', { lock: 'lock-1', save: save({ exit: true }) }, { content: 'x' })
    expect(closed).toMatchObject({ ok: false, code: 'too-large' })
    expect(host.file.lock).toBe(null)
  })
})

describe('names in any script', () => {
  test('rename', async () => {
    host.file.lock = 'lock-1'
    expect(await call('rename', { lock: 'lock-1', name: '年度 报告+1 😀' })).toMatchObject({
      ok: true,
      name: '年度 报告+1 😀',
    })
    expect(host.file.name).toBe('年度 报告+1 😀.txt')
  })

  test('a name the host refuses comes back with its reason', async () => {
    expect(await call('rename', { lock: '', name: 'a/b' })).toMatchObject({
      ok: false,
      code: 'refused',
      reason: 'No slashes, please.',
    })
  })

  test('save a copy', async () => {
    expect(await call('saveCopy', { name: 'Größe été 你好.txt' }, { content: 'text' })).toMatchObject({
      ok: true,
      name: 'Größe été 你好.txt',
      url: `${host.origin}/edit/copy`,
    })
    expect(host.copies[0]?.content.toString()).toBe('text')
    expect(received('PutRelativeFile')[0]?.headers).not.toHaveProperty('x-wopi-lock')
  })
})

describe('browser code', () => {
  test('is served for ever, typed, and compressed on request', async () => {
    const response = await editor.fetch(new Request(`${EDITOR}/assets/text-editor-1.js`))
    expect(await response.text()).toBe('/* text-editor-1.js */')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    })
    const zipped = await editor.fetch(
      new Request(`${EDITOR}/assets/json-4.js`, { headers: { 'Accept-Encoding': 'br, gzip' } }),
    )
    expect(zipped.headers.get('content-encoding')).toBe('gzip')
  })

  test('of other pages, and anything else, is not there', async () => {
    for (const path of ['/assets/other-5.js', '/manifest.json', '/assets/../manifest.json', '/', '']) {
      expect((await editor.fetch(new Request(`${EDITOR}${path}`))).status).toBe(404)
    }
  })

  test('that was never built stops the start with the command to run', () => {
    const options = { url: EDITOR, keys, allowedHosts: [], assets: join(folder, 'nowhere') }
    expect(() => createTextEditor(options)).toThrow('npm run build')
  })
})
