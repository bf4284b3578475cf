import { connect } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { type Answer, answerOf, split } from './wire.js'

/** How long a host may take over a request that is not as it should be, in milliseconds. */
const PATIENCE_MS = 10_000

/** One step of what is written to the socket. */
export type RawStep =
  | { readonly write: string | Uint8Array }
  /** Says that nothing more will come, and goes on listening. */
  | { readonly end: true }
  /** Hangs up at once. */
  | { readonly hangUp: true }

/**
 * Talks to a host byte by byte, for requests that no HTTP library would send.
 *
 * @param answers how many answers to wait for.
 * @returns the answers, fewer when the host closed the connection or did not answer in time.
 */
export function rawExchange(url: string, steps: readonly RawStep[], answers = 1): Promise<Answer[]> {
  const { origin } = split(url)
  const secure = origin.protocol === 'https:'
  const host = origin.hostname.replace(/^\[|\]$/g, '')
  const port = Number(origin.port || (secure ? 443 : 80))
  return new Promise((resolve) => {
    const socket = secure ? connectSecurely({ host, port, servername: host }) : connect({ host, port })
    let received: Buffer = Buffer.alloc(0)
    const done = () => {
      socket.destroy()
      resolve(parseAnswers(received))
    }
    socket.setTimeout(PATIENCE_MS, done)
    // A host may hang up while we are still writing: what it said before is what counts.
    socket.on('error', done)
    socket.on('close', done)
    socket.on('data', (piece: Buffer) => {
      received = Buffer.concat([received, piece])
      if (parseAnswers(received).length >= answers) done()
    })
    socket.on(secure ? 'secureConnect' : 'connect', () => {
      for (const step of steps) {
        if ('write' in step) socket.write(step.write)
        else if ('end' in step) socket.end()
        // What was written has left before the connection is cut.
        else socket.write('', () => setTimeout(() => socket.resetAndDestroy(), 20))
      }
    })
  })
}

/** The head of a request as it goes over the wire; header lines as given, in this order, doubles included. */
export function rawHead(
  method: string,
  url: string,
  headers: readonly (readonly [string, string])[],
): string {
  const { origin, path } = split(url)
  const lines = [['Host', origin.host] as const, ...headers].map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** All complete answers in what was received; interim ones (1xx) are passed over. */
function parseAnswers(received: Buffer): Answer[] {
  const answers: Answer[] = []
  let rest = received
  for (;;) {
    const headEnd = rest.indexOf('\r\n\r\n')
    if (headEnd === -1) return answers
    const [statusLine = '', ...lines] = rest.subarray(0, headEnd).toString('latin1').split('\r\n')
    const status = Number(statusLine.split(' ')[1])
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
      }),
    )
    const body = bodyOf(rest.subarray(headEnd + 4), headers)
    if (body === null) return answers
    if (status >= 200) answers.push(answerOf('the request', status, headers, body.content))
    rest = rest.subarray(headEnd + 4 + body.length)
  }
}

function bodyOf(
  rest: Buffer,
  headers: ReadonlyMap<string, string>,
): { content: Buffer; length: number } | null {
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return chunkedBody(rest)
  const length = Number(headers.get('content-length') ?? 0)
  return rest.length < length ? null : { content: rest.subarray(0, length), length }
}

function chunkedBody(rest: Buffer): { content: Buffer; length: number } | null {
  const pieces: Buffer[] = []
  let position = 0
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', position)
    if (lineEnd === -1) return null
    const size = Number.parseInt(rest.subarray(position, lineEnd).toString('latin1'), 16)
    const start = lineEnd + 2
    if (rest.length < start + size + 2) return null
    if (size === 0) return { content: Buffer.concat(pieces), length: start + 2 }
    pieces.push(rest.subarray(start, start + size))
    position = start + size + 2
  }
}
