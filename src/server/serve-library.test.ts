import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { idOf, type LibraryServer, startLibraryServer } from '../../test/support/library-server.js'
import { freePort } from '../../test/support/server-process.js'
import type { Settings } from './settings.js'

let server: LibraryServer | undefined

afterEach(() => server?.stop())

/** A server with one document, where it is asked for, and a token for it. */
async function served(settings: Partial<Settings> = {}) {
  server = await startLibraryServer({ 'report.txt': 'words' }, settings)
  const id = await idOf(server.browser(), 'report.txt')
  const { accessToken } = await server.host.issueToken({
    userId: 'script',
    userName: 'Script',
    resource: { kind: 'file', id },
    permission: 'edit',
    issuedBy: 'operator',
  })
  return { server, id, accessToken, wopiSrc: server.host.wopiSrc(id) }
}

it('serves WOPI below a prefix of its own, whether a proxy passes it on or strips it', async () => {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const { id, accessToken, wopiSrc } = await served({
    port,
    publicUrl: `${origin}/docs`,
    wopiUrl: `${origin}/office`,
  })
  expect(wopiSrc).toBe(`${origin}/office/wopi/files/${id}`)
  for (const src of [wopiSrc, wopiSrc.replace('/office', '')])
    expect((await fetch(`${src}/contents?access_token=${accessToken}`)).status).toBe(200)
})

it.each([
  ['GET http://127.0.0.1/wopi/files/ID?access_token=TOKEN', '200'],
  ['GET http://127.0.0.1?access_token=TOKEN', '200'],
  ['GET HTTP://other.example/nothing?access_token=TOKEN', '404'],
  ['OPTIONS *', '405'],
])('answers the request line %s with %s, and logs no token', async (line, expected) => {
  const { server, id, accessToken } = await served()
  const { host, port } = new URL(server.publicUrl)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    `${line.replace('ID', id).replace('TOKEN', accessToken)} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  )
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(await text(socket)) ?? []
  expect(status).toBe(expected)
  expect(server.logged()).not.toContain(accessToken)
})
