import { existsSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { writeSampleDocuments } from './documents/sample-documents.js'
import { gracefulClose } from './graceful-close.js'
import { type ServedLibrary, serveLibrary } from './serve-library.js'
import { requireAccountsForOthers, type Settings } from './settings.js'

/** How long a shutdown waits for requests that are being answered. */
const SHUTDOWN_MS = 30_000

/** How long a connection may stay silent in the middle of a request or an answer. */
const SILENCE_MS = 120_000

/** Lock ids of 1024 characters, tokens, signatures and encoded names together stay well below. */
const MAX_HEADER_BYTES = 32 * 1024

/** A server that is listening. Closing it takes no new request, lets those that are being answered finish, and closes the library. */
export type RunningServer = Omit<ServedLibrary, 'answer' | 'endStreams'>

/** Makes the folder of documents, with a few samples, when there is none. */
export async function prepareFolder({ folder }: Settings, log: Logger): Promise<void> {
  if (existsSync(folder)) return
  await writeSampleDocuments(folder)
  log.info({ folder }, 'made the folder of documents, with a few samples')
}

/**
 * Starts the ready-to-run server: the library over a folder, the WOPI host over the library, the built-in text editor as one of its clients,
 * and the web app.
 *
 * @throws Error naming the setting, folder or port that prevents it.
 */
export async function startServer(settings: Settings, log: Logger): Promise<RunningServer> {
  requireAccountsForOthers(settings)
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    // Large bodies over slow lines last as long as they last; silence is what ends a connection.
    requestTimeout: 0,
    headersTimeout: 60_000,
    keepAliveTimeout: 65_000,
  })
  server.timeout = SILENCE_MS
  const closeServer = gracefulClose(server, SHUTDOWN_MS)
  // Listening comes first, so that a port in use is told before anything is opened. Requests that come meanwhile wait.
  const { listener, answerWith } = waitingListener()
  server.on('request', listener)
  await listen(server, settings)
  const { port } = server.address() as AddressInfo
  try {
    const { answer, endStreams, close, ...library } = await serveLibrary(settings, port, log)
    answerWith(answer)
    return {
      ...library,
      async close() {
        endStreams()
        await closeServer()
        await close()
      },
    }
  } catch (error) {
    // Requests that wait for the start would keep the process alive for ever.
    server.close()
    server.closeAllConnections()
    throw error
  }
}

/** A listener whose requests wait until it is told how to answer them. */
function waitingListener(): { listener: RequestListener; answerWith: (answer: RequestListener) => void } {
  let answer: RequestListener | null = null
  const waiting: Parameters<RequestListener>[] = []
  return {
    listener(incoming, outgoing) {
      if (answer) answer(incoming, outgoing)
      else waiting.push([incoming, outgoing])
    },
    answerWith(given) {
      answer = given
      for (const request of waiting.splice(0)) given(...request)
    },
  }
}

function listen(server: Server, { host, port }: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is in use on ${host}. Stop the program that uses it, or choose another with --port.`
          : error.code === 'EACCES'
            ? `This user may not listen on port ${port}. Choose one above 1023 with --port.`
            : `Cannot listen on ${host}:${port}: ${error.message}. Check --host and --port.`
      reject(new Error(problem, { cause: error }))
    })
    server.listen(port, host, () => resolve())
  })
}
