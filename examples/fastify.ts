/*
 * A host inside a Fastify application, below a path: the public address is http://localhost:8080/office.
 *
 *   node examples/fastify.ts      (Node 22.18 or newer)
 *   curl http://localhost:8080/office/open/plan
 */
import { randomBytes } from 'node:crypto'
import fastify from 'fastify'
import { createWopiHost, signedAccessTokens } from 'wopikit'
import { memoryFileStore, memoryLockStore } from 'wopikit/drivers/memory'
import { fastifyPlugin } from 'wopikit/fastify'

const port = Number(process.env.PORT ?? 8080)
const files = memoryFileStore()
files.put('plan', 'plan.txt', 'Lunch at noon.')

const host = createWopiHost({
  url: `http://localhost:${port}/office`,
  files,
  locks: memoryLockStore(),
  tokens: signedAccessTokens({ keys: [randomBytes(32)] }),
})

const app = fastify({
  logger: true,
  // What is not a URL Fastify refuses by itself; by default it would repeat it, with the access token in it.
  frameworkErrors: (_error, _request, reply) =>
    reply.raw.writeHead(400, { 'Cache-Control': 'no-store' }).end(),
})
await app.register(fastifyPlugin(host), { prefix: '/office/wopi' })

// This is where the application knows who is asking.
app.get<{ Params: { fileId: string } }>('/office/open/:fileId', async (request, reply) => {
  const { fileId } = request.params
  const grant = await host.issueToken({
    userId: 'ana',
    userName: 'Ana',
    resource: { kind: 'file', id: fileId },
    permission: 'edit',
  })
  reply.header('Cache-Control', 'no-store')
  return { wopiSrc: host.wopiSrc(fileId), ...grant }
})
await app.listen({ port })
