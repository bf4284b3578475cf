import { readFile } from 'node:fs/promises'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ServerProcess, serverProcess, temporaryFolder } from '../support/server-process.js'

/*
 * Several processes that serve one folder. Connections go to them in turn, so with one connection for each request every process gets its part.
 */

const WORKERS = 2

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: ServerProcess

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  expect(await server.stop()).toBe(0)
  await folder.remove()
})

async function start(...args: string[]): Promise<void> {
  server = await serverProcess({
    folder: join(folder.path, 'documents'),
    args: ['--workers', String(WORKERS), '--log-level', 'debug', ...args],
  })
  await server.start()
  await expect.poll(() => workers().length, { timeout: 20_000 }).toBe(WORKERS)
}

/** The ids of the processes that answer. */
function workers(): number[] {
  return [...server.log().matchAll(/"pid":(\d+),"msg":"a worker answers"/g)].map(([, pid]) => Number(pid))
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form.
  readonly body: any
}

/** A browser that opens a connection for each request, and keeps the cookie of its session. */
async function browser() {
  const cookies = new Map<string, string>()
  let csrf = ''

  function begin(method: string, path: string, headers: Record<string, string> = {}, signal?: AbortSignal) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const asked: ClientRequest = request({
      host: '127.0.0.1',
      port: server.port,
      agent: false,
      method,
      path: `/api${path}`,
      headers: { ...(cookie === '' ? {} : { cookie }), 'x-wopikit-csrf': csrf, ...headers },
      ...(signal ? { signal } : {}),
    })
    const answer = new Promise<Answer>((resolve, reject) => {
      asked.once('error', reject)
      asked.once('response', async (response) => {
        for (const line of response.headers['set-cookie'] ?? []) {
          const [pair = ''] = line.split(';')
          cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
        }
        const said = await text(response)
        const body = said.startsWith('{') ? JSON.parse(said) : said
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      })
    })
    return { asked, answer }
  }

  async function send(
    method: string,
    path: string,
    body?: object | Buffer,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Answer> {
    const isJson = body !== undefined && !Buffer.isBuffer(body)
    const type: Record<string, string> = isJson ? { 'content-type': 'application/json' } : {}
    const { asked, answer } = begin(method, path, { ...type, ...headers }, signal)
    asked.end(isJson ? JSON.stringify(body) : body)
    return answer
  }

  const session = (await send('GET', '/session')).body
  csrf = session.csrf
  return { begin, send, session }
}

describe('an upload in pieces to several processes', () => {
  test('takes in one piece at a time, whichever process it comes to', async () => {
    await start()
    const me = await browser()
    const piece = (letter: string) => Buffer.alloc(64 * 1024, letter)
    const whole = Buffer.concat([piece('a'), piece('b'), piece('c')])
    const upload = { folderId: me.session.rootId, name: 'pieces.bin', size: whole.length }
    const { uploadId } = (await me.send('POST', '/uploads', upload)).body
    const path = `/uploads/${uploadId}`
    const offset = async () => (await me.send('GET', path)).body.offset

    const slow = me.begin('PATCH', path, { 'upload-offset': '0' })
    slow.asked.write(piece('a'))
    await expect.poll(offset).toBe(piece('a').length)
    // As many as it takes to come to every process.
    for (let count = 0; count < 2 * WORKERS; count++) {
      const at = String(piece('a').length)
      const other = await me.send('PATCH', path, piece('x'), { 'upload-offset': at })
      expect([other.status, other.body.error?.code]).toEqual([409, 'changed'])
    }
    slow.asked.end(piece('b'))
    expect((await slow.answer).body).toMatchObject({ offset: 2 * piece('a').length })

    // Of several that send the last one at once, one finishes it.
    const lasts = await Promise.all(
      Array.from({ length: 2 * WORKERS }, () =>
        me.send('PATCH', path, piece('c'), { 'upload-offset': String(2 * piece('a').length) }),
      ),
    )
    const finished = lasts.filter(({ status }) => status === 200)
    expect(finished.map(({ body }) => body.item.size)).toEqual([whole.length])
    for (const { status } of lasts) expect([200, 404, 409]).toContain(status)
    expect((await readFile(join(server.folder, 'pieces.bin'))).equals(whole)).toBe(true)
  })

  test('goes on when the process that was taking in a piece is killed', async () => {
    await start()
    const me = await browser()
    const upload = { folderId: me.session.rootId, name: 'killed.txt', size: 6 }
    const { uploadId } = (await me.send('POST', '/uploads', upload)).body
    const path = `/uploads/${uploadId}`

    const broken = me.begin('PATCH', path, { 'upload-offset': '0' })
    broken.asked.write('abc')
    await expect.poll(async () => (await me.send('GET', path)).body.offset).toBe(3)
    const fails = expect(broken.answer).rejects.toThrow()
    for (const pid of workers()) process.kill(pid, 'SIGKILL')
    await fails
    // A connection that was on its way to a process that died is never answered.
    const goOn = () =>
      me.send('PATCH', path, Buffer.from('def'), { 'upload-offset': '3' }, AbortSignal.timeout(2000))
    await expect
      .poll(() => goOn().catch(() => null), { timeout: 60_000 })
      .toMatchObject({ status: 200, body: { offset: 6, item: { name: 'killed.txt' } } })
    expect(await readFile(join(server.folder, 'killed.txt'), 'utf8')).toBe('abcdef')
  })
})

describe('signing in at several processes', () => {
  test('leaves no more tries to whoever guesses', async () => {
    await start('--accounts', 'true')
    const guesser = await browser()
    const tries: number[] = []
    for (let count = 0; count < 10; count++) {
      const body = { name: 'owner', password: `guess number ${count}` }
      tries.push((await guesser.send('POST', '/session', body)).status)
    }
    expect(tries).toEqual([401, 401, 401, 401, 401, 429, 429, 429, 429, 429])
  })
})
