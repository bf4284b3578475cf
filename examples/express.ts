/*
 * A host inside an Express application that has routes and a body parser of its own.
 *
 *   node examples/express.ts      (Node 22.18 or newer)
 *   curl http://localhost:8080/open/plan
 */
import { randomBytes } from 'node:crypto'
import express from 'express'
import { createWopiHost, signedAccessTokens } from 'wopikit'
import { memoryFileStore, memoryLockStore } from 'wopikit/drivers/memory'
import { expressHandler } from 'wopikit/express'

const port = Number(process.env.PORT ?? 8080)
const files = memoryFileStore()
files.put('plan', 'plan.txt', 'Lunch at noon.')

const host = createWopiHost({
  url: `http://localhost:${port}`,
  files,
  locks: memoryLockStore(),
  tokens: signedAccessTokens({ keys: [randomBytes(32)] }),
})

const app = express()
// Before the body parsers: documents are neither small nor JSON.
app.use('/wopi', expressHandler(host))
app.use(express.json())

// This is where the application knows who is asking.
app.get('/open/:fileId', async (request, response) => {
  const { fileId } = request.params
  const grant = await host.issueToken({
    userId: 'ana',
    userName: 'Ana',
    resource: { kind: 'file', id: fileId },
    permission: 'edit',
  })
  response.set('Cache-Control', 'no-store').json({ wopiSrc: host.wopiSrc(fileId), ...grant })
})
app.listen(port)
