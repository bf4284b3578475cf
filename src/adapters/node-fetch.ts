import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { hasItsTurn, originForm } from './request-line.js'
import { swallowRest } from './swallow-rest.js'

/** Something that answers a request of the web platform. */
export type FetchHandler = (request: Request) => Response | Promise<Response>

/**
 * Lets `node:http` serve a fetch handler. Bodies stream both ways; `request.signal` aborts when the client goes away, and then the answer's
 * body is cancelled. A body that the handler did not want is let run off, so that the client gets to read the answer.
 *
 * @param origin scheme and host of the URL the handler sees, from configuration and never from a `Host` header.
 */
export function nodeFetchHandler(
  fetchHandler: FetchHandler,
  origin: string,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  return async (incoming, outgoing) => {
    if (!(await hasItsTurn(incoming, outgoing))) return
    const gone = new AbortController()
    outgoing.on('close', () => gone.abort())
    const response = await fetchHandler(toWebRequest(incoming, origin, gone.signal))
    outgoing.statusCode = response.status
    for (const [name, value] of response.headers) outgoing.appendHeader(name, value)
    if (!response.body || incoming.method === 'HEAD' || outgoing.destroyed) {
      await response.body?.cancel()
      outgoing.end()
    }
    // The status has gone out when something fails on the way: all that is left then is to break off, which this does.
    else await pipeline(Readable.fromWeb(response.body as NodeReadableStream), outgoing).catch(() => {})
    // Only now: an answer may be made of the body it answers.
    if (!incoming.complete) void swallowRest(incoming)
  }
}

function toWebRequest(incoming: IncomingMessage, origin: string, signal: AbortSignal): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !name.startsWith(':'))
      headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  const mayHaveBody = incoming.method !== 'GET' && incoming.method !== 'HEAD'
  const hasBody =
    mayHaveBody && (headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0)
  return new Request(origin + originForm(incoming.url), {
    method: incoming.method ?? 'GET',
    headers,
    signal,
    ...(hasBody ? { body: bodyOf(incoming), duplex: 'half' } : {}),
  } as RequestInit)
}

/** The body as a web stream. Reading that stops half-way must not tear down the connection: the refusal has yet to be sent on it. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = incoming.iterator({ destroyOnReturn: false })
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next()
        if (next.done) controller.close()
        else controller.enqueue(next.value as Uint8Array)
      },
      async cancel() {
        await chunks.return?.()
      },
    },
    // Nothing is taken from the connection before somebody asks: an unwanted body can then run off.
    { highWaterMark: 0 },
  )
}
