import { describe, expect, it } from 'vitest'
import { memoryHost, START } from '../../test/memory-host.js'
import { sameBytes, sampleBytes } from '../testing/contract.js'

describe('createWopiHost', () => {
  it.each([
    ['https://Docs.Example.COM', 'https://docs.example.com'],
    ['https://docs.example:443/', 'https://docs.example'],
    ['http://docs.example:8080/a/b//', 'http://docs.example:8080/a/b'],
  ])('normalises its address %s to %s, as clients sign it', (url, normal) => {
    const { host } = memoryHost({ url })
    expect(host.url).toBe(normal)
    expect(host.wopiSrc('a-b_C1')).toBe(`${normal}/wopi/files/a-b_C1`)
  })

  it.each([
    'docs.example',
    '/wopi',
    'ftp://docs.example',
    'https://docs.example?x',
    'https://a@docs.example',
    '',
  ])('refuses the address "%s" and says what is expected', (url) => {
    expect(() => memoryHost({ url })).toThrow(/expected an absolute http or https URL/)
  })

  it.each([
    [{ pageOrigin: 'https://docs.example/' }, /pageOrigin is "https:\/\/docs.example\/"; expected an origin/],
    [{ pageOrigin: '*' }, /pageOrigin is "\*"/],
    [
      { clients: [{ url: 'office.example' }] },
      /clients is "office\.example"; expected the http or https URL/,
    ],
    [{ ownerId: 'the owner' }, /ownerId is "the owner"; expected ASCII letters and digits/],
    [{ maxFileSize: Number.NaN }, /maxFileSize is NaN; expected a number of bytes/],
    [{ maxFileSize: 0 }, /maxFileSize is 0/],
    [{ leniency: { lastSaveGraceMs: -1 } }, /leniency\.lastSaveGraceMs is -1/],
  ])('refuses %o, naming the option and what is expected', (options, message) => {
    expect(() => memoryHost(options)).toThrow(message)
  })

  it('issues tokens for ten hours, or as long as asked', async () => {
    const { host } = memoryHost()
    const grant = {
      userId: 'alice',
      userName: 'Alice',
      resource: { kind: 'file', id: 'doc' },
      permission: 'edit',
    } as const
    expect((await host.issueToken(grant)).accessTokenTtl).toBe(START + 36_000_000)
    expect((await host.issueToken(grant, 1000)).accessTokenTtl).toBe(START + 1000)
  })
})

describe('fetch', () => {
  async function session(url?: string) {
    const { host, token, ...rest } = memoryHost(url === undefined ? {} : { url })
    const wopiSrc = host.wopiSrc('doc')
    const query = `?access_token=${await token()}`
    const send = (override: string, headers: Record<string, string> = {}, body: BodyInit | null = null) =>
      host.fetch(
        new Request(`${wopiSrc}${override === 'PUT' ? '/contents' : ''}${query}`, {
          method: 'POST',
          headers: { 'X-WOPI-Override': override, ...headers },
          body,
          ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
        }),
      )
    return {
      ...rest,
      host,
      wopiSrc,
      query,
      send,
      get: (path = '') => host.fetch(new Request(wopiSrc + path + query)),
    }
  }

  it.each([undefined, 'https://host.example/dav'])('carries a whole session (%s)', async (url) => {
    const { send, get, text } = await session(url)
    const info = await get()
    expect(info.headers.get('Content-Type')).toBe('application/json')
    expect(await info.json()).toMatchObject({ BaseFileName: 'report.docx' })
    const lock = { 'X-WOPI-Lock': 'A' }
    expect((await send('LOCK', lock)).status).toBe(200)
    const stored = await send('PUT', lock, 'saved')
    expect(stored.status).toBe(200)
    expect(Number(stored.headers.get('Content-Length'))).toBe((await stored.text()).length)
    expect(await (await get('/contents')).text()).toBe('saved')
    const conflict = await send('UNLOCK', { 'X-WOPI-Lock': 'B' })
    expect([conflict.status, conflict.headers.get('X-WOPI-Lock')]).toEqual([409, 'A'])
    expect(conflict.headers.get('Content-Length')).toBe('0')
    expect((await send('UNLOCK', lock)).status).toBe(200)
    expect(text()).toBe('saved')
  })

  it('keeps an empty header apart from none', async () => {
    const { send } = await session()
    const lock = await send('GET_LOCK')
    expect(lock.headers.get('X-WOPI-Lock')).toBe('')
    const relock = await send('LOCK', { 'X-WOPI-Lock': 'A', 'X-WOPI-OldLock': '' })
    expect([relock.status, relock.headers.get('X-WOPI-Lock')]).toEqual([409, ''])
  })

  it('streams bodies both ways, and takes only what somebody wants', async () => {
    const { send, get, files } = await session()
    files.put('doc', 'report.docx', '')
    const bytes = sampleBytes(2_000_000)
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let start = 0; start < bytes.length; start += 70_001) {
          controller.enqueue(bytes.subarray(start, start + 70_001))
        }
        controller.close()
      },
    })
    expect((await send('PUT', {}, body)).status).toBe(200)
    expect(sameBytes(files.content('doc') ?? new Uint8Array(), bytes)).toBe(true)
    const answer = await get('/contents')
    expect(sameBytes(new Uint8Array(await answer.arrayBuffer()), bytes)).toBe(true)
    const unread = await get('/contents')
    await unread.body?.cancel()
    const reader = (await get('/contents')).body?.getReader()
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0)
    await reader?.cancel()
  })

  it('keeps the old content when the body breaks', async () => {
    const { send, text, files } = await session()
    await send('LOCK', { 'X-WOPI-Lock': 'A' })
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error('The client has gone.'))
      },
    })
    expect((await send('PUT', { 'X-WOPI-Lock': 'A' }, body)).status).toBe(400)
    expect([text(), files.stagedCount]).toEqual(['content', 0])
  })

  it('answers 304 and 405 as a Response can', async () => {
    const { host, wopiSrc, query } = await session()
    const url = `${wopiSrc}/contents${query}`
    const headers = { 'If-None-Match': '*' }
    expect((await host.fetch(new Request(url, { headers }))).status).toBe(304)
    const refused = await host.fetch(new Request(url, { method: 'DELETE' }))
    expect([refused.status, refused.headers.get('Allow')]).toEqual([405, 'GET, POST'])
  })
})
