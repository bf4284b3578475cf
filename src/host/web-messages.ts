import type { WopiRequest, WopiResponse } from '../operations/message.js'
import type { Bytes } from '../ports/file-store.js'

/** A `Request` of the web platform as the operations see it. */
export function toRequest(request: Request): WopiRequest {
  // Everything behind the origin, untouched: a `URL` would normalise what the proof was signed over.
  const start = request.url.indexOf('/', request.url.indexOf('//') + 2)
  return {
    method: request.method,
    target: start === -1 ? '/' : request.url.slice(start),
    header: (name) => request.headers.get(name) ?? undefined,
    body: request.body,
  }
}

/** An answer of the operations as a `Response` of the web platform. */
export function toResponse(response: WopiResponse): Response {
  const { body, status, headers } = response
  if (body !== null && typeof body !== 'string') return new Response(streamOf(body), { status, headers })
  if (status === 304) return new Response(null, { status, headers })
  // Without a length the server would send it in chunks.
  const bytes = new TextEncoder().encode(body ?? '')
  return new Response(bytes, { status, headers: { ...headers, 'Content-Length': String(bytes.length) } })
}

/** A web stream that asks for the next bytes only when somebody wants them, and ends the source when nobody does any more. */
function streamOf(body: Bytes): ReadableStream<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next()
      if (next.done) controller.close()
      else controller.enqueue(next.value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
