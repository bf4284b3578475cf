import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startStandInClient } from '../../../test/e2e/stand-in-client.js'
import {
  type Browser,
  firstOwner,
  idOf,
  type Json,
  type LibraryServer,
  newPerson,
  startLibraryServer,
} from '../../../test/support/library-server.js'

let server: LibraryServer
let owner: Browser

beforeAll(async () => {
  const port = await freePort()
  server = await startLibraryServer(
    { 'folder/a.txt': 'a', 'folder/b.unknown': 'b' },
    // Behind a proxy that gives us a part of a site.
    {
      accounts: true,
      proof: 'off',
      port,
      publicUrl: `http://localhost:${port}/docs`,
      wopiUrl: `http://localhost:${port}/docs`,
    },
  )
  owner = await firstOwner(server)
})

afterAll(() => server.stop())

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.on('listening', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

describe('the page of the web app', () => {
  it('is the same everywhere, knows the path it lies below, and finds its parts there', async () => {
    const html = await (await owner.request('GET', '/folder/x')).text()
    expect(html).toContain('<body data-base="/docs">')
    expect(await (await owner.request('GET', '/sign-in')).text()).toBe(html)
    const parts = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, part]) => part ?? '')
    expect(parts.length).toBeGreaterThan(1)
    for (const part of parts) {
      expect(part).toMatch(/^\/docs\/assets\//)
      const asset = await fetch(new URL(part, server.publicUrl))
      expect([asset.status, asset.headers.get('cache-control')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ])
    }
  })

  it('is in the language and the theme that were chosen', async () => {
    const page = async (headers: Record<string, string>) =>
      (await server.browser().request('GET', '/', { headers })).text()
    expect(await page({ 'accept-language': 'zh-CN' })).toContain('<html lang="zh-CN">')
    expect(await page({ cookie: 'wopikit_language=zh-CN; wopikit_theme=dark' })).toContain(
      '<html lang="zh-CN" data-theme="dark">',
    )
    expect(await page({ cookie: 'wopikit_theme=dark"><script>' })).toContain('<html lang="en">')
  })

  it('stands in for a document when somebody has to sign in first, nobody opens it, or it is not there', async () => {
    const id = await idOf(owner, 'folder/a.txt')
    const stranger = await server.browser().request('GET', `/open/${id}`)
    expect([stranger.status, (await stranger.text()).includes('access_token')]).toEqual([200, false])
    const other = await owner.request('GET', `/open/${await idOf(owner, 'folder/b.unknown')}`)
    expect([other.status, (await other.text()).includes('id="app"')]).toEqual([200, true])
    expect((await owner.request('GET', '/open/unknown')).status).toBe(404)
    expect((await owner.request('GET', `/open/${id}?client=unknown`)).status).toBe(200)
    expect((await owner.request('POST', '/')).status).toBe(405)
    expect((await owner.request('GET', '/nowhere/at/all')).status).toBe(404)
  })
})

describe('the page around a document', () => {
  const info = async (html: string, id: string) => {
    const token = /name="access_token" value="([^"]+)"/.exec(html)?.[1]
    return (await (await fetch(`${server.host.wopiSrc(id)}?access_token=${token}`)).json()) as Json
  }

  it('tells its script what it is about, and the client what the page answers to', async () => {
    const id = await idOf(owner, 'folder/a.txt')
    const folderId = await idOf(owner, 'folder')
    const html = await (await owner.request('GET', `/open/${id}`)).text()
    for (const [name, value] of [
      ['base', '/docs'],
      ['file-id', id],
      ['folder-id', folderId],
      ['intent', 'edit'],
      ['client', 'wopikit text editor'],
    ]) {
      expect(html).toContain(` data-${name}="${value}"`)
    }
    expect(await info(html, id)).toMatchObject({
      UserFriendlyName: 'Olga Owner',
      UserCanWrite: true,
      FileSharingPostMessage: true,
      FileVersionPostMessage: true,
      EnableShare: true,
      EnableInsertRemoteImage: true,
      PostMessageOrigin: new URL(server.publicUrl).origin,
      CloseUrl: `${server.publicUrl}/folder/${folderId}`,
      BreadcrumbFolderName: 'folder',
    })
  })

  it('gives no more than was asked for', async () => {
    const id = await idOf(owner, 'folder/a.txt')
    const html = await (await owner.request('GET', `/open/${id}?action=view`)).text()
    expect(await info(html, id)).toMatchObject({
      UserCanWrite: false,
      ReadOnly: true,
      EnableInsertRemoteImage: false,
    })
  })

  it('gives no more than the role', async () => {
    const id = await idOf(owner, 'folder/a.txt')
    const roles: Record<string, object> = {
      viewer: {
        UserCanWrite: false,
        ReadOnly: true,
        UserCanNotWriteRelative: true,
        FileVersionPostMessage: false,
      },
      commenter: {
        UserCanWrite: false,
        ReadOnly: false,
        UserCanOnlyComment: true,
        UserCanNotWriteRelative: true,
      },
      reviewer: {
        UserCanWrite: false,
        UserCanReview: true,
        UserCanOnlyComment: false,
        UserCanNotWriteRelative: true,
      },
      editor: { UserCanWrite: true, UserCanNotWriteRelative: false, FileSharingPostMessage: false },
    }
    for (const [role, expected] of Object.entries(roles)) {
      const person = await newPerson(server, owner, role, role)
      const html = await (await person.request('GET', `/open/${id}`)).text()
      expect([role, await info(html, id)]).toMatchObject([role, expected])
    }
  })
})

describe('a document that others have open', () => {
  it('is opened where they are; in another client one may look', async () => {
    const suites = [await startStandInClient(), await startStandInClient()] as const
    const [first, second] = suites.map(({ url }) => new URL(url).host)
    const shared = await startLibraryServer(
      { 'a.docx': 'content' },
      { proof: 'off', client: suites.map(({ url }) => url) },
    )
    try {
      const me = shared.browser()
      const id = await idOf(me, 'a.docx')
      const opened = async (query = '') => {
        const html = await (await me.request('GET', `/open/${id}${query}`)).text()
        return [/ data-client="([^"]+)"/.exec(html)?.[1], / data-intent="([^"]+)"/.exec(html)?.[1]]
      }
      expect(await opened()).toEqual([first, 'edit'])

      const { accessToken } = await shared.host.issueToken({
        userId: 'owner',
        userName: 'Ann',
        resource: { kind: 'file', id },
        permission: 'edit',
        client: suites[1].url,
      })
      const send = (override: string) =>
        fetch(`${shared.host.wopiSrc(id)}?access_token=${accessToken}`, {
          method: 'POST',
          headers: { 'X-WOPI-Override': override, 'X-WOPI-Lock': 'session' },
        })
      expect((await send('LOCK')).status).toBe(200)
      expect(await opened()).toEqual([second, 'edit'])
      expect(await opened('?action=view')).toEqual([second, 'view'])
      expect(await opened(`?client=${first}&action=edit`)).toEqual([first, 'view'])
      const { open, openWith } = await me.api('GET', `/items/${id}`)
      expect(open).toEqual({ intent: 'edit', client: second })
      expect(openWith).toEqual([
        { intent: 'view', client: first },
        { intent: 'edit', client: second },
      ])
      expect((await me.api('GET', '/locks')).locks).toMatchObject([{ fileId: id, client: second }])

      expect((await send('UNLOCK')).status).toBe(200)
      expect(await opened()).toEqual([first, 'edit'])
    } finally {
      await shared.stop()
      for (const suite of suites) await suite.stop()
    }
  })
})

describe('addresses that are given out', () => {
  it('lie below the path, too', async () => {
    const { url } = await owner.api('POST', `/items/${await idOf(owner, 'folder')}/shares`, {
      role: 'viewer',
    })
    expect(url).toMatch(new RegExp(`^${server.publicUrl}/s/[\\w-]{24}$`))
    const { link } = await owner.api('POST', '/people', { name: 'new' })
    expect(link).toMatch(new RegExp(`^${server.publicUrl}/setup#[\\w-]{43}$`))
    const session = await server.browser().request('GET', '/api/session')
    expect(session.headers.get('set-cookie')).toContain('; Path=/docs/;')
  })
})
