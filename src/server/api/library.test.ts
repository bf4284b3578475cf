import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Browser,
  idOf,
  type Json,
  type LibraryServer,
  startLibraryServer,
} from '../../../test/support/library-server.js'

let server: LibraryServer
let me: Browser

beforeAll(async () => {
  server = await startLibraryServer({
    'notes.txt': 'hello',
    'picture.png': 'not really a picture',
    'page.html': '<script>alert(1)</script>',
    'reports/2025.txt': 'old',
    'reports/10.txt': 'ten',
    'reports/9.txt': 'nine',
    'reports/deep/a.txt': 'a',
    'broken.pdf': '%PDF-1.4\nnothing more',
    'photo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  })
  me = server.browser()
})

afterAll(() => server.stop())

const names = (list: { items: Json[] }) => list.items.map((item) => item.name)

describe('a server for one person', () => {
  it('needs no sign-in, and says what there is', async () => {
    const session = await me.api('GET', '/session')
    expect(session).toMatchObject({
      mode: 'single',
      setupNeeded: false,
      person: { id: 'owner', admin: true, guest: false },
      language: 'en',
      fileId: null,
    })
    expect(session.canCreate).toEqual(expect.arrayContaining(['docx', 'odt', 'txt']))
    expect(session.clients).toEqual([
      expect.objectContaining({ name: 'wopikit text editor', reachable: true }),
    ])
    expect(session.rootId).toMatch(/^[\w-]+$/)
  })

  it('has no accounts to ask for', async () => {
    expect(await me.refusal('POST', '/session', { name: 'a', password: 'b' })).toBe('404 not-found')
    expect(await me.refusal('GET', '/people')).toBe('404 not-found')
    expect(await me.refusal('GET', `/items/${await idOf(me, 'notes.txt')}/access`)).toBe('404 not-found')
  })

  it('speaks the language that was chosen, or that the browser prefers', async () => {
    const chinese = server.browser()
    const accepted = await chinese.request('GET', '/api/session', {
      headers: { 'accept-language': 'zh-TW,en;q=0.5' },
    })
    expect(await accepted.json()).toMatchObject({ language: 'zh-CN', person: { name: '所有者' } })
    await chinese.api('PUT', '/session/language', { language: 'zh-CN' })
    expect(await chinese.api('GET', '/session')).toMatchObject({ language: 'zh-CN' })
    const refused = await chinese.request('GET', '/api/items/unknown')
    expect(await refused.json()).toEqual({
      error: { code: 'not-found', message: '内容不存在，或您无权查看。' },
    })
  })
})

describe('folders', () => {
  it('are listed in pages, folders first, in the order that was asked for', async () => {
    const id = await idOf(me, 'reports')
    const all = await me.api('GET', `/folders/${id}`)
    expect(names(all)).toEqual(['deep', '9.txt', '10.txt', '2025.txt'])
    expect(all).toMatchObject({ total: 4, folder: { name: 'reports', kind: 'folder' } })
    expect(all.folder.path.map((place: Json) => place.name)).toEqual(['Documents of ours', 'reports'])
    expect(names(await me.api('GET', `/folders/${id}?order=desc&offset=1&limit=2`))).toEqual([
      '2025.txt',
      '10.txt',
    ])
    expect(names(await me.api('GET', '/folders/root'))).toContain('reports')
    expect(await me.refusal('GET', `/folders/${await idOf(me, 'notes.txt')}`)).toBe('404 not-found')
    expect(await me.refusal('GET', `/folders/${id}?limit=0`)).toBe('400 bad-request')
  })

  it('say of each item how it would be opened', async () => {
    const { items } = await me.api('GET', '/folders/root')
    const item = (name: string) => items.find((candidate: Json) => candidate.name === name)
    expect(item('notes.txt')).toMatchObject({
      kind: 'file',
      size: 5,
      role: 'owner',
      lock: null,
      suspicious: null,
      rescuedCount: 0,
      people: [],
      saving: false,
      open: { intent: 'edit', client: 'wopikit text editor' },
    })
    expect(item('notes.txt').thumbnail).toMatch(/thumbnail\?version=1$/)
    expect(item('reports').thumbnail).toBeNull()
    expect(item('picture.png').open).toBeNull()
    expect(item('picture.png').thumbnail).toMatch(/^\/api\/items\/\w+\/thumbnail\?version=1$/)
    expect(item('reports')).toMatchObject({ kind: 'folder', open: null })
  })

  it('have small pictures, in which nothing can run', async () => {
    const thumbnail = async (name: string) =>
      me.request('GET', `/api/items/${await idOf(me, name)}/thumbnail?version=1`)
    const text = await thumbnail('page.html')
    expect(text.headers.get('content-type')).toBe('image/svg+xml')
    expect(text.headers.get('content-security-policy')).toContain('sandbox')
    expect(text.headers.get('cache-control')).toContain('private')
    expect(await text.text()).toContain('&lt;script&gt;alert(1)&lt;/script&gt;</tspan>')
    const picture = await thumbnail('picture.png')
    expect(picture.headers.get('content-type')).toBe('image/png')
    expect(await picture.text()).toBe('not really a picture')
    expect((await thumbnail('broken.pdf')).status).toBe(204)
    expect((await thumbnail('reports')).status).toBe(415)

    const { rootId } = await me.api('GET', '/session')
    const { id } = await me.api('POST', `/folders/${rootId}/documents`, { name: 'Form', extension: 'pdf' })
    const page = await me.request('GET', `/api/items/${id}/thumbnail`)
    expect(page.headers.get('content-type')).toBe('image/png')
    expect(page.headers.get('content-security-policy')).toContain('sandbox')
    expect(
      Buffer.from(await page.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
  })

  it('are made, and refuse names that are taken or cannot be', async () => {
    const { rootId } = await me.api('GET', '/session')
    const made = await me.api('POST', `/folders/${rootId}/folders`, { name: 'new folder' })
    expect(made).toMatchObject({ kind: 'folder', name: 'new folder', folderId: rootId })
    expect(made.path).toHaveLength(2)
    expect(await me.refusal('POST', `/folders/${rootId}/folders`, { name: 'new folder' })).toBe(
      '409 name-taken',
    )
    for (const name of ['', '..', 'a/b', '.hidden', 'a\u0000b', 'con'])
      expect(await me.refusal('POST', `/folders/${rootId}/folders`, { name })).toBe('400 invalid-name')
  })

  it('take new documents, which are real ones, under a free name', async () => {
    const id = await idOf(me, 'new folder')
    for (const extension of ['docx', 'odt', 'txt'])
      await me.api('POST', `/folders/${id}/documents`, { name: 'Untitled', extension })
    const second = await me.api('POST', `/folders/${id}/documents`, { name: 'Untitled', extension: 'docx' })
    expect(second.name).toBe('Untitled (1).docx')
    const bytes = readFileSync(join(server.folder, 'new folder/Untitled.docx'))
    expect(Object.keys(unzipSync(bytes))).toContain('word/document.xml')
    expect(await me.refusal('POST', `/folders/${id}/documents`, { name: 'x', extension: 'exe' })).toBe(
      '400 bad-request',
    )
  })
})

describe('items', () => {
  it('are renamed, moved, copied, deleted and brought back', async () => {
    const { rootId } = await me.api('GET', '/session')
    const made = await me.request('PUT', `/api/folders/${rootId}/files?name=walker.txt`, { body: 'walking' })
    const { id } = (await made.json()) as Json
    expect(await me.api('PATCH', `/items/${id}`, { name: 'runner.txt' })).toMatchObject({
      id,
      name: 'runner.txt',
    })
    const folderId = await idOf(me, 'reports')
    expect(await me.api('PATCH', `/items/${id}`, { folderId, name: 'sitter.txt' })).toMatchObject({
      folderId,
    })
    expect(readFileSync(join(server.folder, 'reports/sitter.txt'), 'utf8')).toBe('walking')
    const copy = await me.api('POST', `/items/${id}/copy`, { folderId: rootId })
    expect(copy).toMatchObject({ name: 'sitter.txt', folderId: rootId })
    expect(copy.id).not.toBe(id)
    expect(await me.api('DELETE', `/items/${copy.id}`)).toEqual({ binId: copy.id })
    expect(await me.refusal('GET', `/items/${copy.id}`)).toBe('404 not-found')
    const bin = await me.api('GET', '/bin')
    expect(bin.items).toEqual([
      expect.objectContaining({ id: copy.id, name: 'sitter.txt', path: '', by: 'Owner', size: 7 }),
    ])
    expect(await me.api('POST', `/bin/${copy.id}/restore`)).toMatchObject({ id: copy.id, name: 'sitter.txt' })
    await me.api('DELETE', `/items/${copy.id}`)
    await me.api('DELETE', `/bin/${copy.id}`)
    expect((await me.api('GET', '/bin')).items).toEqual([])
    expect(await me.refusal('POST', `/bin/${copy.id}/restore`)).toBe('404 not-found')
  })

  it('do not go into themselves, nor to names that are taken', async () => {
    const id = await idOf(me, 'reports')
    const below = await idOf(me, 'reports/deep')
    expect(await me.refusal('PATCH', `/items/${id}`, { folderId: below })).toBe('409 into-itself')
    const other = await idOf(me, 'reports/9.txt')
    expect(await me.refusal('PATCH', `/items/${other}`, { name: '10.txt' })).toBe('409 name-taken')
    const { rootId } = await me.api('GET', '/session')
    expect(await me.refusal('DELETE', `/items/${rootId}`)).toMatch(/^40[39]/)
  })

  it('are found by their names', async () => {
    const found = await me.api('GET', '/search?q=A.TXT')
    expect(found.items).toEqual([expect.objectContaining({ name: 'a.txt', folderPath: 'reports/deep' })])
    expect((await me.api('GET', '/search?q=txt&limit=2')).items).toHaveLength(2)
    expect(await me.refusal('GET', '/search?q=')).toBe('400 bad-request')
  })
})

describe('content', () => {
  it('is uploaded, and a taken name is refused, numbered or replaced', async () => {
    const { rootId } = await me.api('GET', '/session')
    const put = (query: string, body: string) =>
      me.request('PUT', `/api/folders/${rootId}/files?${query}`, { body })
    expect((await put('name=up.txt', 'one')).status).toBe(201)
    const refused = await put('name=up.txt', 'two')
    expect([refused.status, await refused.json()]).toMatchObject([
      409,
      { error: { code: 'name-taken', name: 'up.txt' } },
    ])
    expect(await (await put('name=up.txt&taken=rename', 'two')).json()).toMatchObject({ name: 'up (1).txt' })
    const replaced = (await (await put('name=up.txt&taken=replace', 'three')).json()) as Json
    expect(readFileSync(join(server.folder, 'up.txt'), 'utf8')).toBe('three')
    const { versions } = await me.api('GET', `/files/${replaced.id}/versions`)
    expect(versions.map((version: Json) => [version.origin, version.size, version.current])).toEqual([
      ['upload', 5, true],
      ['upload', 3, false],
    ])
  })

  it('is uploaded into folders that are made on the way, and never beside them', async () => {
    const { rootId } = await me.api('GET', '/session')
    const put = (path: string) =>
      me.request('PUT', `/api/folders/${rootId}/files?name=x.txt&path=${encodeURIComponent(path)}`, {
        body: 'x',
      })
    expect((await put('tree/leaf/')).status).toBe(201)
    expect(existsSync(join(server.folder, 'tree/leaf/x.txt'))).toBe(true)
    for (const path of ['../', 'a/../../b/', 'tree/..', './', '.wopikit/', 'a\\..\\b/', 'c:/'])
      expect([path, (await put(path)).status]).toEqual([path, 400])
    expect((await put('notes.txt/')).status).toBe(409)
  })

  it('is downloaded as an attachment that does nothing, whole or in part', async () => {
    const id = await idOf(me, 'page.html')
    const response = await me.request('GET', `/api/items/${id}/download`)
    expect(await response.text()).toBe('<script>alert(1)</script>')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html',
      'content-disposition': `attachment; filename="page.html"; filename*=UTF-8''page.html`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'content-length': '25',
    })
    const part = await me.request('GET', `/api/items/${id}/download`, { headers: { range: 'bytes=1-6' } })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 1-6/25',
      'script',
    ])
    const end = await me.request('GET', `/api/items/${id}/download`, { headers: { range: 'bytes=-4' } })
    expect(await end.text()).toBe('ipt>')
    const known = await me.request('GET', `/api/items/${id}/download`, {
      headers: { 'if-none-match': response.headers.get('etag') ?? '' },
    })
    expect(known.status).toBe(304)
    const head = await me.request('HEAD', `/api/items/${id}/download`)
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '25', ''])
  })

  it('is shown only where nothing in it can run', async () => {
    const preview = async (path: string) => me.request('GET', `/api/items/${await idOf(me, path)}/preview`)
    const page = await preview('page.html')
    expect([page.headers.get('content-type'), page.headers.get('x-content-type-options')]).toEqual([
      'text/plain; charset=utf-8',
      'nosniff',
    ])
    expect(page.headers.get('content-security-policy')).toContain('sandbox')
    expect((await preview('picture.png')).headers.get('content-type')).toBe('image/png')
    expect((await preview('photo.svg')).headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect((await preview('new folder/Untitled.docx')).status).toBe(415)
    expect((await preview('reports')).status).toBe(415)
  })

  it('of folders comes as an archive', async () => {
    const folder = await me.request('GET', `/api/items/${await idOf(me, 'reports')}/download`)
    expect(folder.headers.get('content-disposition')).toContain('reports.zip')
    const files = unzipSync(new Uint8Array(await folder.arrayBuffer()))
    expect(strFromU8(files['reports/deep/a.txt'] as Uint8Array)).toBe('a')
    const ids = [await idOf(me, 'notes.txt'), await idOf(me, 'reports/deep')]
    const some = await me.request('GET', `/api/downloads?ids=${ids.join(',')}`)
    expect(Object.keys(unzipSync(new Uint8Array(await some.arrayBuffer())))).toEqual([
      'notes.txt',
      'deep/',
      'deep/a.txt',
    ])
    expect(await me.refusal('GET', '/downloads?ids=')).toBe('400 bad-request')
    expect(await me.refusal('GET', `/downloads?ids=${ids[0]},unknown`)).toBe('404 not-found')
  })

  it('of a name that would lead out of an archive stays inside', async () => {
    writeFileSync(join(server.folder, 'tree', 'a\\..\\..\\evil.txt'), 'evil')
    writeFileSync(join(server.folder, 'tree', 'C:evil.txt'), 'evil')
    const archive = await me.request('GET', `/api/items/${await idOf(me, 'tree')}/download`)
    const paths = Object.keys(unzipSync(new Uint8Array(await archive.arrayBuffer())))
    expect(paths).toEqual(expect.arrayContaining(['tree/a_.._.._evil.txt', 'tree/C_evil.txt']))
    for (const path of paths) expect(path).not.toMatch(/(^|\/)\.\.(\/|$)|\\|:|^\//)
  })

  it('is put into documents by an address that lasts some minutes', async () => {
    const { url } = await me.api('POST', `/items/${await idOf(me, 'picture.png')}/link`)
    const picture = await fetch(url)
    expect([picture.status, picture.headers.get('content-type'), await picture.text()]).toEqual([
      200,
      'image/png',
      'not really a picture',
    ])
    expect((await fetch(url.replace('/linked-images/', '/linked-images/x'))).status).toBe(404)
    expect(await me.refusal('POST', `/items/${await idOf(me, 'notes.txt')}/link`)).toBe('415 no-preview')
  })
})

describe('versions', () => {
  it('are listed, opened, pinned and brought back', async () => {
    const id = await idOf(me, 'up.txt')
    const { versions } = await me.api('GET', `/files/${id}/versions`)
    const [present, before] = versions
    expect(present).toMatchObject({
      current: true,
      user: { id: 'owner', name: 'Owner' },
      modifiedByUser: true,
    })
    const content = await me.request('GET', `/api/files/${id}/versions/${before.version}/content`)
    expect([await content.text(), content.headers.get('content-disposition')]).toEqual([
      'one',
      `attachment; filename="up.txt"; filename*=UTF-8''up.txt`,
    ])
    const shown = await me.request('GET', `/api/files/${id}/versions/${before.version}/content?inline=true`)
    expect(shown.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    await me.api('PUT', `/files/${id}/versions/${before.version}/pin`)
    expect((await me.api('GET', `/files/${id}/versions`)).versions[1]).toMatchObject({ pinned: true })
    await me.api('DELETE', `/files/${id}/versions/${before.version}/pin`)
    await me.api('POST', `/files/${id}/versions/${before.version}/restore`)
    expect(readFileSync(join(server.folder, 'up.txt'), 'utf8')).toBe('one')
    expect((await me.api('GET', `/files/${id}/versions`)).versions[0]).toMatchObject({ origin: 'restore' })
    expect(await me.refusal('POST', `/files/${id}/versions/99/restore`)).toBe('404 not-found')
    expect(await me.refusal('GET', `/files/${id}/versions/99/content`)).toBe('404 not-found')
  })

  it('of a file that another program changed are there, too', async () => {
    const id = await idOf(me, 'notes.txt')
    await me.api('GET', `/items/${id}`)
    writeFileSync(join(server.folder, 'notes.txt'), 'hello from outside')
    utimesSync(join(server.folder, 'notes.txt'), new Date(), new Date(Date.now() - 60_000))
    expect(await me.api('GET', `/items/${id}`)).toMatchObject({ size: 18, version: '2' })
    expect((await me.api('GET', `/files/${id}/versions`)).versions[0]).toMatchObject({
      origin: 'outside',
      user: null,
    })
  })
})

describe('the administrator', () => {
  it('sees how the server is doing, and no secret', async () => {
    const admin = await me.api('GET', '/admin')
    expect(admin.clients).toEqual([
      expect.objectContaining({
        name: 'wopikit text editor',
        reachable: true,
        proofKey: true,
        problem: null,
      }),
    ])
    const text = admin.clients[0].extensions.find((extension: Json) => extension.ext === 'txt')
    expect(text.actions).toContain('edit')
    expect(admin.storage.documents).toBeGreaterThan(0)
    expect(admin.settings).toMatchObject({ accounts: false, maxFileSize: '1GiB', binAge: '60d', workers: 1 })
    expect(admin.sessions).toEqual([])
  })
})
