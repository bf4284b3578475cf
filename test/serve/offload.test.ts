import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasNginx, startNginx } from '../../bench/nginx.js'
import {
  type IssuedToken,
  type ServerProcess,
  serverProcess,
  temporaryFolder,
} from '../support/server-process.js'
import { type Answer, type WopiClient, wopiClient } from '../support/wopi-client.js'

const large = randomBytes(1_000_000)
const small = randomBytes(1000)

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: ServerProcess
let token: IssuedToken

beforeAll(async () => {
  folder = await temporaryFolder()
  const documents = join(folder.path, 'documents')
  server = await serverProcess({ folder: documents, args: ['--offload', 'x-accel-redirect'] })
  await server.start()
  await writeFile(join(documents, 'report.bin'), 'as another program made it')
  token = await server.token('report.bin', ['--permission', 'edit'])
})
afterAll(async () => {
  await server.stop()
  await folder.remove()
})

const announced = { 'X-Sendfile-Type': 'X-Accel-Redirect' }
const direct = () => wopiClient(token)

async function save(content: Uint8Array): Promise<string> {
  const client = direct()
  expect((await client.lock('editor')).status).toBe(200)
  const saved = await client.putFile(content, 'editor')
  expect(saved.status).toBe(200)
  expect((await client.unlock('editor')).status).toBe(200)
  return saved.header('X-WOPI-ItemVersion') ?? ''
}

/** Where the file lies that an answer names. */
function placeNamed(answer: Answer): string {
  const name = /^\/wopikit-files\/([\w./-]+)$/.exec(answer.header('X-Accel-Redirect') ?? '')?.[1] ?? ''
  expect(name).not.toContain('..')
  return join(server.data, 'offload', name)
}

function expectVersion(answer: Answer, version: string): void {
  expect(answer.header('X-WOPI-ItemVersion')).toBe(version)
  expect(answer.header('ETag')).toBe(`"${version}"`)
  expect(answer.header('Content-Type')).toBe('application/octet-stream')
  expect(answer.header('Content-Disposition')).toBe('attachment')
  expect(answer.header('Cache-Control')).toBe('no-store')
  expect(answer.header('X-Content-Type-Options')).toBe('nosniff')
  expect(answer.header('X-Accel-Redirect')).toBeUndefined()
  expect(answer.header('Last-Modified')).toBeUndefined()
}

describe('the server', () => {
  test('names a file that holds the version it speaks of, also after the next save', async () => {
    const version = await save(large)
    const answer = await direct().getFile(announced)
    expect(answer.status).toBe(200)
    expect(answer.header('X-WOPI-ItemVersion')).toBe(version)
    expect(answer.body.byteLength).toBe(0)
    await save(randomBytes(1_000_000))
    await save(small)
    expect((await readFile(placeNamed(answer))).equals(large)).toBe(true)
  })

  test('sends a document itself to whoever does not ask for a name, or for another kind of one', async () => {
    await save(large)
    for (const headers of [{}, { 'X-Sendfile-Type': 'X-Sendfile' }, { 'X-Sendfile-Type': '' }]) {
      const answer = await direct().getFile(headers)
      expect(answer.header('X-Accel-Redirect')).toBeUndefined()
      expect(answer.body.equals(large)).toBe(true)
    }
  })

  test('sends small documents, small ranges and what it does not take for a range itself', async () => {
    await save(large)
    const range = await direct().getFile({ ...announced, Range: 'bytes=10-19' })
    expect([range.status, range.body]).toEqual([206, large.subarray(10, 20)])
    const ranges = await direct().getFile({ ...announced, Range: 'bytes=0-499999,600000-' })
    expect([ranges.status, ranges.body.equals(large)]).toEqual([200, true])
    await save(small)
    expect((await direct().getFile(announced)).body.equals(small)).toBe(true)
  })

  test('judges before it names anything', async () => {
    const version = await save(large)
    const stranger = wopiClient({ ...token, accessToken: `${token.accessToken}x` })
    const unchanged = { 'If-None-Match': `"${version}"` }
    for (const [client, headers, status] of [
      [stranger, {}, 401],
      [direct(), unchanged, 304],
      [direct(), { Range: 'bytes=1000000-' }, 416],
      [direct(), { 'X-WOPI-MaxExpectedSize': '1000' }, 412],
    ] as const) {
      const answer = await client.getFile({ ...announced, ...headers })
      expect(answer.status).toBe(status)
      expect(answer.header('X-Accel-Redirect')).toBeUndefined()
    }
  })
})

test('a data folder that cannot be told to the proxy ends the start', async () => {
  const other = await temporaryFolder()
  const odd = await serverProcess({
    folder: join(other.path, 'my documents'),
    args: ['--offload', 'x-sendfile'],
  })
  await expect(odd.start()).rejects.toThrow()
  expect(odd.log()).toContain('--offload x-sendfile needs a data folder whose path is')
  await other.remove()
})

/** What both kinds of proxy in front must do for a client that knows nothing of them. */
function behaves(through: () => WopiClient) {
  test('a client gets the version, whole', async () => {
    const version = await save(large)
    const answer = await through().getFile()
    expect([answer.status, answer.body.equals(large)]).toEqual([200, true])
    expectVersion(answer, version)
  })

  test('a client gets the range it asks for', async () => {
    const version = await save(large)
    const ranges = [
      ['bytes=300000-799999', 300_000, 800_000],
      ['bytes=500000-', 500_000, 1_000_000],
      ['bytes=-400000', 600_000, 1_000_000],
      ['bytes=10-19', 10, 20],
    ] as const
    for (const [range, start, end] of ranges) {
      const answer = await through().getFile({ Range: range, 'If-Range': `"${version}"` })
      expect([range, answer.status, answer.body.equals(large.subarray(start, end))]).toEqual([
        range,
        206,
        true,
      ])
      expect(answer.header('Content-Range')).toBe(`bytes ${start}-${end - 1}/1000000`)
      expectVersion(answer, version)
    }
    const outdated = await through().getFile({ Range: 'bytes=300000-799999', 'If-Range': '"0"' })
    expect([outdated.status, outdated.body.equals(large)]).toEqual([200, true])
  })

  test('a client is told that nothing has changed', async () => {
    const version = await save(large)
    const answer = await through().getFile({ 'If-None-Match': `"${version}"` })
    expect([answer.status, answer.body.byteLength]).toEqual([304, 0])
    expect(answer.header('X-WOPI-ItemVersion')).toBe(version)
  })

  test('a client gets the bytes also when the name is gone before the proxy comes to it', async () => {
    const version = await save(large)
    await rm(placeNamed(await direct().getFile(announced)))
    const answer = await through().getFile()
    expect([answer.status, answer.body.equals(large)]).toEqual([200, true])
    expectVersion(answer, version)
  })
}

describe('behind a proxy that honours the header', () => {
  let proxy: Server

  beforeAll(async () => {
    proxy = standIn().listen(0, '127.0.0.1')
    await once(proxy, 'listening')
  })
  afterAll(() => proxy.close())

  behaves(() => wopiClient(token, { port: portOf(proxy) }))
})

describe.skipIf(!hasNginx())('behind nginx, configured as documented (needs nginx)', () => {
  let nginx: Awaited<ReturnType<typeof startNginx>>
  beforeAll(async () => {
    nginx = await startNginx(join(folder.path, 'nginx'), server)
  })
  afterAll(() => nginx.stop())
  const through = () => wopiClient(token, { port: nginx.port })

  behaves(through)

  test('the file itself is sent by nginx', async () => {
    const version = await save(large)
    const place = placeNamed(await direct().getFile(announced))
    await rm(place)
    await writeFile(place, 'not what wopikit would send')
    const answer = await through().getFile()
    expect(answer.body.toString()).toBe('not what wopikit would send')
    expectVersion(answer, version)
  })

  test('nobody gets at the files by their names', async () => {
    await save(large)
    const name = (await direct().getFile(announced)).header('X-Accel-Redirect') ?? ''
    for (const path of [
      name,
      `${name}?access_token=${token.accessToken}`,
      '/wopikit-files/../index.sqlite',
    ]) {
      const response = await fetch(`http://127.0.0.1:${nginx.port}${path}`)
      expect(response.ok).toBe(false)
      expect((await response.arrayBuffer()).byteLength).toBeLessThan(large.byteLength)
    }
  })

  test('what a client says about proxies is not heard', async () => {
    await save(large)
    const answer = await through().getFile({
      'X-Sendfile-Type': 'nothing',
      'X-Accel-Redirect': '/etc/passwd',
    })
    expect(answer.body.equals(large)).toBe(true)
  })
})

/** A proxy as small as can be, which announces itself and sends the files it is told. */
function standIn(): Server {
  return createServer((incoming, outgoing) => {
    const ask = (more: Record<string, string>) =>
      request(
        { port: server.port, path: incoming.url, headers: { ...incoming.headers, ...more } },
        (response) => void pass(response),
      ).end()

    async function pass(response: IncomingMessage): Promise<void> {
      const { 'x-accel-redirect': name, 'content-length': _, ...headers } = response.headers
      if (typeof name !== 'string') {
        outgoing.writeHead(response.statusCode ?? 0, response.headers)
        response.pipe(outgoing)
        return
      }
      const place = name.replace('/wopikit-files', join(server.data, 'offload'))
      const content = await readFile(place).catch(() => null)
      const { range, 'if-range': condition = headers.etag } = incoming.headers
      const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
      if (!content) ask({ 'X-Sendfile-Type': '' })
      else if (first === undefined || condition !== headers.etag)
        outgoing.writeHead(200, headers).end(content)
      else {
        const start = first === '' ? content.length - Number(last) : Number(first)
        const end = first === '' || last === '' ? content.length : Number(last) + 1
        outgoing.writeHead(206, {
          ...headers,
          'content-range': `bytes ${start}-${end - 1}/${content.length}`,
        })
        outgoing.end(content.subarray(start, end))
      }
    }

    ask(announced)
  })
}

function portOf(listening: Server): number {
  const address = listening.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
