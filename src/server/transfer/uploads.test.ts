import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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
let me: Browser
let rootId: string

beforeEach(async () => {
  server = await startLibraryServer({ 'taken.txt': 'taken' }, { accounts: true, maxFileSize: 1000 })
  me = await firstOwner(server)
  rootId = await idOf(me, '')
})

afterEach(() => server.stop())

const begin = (name: string, size: number, more: object = {}) =>
  me.api('POST', '/uploads', { folderId: rootId, name, size, ...more })

async function send(uploadId: string, offset: number, body: string, query = '', browser = me) {
  const response = await browser.request('PATCH', `/api/uploads/${uploadId}${query}`, {
    headers: { 'upload-offset': String(offset) },
    body,
  })
  return { status: response.status, ...((await response.json()) as Json) }
}

const uploads = () => readdirSync(join(server.data, 'uploads'))
const saved = (name: string) => readFileSync(join(server.folder, name), 'utf8')

describe('an upload in pieces', () => {
  it('becomes a file with its last piece', async () => {
    const { uploadId, offset } = await begin('pieces.txt', 11, { path: 'a/b/' })
    expect(offset).toBe(0)
    expect(await send(uploadId, 0, 'hello ')).toMatchObject({ status: 200, offset: 6 })
    expect(await me.api('GET', `/uploads/${uploadId}`)).toMatchObject({ offset: 6 })
    expect(existsSync(join(server.folder, 'a/b/pieces.txt'))).toBe(false)
    expect(await send(uploadId, 6, 'world')).toMatchObject({
      offset: 11,
      item: { name: 'pieces.txt', size: 11 },
    })
    expect(saved('a/b/pieces.txt')).toBe('hello world')
    expect(uploads()).toEqual([])
    expect(await me.refusal('GET', `/uploads/${uploadId}`)).toBe('404 not-found')
  })

  it('goes on where it broke off, also after a restart of the server', async () => {
    const { uploadId } = await begin('long.txt', 9)
    await send(uploadId, 0, 'abc')
    server = await server.restart()
    const cookie = me.cookie().replace(/_\d+=/, `_${new URL(server.publicUrl).port}=`)
    const back = server.browser()
    await back.request('GET', '/api/session', { headers: { cookie } })
    const request = (init: RequestInit) =>
      fetch(`${server.publicUrl}/api/uploads/${uploadId}`, { ...init, headers: { cookie, ...init.headers } })
    expect(await (await request({ method: 'GET' })).json()).toMatchObject({ offset: 3 })
    const session = (await (
      await fetch(`${server.publicUrl}/api/session`, { headers: { cookie } })
    ).json()) as Json
    const headers = { 'upload-offset': '3', 'x-wopikit-csrf': session.csrf }
    expect((await request({ method: 'PATCH', body: 'defghi', headers })).status).toBe(200)
    expect(saved('long.txt')).toBe('abcdefghi')
  })

  it('keeps what arrived of a piece that broke off', async () => {
    const { uploadId } = await begin('broken.txt', 12)
    const stop = new AbortController()
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('arrived')),
    })
    const broken = me.request('PATCH', `/api/uploads/${uploadId}`, {
      headers: { 'upload-offset': '0' },
      body,
      duplex: 'half',
      signal: stop.signal,
    })
    await expect.poll(async () => (await me.api('GET', `/uploads/${uploadId}`)).offset).toBe(7)
    stop.abort()
    await expect(broken).rejects.toThrow()
    await expect.poll(async () => (await send(uploadId, 7, ' here')).status).toBe(200)
    expect(saved('broken.txt')).toBe('arrived here')
  })

  it('says where to go on when a piece does not fit, and takes no more than was announced', async () => {
    const { uploadId } = await begin('odd.txt', 5)
    expect(await send(uploadId, 3, 'xx')).toMatchObject({
      status: 409,
      error: { code: 'wrong-offset', offset: 0 },
    })
    expect(await send(uploadId, 0, 'too much')).toMatchObject({ status: 413, error: { code: 'too-large' } })
    const response = await me.request('PATCH', `/api/uploads/${uploadId}`, { body: 'x' })
    expect(response.status).toBe(400)
    expect(await me.refusal('POST', '/uploads', { folderId: rootId, name: 'x', size: 1001 })).toBe(
      '413 too-large',
    )
  })

  it('that meets a taken name can be finished under another, or replace it', async () => {
    const { uploadId } = await begin('taken.txt', 3)
    expect(await send(uploadId, 0, 'new')).toMatchObject({ status: 409, error: { code: 'name-taken' } })
    expect(await send(uploadId, 3, '', '?name=free.txt')).toMatchObject({ item: { name: 'free.txt' } })
    const second = await begin('taken.txt', 5, { taken: 'rename' })
    expect(await send(second.uploadId, 0, 'again')).toMatchObject({ item: { name: 'taken (1).txt' } })
    const third = await begin('taken.txt', 5, { taken: 'replace' })
    await send(third.uploadId, 0, 'third')
    expect([saved('taken.txt'), saved('free.txt'), saved('taken (1).txt')]).toEqual(['third', 'new', 'again'])
  })

  it('of no bytes is a file all the same', async () => {
    const { uploadId } = await begin('empty.txt', 0)
    expect(await send(uploadId, 0, '')).toMatchObject({ item: { name: 'empty.txt', size: 0 } })
  })

  it('takes in one piece at a time', async () => {
    const { uploadId } = await begin('one at a time.txt', 9)
    const slow = new TransformStream<Uint8Array, Uint8Array>()
    const writer = slow.writable.getWriter()
    const bytes = (text: string) => new TextEncoder().encode(text)
    const first = me.request('PATCH', `/api/uploads/${uploadId}`, {
      headers: { 'upload-offset': '0' },
      body: slow.readable,
      duplex: 'half',
    })
    await writer.write(bytes('abc'))
    await expect.poll(async () => (await me.api('GET', `/uploads/${uploadId}`)).offset).toBe(3)
    expect(await send(uploadId, 3, 'XYZ')).toMatchObject({ status: 409, error: { code: 'changed' } })
    await writer.write(bytes('def'))
    await writer.close()
    expect((await first).status).toBe(200)
    await send(uploadId, 6, 'ghi')
    expect(saved('one at a time.txt')).toBe('abcdefghi')
  })

  it('is nobody else’s, and its name leads nowhere', async () => {
    const { uploadId } = await begin('mine.txt', 3)
    const other = await newPerson(server, me, 'other', 'editor')
    expect(await other.refusal('GET', `/uploads/${uploadId}`)).toBe('404 not-found')
    expect((await send(uploadId, 0, 'abc', '', other)).status).toBe(404)
    expect(await other.refusal('DELETE', `/uploads/${uploadId}`)).toBe('404 not-found')
    for (const name of ['../x.txt', 'a/b.txt', '.hidden', ''])
      expect(await me.refusal('POST', '/uploads', { folderId: rootId, name, size: 1 })).toBe(
        '400 invalid-name',
      )
    for (const path of ['../', 'a/../../', '.wopikit/'])
      expect(await me.refusal('POST', '/uploads', { folderId: rootId, name: 'x', size: 1, path })).toBe(
        '400 invalid-name',
      )
    for (const id of ['..', '..%2F..%2Fx', 'x'.repeat(32)])
      expect(await me.refusal('GET', `/uploads/${id}`)).toBe('404 not-found')
  })

  it('is not finished by somebody whose role was taken away meanwhile', async () => {
    const other = await newPerson(server, me, 'other', 'editor')
    const { uploadId } = await other.api('POST', '/uploads', { folderId: rootId, name: 'late.txt', size: 4 })
    await me.api('PUT', `/items/${rootId}/access/${other.id}`, { role: 'viewer' })
    expect(await send(uploadId, 0, 'late', '', other)).toMatchObject({ status: 403 })
    expect(existsSync(join(server.folder, 'late.txt'))).toBe(false)
  })

  it('is given up on request, or when nothing has come for a day', async () => {
    const first = await begin('given up.txt', 5)
    await me.api('DELETE', `/uploads/${first.uploadId}`)
    expect(uploads()).toEqual([])
    const { uploadId } = await begin('forgotten.txt', 5)
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000)
    utimesSync(join(server.data, 'uploads', `${uploadId}.part`), yesterday, yesterday)
    await begin('another.txt', 5)
    expect(await me.refusal('GET', `/uploads/${uploadId}`)).toBe('404 not-found')
  })

  it('is refused when too many are under way', async () => {
    for (let count = 0; count < 50; count++) await begin(`${count}.txt`, 5)
    expect(await me.refusal('POST', '/uploads', { folderId: rootId, name: 'x', size: 1 })).toBe(
      '429 too-many-uploads',
    )
  })
})

describe('an upload in one piece', () => {
  it('that is too large or breaks off leaves nothing', async () => {
    const put = (body: BodyInit, headers: Record<string, string> = {}) =>
      me.request('PUT', `/api/folders/${rootId}/files?name=big.txt`, { body, headers, duplex: 'half' })
    expect((await put('x'.repeat(1001))).status).toBe(413)
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(100)),
    })
    expect((await put(endless)).status).toBe(413)
    expect(existsSync(join(server.folder, 'big.txt'))).toBe(false)
    expect(server.library.stagedCount()).toBe(0)
  })
})
