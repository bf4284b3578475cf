import type { RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'

/** What an adapter of a fetch framework does on Node: turns its messages into those of the web platform and back. */
export function fetchHandler(answer: (request: Request) => Response | Promise<Response>): RequestListener {
  return async (incoming, outgoing) => {
    const { method = 'GET', headers, url } = incoming
    const body =
      method === 'GET' || method === 'HEAD' ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>)
    const init = {
      method,
      headers: headers as Record<string, string>,
      body,
      duplex: 'half' as const,
    }
    const request = new Request(`http://${headers.host}${url}`, init)
    const response = await answer(request)
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    if (response.body) await pipeline(Readable.fromWeb(response.body as NodeStream), outgoing).catch(() => {})
    else outgoing.end()
  }
}
