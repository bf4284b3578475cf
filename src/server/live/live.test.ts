import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
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
let viewer: Browser & { readonly id: string }
const open: Stream[] = []

interface Stream {
  readonly events: Json[]
  readonly ids: string[]
  /** The first event that fits, waiting for it if need be. */
  next(type: string, fits?: (event: Json) => boolean): Promise<Json>
  readonly ended: Promise<void>
  stop(): void
}

beforeAll(async () => {
  server = await startLibraryServer(
    { 'folder/a.txt': 'a', 'hidden/b.txt': 'b', 'top.txt': 'top' },
    { accounts: true, proof: 'off' },
  )
  owner = await firstOwner(server)
  viewer = await newPerson(server, owner, 'vera')
  await owner.api('PUT', `/items/${await idOf(owner, 'folder')}/access/${viewer.id}`, { role: 'viewer' })
})

afterEach(() => {
  for (const stream of open.splice(0)) stream.stop()
})

afterAll(() => server.stop())

async function listen(browser: Browser, query = '', lastEventId?: string): Promise<Stream> {
  const stop = new AbortController()
  const response = await browser.request('GET', `/api/events${query}`, {
    signal: stop.signal,
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  })
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const events: Json[] = []
  const ids: string[] = []
  const ended = read()
  const stream: Stream = {
    events,
    ids,
    ended,
    stop: () => stop.abort(),
    async next(type, fits = () => true) {
      const find = () => events.find((event) => event.type === type && fits(event))
      await expect
        .poll(find, { timeout: 5_000, interval: 20, message: `no ${type} among ${JSON.stringify(events)}` })
        .toBeDefined()
      return find()
    },
  }
  open.push(stream)
  await expect.poll(() => ids.length).toBeGreaterThan(0)
  return stream

  async function read() {
    const decoder = new TextDecoder()
    let text = ''
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true })
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const line of blocks.flatMap((block) => block.split('\n'))) {
          if (line.startsWith('id: ')) ids.push(line.slice(4))
          if (line.startsWith('data: ')) events.push(JSON.parse(line.slice(6)))
        }
      }
    } catch {
      // Stopped by us.
    }
  }
}

async function wopi(browser: Browser, fileId: string) {
  const html = await (await browser.request('GET', `/open/${fileId}`)).text()
  const token = /name="access_token" value="([^"]+)"/.exec(html)?.[1]
  return (override: string, lock: string, body?: string) =>
    fetch(`${server.host.wopiSrc(fileId)}${body === undefined ? '' : '/contents'}?access_token=${token}`, {
      method: 'POST',
      headers: { 'X-WOPI-Override': override, 'X-WOPI-Lock': lock },
      ...(body === undefined ? {} : { body }),
    })
}

describe('open pages', () => {
  it('are told of everything that happens, whoever did it', async () => {
    const id = await idOf(owner, 'top.txt')
    const stream = await listen(owner)
    const client = await wopi(owner, id)
    await client('LOCK', 'l')
    expect(await stream.next('lock-changed')).toMatchObject({ fileId: id, lock: { userName: 'Olga Owner' } })
    await client('PUT', 'l', 'saved')
    expect(await stream.next('saved')).toMatchObject({
      fileId: id,
      name: 'top.txt',
      origin: 'save',
      version: '2',
    })
    await client('PUT', 'another', 'refused')
    const refused = await stream.next('save-refused')
    expect(refused).toMatchObject({ fileId: id, user: 'Olga Owner' })
    await owner.api('DELETE', `/rescued/${refused.rescuedId}`)
    expect(await stream.next('rescued-settled')).toMatchObject({ rescuedId: refused.rescuedId })
    await client('PUT', 'l', '')
    expect(await stream.next('suspicious')).toMatchObject({ fileId: id, version: '3' })
    await client('UNLOCK', 'l')
    expect(await stream.next('lock-changed', (event) => event.lock === null)).toMatchObject({ fileId: id })
    await owner.api('PATCH', `/items/${id}`, { name: 'peak.txt' })
    expect(await stream.next('item-renamed')).toMatchObject({
      fileId: id,
      name: 'peak.txt',
      previousName: 'top.txt',
    })
    await owner.api('DELETE', `/items/${id}`)
    expect(await stream.next('item-removed')).toMatchObject({ fileId: id })
    await owner.api('POST', `/bin/${id}/restore`)
    expect(await stream.next('item-added')).toMatchObject({ fileId: id, kind: 'file', name: 'peak.txt' })
    expect(JSON.stringify(stream.events)).not.toContain('"l"')
  })

  it('are told of what other programs do in the folder', async () => {
    await owner.api('GET', '/folders/root')
    const stream = await listen(owner)
    writeFileSync(join(server.folder, 'from outside.txt'), 'x')
    expect(await stream.next('item-added')).toMatchObject({ name: 'from outside.txt' })
    rmSync(join(server.folder, 'from outside.txt'))
    expect(await stream.next('item-removed')).toMatchObject({ name: 'from outside.txt' })
  })

  it('are told only of what the person may see', async () => {
    const [hidden, shown] = [await idOf(owner, 'hidden'), await idOf(owner, 'folder')]
    const stream = await listen(viewer)
    await owner.request('PUT', `/api/folders/${hidden}/files?name=secret.txt`, { body: 'x' })
    await owner.request('PUT', `/api/folders/${shown}/files?name=visible.txt`, { body: 'x' })
    expect(await stream.next('item-added')).toMatchObject({ name: 'visible.txt', folderId: shown })
    const id = await idOf(owner, 'folder/visible.txt')
    await owner.api('PATCH', `/items/${id}`, { folderId: hidden })
    // Moved out of sight, it is gone for them, and where it went they do not learn.
    expect(await stream.next('item-removed')).toMatchObject({ fileId: id, folderId: shown })
    await owner.api('PATCH', `/items/${id}`, { name: 'renamed out of sight.txt' })
    await owner.api('PATCH', `/items/${id}`, { folderId: shown })
    const isBack = (event: Json) => event.name === 'renamed out of sight.txt'
    expect(await stream.next('item-added', isBack)).toMatchObject({ fileId: id, folderId: shown })
    expect(JSON.stringify(stream.events)).not.toMatch(new RegExp(`secret|${hidden}`))
  })

  it('that come back are told what they missed, or to begin anew', async () => {
    const folderId = await idOf(owner, 'folder')
    const before = await listen(owner)
    await owner.api('POST', `/folders/${folderId}/folders`, { name: 'first' })
    await before.next('item-added')
    before.stop()
    await owner.api('POST', `/folders/${folderId}/folders`, { name: 'second' })
    const back = await listen(owner, '', before.ids.at(-1))
    expect((await back.next('item-added')).name).toBe('second')
    expect(back.events.map((event) => event.name)).toEqual(['second'])
    const lost = await listen(owner, '', 'another-7')
    expect(lost.events[0]).toEqual({ type: 'stream-restart' })
  })

  it('are closed when the person signs out, and tell nothing any more', async () => {
    const person = await newPerson(server, owner, 'leaving', 'viewer')
    const stream = await listen(person)
    await person.api('DELETE', '/session')
    const folderId = await idOf(owner, 'folder')
    await owner.api('POST', `/folders/${folderId}/folders`, { name: 'after leaving' })
    await stream.ended
    expect(stream.events).toEqual([])
  })
})

describe('a document', () => {
  it('knows who is there, and says so to everybody who may see it', async () => {
    const id = await idOf(owner, 'folder/a.txt')
    const list = await listen(viewer)
    const page = await listen(owner, `?file=${id}&editing=true`)
    const me = { name: 'Olga Owner', editing: true }
    expect(await page.next('presence')).toMatchObject({ fileId: id, people: [me], saving: false })
    expect(await list.next('presence')).toMatchObject({ fileId: id, people: [me] })
    const other = await listen(viewer, `?file=${id}&editing=true`)
    // Somebody who may only look does not count as editing, whatever they say.
    expect(await page.next('presence', (event) => event.people.length === 2)).toMatchObject({
      people: [me, { name: 'vera', editing: false }],
    })
    expect((await owner.api('GET', `/items/${id}`)).people).toHaveLength(2)
    other.stop()
    await list.next('presence', (event) => event.people.length === 1 && list.events.indexOf(event) > 1)
    page.stop()
    await list.next('presence', (event) => event.people.length === 0)
    expect((await owner.api('GET', `/items/${id}`)).people).toEqual([])
  })

  it('whose last editor has left is being saved until the client has unlocked', async () => {
    const id = await idOf(owner, 'folder/a.txt')
    const client = await wopi(owner, id)
    const list = await listen(owner)
    const page = await listen(owner, `?file=${id}&editing=true`)
    await client('LOCK', 'l')
    expect((await owner.api('GET', `/items/${id}`)).saving).toBe(false)
    page.stop()
    await list.next('presence', (event) => event.saving)
    expect(await owner.api('GET', `/items/${id}`)).toMatchObject({ saving: true, people: [] })
    await client('PUT', 'l', 'the exit save')
    await client('UNLOCK', 'l')
    await list.next('presence', (event) => !event.saving && event.people.length === 0)
    expect((await owner.api('GET', `/items/${id}`)).saving).toBe(false)
  })

  it('that receives a large save is being saved for as long as that lasts', async () => {
    const id = await idOf(owner, 'folder/a.txt')
    const html = await (await owner.request('GET', `/open/${id}`)).text()
    const token = /name="access_token" value="([^"]+)"/.exec(html)?.[1]
    const list = await listen(owner)
    let finish = () => {}
    const slow = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('begun '))
        finish = () => {
          controller.enqueue(new TextEncoder().encode('and done'))
          controller.close()
        }
      },
    })
    const saved = fetch(`${server.host.wopiSrc(id)}/contents?access_token=${token}`, {
      method: 'POST',
      headers: { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': 'none' },
      body: slow,
      duplex: 'half',
    } as RequestInit)
    await list.next('presence', (event) => event.saving)
    finish()
    expect((await saved).status).toBe(409)
    await list.next('presence', (event) => !event.saving)
  })
})

describe('the server', () => {
  it('ends all streams when it stops', async () => {
    const other = await startLibraryServer({ 'a.txt': 'a' })
    const stream = await listen(other.browser())
    const stopped = other.stop()
    await stream.ended
    await stopped
  })
})
