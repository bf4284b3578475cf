import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { firstLinkToken } from '../../src/server/people/first-link.js'
import { type RunningServer, startServer } from '../../src/server/server.js'
import { readSettings, type Settings } from '../../src/server/settings.js'

/** A server over a folder of its own, in this process. */
export interface LibraryServer extends RunningServer {
  readonly folder: string
  readonly data: string
  /** Everything that was logged, as text. */
  logged(): string
  /** Somebody at a browser of their own. */
  browser(): Browser
  /** Stops it and starts another on the same folder. */
  restart(): Promise<LibraryServer>
  stop(): Promise<void>
}

/** A browser, as far as the API is concerned: it keeps cookies, and knows what requests that change something must carry. */
export interface Browser {
  /** A request below the server's address, with cookies and, unless headers say otherwise, the token and the origin of a page of ours. */
  request(method: string, path: string, init?: RequestInit & { duplex?: 'half' }): Promise<Response>
  /** JSON of the API; throws what was answered when it is a refusal. */
  api<T = Json>(method: string, path: string, body?: object): Promise<T>
  /** Status and error code of a refusal, or the status alone. */
  refusal(method: string, path: string, body?: object): Promise<string>
  cookie(): string
  csrf(): Promise<string>
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form.
export type Json = any

export const PASSWORD = 'correct horse battery'

/** @param files by path below the folder. */
export async function startLibraryServer(
  files: Readonly<Record<string, string | Uint8Array>>,
  settings: Partial<Settings> = {},
): Promise<LibraryServer> {
  const place = mkdtempSync(join(tmpdir(), 'wopikit-server-'))
  const folder = join(place, 'Documents of ours')
  mkdirSync(folder)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return run(place, folder, settings)
}

async function run(place: string, folder: string, settings: Partial<Settings>): Promise<LibraryServer> {
  const lines: string[] = []
  const log = pino(
    { level: 'debug' },
    new Writable({
      write(chunk, _, done) {
        lines.push(String(chunk))
        done()
      },
    }),
  )
  const data = join(place, 'data')
  const all = { ...readSettings({ flags: { folder, data, port: '0' }, environment: {} }), ...settings }
  const server = await startServer(all, log)
  return {
    ...server,
    folder,
    data,
    logged: () => lines.join(''),
    browser: () => createBrowser(server.publicUrl),
    async restart() {
      await server.close()
      return run(place, folder, settings)
    },
    async stop() {
      await server.close()
      rmSync(place, { recursive: true, force: true })
    },
  }
}

function createBrowser(url: string): Browser {
  const cookies = new Map<string, string>()
  let csrf: string | null = null
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

  async function request(
    method: string,
    path: string,
    init: RequestInit & { duplex?: 'half' } = {},
  ): Promise<Response> {
    const headers = new Headers(init.headers)
    if (cookies.size > 0 && !headers.has('cookie')) headers.set('cookie', cookie())
    const changes = method !== 'GET' && method !== 'HEAD'
    if (changes && !headers.has('x-wopikit-csrf')) headers.set('x-wopikit-csrf', await token())
    if (changes && cookies.size > 0) headers.set('cookie', headers.get('cookie') ?? cookie())
    const response = await fetch(url + path, { redirect: 'manual', ...init, method, headers })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const equals = pair.indexOf('=')
      const ended = /max-age=0/i.test(line)
      if (ended) cookies.delete(pair.slice(0, equals))
      else cookies.set(pair.slice(0, equals), pair.slice(equals + 1))
      if (pair.includes('session')) csrf = null
    }
    return response
  }

  async function token(): Promise<string> {
    csrf ??= ((await (await request('GET', '/api/session')).json()) as Json).csrf as string
    return csrf
  }

  async function send(method: string, path: string, body?: object): Promise<Response> {
    return request(
      method,
      `/api${path}`,
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
    )
  }

  return {
    request,
    cookie,
    csrf: token,
    async api(method, path, body) {
      const response = await send(method, path, body)
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return text === '' ? null : JSON.parse(text)
    },
    async refusal(method, path, body) {
      const response = await send(method, path, body)
      const text = await response.text()
      const code = text.startsWith('{"error"') ? JSON.parse(text).error.code : ''
      return `${response.status} ${code}`.trim()
    },
  }
}

/** Makes the first account, by the one-time link, and signs in as them. */
export async function firstOwner(server: LibraryServer): Promise<Browser> {
  const browser = server.browser()
  const token = await firstLinkToken(server.data)
  await browser.api('POST', '/setup', { token, name: 'owner', displayName: 'Olga Owner', password: PASSWORD })
  return browser
}

/** Makes an account and signs in as them, in another browser. */
export async function newPerson(
  server: LibraryServer,
  owner: Browser,
  name: string,
  role?: string,
): Promise<Browser & { readonly id: string }> {
  const { person } = await owner.api('POST', '/people', { name, password: PASSWORD, role })
  const browser = server.browser()
  await browser.api('POST', '/session', { name, password: PASSWORD })
  return { ...browser, id: person.id }
}

/** The id of an item by its path, as the owner sees it. */
export async function idOf(browser: Browser, path: string): Promise<string> {
  const { rootId } = await browser.api('GET', '/session')
  let id = rootId
  for (const name of path.split('/').filter((segment) => segment !== '')) {
    const { items } = await browser.api('GET', `/folders/${id}?limit=1000`)
    id = items.find((item: Json) => item.name === name)?.id
    if (!id) throw new Error(`There is no ${path}`)
  }
  return id
}
