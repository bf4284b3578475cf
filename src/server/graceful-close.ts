import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Prepares a server to be closed without delay and without cutting anybody off. To be called before it listens.
 *
 * Node itself closes only connections that have had a request; browsers open some in advance, which would be waited for.
 *
 * @returns closes the server: what is being answered is finished, for at most `patienceMs`; every connection ends with its last answer.
 */
export function gracefulClose(server: Server, patienceMs: number): () => Promise<void> {
  const answering = new Map<Socket, number>()
  let closing = false

  server.on('connection', (socket) => {
    answering.set(socket, 0)
    socket.on('close', () => answering.delete(socket))
  })
  server.on('request', ({ socket }, response) => {
    answering.set(socket, (answering.get(socket) ?? 0) + 1)
    response.on('close', () => {
      const left = (answering.get(socket) ?? 1) - 1
      if (answering.has(socket)) answering.set(socket, left)
      if (closing && left === 0) socket.end()
    })
  })

  return () =>
    new Promise((resolve) => {
      closing = true
      const patience = setTimeout(() => server.closeAllConnections(), patienceMs)
      server.close(() => {
        clearTimeout(patience)
        resolve()
      })
      for (const [socket, count] of answering) if (count === 0) socket.destroy()
    })
}
