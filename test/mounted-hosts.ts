import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { expressHandler } from '../src/adapters/express.js'
import { fastifyPlugin } from '../src/adapters/fastify.js'
import { nodeHandler } from '../src/adapters/node.js'
import type { WopiHost } from '../src/index.js'
import { fetchHandler } from './beside-examples/fetch-handler.js'

/** A running server. `origin` is where it can be reached, without a path. */
export interface Running {
  readonly origin: string
  close(): Promise<void>
}

/** A way to put a host into a server, and the path at which it is put there. */
export interface Mount {
  readonly name: string
  readonly path: string
  start(host: WopiHost): Promise<Running>
}

/** Every way the library offers. */
export const mounts: readonly Mount[] = [
  { name: 'node:http', path: '', start: (host) => listen(nodeHandler(host)) },
  {
    name: 'Express at a path',
    path: '/office',
    start: (host) => listen(express().use('/office/wopi', expressHandler(host))),
  },
  { name: 'Fastify at a prefix', path: '/office', start: startFastify },
  {
    name: 'Hono at a base path',
    path: '/office',
    start(host) {
      const app = new Hono().basePath('/office').all('/wopi/*', (context) => host.fetch(context.req.raw))
      return listen(fetchHandler(app.fetch))
    },
  },
]

/** Serves a handler of Node on a free port of this machine. */
export async function listen(handler: RequestListener): Promise<Running> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => closed(server),
  }
}

async function startFastify(host: WopiHost): Promise<Running> {
  const app = fastify()
  await app.register(fastifyPlugin(host), { prefix: '/office/wopi' })
  return { origin: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
