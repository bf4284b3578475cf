import { memoryFileStore } from '../src/drivers/memory/file-store.js'
import { memoryLockStore } from '../src/drivers/memory/lock-store.js'
import { memoryUserInfoStore } from '../src/drivers/memory/user-info-store.js'
import type { HostEvent, Permission, WopiHostOptions, WopiRequest, WopiResponse } from '../src/index.js'
import { createWopiHost, signedAccessTokens } from '../src/index.js'
import { bytesOf, inPieces, readAll } from '../src/testing/contract.js'

/** When the clock of a test starts, in milliseconds since 1970. */
export const START = Date.UTC(2026, 0, 15, 12)

export const MINUTE = 60_000

export type Headers = Readonly<Record<string, string>>

/** What a call may say beyond its operation and headers. */
export interface CallOptions {
  readonly fileId?: string
  readonly permission?: Permission
  readonly userId?: string
  /** URL of the client the token is made for. */
  readonly client?: string
  /** The token to use instead of a good one; null = none. */
  readonly token?: string | null
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** Path and query to use instead of the right ones. */
  readonly target?: string
  readonly method?: string
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  /** A header's value; undefined when it was not sent. */
  header(name: string): string | undefined
  /** All of them, by names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly bytes: Uint8Array
  readonly text: string
  json(): Record<string, unknown>
}

/**
 * A host over memory drivers with a clock that only moves when told to. There is one file, `doc`, named `report.docx`, of the seven bytes
 * `content`, and Alice, who may edit it.
 */
export function memoryHost(options: Partial<WopiHostOptions> = {}) {
  const files = memoryFileStore()
  const locks = memoryLockStore()
  const users = memoryUserInfoStore()
  const events: HostEvent[] = []
  const clock = { now: START }
  const host = createWopiHost({
    url: 'https://host.example',
    files,
    locks,
    users,
    tokens: signedAccessTokens({ keys: [new Uint8Array(32).fill(7)] }),
    onEvent: (event) => events.push(event),
    now: () => clock.now,
    ...options,
  })
  files.put('doc', 'report.docx', 'content')

  const issued = new Map<string, string>()

  /** A token for this person and file, the same one as long as the clock stands still. */
  async function token(call: CallOptions = {}): Promise<string> {
    const { fileId = 'doc', permission = 'edit', userId = 'alice', client } = call
    const key = [fileId, permission, userId, client, clock.now].join(' ')
    const known = issued.get(key)
    if (known !== undefined) return known
    const { accessToken } = await host.issueToken({
      userId,
      userName: userId === 'alice' ? 'Alice' : userId,
      resource: { kind: 'file', id: fileId },
      permission,
      ...(client === undefined ? {} : { client }),
    })
    issued.set(key, accessToken)
    return accessToken
  }

  async function target(path: string, call: CallOptions): Promise<string> {
    if (call.target !== undefined) return call.target
    const accessToken = call.token === undefined ? await token(call) : call.token
    const query = accessToken === null ? '' : `?access_token=${encodeURIComponent(accessToken)}`
    return `/wopi/files/${call.fileId ?? 'doc'}${path}${query}`
  }

  async function send(method: string, path: string, headers: Headers, call: CallOptions): Promise<Answer> {
    const request = plainRequest(call.method ?? method, await target(path, call), headers, call.body)
    return answerOf(await host.handle(request))
  }

  return {
    host,
    files,
    locks,
    users,
    events,
    clock,
    token,
    checkFileInfo: (headers: Headers = {}, call: CallOptions = {}) => send('GET', '', headers, call),
    getFile: (headers: Headers = {}, call: CallOptions = {}) => send('GET', '/contents', headers, call),
    /** Any operation that is told by its override. */
    post: (override: string, headers: Headers = {}, call: CallOptions = {}) =>
      send('POST', override === 'PUT' ? '/contents' : '', { 'X-WOPI-Override': override, ...headers }, call),
    /** What stands in the file. */
    text: (fileId = 'doc') => new TextDecoder().decode(files.content(fileId) ?? bytesOf('(no such file)')),
    /** The lock on the file, as the store has it now. */
    lockId: async (fileId = 'doc') => (await locks.get(fileId, clock.now))?.lockId ?? null,
    version: async (fileId = 'doc') => (await files.stat(fileId))?.version,
  }
}

export type MemoryHost = ReturnType<typeof memoryHost>

/** A request without a socket. Header names may have any case, as on the wire. */
export function plainRequest(
  method: string,
  target: string,
  headers: Headers = {},
  body?: CallOptions['body'],
): WopiRequest {
  const sent = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const bytes = typeof body === 'string' ? bytesOf(body) : body
  return {
    method,
    target,
    header: (name) => sent.get(name.toLowerCase()),
    body: bytes === undefined ? null : bytes instanceof Uint8Array ? inPieces(bytes) : bytes,
  }
}

export async function answerOf(response: WopiResponse): Promise<Answer> {
  const { body, status } = response
  const headers = new Map(
    Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const bytes =
    body === null ? new Uint8Array() : typeof body === 'string' ? bytesOf(body) : await readAll(body)
  const text = new TextDecoder().decode(bytes)
  return {
    status,
    headers,
    header: (name) => headers.get(name.toLowerCase()),
    bytes,
    text,
    json: () => JSON.parse(text) as Record<string, unknown>,
  }
}

/** Lets everything that can go on go on, until it waits for something that only the test can do. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve))
}

/** A point at which a step waits until the test lets it go on. */
export function gate() {
  let reached = () => {}
  let open = () => {}
  const arrival = new Promise<void>((resolve) => {
    reached = resolve
  })
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { arrival, reached, opened, open }
}
