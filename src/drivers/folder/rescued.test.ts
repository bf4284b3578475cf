import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  aSave,
  body,
  idOf,
  lockFor,
  read,
  save,
  type TestFolder,
  testFolder,
  textOf,
} from '../../../test/support/folder-library.js'
import type { FolderLibrary, LibraryEvent } from './index.js'

const dora = { userId: 'dora', userName: 'Dora' }

let folder: TestFolder
let library: FolderLibrary
let id: string
beforeEach(async () => {
  folder = testFolder()
  library = await folder.open()
  folder.put('a.txt', 'one')
  id = await idOf(library, 'a.txt')
})
afterEach(async () => {
  const { problems } = await library.verify()
  expect(problems).toEqual([])
  folder.remove()
})

let count = 0
async function refused(content: string, { fileId = id, at = Date.now() + ++count } = {}): Promise<void> {
  const by = aSave({ at, editors: ['carol'] })
  const staged = await library.files.stage(fileId, body(content), by)
  const file = await library.files.stat(fileId)
  const version = file?.version ?? null
  await library.files.rescue(staged, {
    fileId,
    code: 'lock-mismatch',
    reason: 'It was locked.',
    save: by,
    version,
  })
}

async function texts(fileId?: string): Promise<string[]> {
  const opened = await Promise.all(
    library.rescued.list(fileId).map(({ rescuedId }) => library.rescued.open(rescuedId)),
  )
  return Promise.all(opened.map(async (one) => (one ? textOf(one.body) : 'gone')))
}

const newest = () => library.rescued.list()[0]?.rescuedId ?? ''

describe('a rescued save', () => {
  it('has its content, the reason, who sent it and from which version', async () => {
    const events: LibraryEvent[] = []
    library.subscribe((event) => events.push(event))
    await refused('my work')
    expect(library.rescued.list()).toMatchObject([
      {
        fileId: id,
        name: 'a.txt',
        size: 7,
        code: 'lock-mismatch',
        reason: 'It was locked.',
        baseVersion: '1',
        save: { userId: 'alice', editors: ['carol'] },
      },
    ])
    expect(await texts(id)).toEqual(['my work'])
    expect(events).toMatchObject([
      { type: 'rescued', id, name: 'a.txt', by: 'Alice', reason: 'It was locked.' },
    ])
    expect(await library.rescued.open('nobody')).toBeNull()
    expect(library.rescued.find('nobody')).toBeNull()
  })

  it('is one, however often the same bytes are refused, and none when they are kept already', async () => {
    await refused('my work')
    await refused('my work')
    expect(await texts()).toEqual(['my work'])
    await save(library, id, 'two')
    await save(library, id, 'three')
    await refused('two')
    await refused('three')
    expect(await texts()).toEqual(['my work'])
    expect(library.stagedCount()).toBe(0)
  })

  it('is kept when the same bytes are nowhere to be had, because another program removed the document', async () => {
    await save(library, id, 'two')
    await save(library, id, 'three')
    rmSync(folder.place('a.txt'))
    await refused('two')
    await refused('three')
    expect(await texts()).toEqual(['three', 'two'])
  })

  it('is restored as a new version, with everybody who worked on it', async () => {
    await refused('my work')
    expect(await library.rescued.restore(newest(), dora)).toMatchObject({
      done: true,
      item: { id, version: 2 },
    })
    expect(await read(library, id)).toBe('my work')
    expect(library.versions.find(id, '2')).toMatchObject({
      origin: 'restore',
      user: { id: 'dora' },
      editors: ['alice', 'carol'],
    })
    expect(library.rescued.list()).toEqual([])
    expect(await library.rescued.restore('nobody', dora)).toMatchObject({ because: 'not-found' })
  })

  it('is not restored over a live lock, unless forced', async () => {
    await refused('my work')
    await library.locks.swap(id, null, lockFor('session'), Date.now())
    expect(await library.rescued.restore(newest(), dora)).toMatchObject({
      because: 'locked',
      locks: [{ userName: 'Bob' }],
    })
    expect([await read(library, id), await texts()]).toEqual(['one', ['my work']])
    expect(await library.rescued.restore(newest(), dora, { force: true })).toMatchObject({ done: true })
    expect(await read(library, id)).toBe('my work')
  })

  it('is kept as a copy beside its file, under a free name', async () => {
    folder.put('sub/b.txt', 'b')
    const b = await idOf(library, 'sub/b.txt')
    await refused('my work', { fileId: b })
    expect(await library.rescued.keepAsCopy(newest(), dora)).toMatchObject({
      item: { path: 'sub/b (1).txt' },
    })
    expect(folder.text('sub/b (1).txt')).toBe('my work')
    expect(library.rescued.list()).toEqual([])
  })

  it('outlives its file, and is then kept in the topmost folder', async () => {
    folder.put('sub/b.txt', 'b')
    const b = await idOf(library, 'sub/b.txt')
    await refused('my work', { fileId: b })
    await library.tree.remove(b)
    await refused('too late', { fileId: b })
    expect(await texts(b)).toEqual(['too late', 'my work'])
    expect(library.rescued.list(b).map(({ name }) => name)).toEqual(['b.txt', 'b.txt'])
    expect(await library.rescued.restore(newest(), dora)).toMatchObject({ because: 'not-found' })
    expect(await library.rescued.keepAsCopy(newest(), dora)).toMatchObject({ item: { path: 'b.txt' } })
    expect(await library.rescued.keepAsCopy(newest(), dora)).toMatchObject({ item: { path: 'b (1).txt' } })
    expect([folder.text('b.txt'), folder.text('b (1).txt')]).toEqual(['too late', 'my work'])
  })

  it('is discarded for good', async () => {
    await refused('my work')
    const rescuedId = newest()
    expect(await library.rescued.discard(rescuedId)).toBe(true)
    expect(await library.rescued.discard(rescuedId)).toBe(false)
    await library.tidy()
    expect(folder.ours('rescued')).toEqual([])
  })
})

describe('limits', () => {
  it('on one file remove its oldest', async () => {
    library.close()
    library = await folder.open({ rescued: { perFile: 2 } })
    folder.put('b.txt', 'b')
    const b = await idOf(library, 'b.txt')
    await refused('other file', { fileId: b })
    for (const content of ['1', '2', '3']) await refused(content)
    expect([await texts(id), await texts(b)]).toEqual([['3', '2'], ['other file']])
  })

  it('on all together remove the oldest of any file, and never the newest', async () => {
    library.close()
    library = await folder.open({ rescued: { totalBytes: 25 } })
    for (const content of ['ten bytes1', 'ten bytes2', 'ten bytes3']) await refused(content)
    expect(await texts()).toEqual(['ten bytes3', 'ten bytes2'])
    await refused('a single save of more than all that is allowed')
    expect(await texts()).toEqual(['a single save of more than all that is allowed'])
    expect(library.storage().rescued).toBe(46)
  })

  it('in time remove what is too old', async () => {
    library.close()
    library = await folder.open({ rescued: { maxAgeMs: 1000 } })
    await refused('old', { at: 1_000_000 })
    await refused('new', { at: 1_002_000 })
    expect(await texts()).toEqual(['new'])
  })
})

describe('locks a person can see', () => {
  it('tell the file, since when, until when, with which client, who takes part and when it was last saved', async () => {
    const lock = { ...lockFor('secret id'), client: 'https://office.example' }
    await library.locks.swap(id, null, lock, Date.now())
    await save(library, id, 'two', { editors: ['carol', 'alice'], at: lock.acquiredAt + 5 })
    const [session, ...others] = library.locks.list(Date.now())
    expect(others).toEqual([])
    expect(session).toEqual({
      fileId: id,
      name: 'a.txt',
      path: 'a.txt',
      userName: 'Bob',
      client: 'https://office.example',
      acquiredAt: lock.acquiredAt,
      expiresAt: lock.expiresAt,
      users: ['Bob', 'Alice', 'carol'],
      lastSaveAt: lock.acquiredAt + 5,
    })
    expect(library.locks.list(lock.expiresAt)).toEqual([])
  })

  it('can be taken off, and what their session still sends is refused', async () => {
    const events: LibraryEvent[] = []
    library.subscribe((event) => events.push(event))
    const now = Date.now()
    await library.locks.swap(id, null, lockFor('session'), now)
    expect(await library.locks.forceUnlock(id, now)).toBe(true)
    expect(await library.locks.forceUnlock(id, now)).toBe(false)
    expect(await library.locks.get(id, now)).toBeNull()
    // Not as if the session had let go: its last save must not slip in.
    expect(await library.locks.lastReleased?.(id)).toBeNull()
    const by = aSave()
    const staged = await library.files.stage(id, body('late'), by)
    const expected = { version: '1', lockId: 'session', now }
    expect(await library.files.commit(id, staged, expected, by)).toMatchObject({
      done: false,
      because: 'changed',
    })
    expect(await library.locks.swap(id, 'session', lockFor('session'), now)).toEqual({
      done: false,
      current: null,
    })
    await library.files.rescue(staged, {
      fileId: id,
      code: 'lock-mismatch',
      reason: 'Unlocked.',
      save: by,
      version: '1',
    })
    expect(await texts()).toEqual(['late'])
    expect(events).toMatchObject([
      { type: 'lock-changed', id, name: 'a.txt', kind: 'file', folderId: library.tree.rootId, by: 'Bob' },
      { type: 'lock-changed', id, by: null },
      { type: 'rescued', id },
    ])
  })
})
