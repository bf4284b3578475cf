import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

/** How long an answer may take, in milliseconds. */
const TIMEOUT_MS = 20_000

export type Headers = Readonly<Record<string, string>>

/** A request as a client sends it. */
export interface WireRequest {
  readonly method: string
  /** Sent as it is: nothing is normalised. */
  readonly url: string
  readonly headers: Headers
  readonly body: Uint8Array
}

/** What came back. */
export interface Answer {
  /** What was asked, for people: without the token. */
  readonly request: string
  readonly status: number
  /** A header's value, '' when it was sent empty; undefined when it was not sent. */
  header(name: string): string | undefined
  readonly headers: ReadonlyMap<string, string>
  readonly bytes: Uint8Array
  readonly text: string
}

/** A connection to a host, kept open between requests. */
export interface Wire {
  send(request: WireRequest): Promise<Answer>
  close(): void
}

export function openWire(): Wire {
  const http = new HttpAgent({ keepAlive: true })
  const https = new HttpsAgent({ keepAlive: true })
  return {
    send(request) {
      const { origin, path } = split(request.url)
      const secure = origin.protocol === 'https:'
      return new Promise((resolve, reject) => {
        const options = {
          host: origin.hostname.replace(/^\[|\]$/g, ''),
          port: origin.port,
          path,
          method: request.method,
          headers: { 'Content-Length': String(request.body.length), ...request.headers },
          timeout: TIMEOUT_MS,
        }
        const outgoing = secure
          ? httpsRequest({ ...options, agent: https })
          : httpRequest({ ...options, agent: http })
        outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
        outgoing.on('error', (error) =>
          reject(new Error(`${describe(request)} was not answered: ${error.message}`)),
        )
        outgoing.on('response', (incoming) => {
          const pieces: Uint8Array[] = []
          incoming.on('data', (piece: Uint8Array) => pieces.push(piece))
          incoming.on('error', (error) =>
            reject(new Error(`the answer to ${describe(request)} broke off: ${error.message}`)),
          )
          incoming.on('end', () => {
            resolve(
              answerOf(
                describe(request),
                incoming.statusCode ?? 0,
                flat(incoming.headers),
                Buffer.concat(pieces),
              ),
            )
          })
        })
        outgoing.end(request.body)
      })
    },
    close() {
      http.destroy()
      https.destroy()
    },
  }
}

export function answerOf(
  request: string,
  status: number,
  headers: ReadonlyMap<string, string>,
  body: Uint8Array,
): Answer {
  const bytes = new Uint8Array(body)
  return {
    request,
    status,
    headers,
    header: (name) => headers.get(name.toLowerCase()),
    bytes,
    text: new TextDecoder().decode(bytes),
  }
}

/** Where to connect, and what to ask for there: everything behind the authority, untouched. */
export function split(url: string): { origin: URL; path: string } {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  return { origin: new URL(url.slice(0, start)), path: url.slice(start) }
}

/** `POST LOCK`, `GET /contents`: enough to recognise a request by. */
export function describe({ method, url, headers }: Pick<WireRequest, 'method' | 'url' | 'headers'>): string {
  const override = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-wopi-override')?.[1]
  if (override !== undefined && override !== '') return override.slice(0, 40)
  const path = url.split('?')[0] ?? ''
  return `${method} ${path.endsWith('/contents') ? 'contents' : 'file'}`
}

function flat(headers: IncomingHttpHeaders): Map<string, string> {
  const map = new Map<string, string>()
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return map
}
