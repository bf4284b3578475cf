import type { IncomingMessage } from 'node:http'

/** How much of an unwanted body is still taken in, and how long, so that a client which reads only after it has sent sees its answer. */
const SWALLOW_BYTES = 64 * 1024 * 1024
const SWALLOW_MS = 30_000

/**
 * Lets the rest of a body run off after the answer was decided without it, within bounds. It resolves when nothing more comes: to be waited for
 * before the answer is ended, because a connection that is closed while the client still sends is reset, and takes the answer with it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-9.6
 */
export function swallowRest(incoming: IncomingMessage): Promise<void> {
  let swallowed = 0
  const tooLong = setTimeout(() => incoming.destroy(), SWALLOW_MS).unref()
  return new Promise((resolve) => {
    incoming.on('data', (chunk: Buffer) => {
      swallowed += chunk.byteLength
      if (swallowed > SWALLOW_BYTES) incoming.destroy()
    })
    incoming.on('error', () => {})
    incoming.on('end', resolve)
    incoming.on('close', () => {
      clearTimeout(tooLong)
      resolve()
    })
  })
}
