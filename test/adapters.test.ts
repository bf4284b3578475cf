import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WopiHostOptions } from '../src/index.js'
import { proofBytes } from '../src/protocol/proof-key.js'
import { editSession } from './edit-session.js'
import { type MemoryHost, memoryHost } from './memory-host.js'
import { mounts, type Running, serveAt } from './mounted-hosts.js'

describe.each(mounts)('a host in $name', (mount) => {
  let given: MemoryHost
  let running: Running
  let wopiSrc: string
  let token: string

  async function serve(options: Partial<WopiHostOptions> = {}) {
    running = await serveAt(mount, (url) => {
      given = memoryHost({ url, now: Date.now, ...options })
      return given.host
    })
    wopiSrc = given.host.wopiSrc('doc')
    token = await given.token()
  }

  beforeEach(() => serve())
  afterEach(() => running.close())

  it('carries a whole editing session', async () => {
    const session = await editSession(wopiSrc, token, 'second')
    expect(session).toMatchObject({
      info: { BaseFileName: 'report.docx', Size: 7, UserCanWrite: true },
      before: 'content',
      after: 'second',
      statuses: [200, 200, 200],
    })
  })

  it('takes a document larger than any body limit of the framework, byte for byte', async () => {
    const content = randomBytes(5 * 1024 * 1024)
    given.files.put('doc', 'report.docx', '')
    const saved = await put(content)
    expect(saved.status).toBe(200)
    expect(Buffer.compare(given.files.content('doc') ?? new Uint8Array(), content)).toBe(0)
    const read = await fetch(`${wopiSrc}/contents?access_token=${token}`)
    expect(read.headers.get('content-length')).toBe(String(content.byteLength))
    expect(Buffer.compare(Buffer.from(await read.arrayBuffer()), content)).toBe(0)
  })

  it.each([
    undefined,
    'application/octet-stream',
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain; charset=utf-16',
    'multipart/form-data',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'nonsense',
  ])('stores a body of Content-Type %s as it is', async (type) => {
    given.files.put('doc', 'report.docx', '')
    const saved = await put(Buffer.from('{"not":JSON'), type)
    expect(saved.status).toBe(200)
    expect(Buffer.from(given.files.content('doc') ?? []).toString()).toBe('{"not":JSON')
  })

  it.each(['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'answers 405 to %s and names what is allowed',
    async (method) => {
      const response = await fetch(`${wopiSrc}?access_token=${token}`, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('GET, POST')
    },
  )

  it('answers 401 without a token, 404 for a strange id and 501 for an unknown override', async () => {
    const statuses = [
      await fetch(wopiSrc),
      await fetch(`${wopiSrc.replace(/doc$/, '..%2fsecret')}?access_token=${token}`),
      await fetch(`${wopiSrc.replace(/doc$/, 'x'.repeat(10_000))}?access_token=${token}`),
      await fetch(`${wopiSrc}?access_token=${token}`, {
        method: 'POST',
        headers: { 'X-WOPI-Override': 'DANCE' },
      }),
    ].map((response) => response.status)
    expect(statuses).toEqual([401, 404, 404, 501])
  })

  it('sends status, headers and an empty body of a refusal', async () => {
    const refused = await put(Buffer.from('unlocked'))
    expect(refused.status).toBe(409)
    expect(refused.headers.get('x-wopi-lock')).toBe('')
    expect(refused.headers.get('x-wopi-lockfailurereason')).toContain('not locked')
    expect(await refused.text()).toBe('')
  })

  it('stores nothing of a body whose sender went away half-way', async () => {
    given.files.put('doc', 'report.docx', '')
    const { port, pathname } = new URL(`${wopiSrc}/contents`)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(
      `POST ${pathname}?access_token=${token} HTTP/1.1\r\nHost: x\r\nX-WOPI-Override: PUT\r\nContent-Length: 100\r\n\r\nhalf`,
    )
    socket.end()
    await expect
      .poll(() => given.events)
      .toContainEqual(expect.objectContaining({ type: 'request', status: 400 }))
    expect(given.files.stagedCount).toBe(0)
    expect(given.files.content('doc')).toHaveLength(0)
  })

  it('begins a request when the one before it on its connection is answered', async () => {
    const { pathname } = new URL(wopiSrc)
    const post = (path: string, headers: string, body = '') =>
      `POST ${pathname}${path}?access_token=${token} HTTP/1.1\r\nHost: x\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`
    const statuses = await statusesOf(
      post('', 'X-WOPI-Override: LOCK\r\nX-WOPI-Lock: A\r\n') +
        post('/contents', 'X-WOPI-Override: PUT\r\nX-WOPI-Lock: A\r\n', 'work'.repeat(50_000)) +
        post('', 'X-WOPI-Override: UNLOCK\r\nX-WOPI-Lock: A\r\n') +
        post('', 'X-WOPI-Override: REFRESH_LOCK\r\nX-WOPI-Lock: A\r\nConnection: close\r\n'),
    )
    expect(statuses).toEqual([200, 200, 200, 409])
    expect(given.files.content('doc')).toHaveLength(200_000)
  })

  it('answers a request line that names scheme and host too', async () => {
    const line = `GET ${wopiSrc}?access_token=${token} HTTP/1.1`
    expect(await statusesOf(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`)).toEqual([200])
  })

  it('verifies proofs over the URL the client called, not the one the framework made of it', async () => {
    await running.close()
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
    await serve({
      proof: 'required',
      clients: [{ url: 'https://office.example.com' }],
      fetch: async () => new Response(discovery(n, e)),
    })
    // What a careless adapter would decode, reorder or cut off.
    const called = `${wopiSrc}?z=%7e+x&access_token=${token}&a=%2F..`
    const timestamp = String(621_355_968_000_000_000n + BigInt(Date.now()) * 10_000n)
    const signed = proofBytes({ token, url: called, ticks: BigInt(timestamp) })
    const response = await fetch(called, {
      headers: {
        'X-WOPI-TimeStamp': timestamp,
        'X-WOPI-Proof': sign('sha256', signed, privateKey).toString('base64'),
      },
    })
    expect(response.status).toBe(200)
  })

  /** The statuses of all answers on one connection, to what is sent in one go. */
  async function statusesOf(requests: string): Promise<number[]> {
    const socket = connect(Number(new URL(wopiSrc).port), '127.0.0.1')
    socket.write(requests)
    return [...(await text(socket)).matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  }

  function put(content: Uint8Array<ArrayBuffer>, type?: string): Promise<Response> {
    return fetch(`${wopiSrc}/contents?access_token=${token}`, {
      method: 'POST',
      headers: { 'X-WOPI-Override': 'PUT', ...(type === undefined ? {} : { 'Content-Type': type }) },
      body: content,
    })
  }
})

function discovery(modulus: string, exponent: string): string {
  const base64 = (text: string) => Buffer.from(text, 'base64url').toString('base64')
  return `<wopi-discovery><net-zone name="external-https"><app name="Word">
    <action name="edit" ext="txt" urlsrc="https://office.example.com/edit?"/></app></net-zone>
    <proof-key modulus="${base64(modulus)}" exponent="${base64(exponent)}"/></wopi-discovery>`
}
