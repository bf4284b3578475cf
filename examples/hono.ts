/*
 * A host inside Hono, or anything else that speaks fetch: no adapter is needed.
 *
 * Bun and Deno serve the default export as it is; on Node, `serve` of @hono/node-server does.
 */
import { Hono } from 'hono'
import { createWopiHost, signedAccessTokens } from 'wopikit'
import { memoryFileStore, memoryLockStore } from 'wopikit/drivers/memory'

const port = Number(process.env.PORT ?? 8080)
const files = memoryFileStore()
files.put('plan', 'plan.txt', 'Lunch at noon.')

const host = createWopiHost({
  url: `http://localhost:${port}`,
  files,
  locks: memoryLockStore(),
  tokens: signedAccessTokens({ keys: [crypto.getRandomValues(new Uint8Array(32))] }),
})

const app = new Hono()
app.all('/wopi/*', (context) => host.fetch(context.req.raw))

// This is where the application knows who is asking.
app.get('/open/:fileId', async (context) => {
  const fileId = context.req.param('fileId')
  const grant = await host.issueToken({
    userId: 'ana',
    userName: 'Ana',
    resource: { kind: 'file', id: fileId },
    permission: 'edit',
  })
  return context.json({ wopiSrc: host.wopiSrc(fileId), ...grant }, 200, { 'Cache-Control': 'no-store' })
})

export default { port, fetch: app.fetch }
