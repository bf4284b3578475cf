import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Path and query of what a request line names. It may name scheme and host too, which are of no interest: what we are called is configured.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
export function originForm(target = '/'): string {
  if (target.startsWith('/')) return target
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '')
  // `*`, as in `OPTIONS *`, names nothing that could be asked for.
  return path.startsWith('/') ? path : `/${path}`
}

/**
 * Waits until the requests before this one on its connection are answered: clients may send several in a row, and Node hands out each as it
 * comes, but a request must see what the one before it has changed.
 *
 * @returns false when the connection was closed first: then nothing may be done for this request any more.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
 */
export async function hasItsTurn(incoming: IncomingMessage, outgoing: ServerResponse): Promise<boolean> {
  // An answer is given the connection once those before it have gone out.
  if (outgoing.socket !== null) return true
  return new Promise((resolve) => {
    outgoing.once('socket', () => resolve(true))
    // Also said of a body that somebody has read to its end.
    incoming.once('close', () => {
      if (incoming.socket.destroyed) resolve(false)
    })
  })
}
