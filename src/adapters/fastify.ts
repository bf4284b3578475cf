import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WopiHost } from '../host/host.js'
import { nodeHandler } from './node.js'

/** The parts of Fastify that are used here; typed by hand, so that Fastify is no dependency. */
interface FastifyInstance {
  all(path: string, options: RouteOptions, handler: () => void): unknown
}

interface RouteOptions {
  readonly logLevel: 'warn'
  onRequest(request: FastifyRequest, reply: FastifyReply, done: () => void): void
}

interface FastifyRequest {
  readonly raw: IncomingMessage
  readonly log: { error(error: unknown, message: string): void }
}

interface FastifyReply {
  readonly raw: ServerResponse
  hijack(): unknown
}

/**
 * A plugin for Fastify 5. Every request below its prefix is answered by the host, so register it at `/wopi`, behind the path of the host's
 * `url` if that has one. Content type parsers and body limits of the application play no part; its `onRequest` hooks run first.
 *
 * Fastify's log of these requests starts at `warn`, because at `info` it would write the access token that is in every URL.
 *
 * What is not a URL at all (`%` without two digits) reaches no plugin: Fastify answers 400, and repeats the address with the token in it. An
 * application that minds sets `frameworkErrors`, as the example of this package does.
 *
 * @example await app.register(fastifyPlugin(host), { prefix: '/wopi' })
 */
export function fastifyPlugin(host: WopiHost): (instance: FastifyInstance) => Promise<void> {
  const handle = nodeHandler(host)
  return async (instance) => {
    const options: RouteOptions = {
      logLevel: 'warn',
      // The only place before Fastify looks for a parser of the body, and refuses a Content-Type it does not know.
      onRequest(request, reply) {
        reply.hijack()
        handle(request.raw, reply.raw).catch((error: unknown) => {
          request.log.error(error, 'The WOPI host could not answer.')
          reply.raw.destroy()
        })
      },
    }
    instance.all('/*', options, () => {})
  }
}
