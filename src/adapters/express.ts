import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { WopiHost } from '../host/host.js'
import { nodeHandler } from './node.js'

/** The part of Express's request that matters here; typed by hand, so that Express is no dependency. */
type ExpressRequest = IncomingMessage & { readonly body?: unknown }

/**
 * Middleware for Express 5 (and 4). Every request below the path it is mounted at is answered by the host, so mount it at `/wopi`, behind the
 * path of the host's `url` if that has one, and before body parsers, whose limits and formats are not made for documents.
 *
 * Behind `express.raw()` it works too. When another parser has already consumed a body, the document cannot be had back from it: the
 * request then goes to Express's error handling with an error that says what to do, and nothing is stored.
 *
 * @example app.use('/wopi', expressHandler(host))
 */
export function expressHandler(
  host: WopiHost,
): (request: ExpressRequest, response: ServerResponse, next: (error: unknown) => void) => void {
  const handle = nodeHandler(host)
  return (request, response, next) => {
    handle(withWholeBody(request), response).catch(next)
  }
}

/** The request as if nobody had read its body yet. */
function withWholeBody(request: ExpressRequest): IncomingMessage {
  const { body } = request
  if (!request.readableDidRead) return request
  if (!(body instanceof Uint8Array)) {
    throw new Error(
      'A body parser consumed the body of this request before it reached the WOPI host; nothing was stored. ' +
        'Mount expressHandler(host) before express.json() and other body parsers.',
    )
  }
  return Object.create(request, {
    readableDidRead: { value: false },
    iterator: { value: () => Readable.from([body]).iterator() },
  })
}
