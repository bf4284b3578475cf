import { Agent, type IncomingMessage, request } from 'node:http'

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  /** A header's value; undefined when it was not sent. */
  header(name: string): string | undefined
  readonly body: Buffer
  json(): Record<string, unknown>
}

/** The connection ended without a whole answer: what was asked for may have been done or not. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  /** Whether nobody listened, so that nothing can have been done. */
  readonly unheard: boolean

  constructor(cause: Error) {
    super(cause.message, { cause })
    this.unheard = 'code' in cause && cause.code === 'ECONNREFUSED'
  }
}

export type Headers = Readonly<Record<string, string>>

/** Where a file is, and the right to it. */
export interface FileAccess {
  readonly wopiSrc: string
  readonly accessToken: string
}

/** A client of one file. Every method throws `NoAnswer` when the connection ends early. */
export interface WopiClient {
  checkFileInfo(headers?: Headers): Promise<Answer>
  getFile(headers?: Headers): Promise<Answer>
  lock(lockId: string, headers?: Headers): Promise<Answer>
  unlock(lockId: string): Promise<Answer>
  refreshLock(lockId: string): Promise<Answer>
  unlockAndRelock(oldLockId: string, lockId: string): Promise<Answer>
  getLock(): Promise<Answer>
  /** @param lockId null sends no X-WOPI-Lock. */
  putFile(content: Uint8Array, lockId: string | null, headers?: Headers): Promise<Answer>
  putRelativeFile(content: Uint8Array, headers: Headers): Promise<Answer>
  renameFile(requestedName: string, lockId: string | null, body?: Uint8Array): Promise<Answer>
  /** Any other operation without a body. */
  post(override: string, headers?: Headers, body?: Uint8Array): Promise<Answer>
}

/** @param port where to send the requests instead of the port in the WOPISrc: that of another server on the same folder. */
export function wopiClient(
  access: FileAccess,
  options: { readonly port?: number; readonly agent?: Agent } = {},
): WopiClient {
  const { hostname, pathname, port } = new URL(access.wopiSrc)
  const query = `?access_token=${encodeURIComponent(access.accessToken)}`
  const agent = options.agent ?? sharedAgent

  function send(method: string, path: string, headers: Headers, body?: Uint8Array): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const lost = (error: Error) => reject(new NoAnswer(error))
      const sent = request(
        {
          agent,
          method,
          host: hostname,
          port: options.port ?? port,
          path: pathname + path + query,
          headers: { ...headers, ...(method === 'POST' ? { 'Content-Length': body?.byteLength ?? 0 } : {}) },
        },
        (response) => readAnswer(response).then(resolve, lost),
      )
      sent.on('error', lost)
      sent.end(body)
    })
  }

  const post = (override: string, headers: Headers = {}, body?: Uint8Array) =>
    send('POST', override === 'PUT' ? '/contents' : '', { 'X-WOPI-Override': override, ...headers }, body)
  const withLock = (lockId: string | null): Headers => (lockId === null ? {} : { 'X-WOPI-Lock': lockId })

  return {
    post,
    checkFileInfo: (headers = {}) => send('GET', '', headers),
    getFile: (headers = {}) => send('GET', '/contents', headers),
    lock: (lockId, headers = {}) => post('LOCK', { ...withLock(lockId), ...headers }),
    unlock: (lockId) => post('UNLOCK', withLock(lockId)),
    refreshLock: (lockId) => post('REFRESH_LOCK', withLock(lockId)),
    unlockAndRelock: (oldLockId, lockId) =>
      post('LOCK', { ...withLock(lockId), 'X-WOPI-OldLock': oldLockId }),
    getLock: () => post('GET_LOCK'),
    putFile: (content, lockId, headers = {}) => post('PUT', { ...withLock(lockId), ...headers }, content),
    putRelativeFile: (content, headers) => post('PUT_RELATIVE', headers, content),
    renameFile: (requestedName, lockId, body) =>
      post('RENAME_FILE', { ...withLock(lockId), 'X-WOPI-RequestedName': requestedName }, body),
  }
}

const sharedAgent = new Agent({ keepAlive: true, maxSockets: 64 })

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  return {
    status: response.statusCode ?? 0,
    header(name) {
      const value = response.headers[name.toLowerCase()]
      return Array.isArray(value) ? value.join(', ') : value
    },
    body,
    json: () => JSON.parse(body.toString()) as Record<string, unknown>,
  }
}
