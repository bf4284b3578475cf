import { readdirSync, readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Browser,
  firstOwner,
  idOf,
  type Json,
  type LibraryServer,
  newPerson,
  PASSWORD,
  startLibraryServer,
} from '../../../test/support/library-server.js'
import type { Live } from '../live/live.js'
import { changesSomething, type Route } from './route.js'
import { apiRoutes } from './routes.js'

const routes = apiRoutes({} as Live)
const nasty = '<img src=x onerror=alert(1)>\u202Etxt.txt'

let server: LibraryServer
let owner: Browser
let viewer: Browser & { readonly id: string }
let editor: Browser & { readonly id: string }
/** Ids of what there is: in a folder, and outside it. */
let ids: {
  root: string
  folder: string
  file: string
  sub: string
  outside: string
  secrets: string
  secret: string
}
let rescuedId: string
let binnedId: string
let shareId: string

beforeAll(async () => {
  server = await startLibraryServer(
    {
      'folder/file.txt': 'in the folder',
      'folder/sub/deep.txt': 'deep',
      'folder/old.txt': 'to be deleted',
      'secrets/secret.txt': 'a secret',
      'outside.txt': 'outside',
      [nasty]: 'nasty',
    },
    { accounts: true, proof: 'off' },
  )
  owner = await firstOwner(server)
  viewer = await newPerson(server, owner, 'vera', 'viewer')
  editor = await newPerson(server, owner, 'edda', 'editor')
  ids = {
    root: await idOf(owner, ''),
    folder: await idOf(owner, 'folder'),
    file: await idOf(owner, 'folder/file.txt'),
    sub: await idOf(owner, 'folder/sub'),
    outside: await idOf(owner, 'outside.txt'),
    secrets: await idOf(owner, 'secrets'),
    secret: await idOf(owner, 'secrets/secret.txt'),
  }
  await owner.request('PUT', `/api/folders/${ids.folder}/files?name=file.txt&taken=replace`, {
    body: 'second',
  })
  const token = await wopiToken(ids.file, 'edit', { issuedBy: 'operator' })
  await wopi(ids.file, token, 'PUT', { lock: 'no lock at all', contents: 'a rescued save' })
  rescuedId = (await owner.api('GET', '/rescued')).rescued[0].id
  binnedId = (await owner.api('DELETE', `/items/${await idOf(owner, 'folder/old.txt')}`)).binId
  shareId = (await owner.api('POST', `/items/${ids.folder}/shares`, { role: 'viewer' })).id
  await wopi(ids.file, token, 'LOCK', { lock: 'held' })
})

afterAll(() => server.stop())

/** The token in a host page, as that page would post it. */
async function pageToken(browser: Browser, fileId: string, query = ''): Promise<string> {
  const html = await (await browser.request('GET', `/open/${fileId}${query}`)).text()
  return /name="access_token" value="([^"]+)"/.exec(html)?.[1] ?? ''
}

async function wopiToken(id: string, permission: 'edit' | 'view', more: { issuedBy?: 'operator' } = {}) {
  const grant = {
    userId: 'operator',
    userName: 'Op',
    resource: { kind: 'file' as const, id },
    permission,
    ...more,
  }
  return (await server.host.issueToken(grant)).accessToken
}

function wopi(
  fileId: string,
  token: string,
  override: string,
  {
    lock = '',
    contents,
    headers = {},
  }: { lock?: string; contents?: string; headers?: Record<string, string> } = {},
) {
  const path = override === 'PUT' ? '/contents' : ''
  return fetch(`${server.host.wopiSrc(fileId)}${path}?access_token=${token}`, {
    method: 'POST',
    headers: { 'X-WOPI-Override': override, 'X-WOPI-Lock': lock, ...headers },
    ...(contents === undefined ? {} : { body: contents }),
  })
}

/** Everything there is to be changed, as text. */
async function everything(): Promise<string> {
  const files = readdirSync(server.folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => [path, path.endsWith('.txt') ? readFileSync(join(server.folder, path), 'utf8') : null])
  const [people, locks, rescued, bin] = await Promise.all(
    ['/people', '/locks', '/rescued', '/bin'].map((path) => owner.api('GET', path)),
  )
  for (const person of people.people) delete person.lastSeenAt
  const versions = await owner.api('GET', `/files/${ids.file}/versions`)
  const access = await owner.api('GET', `/items/${ids.folder}/access`)
  return JSON.stringify({ files, people, locks, rescued, bin, versions, access })
}

/** What a request of each route may look like that would succeed for somebody with every right. A new route needs an entry here. */
function requestTo(route: Route, item = ids.file): { path: string; body?: object; content?: string } {
  const key = `${route.method} ${route.path}`
  const folder = item === ids.file ? ids.folder : item
  const requests: Record<string, { path: string; body?: object; content?: string }> = {
    'GET /session': { path: '/session' },
    'POST /session': { path: '/session', body: { name: 'nobody', password: 'nothing at all' } },
    'DELETE /session': { path: '/session' },
    'PUT /session/language': { path: '/session/language', body: { language: 'en' } },
    'PUT /session/password': {
      path: '/session/password',
      body: { current: 'wrong', next: 'something else' },
    },
    'POST /setup/check': { path: '/setup/check', body: { token: 'unknown' } },
    'POST /setup': { path: '/setup', body: { token: 'unknown', password: 'something else', name: 'x' } },
    'GET /folders/:id': { path: `/folders/${folder}` },
    'POST /folders/:id/folders': { path: `/folders/${folder}/folders`, body: { name: 'planted' } },
    'POST /folders/:id/documents': {
      path: `/folders/${folder}/documents`,
      body: { name: 'planted', extension: 'txt' },
    },
    'PUT /folders/:id/files': { path: `/folders/${folder}/files?name=planted.txt`, content: 'planted' },
    'GET /items/:id': { path: `/items/${item}` },
    'PATCH /items/:id': { path: `/items/${item}?force=true`, body: { name: 'renamed.txt' } },
    'POST /items/:id/copy': { path: `/items/${item}/copy`, body: {} },
    'DELETE /items/:id': { path: `/items/${item}?force=true` },
    'POST /items/:id/link': { path: `/items/${item}/link` },
    'GET /search': { path: '/search?q=secret' },
    'POST /uploads': { path: '/uploads', body: { folderId: folder, name: 'planted.txt', size: 1 } },
    'GET /uploads/:id': { path: `/uploads/${'0'.repeat(32)}` },
    'PATCH /uploads/:id': { path: `/uploads/${'0'.repeat(32)}`, content: 'x' },
    'DELETE /uploads/:id': { path: `/uploads/${'0'.repeat(32)}` },
    'GET /items/:id/download': { path: `/items/${item}/download` },
    'GET /downloads': { path: `/downloads?ids=${item}` },
    'GET /items/:id/preview': { path: `/items/${item}/preview` },
    'GET /items/:id/thumbnail': { path: `/items/${item}/thumbnail` },
    'GET /bin': { path: '/bin' },
    'POST /bin/:id/restore': { path: `/bin/${binnedId}/restore` },
    'DELETE /bin/:id': { path: `/bin/${binnedId}` },
    'DELETE /bin': { path: '/bin' },
    'GET /files/:id/versions': { path: `/files/${item}/versions` },
    'GET /files/:id/versions/:version': { path: `/files/${item}/versions/1` },
    'GET /files/:id/versions/:version/content': { path: `/files/${item}/versions/1/content` },
    'POST /files/:id/versions/:version/restore': { path: `/files/${item}/versions/1/restore?force=true` },
    'PUT /files/:id/versions/:version/pin': { path: `/files/${item}/versions/1/pin` },
    'DELETE /files/:id/versions/:version/pin': { path: `/files/${item}/versions/1/pin` },
    'GET /rescued': { path: '/rescued' },
    'GET /rescued/:id/content': { path: `/rescued/${rescuedId}/content` },
    'POST /rescued/:id/restore': { path: `/rescued/${rescuedId}/restore?force=true` },
    'POST /rescued/:id/keep': { path: `/rescued/${rescuedId}/keep` },
    'DELETE /rescued/:id': { path: `/rescued/${rescuedId}` },
    'GET /locks': { path: '/locks' },
    'DELETE /locks/:fileId': { path: `/locks/${item}` },
    'GET /items/:id/access': { path: `/items/${item}/access` },
    'PUT /items/:id/access/:personId': {
      path: `/items/${item}/access/${viewer.id}`,
      body: { role: 'owner' },
    },
    'POST /items/:id/shares': { path: `/items/${item}/shares`, body: { role: 'editor' } },
    'DELETE /shares/:id': { path: `/shares/${shareId}` },
    'POST /shares/check': { path: '/shares/check', body: { secret: 'unknown' } },
    'POST /shares/enter': { path: '/shares/enter', body: { secret: 'unknown' } },
    'GET /people': { path: '/people' },
    'POST /people': { path: '/people', body: { name: 'planted', admin: true } },
    'PATCH /people/:id': { path: `/people/${viewer.id}`, body: { admin: true } },
    'DELETE /people/:id': { path: `/people/${editor.id}` },
    'GET /sessions': { path: '/sessions' },
    'DELETE /sessions/:id': { path: `/sessions/${'0'.repeat(64)}` },
    'DELETE /admin/sessions/:id': { path: `/admin/sessions/${'0'.repeat(64)}` },
    'GET /admin': { path: '/admin' },
    'GET /events': { path: `/events?file=${item}` },
  }
  const found = requests[key]
  if (!found)
    throw new Error(`Say in this test how ${key} is asked, so that it is tried by those who may not.`)
  return found
}

async function ask(browser: Browser, route: Route, item?: string, headers: Record<string, string> = {}) {
  const { path, body, content } = requestTo(route, item)
  const given = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }
  return browser.request(route.method, `/api${path}`, {
    headers: given,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(content === undefined ? {} : { body: content }),
    signal: AbortSignal.timeout(5_000),
  })
}

const keyOf = (route: Route) => `${route.method} ${route.path}`
const changing = routes.filter(changesSomething)

/** What changes nothing but one's own session, or gives nothing that one does not have. */
const harmless = new Set([
  'POST /session',
  'DELETE /session',
  'PUT /session/language',
  'PUT /session/password',
  'POST /setup/check',
  'POST /setup',
  'POST /shares/check',
  'POST /shares/enter',
  'POST /items/:id/link',
  // Empties nothing but what one owns.
  'DELETE /bin',
])

describe('strangers', () => {
  it.each(
    routes.filter((route) => route.audience !== 'anybody').map((route) => [keyOf(route), route] as const),
  )('are turned away from %s', async (_, route) => {
    const response = await ask(server.browser(), route)
    expect([response.status, ((await response.json()) as Json).error.code]).toEqual([401, 'sign-in-required'])
  })

  it('learn nothing from the session', async () => {
    const session = await server.browser().api('GET', '/session')
    expect(session).toMatchObject({
      person: null,
      rootId: null,
      fileId: null,
      clients: [],
      setupNeeded: false,
    })
  })
})

describe('a viewer', () => {
  it.each(
    changing.filter((route) => !harmless.has(keyOf(route))).map((route) => [keyOf(route), route] as const),
  )('changes nothing by %s', async (_, route) => {
    const before = await everything()
    const response = await ask(viewer, route)
    expect(response.status, await response.text()).toBeOneOf([403, 404])
    expect(await everything()).toBe(before)
  })

  it('changes nothing by what is harmless, either', async () => {
    const before = await everything()
    for (const key of ['DELETE /bin', 'POST /items/:id/link', 'POST /setup']) {
      const route = routes.find((candidate) => keyOf(candidate) === key)
      if (route) await ask(viewer, route)
    }
    expect(await everything()).toBe(before)
  })

  it.each([
    ['PUT', { contents: 'overwritten' }],
    ['LOCK', { lock: 'mine' }],
    ['UNLOCK', { lock: 'held' }],
    ['REFRESH_LOCK', { lock: 'held' }],
    ['PUT_RELATIVE', { contents: 'beside', headers: { 'X-WOPI-SuggestedTarget': '.txt' } }],
    ['RENAME_FILE', { headers: { 'X-WOPI-RequestedName': 'renamed' } }],
    ['DELETE', {}],
  ])('changes nothing by the WOPI operation %s', async (override, more) => {
    const before = await everything()
    const token = await pageToken(viewer, ids.file)
    expect(token).not.toBe('')
    const response = await wopi(ids.file, token, override, { lock: 'held', ...more })
    expect(response.status).toBeOneOf([404, 501])
    expect(await everything()).toBe(before)
  })

  it('does not get more by asking for more', async () => {
    for (const query of ['?action=edit', '?action=convert', '?action=fill']) {
      const token = await pageToken(viewer, ids.file, query)
      expect((await wopi(ids.file, token, 'PUT', { lock: 'held', contents: 'x' })).status).toBe(404)
    }
  })

  it('does not see the past, which may hold what was taken out on purpose', async () => {
    expect(await viewer.refusal('GET', `/files/${ids.file}/versions`)).toBe('403 forbidden')
    expect(await viewer.refusal('GET', `/files/${ids.file}/versions/1`)).toBe('403 forbidden')
    expect(await viewer.refusal('GET', `/files/${ids.file}/versions/1/content`)).toBe('403 forbidden')
    expect((await viewer.api('GET', '/rescued')).rescued).toEqual([])
    expect((await viewer.api('GET', '/bin')).items).toEqual([])
  })
})

describe('somebody who is no administrator', () => {
  it.each(
    routes.filter((route) => route.audience === 'admins').map((route) => [keyOf(route), route] as const),
  )('is turned away from %s', async (_, route) => {
    expect((await ask(editor, route)).status).toBe(403)
  })
})

describe('the guest of a folder', () => {
  let guest: Browser

  beforeAll(async () => {
    const share = await owner.api('POST', `/items/${ids.folder}/shares`, { role: 'editor' })
    guest = server.browser()
    const secret = share.url.split('/s/')[1]
    const session = await guest.api('POST', '/shares/enter', { secret, displayName: 'Gus' })
    expect(session).toMatchObject({
      person: { name: 'Gus', guest: true, admin: false },
      rootId: ids.folder,
      wholeLibrary: false,
      itemId: ids.folder,
      kind: 'folder',
    })
  })

  it('is at home there, and sees no way up', async () => {
    const { folder, items } = await guest.api('GET', '/folders/root')
    expect(folder).toMatchObject({
      id: ids.folder,
      folderId: null,
      path: [{ id: ids.folder, name: 'folder' }],
    })
    expect(items.map((item: Json) => item.name)).toEqual(['sub', 'file.txt'])
    const made = await guest.request('PUT', `/api/folders/${ids.sub}/files?name=mine.txt`, { body: 'mine' })
    expect(made.status).toBe(201)
  })

  it('finds nothing outside', async () => {
    for (const outside of [ids.root, ids.outside, ids.secrets, ids.secret]) {
      for (const route of routes.filter(({ path }) => /\/(items|files|folders)\/:id/.test(path))) {
        const response = await ask(guest, route, outside)
        expect([keyOf(route), response.status]).toEqual([keyOf(route), 404])
      }
      const page = await guest.request('GET', `/open/${outside}`)
      expect(page.status).toBe(404)
      expect(await page.text()).not.toContain('access_token')
    }
    expect((await guest.api('GET', '/search?q=secret')).items).toEqual([])
    expect((await guest.api('GET', '/search?q=txt')).items.map((item: Json) => item.name)).not.toContain(
      'outside.txt',
    )
    expect(await guest.refusal('GET', `/downloads?ids=${ids.file},${ids.secret}`)).toBe('404 not-found')
    expect(await guest.refusal('GET', `/events?file=${ids.outside}`)).toBe('404 not-found')
  })

  it('takes nothing out and brings nothing in', async () => {
    const before = await everything()
    expect(await guest.refusal('PATCH', `/items/${ids.sub}`, { folderId: ids.root })).toBe('404 not-found')
    expect(await guest.refusal('POST', `/items/${ids.sub}/copy`, { folderId: ids.root })).toBe(
      '404 not-found',
    )
    expect(await guest.refusal('POST', `/items/${ids.folder}/copy`, {})).toBe('404 not-found')
    expect(await guest.refusal('PATCH', `/items/${ids.outside}`, { folderId: ids.folder })).toBe(
      '404 not-found',
    )
    expect(await guest.refusal('DELETE', `/items/${ids.folder}`)).toBe('403 forbidden')
    expect(await guest.refusal('PATCH', `/items/${ids.folder}`, { name: 'secrets' })).toBe('403 forbidden')
    expect(await guest.refusal('POST', '/uploads', { folderId: ids.root, name: 'x', size: 1 })).toBe(
      '404 not-found',
    )
    for (const path of ['../', '/../', 'sub/../../']) {
      const query = `name=x.txt&path=${encodeURIComponent(path)}`
      expect(
        (await guest.request('PUT', `/api/folders/${ids.folder}/files?${query}`, { body: 'x' })).status,
      ).toBe(400)
    }
    for (const name of ['../x.txt', 'sub/x.txt', '..\\x.txt']) {
      const query = `name=${encodeURIComponent(name)}`
      expect(
        (await guest.request('PUT', `/api/folders/${ids.folder}/files?${query}`, { body: 'x' })).status,
      ).toBe(400)
      expect(await guest.refusal('PATCH', `/items/${ids.sub}`, { name })).toBe('400 invalid-name')
    }
    expect(await everything()).toBe(before)
  })

  it('lets nobody else in, and does not learn who there is', async () => {
    for (const [method, path, body] of [
      ['GET', `/items/${ids.folder}/access`, undefined],
      ['POST', `/items/${ids.folder}/shares`, { role: 'viewer' }],
      ['PUT', `/items/${ids.folder}/access/${viewer.id}`, { role: 'owner' }],
      ['GET', '/people', undefined],
      ['GET', '/admin', undefined],
    ] as const) {
      expect([path, await guest.refusal(method, path, body)]).toEqual([path, '403 forbidden'])
    }
  })
})

describe('the guest of one document', () => {
  let guest: Browser
  let share: Json
  let token: string

  beforeAll(async () => {
    share = await owner.api('POST', `/items/${ids.outside}/shares`, { role: 'editor' })
    guest = server.browser()
    await guest.api('POST', '/shares/enter', { secret: share.url.split('/s/')[1] })
    token = await pageToken(guest, ids.outside)
  })

  const info = async () =>
    (await (await fetch(`${server.host.wopiSrc(ids.outside)}?access_token=${token}`)).json()) as Json

  it('edits it, under a name of their own', async () => {
    const session = await guest.api('GET', '/session')
    expect(session).toMatchObject({ rootId: null, fileId: ids.outside, person: { guest: true } })
    expect(session.person.name).toMatch(/^Guest \d{4}$/)
    expect(await info()).toMatchObject({
      UserCanWrite: true,
      IsAnonymousUser: true,
      UserId: session.person.id,
      UserFriendlyName: session.person.name,
      UserCanNotWriteRelative: true,
      UserCanRename: false,
      SupportsDeleteFile: false,
    })
    expect((await wopi(ids.outside, token, 'LOCK', { lock: 'g' })).status).toBe(200)
    expect((await wopi(ids.outside, token, 'PUT', { lock: 'g', contents: 'by a guest' })).status).toBe(200)
    expect((await wopi(ids.outside, token, 'UNLOCK', { lock: 'g' })).status).toBe(200)
  })

  it('does not learn in which folder it is, puts nothing beside it and does not take it away', async () => {
    expect(await info()).not.toHaveProperty('BreadcrumbFolderName')
    expect((await info()).CloseUrl).toBe(`${server.publicUrl}/`)
    const beside = { contents: 'x', headers: { 'X-WOPI-SuggestedTarget': '.txt' } }
    expect((await wopi(ids.outside, token, 'PUT_RELATIVE', beside)).status).toBe(501)
    expect((await wopi(ids.outside, token, 'DELETE')).status).toBeOneOf([404, 501])
    const rename = { headers: { 'X-WOPI-RequestedName': 'secrets' } }
    expect((await wopi(ids.outside, token, 'RENAME_FILE', rename)).status).toBeOneOf([404, 501])
    expect(await guest.refusal('PATCH', `/items/${ids.outside}`, { name: 'secrets' })).toBe('403 forbidden')
    expect(await guest.refusal('DELETE', `/items/${ids.outside}`)).toBe('403 forbidden')
    expect((await guest.request('GET', `/api/folders/${ids.root}`)).status).toBe(404)
    expect(existing()).toContain('outside.txt')
  })

  it('is out at the next request once the link is gone', async () => {
    expect((await fetch(`${server.host.wopiSrc(ids.outside)}?access_token=${token}`)).status).toBe(200)
    const { url } = await owner.api('POST', `/items/${ids.outside}/link`).catch(() => ({ url: null }))
    expect(url).toBeNull()
    await owner.api('DELETE', `/shares/${share.id}`)
    expect((await fetch(`${server.host.wopiSrc(ids.outside)}?access_token=${token}`)).status).toBe(404)
    expect((await wopi(ids.outside, token, 'PUT', { lock: 'g', contents: 'late' })).status).toBe(404)
    expect(await guest.refusal('GET', `/items/${ids.outside}`)).toBe('404 not-found')
    expect(
      await server.browser().refusal('POST', '/shares/enter', { secret: share.url.split('/s/')[1] }),
    ).toBe('410 share-ended')
  })

  const existing = () => readdirSync(server.folder)
})

describe('a role that is taken away or lessened', () => {
  it('ends an editing session at its next request', async () => {
    const eddie = await newPerson(server, owner, 'eddie', 'editor')
    const id = ids.outside
    const token = await pageToken(eddie, id)
    expect((await wopi(id, token, 'LOCK', { lock: 'e' })).status).toBe(200)
    await owner.api('PUT', `/items/${ids.root}/access/${eddie.id}`, { role: 'viewer' })
    expect((await wopi(id, token, 'PUT', { lock: 'e', contents: 'too late' })).status).toBe(404)
    expect((await fetch(`${server.host.wopiSrc(id)}?access_token=${token}`)).status).toBe(200)
    await owner.api('PUT', `/items/${id}/access/${eddie.id}`, { role: 'none' })
    expect((await fetch(`${server.host.wopiSrc(id)}?access_token=${token}`)).status).toBe(404)
    await owner.api('PUT', `/items/${id}/access/${eddie.id}`, { role: null })
    expect((await fetch(`${server.host.wopiSrc(id)}?access_token=${token}`)).status).toBe(200)
    await owner.api('PATCH', `/people/${eddie.id}`, { disabled: true })
    expect((await fetch(`${server.host.wopiSrc(id)}?access_token=${token}`)).status).toBe(404)
    expect(await eddie.refusal('GET', '/folders/root')).toBe('401 sign-in-required')
    await owner.api('DELETE', `/locks/${id}`)
  })

  it('leaves tokens alone that were made at the command line', async () => {
    const token = await wopiToken(ids.outside, 'view', { issuedBy: 'operator' })
    expect((await fetch(`${server.host.wopiSrc(ids.outside)}?access_token=${token}`)).status).toBe(200)
    const nobodys = await wopiToken(ids.outside, 'edit')
    expect((await fetch(`${server.host.wopiSrc(ids.outside)}?access_token=${nobodys}`)).status).toBe(404)
  })
})

describe('a folder in which something is hidden', () => {
  it('hides it from lists, archives, search and copies', async () => {
    const hilda = await newPerson(server, owner, 'hilda', 'editor')
    await owner.api('PUT', `/items/${ids.secrets}/access/${hilda.id}`, { role: 'none' })
    const { items } = await hilda.api('GET', '/folders/root')
    expect(items.map((item: Json) => item.name)).not.toContain('secrets')
    expect(await hilda.refusal('GET', `/items/${ids.secret}`)).toBe('404 not-found')
    expect((await hilda.api('GET', '/search?q=secret')).items).toEqual([])
    const archive = Buffer.from(
      await (await hilda.request('GET', `/api/items/${ids.root}/download`)).arrayBuffer(),
    )
    expect(archive.includes('outside.txt')).toBe(true)
    expect(archive.includes('secret')).toBe(false)
    await owner.api('PUT', `/items/${ids.sub}/access/${hilda.id}`, { role: 'none' })
    expect(await hilda.refusal('POST', `/items/${ids.folder}/copy`, { folderId: ids.root })).toBe(
      '403 forbidden',
    )
  })
})

describe('a folder in which something may only be looked at', () => {
  it('keeps it from being replaced by an upload', async () => {
    const rita = await newPerson(server, owner, 'rita', 'editor')
    await owner.api('PUT', `/items/${ids.secret}/access/${rita.id}`, { role: 'viewer' })
    const put = (taken: string) =>
      rita.request('PUT', `/api/folders/${ids.secrets}/files?name=secret.txt&taken=${taken}`, {
        body: 'over',
      })
    expect((await put('replace')).status).toBe(403)
    expect((await put('refuse')).status).toBe(409)
    expect(readFileSync(join(server.folder, 'secrets/secret.txt'), 'utf8')).toBe('a secret')
  })
})

describe('requests that change something', () => {
  it.each(changing.map((route) => [keyOf(route), route] as const))(
    'by %s come from a page of ours',
    async (_, route) => {
      const csrf = await owner.csrf()
      const forged: Record<string, string>[] = [
        { 'x-wopikit-csrf': '' },
        { 'x-wopikit-csrf': 'a guess' },
        { 'x-wopikit-csrf': await viewer.csrf() },
        { 'x-wopikit-csrf': csrf, origin: 'https://evil.example' },
        { 'x-wopikit-csrf': csrf, origin: 'null' },
        { 'x-wopikit-csrf': csrf, 'sec-fetch-site': 'cross-site' },
        { 'x-wopikit-csrf': csrf, 'sec-fetch-site': 'same-site' },
      ]
      const before = await everything()
      for (const headers of forged) {
        const response = await ask(owner, route, undefined, headers)
        expect([headers, response.status, ((await response.json()) as Json).error.code]).toEqual([
          headers,
          403,
          'csrf',
        ])
      }
      expect(await everything()).toBe(before)
    },
  )

  it('are not sent by forms, which cannot say that they send JSON', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const response = await owner.request('POST', `/api/folders/${ids.root}/folders`, {
        headers: { 'content-type': type },
        body: '{"name":"planted"}',
      })
      expect(response.status).toBe(400)
    }
  })
})

describe('sessions', () => {
  it('do not begin under an id that was planted before', async () => {
    const name = owner.cookie().split('=')[0]
    const planted = `${name}=${'A'.repeat(43)}`
    const browser = server.browser()
    const session = (await (
      await browser.request('GET', '/api/session', { headers: { cookie: planted } })
    ).json()) as Json
    const response = await browser.request('POST', '/api/session', {
      headers: { cookie: planted, 'content-type': 'application/json', 'x-wopikit-csrf': session.csrf },
      body: JSON.stringify({ name: 'vera', password: PASSWORD }),
    })
    expect(response.status).toBe(200)
    expect(browser.cookie()).not.toContain('AAAA')
    const thief = await server.browser().request('GET', '/api/folders/root', { headers: { cookie: planted } })
    expect(thief.status).toBe(401)
    expect(((await response.json()) as Json).csrf).not.toBe(session.csrf)
  })

  it('are over after signing out, whoever still has the cookie', async () => {
    const browser = server.browser()
    await browser.api('POST', '/session', { name: 'vera', password: PASSWORD })
    const cookie = browser.cookie()
    await browser.api('DELETE', '/session')
    const thief = await server.browser().request('GET', '/api/folders/root', { headers: { cookie } })
    expect(thief.status).toBe(401)
  })

  it('are listed, and ended one by one', async () => {
    const [here, there] = [await newPerson(server, owner, 'sessa', 'viewer'), server.browser()]
    await there.api('POST', '/session', { name: 'sessa', password: PASSWORD })
    const { sessions } = await here.api('GET', '/sessions')
    expect(sessions.map((session: Json) => session.current).sort()).toEqual([false, true])
    expect(await viewer.refusal('DELETE', `/sessions/${sessions[0].id}`)).toBe('404 not-found')
    await here.api('DELETE', `/sessions/${sessions.find((session: Json) => !session.current).id}`)
    expect(await there.refusal('GET', '/folders/root')).toBe('401 sign-in-required')
    expect((await here.api('GET', '/folders/root')).total).toBeGreaterThan(0)
  })

  it('elsewhere end with a new password', async () => {
    const [here, there] = [await newPerson(server, owner, 'pia', 'viewer'), server.browser()]
    await there.api('POST', '/session', { name: 'pia', password: PASSWORD })
    expect(
      await here.refusal('PUT', '/session/password', { current: 'wrong', next: 'another password' }),
    ).toBe('401 sign-in-failed')
    await here.api('PUT', '/session/password', { current: PASSWORD, next: 'another password' })
    expect(await there.refusal('GET', '/folders/root')).toBe('401 sign-in-required')
    expect((await here.api('GET', '/folders/root')).total).toBeGreaterThan(0)
  })

  it('have cookies that no script reads and no other site sends', async () => {
    const response = await server.browser().request('GET', '/api/session')
    expect(response.headers.get('set-cookie')).toMatch(
      /^wopikit_session_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    )
  })

  it('are not begun by guessing', async () => {
    await owner.api('POST', '/people', { name: 'guessed', password: PASSWORD })
    const thief = server.browser()
    const tries: string[] = []
    for (let count = 0; count < 7; count++)
      tries.push(await thief.refusal('POST', '/session', { name: 'guessed', password: `guess ${count}` }))
    expect(tries.slice(0, 5)).toEqual(Array(5).fill('401 sign-in-failed'))
    expect(tries.slice(5)).toEqual(Array(2).fill('429 too-many-tries'))
    expect(await thief.refusal('POST', '/session', { name: 'guessed', password: PASSWORD })).toBe(
      '429 too-many-tries',
    )
    const response = await thief.request('POST', '/api/session', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'GUESSED', password: 'x' }),
    })
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(60)
  })
})

describe('one-time links', () => {
  it('let an invited person choose a password, once', async () => {
    const { person, link } = await owner.api('POST', '/people', {
      name: 'ivy',
      displayName: 'Ivy',
      role: 'viewer',
    })
    const token = new URL(link).hash.slice(1)
    const ivy = server.browser()
    expect(await ivy.api('POST', '/setup/check', { token })).toEqual({
      kind: 'invitation',
      name: 'ivy',
      displayName: 'Ivy',
    })
    expect(await ivy.refusal('POST', '/setup', { token, password: 'short' })).toBe('400 bad-request')
    const session = await ivy.api('POST', '/setup', { token, password: 'long enough' })
    expect(session.person).toMatchObject({ id: person.id, name: 'Ivy' })
    expect(await server.browser().refusal('POST', '/setup', { token, password: 'long enough' })).toBe(
      '410 link-ended',
    )
    const changed = await owner.api('PATCH', `/people/${person.id}`, { newLink: true })
    const again = new URL(changed.link).hash.slice(1)
    expect(await server.browser().api('POST', '/setup/check', { token: again })).toMatchObject({
      kind: 'reset',
    })
  })
})

describe('links with a password', () => {
  it('say beforehand that it will be asked for, and nothing else', async () => {
    const makeLink = async (password?: string): Promise<string> => {
      const share = await owner.api('POST', `/items/${ids.outside}/shares`, { role: 'viewer', password })
      return share.url.split('/s/')[1]
    }
    const check = (browser: Browser, secret: string) => browser.api('POST', '/shares/check', { secret })
    const guest = server.browser()
    const secret = await makeLink('sesame')
    expect(await check(guest, await makeLink())).toEqual({ needsPassword: false })
    expect(await check(guest, secret)).toEqual({ needsPassword: true })
    expect(await guest.refusal('POST', '/shares/check', { secret: 'unknown' })).toBe('410 share-ended')
    expect(await guest.api('GET', '/session')).toMatchObject({ person: null })

    await guest.api('POST', '/shares/enter', { secret, password: 'sesame' })
    expect(await check(guest, secret)).toEqual({ needsPassword: false })
    expect(await check(server.browser(), secret)).toEqual({ needsPassword: true })
  })

  it('ask for it, and not too often', async () => {
    const share = await owner.api('POST', `/items/${ids.outside}/shares`, {
      role: 'viewer',
      password: 'sesame',
    })
    expect(share).toMatchObject({ hasPassword: true, expiresAt: null })
    const secret = share.url.split('/s/')[1]
    const guest = server.browser()
    expect(await guest.refusal('POST', '/shares/enter', { secret })).toBe('401 password-required')
    for (let count = 0; count < 5; count++)
      expect(await guest.refusal('POST', '/shares/enter', { secret, password: 'no' })).toBe(
        '401 wrong-password',
      )
    expect(await guest.refusal('POST', '/shares/enter', { secret, password: 'sesame' })).toBe(
      '429 too-many-tries',
    )
    const access = JSON.stringify(await owner.api('GET', `/items/${ids.outside}/access`))
    expect(access).not.toContain('sesame')
    expect(access).not.toContain('argon2')
  })
})

describe('pages', () => {
  const paths = [
    '/',
    '/bin',
    '/rescued',
    '/admin',
    '/people',
    '/sign-in',
    '/setup',
    '/folder/x',
    '/s/x',
    '/open/x',
  ]

  it.each(paths)('%s cannot be framed, runs nothing inline and is not kept', async (path) => {
    const response = await server.browser().request('GET', path)
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe-inline')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(await response.text()).not.toMatch(/<script(?![^>]* src=)[^>]*>|<style|\son\w+=/)
  })

  it('around a document cannot be framed by others', async () => {
    const response = await owner.request('GET', `/open/${ids.file}`)
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'self'")
    expect(response.headers.get('content-security-policy')).toContain("base-uri 'none'")
  })

  it('show names as names, whatever they look like', async () => {
    const id = await idOf(owner, nasty)
    const html = await (await owner.request('GET', `/open/${id}`)).text()
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(html).not.toContain('<img')
    expect(html).not.toContain('\u202E')
    const listed = await owner.request('GET', `/api/items/${id}`)
    expect(listed.headers.get('content-type')).toBe('application/json')
    expect(listed.headers.get('x-content-type-options')).toBe('nosniff')
    const download = await owner.request('GET', `/api/items/${id}/download`)
    expect(download.headers.get('content-disposition')).not.toMatch(/\u202E|%E2%80%AE|[\r\n]/)
  })

  it('never lead elsewhere', async () => {
    for (const path of [
      '//evil.example/',
      '//evil.example/%2e%2e',
      '/\\evil.example',
      '/open//evil.example',
      '/sign-in?next=https://evil.example/',
      '/sign-in?next=//evil.example/',
      '/s/x?to=https://evil.example',
      `/open/${ids.file}?folderUrl=https://evil.example&CloseUrl=https://evil.example`,
      '/api//evil.example',
    ]) {
      const response = await owner.request('GET', path)
      expect([
        path,
        response.headers.get('location'),
        response.status >= 300 && response.status < 400,
      ]).toEqual([path, null, false])
      expect(await response.text()).not.toContain('href="//evil')
    }
    const html = await (await owner.request('GET', `/open/${ids.file}?CloseUrl=https://evil.example`)).text()
    expect(html).not.toContain('evil.example')
  })

  it('are not given to a site whose name was pointed at this address', async () => {
    for (const path of ['/', '/api/session', '/api/folders/root', `/open/${ids.file}`]) {
      expect([path, await statusForHost(path, 'evil.example')]).toEqual([path, 421])
      expect([path, await statusForHost(path, `evil.example:${new URL(server.publicUrl).port}`)]).toEqual([
        path,
        421,
      ])
    }
    expect(await statusForHost('/', `localhost:${new URL(server.publicUrl).port}`)).toBe(200)
  })

  it('do not give away files of the machine', async () => {
    for (const path of [
      '/../package.json',
      '/assets/../../package.json',
      '/%2e%2e/package.json',
      '/manifest.json',
    ])
      expect([path, await statusForHost(path, new URL(server.publicUrl).host)]).toEqual([path, 404])
  })

  function statusForHost(path: string, host: string): Promise<number | undefined> {
    const { hostname, port } = new URL(server.publicUrl)
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { hostname, port, path, headers: { host, cookie: owner.cookie() } },
        (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        },
      )
      request.on('error', reject).end()
    })
  }
})

describe('the log', () => {
  it('has no token, no password, no cookie and no secret of a link', async () => {
    const secret = (await owner.api('POST', `/items/${ids.outside}/shares`, { role: 'viewer' })).url.split(
      '/s/',
    )[1]
    await server.browser().api('POST', '/shares/enter', { secret })
    const token = await pageToken(owner, ids.file)
    await wopi(ids.file, token, 'PUT', { lock: 'wrong lock', contents: 'refused' })
    const cookie = owner.cookie().split('=')[1] ?? ''
    const log = server.logged()
    expect(log).toContain('PutFile')
    for (const text of [token, cookie, await owner.csrf(), PASSWORD, secret, 'wrong lock'])
      expect(log).not.toContain(text)
    expect(JSON.stringify(await owner.api('GET', '/admin'))).not.toContain(token)
  })
})
