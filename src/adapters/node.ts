import { type IncomingMessage, ServerResponse } from 'node:http'
import type { WopiHost } from '../host/host.js'
import type { WopiRequest, WopiResponse } from '../operations/message.js'
import { hasItsTurn, originForm } from './request-line.js'
import { swallowRest } from './swallow-rest.js'

/**
 * Answers a request of `node:http` (or of any framework that hands out Node's own objects, before its body parser) with the host. Never rejects:
 * what goes wrong here is answered 500 and told to the host's `onEvent`.
 *
 * @example createServer(nodeHandler(host)).listen(8080)
 */
export function nodeHandler(
  host: WopiHost,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  const together = createGatherer()
  return async (incoming, outgoing) => {
    if (!(await hasItsTurn(incoming, outgoing))) return
    await together()
    try {
      if (hasBody(incoming) && incoming.readableDidRead) throw alreadyRead()
      const response = await host.handle(toRequest(incoming))
      // Whoever is told of somebody else's lock will ask again: the holder goes first.
      if (response.status === 409) await together()
      await send(response, incoming, outgoing)
    } catch (error) {
      // Nobody awaits a listener of `node:http`: what is thrown here would end the process.
      host.report({ type: 'fault', operation: null, error })
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(500).end()
    }
  }
}

function toRequest(incoming: IncomingMessage & { readonly originalUrl?: string }): WopiRequest {
  const { headers } = incoming
  return {
    method: incoming.method ?? 'GET',
    // Frameworks that mount a handler under a path cut it off `url`; the proof was signed over the whole.
    target: originForm(incoming.originalUrl ?? incoming.url),
    header(name) {
      const value = headers[name.toLowerCase()]
      return Array.isArray(value) ? value.join(', ') : value
    },
    // Reading that stops half-way must not tear down the connection: the refusal has yet to be sent on it.
    body: hasBody(incoming) ? incoming.iterator({ destroyOnReturn: false }) : null,
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Answering a save whose bytes somebody else has taken would store an empty document. */
function alreadyRead(): Error {
  return new Error(
    'The body of this request was read before it reached the WOPI host. Mount the host before every body parser.',
  )
}

async function send(
  response: WopiResponse,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { body, status } = response
  const headers = listed(response.headers)
  const rest = incoming.complete ? null : swallowRest(incoming)
  if (body === null || typeof body === 'string') {
    const text = body ?? ''
    const bytes = Buffer.byteLength(text)
    if (status !== 304) headers.push('Content-Length', String(bytes))
    outgoing.writeHead(status, headers)
    if (rest && !outgoing.shouldKeepAlive) {
      // The answer is over, and says so; the connection is closed when nothing more comes, because a reset would take the answer with it.
      outgoing.flushHeaders()
      outgoing.write(text)
      outgoing.socket?.end()
      await rest
      outgoing.destroy()
    } else {
      // What is ASCII goes out faster under the name of an encoding that has nothing to convert.
      if (bytes > 0) writeAtOnce(outgoing, text, bytes === text.length ? 'latin1' : 'utf8')
      outgoing.end()
    }
    return
  }
  outgoing.writeHead(status, headers)
  try {
    if (body.lend && isPlain(outgoing)) {
      await body.lend(taker(outgoing, Number(response.headers['Content-Length'])))
      if (!outgoing.writableEnded) outgoing.end()
      return
    }
    for await (const chunk of body) {
      if (outgoing.destroyed) return
      if (!outgoing.write(chunk)) await drained(outgoing)
    }
    outgoing.end()
  } catch {
    // The status has gone out; all that is left is to break off, so that nobody takes a part for the whole.
    outgoing.destroy()
  }
}

/** Writes head and text in one piece, where `end` would gather them with an empty third. */
function writeAtOnce(outgoing: ServerResponse, text: string, encoding: BufferEncoding): void {
  outgoing.socket?.cork()
  outgoing.write(text, encoding)
  outgoing.socket?.uncork()
}

/** Names and values in turn: the form in which Node takes headers without looking each of them up. */
function listed(headers: WopiResponse['headers']): string[] {
  const list: string[] = []
  for (const name in headers) list.push(name, headers[name] ?? '')
  return list
}

/** Whether nobody has put something of their own between us and the connection, which might keep what is written for later. */
function isPlain(outgoing: ServerResponse): boolean {
  return outgoing.write === ServerResponse.prototype.write && outgoing.end === ServerResponse.prototype.end
}

/** Sends parts of a body of so many bytes, each settled once the system has it. The last one goes out together with the end. */
function taker(outgoing: ServerResponse, length: number): (part: Uint8Array) => Promise<void> {
  let left = length
  return (part) =>
    new Promise((resolve, reject) => {
      const gone = () => reject(new Error('The client has gone.'))
      if (outgoing.destroyed) return gone()
      const sent = (error?: Error | null) => {
        outgoing.off('close', gone)
        if (error) reject(error)
        else resolve()
      }
      outgoing.once('close', gone)
      left -= part.byteLength
      if (left > 0) outgoing.write(part, sent)
      else outgoing.end(part, sent)
    })
}

/** Waits until the client has taken what was written, or has gone. */
function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done)
      outgoing.off('close', done)
      resolve()
    }
    outgoing.once('drain', done)
    outgoing.once('close', done)
  })
}

/**
 * Lets all requests that came in with one look at the network go on together once it is over: each stage of answering them then runs several
 * times in a row, with its code and data at hand, and what they may share, such as a look at the index, is done once after all have arrived.
 */
function createGatherer(): () => Promise<void> {
  let gathered: Promise<void> | null = null
  return () => {
    gathered ??= new Promise((resolve) => {
      setImmediate(() => {
        gathered = null
        resolve()
      })
    })
    return gathered
  }
}
