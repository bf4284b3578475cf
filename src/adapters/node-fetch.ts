import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'

/** Something that answers a request of the web platform. */
export type FetchHandler = (request: Request) => Response | Promise<Response>

/**
 * Lets `node:http` serve a fetch handler. Bodies stream both ways; `request.signal` aborts when the client goes away.
 *
 * @param origin scheme and host of the URL the handler sees, from configuration and never from a `Host` header.
 */
export function nodeFetchHandler(
  fetchHandler: FetchHandler,
  origin: string,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  return async (incoming, outgoing) => {
    const gone = new AbortController()
    outgoing.on('close', () => gone.abort())
    const response = await fetchHandler(toWebRequest(incoming, origin, gone.signal))
    outgoing.statusCode = response.status
    for (const [name, value] of response.headers) outgoing.appendHeader(name, value)
    if (!response.body || incoming.method === 'HEAD') {
      await response.body?.cancel()
      outgoing.end()
      return
    }
    Readable.fromWeb(response.body as NodeReadableStream)
      .on('error', () => outgoing.destroy())
      .pipe(outgoing)
  }
}

function toWebRequest(incoming: IncomingMessage, origin: string, signal: AbortSignal): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !name.startsWith(':'))
      headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  const hasBody = headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0
  return new Request(origin + (incoming.url ?? '/'), {
    method: incoming.method ?? 'GET',
    headers,
    signal,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' } : {}),
  } as RequestInit)
}
