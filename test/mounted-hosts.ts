import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { expressHandler } from '../src/adapters/express.js'
import { fastifyPlugin } from '../src/adapters/fastify.js'
import { nodeHandler } from '../src/adapters/node.js'
import { nodeFetchHandler } from '../src/adapters/node-fetch.js'
import type { WopiHost } from '../src/index.js'

/** A running server. `origin` is where it can be reached, without a path. */
export interface Running {
  readonly origin: string
  close(): Promise<void>
}

/** A way to put a host into a server, and the path at which it is put there. */
export interface Mount {
  readonly name: string
  readonly path: string
  /** What the server of Node is given that the host is mounted in. */
  handler(host: WopiHost): RequestListener | Promise<RequestListener>
}

/** Every way the library offers. */
export const mounts: readonly Mount[] = [
  { name: 'node:http', path: '', handler: nodeHandler },
  {
    name: 'Express at a path',
    path: '/office',
    handler: (host) => express().use('/office/wopi', expressHandler(host)),
  },
  {
    name: 'Fastify at a prefix',
    path: '/office',
    async handler(host) {
      const app = fastify({
        frameworkErrors: (_error, _request, reply) =>
          reply.raw.writeHead(400, { 'Cache-Control': 'no-store' }).end(),
      })
      await app.register(fastifyPlugin(host), { prefix: '/office/wopi' })
      await app.ready()
      return app.routing
    },
  },
  {
    name: 'Hono at a base path',
    path: '/office',
    handler(host) {
      const app = new Hono().basePath('/office').all('/wopi/*', (context) => host.fetch(context.req.raw))
      return nodeFetchHandler(app.fetch, new URL(host.url).origin)
    },
  },
]

/** Serves the host that belongs to an address which is only known once the server listens. */
export async function serveAt(mount: Mount, hostAt: (url: string) => WopiHost): Promise<Running> {
  let handler: RequestListener = () => {}
  const running = await listen((incoming, outgoing) => handler(incoming, outgoing))
  handler = await mount.handler(hostAt(running.origin + mount.path))
  return running
}

/** Serves a handler of Node on a free port of this machine. */
export async function listen(handler: RequestListener): Promise<Running> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => closed(server),
  }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
