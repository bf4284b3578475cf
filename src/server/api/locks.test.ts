import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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
  server = await startLibraryServer({ 'a.txt': 'first', 'folder/b.txt': 'b' }, { proof: 'off' })
  me = server.browser()
})

afterAll(() => server.stop())

/** What a client would send for a person who has opened a document. */
async function client(id: string, clientUrl?: string) {
  const { accessToken } = await server.host.issueToken({
    userId: 'owner',
    userName: 'Ann',
    resource: { kind: 'file', id },
    permission: 'edit',
    ...(clientUrl === undefined ? {} : { client: clientUrl }),
  })
  const send = (path: string, override: string, lock: string, body?: string) =>
    fetch(`${server.host.wopiSrc(id)}${path}?access_token=${accessToken}`, {
      method: 'POST',
      headers: { 'X-WOPI-Override': override, 'X-WOPI-Lock': lock },
      ...(body === undefined ? {} : { body }),
    })
  return {
    lock: (lock: string) => send('', 'LOCK', lock),
    unlock: (lock: string) => send('', 'UNLOCK', lock),
    save: (lock: string, body: string) => send('/contents', 'PUT', lock, body),
  }
}

describe('a document that somebody is editing', () => {
  it('says so, and is neither moved, deleted, replaced nor restored by accident', async () => {
    const id = await idOf(me, 'a.txt')
    const { rootId } = await me.api('GET', '/session')
    const folderId = await idOf(me, 'folder')
    const ann = await client(id)
    expect((await ann.lock('l1')).status).toBe(200)
    expect((await ann.save('l1', 'second')).status).toBe(200)
    const item = await me.api('GET', `/items/${id}`)
    expect(item.lock).toMatchObject({ userName: 'Ann' })
    expect(item.lock.until).toBeGreaterThan(Date.now() + 20 * 60_000)
    expect(JSON.stringify(item)).not.toContain('l1')

    for (const [method, path, body] of [
      ['PATCH', `/items/${id}`, { folderId }],
      ['DELETE', `/items/${id}`, undefined],
      ['DELETE', `/items/${id}`, undefined],
      ['POST', `/files/${id}/versions/1/restore`, undefined],
    ] as const) {
      expect([path, await me.refusal(method, path, body)]).toEqual([path, '409 locked'])
    }
    const upload = await me.request('PUT', `/api/folders/${rootId}/files?name=a.txt&taken=replace`, {
      body: 'over',
    })
    const { error } = (await upload.json()) as Json
    expect([upload.status, error.code, error.lock.userName]).toEqual([409, 'locked', 'Ann'])
    expect(readFileSync(join(server.folder, 'a.txt'), 'utf8')).toBe('second')
    // What was sent is not lost.
    const { rescued } = await me.api('GET', `/rescued?fileId=${id}`)
    expect(rescued).toEqual([
      expect.objectContaining({ id: error.rescuedId, name: 'a.txt', size: 4, fileExists: true }),
    ])
    expect((await me.api('GET', `/items/${id}`)).rescuedCount).toBe(1)
    await ann.unlock('l1')
  })

  it('can be unlocked by force; what its session still saves is kept, and can be brought back', async () => {
    const id = await idOf(me, 'a.txt')
    const ann = await client(id, server.host.clients.list[0]?.url)
    await ann.lock('l2')
    const { locks } = await me.api('GET', '/locks')
    expect(locks).toEqual([
      expect.objectContaining({
        fileId: id,
        name: 'a.txt',
        folderPath: '',
        userName: 'Ann',
        client: 'wopikit text editor',
      }),
    ])
    await me.api('DELETE', `/locks/${id}`)
    expect((await me.api('GET', '/locks')).locks).toEqual([])
    expect(await me.refusal('DELETE', `/locks/${id}`)).toBe('404 not-found')
    expect((await ann.save('l2', 'late work')).status).toBe(409)

    const { rescued } = await me.api('GET', `/rescued?fileId=${id}`)
    const late = rescued.find((save: Json) => save.size === 9)
    expect(late).toMatchObject({ code: 'lock-mismatch', user: { id: 'owner', name: 'Ann' }, name: 'a.txt' })
    const content = await me.request('GET', `/api/rescued/${late.id}/content?inline=true`)
    expect(await content.text()).toBe('late work')
    await me.api('POST', `/rescued/${late.id}/restore`)
    expect(readFileSync(join(server.folder, 'a.txt'), 'utf8')).toBe('late work')
    expect(await me.refusal('GET', `/rescued/${late.id}/content`)).toBe('404 not-found')
  })

  it('leaves rescued saves that are kept as a copy, or thrown away', async () => {
    const id = await idOf(me, 'folder/b.txt')
    const ann = await client(id)
    for (const text of ['to keep', 'to throw']) expect((await ann.save('nobody', text)).status).toBe(409)
    const { rescued } = await me.api('GET', `/rescued?fileId=${id}`)
    const [thrown, kept] = [7, 8].map((size) =>
      rescued.find((save: Json) => save.size === (size === 7 ? 8 : 7)),
    )
    const copy = await me.api('POST', `/rescued/${kept.id}/keep`)
    expect(copy).toMatchObject({ name: 'b (1).txt', size: 7 })
    expect(copy.folderId).toBe(await idOf(me, 'folder'))
    await me.api('DELETE', `/rescued/${thrown.id}`)
    expect((await me.api('GET', `/rescued?fileId=${id}`)).rescued).toEqual([])
  })

  it('shows among the refusals why a client was turned away, without any token', async () => {
    const { refusals } = await me.api('GET', '/admin')
    expect(refusals[0]).toMatchObject({ operation: 'PutFile', status: 409, name: 'b.txt' })
    expect(refusals[0].reason).toMatch(/\w+/)
    expect(server.logged()).not.toMatch(/access_token=(?!…|%E2)[\w.-]{20}/)
  })
})
