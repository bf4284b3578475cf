/*
 * A folder of documents behind node:http. Files stay plain files; index and locks go into one data folder beside them.
 *
 *   node examples/node-http.ts ./documents      (Node 22.18 or newer)
 *   curl http://localhost:8080/open/report.docx
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createWopiHost, signedAccessTokens } from 'wopikit'
import { openFolderLibrary } from 'wopikit/drivers/folder'
import { nodeHandler } from 'wopikit/node'

const port = Number(process.env.PORT ?? 8080)
const { files, locks, users, catalog } = await openFolderLibrary({ folder: process.argv[2] ?? './documents' })
// Keep the key: with a new one at every start, whoever has a document open loses access to it.
const tokens = signedAccessTokens({ keys: [randomBytes(32)] })
const host = createWopiHost({ url: `http://localhost:${port}`, files, locks, users, tokens })

const wopi = nodeHandler(host)
createServer((request, response) => {
  if (request.url?.startsWith('/wopi/')) return wopi(request, response)
  return ownPages(request, response).catch(() => response.writeHead(500).end())
}).listen(port)

/** The rest of the application. It knows who is asking, and lets them open what is theirs. */
async function ownPages(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = /^\/open\/([^/?]+)$/.exec(request.url ?? '')?.[1]
  const file = path === undefined ? null : await catalog.at(decodeURIComponent(path))
  if (!file) {
    response.writeHead(404).end()
    return
  }
  const grant = await host.issueToken({
    userId: 'ana',
    userName: 'Ana',
    resource: { kind: 'file', id: file.id },
    permission: 'edit',
  })
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify({ wopiSrc: host.wopiSrc(file.id), ...grant }))
}
