/*
 * Documents of a folder in the browser: the page that puts the editor of an office suite in front of a person.
 *
 *   node examples/host-page.ts ./documents https://office.example.com      (Node 22.18 or newer)
 *   open http://localhost:8080/open/report.docx
 *
 * The office suite must reach this program, so on another machine it needs an address in the place of localhost.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  chooseOpening,
  createWopiHost,
  editorAddress,
  readClients,
  renderHostPage,
  signedAccessTokens,
} from 'wopikit'
import { itemName, openFolderLibrary } from 'wopikit/drivers/folder'
import { nodeHandler } from 'wopikit/node'

const [folder = './documents', client = 'http://localhost:9980'] = process.argv.slice(2)
const port = Number(process.env.PORT ?? 8080)
const origin = `http://localhost:${port}`
const { files, locks, users, catalog } = await openFolderLibrary({ folder })
const host = createWopiHost({
  url: origin,
  files,
  locks,
  users,
  tokens: signedAccessTokens({ keys: [randomBytes(32)] }),
  clients: [{ url: client }],
  // Where editors send what they have to say, such as that the person closes them.
  pageOrigin: origin,
})

const wopi = nodeHandler(host)
createServer((request, response) => {
  if (request.url?.startsWith('/wopi/')) return wopi(request, response)
  return openDocument(request, response).catch(() => response.writeHead(500).end())
}).listen(port)

async function openDocument(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', origin)
  const path = /^\/open\/(.+)$/.exec(pathname)?.[1]
  const file = path === undefined ? null : await catalog.at(decodeURIComponent(path))
  if (file?.kind !== 'file') {
    response.writeHead(404).end('There is no such document.')
    return
  }
  const clients = await readClients(host)
  const opening = chooseOpening(host, clients, {
    name: itemName(file),
    size: file.size,
    // This is where the application knows who is asking, and what they may do.
    rights: 'edit',
    intent: 'edit',
    mobile: false,
    // Whoever opens a document that is being edited joins the others.
    lockClient: (await locks.get(file.id, Date.now()))?.client ?? null,
  })
  if (!opening) {
    response.writeHead(404).end(clients.problems.join('\n') || 'No editor opens documents of this kind.')
    return
  }
  const token = await host.issueToken({
    userId: 'ana',
    userName: 'Ana',
    resource: { kind: 'file', id: file.id },
    permission: opening.intent === 'view' ? 'view' : 'edit',
    client: opening.client.url,
  })
  const { html, headers } = renderHostPage({
    ...token,
    ...editorAddress(host, file.id, opening, { language: 'en', query: searchParams }),
    documentName: itemName(file),
    favIconUrl: opening.action.favIconUrl,
    scriptNonce: randomBytes(16).toString('base64'),
  })
  response.writeHead(200, headers).end(html)
}
