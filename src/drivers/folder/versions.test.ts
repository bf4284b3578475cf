import {
  appendFileSync,
  closeSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  idOf,
  lockFor,
  read,
  save,
  type TestFolder,
  testFolder,
  textOf,
} from '../../../test/support/folder-library.js'
import type { FolderLibrary } from './index.js'
import { Sqlite } from './sqlite.js'

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

async function reopen(options: Parameters<TestFolder['open']>[0]): Promise<void> {
  library.close()
  library = await folder.open(options)
}

async function text(version: string): Promise<string | null> {
  const opened = await library.versions.open(id, version)
  return opened && textOf(opened.body)
}

/** All contents that can be had, the newest first. */
async function texts(): Promise<(string | null)[]> {
  const { versions } = await library.versions.list(id, { limit: 10_000 })
  const found: (string | null)[] = []
  for (const { version } of versions) found.push(await text(version))
  return found
}

describe('the history', () => {
  it('of a file that was never saved here is its present content', async () => {
    const { versions, total } = await library.versions.list(id)
    expect(total).toBe(1)
    expect(versions).toMatchObject([
      { version: '1', origin: 'outside', user: null, current: true, available: true },
    ])
    expect(await texts()).toEqual(['one'])
    expect((await library.versions.list('nobody')).total).toBe(0)
    expect(await library.versions.open(id, '7')).toBeNull()
    expect(await library.versions.open(id, 'x')).toBeNull()
  })

  it('has every content with who saved it, when and how', async () => {
    const at = Date.now() + 1000
    await save(library, id, 'two', {
      at,
      editors: ['alice', 'bob'],
      origin: 'exit-save',
      modifiedByUser: false,
    })
    await save(library, id, 'three', { userId: 'bob', userName: 'Bob' })
    const { versions } = await library.versions.list(id)
    expect(versions).toMatchObject([
      { version: '3', user: { id: 'bob', name: 'Bob' }, origin: 'save', current: true },
      {
        version: '2',
        at,
        size: 3,
        editors: ['alice', 'bob'],
        origin: 'exit-save',
        modifiedByUser: false,
        current: false,
      },
      { version: '1', origin: 'outside', user: null },
    ])
    expect(await texts()).toEqual(['three', 'two', 'one'])
  })

  it('has one entry for the same bytes saved again and again', async () => {
    await save(library, id, 'two')
    await save(library, id, 'two')
    const file = await save(library, id, 'two')
    expect(file.version).toBe('4')
    const { versions } = await library.versions.list(id)
    expect(versions.map(({ version }) => version)).toEqual(['4', '1'])
    for (const version of ['2', '3', '4']) expect(await text(version)).toBe('two')
    await save(library, id, 'five')
    expect(await texts()).toEqual(['five', 'two', 'one'])
  })

  it('has one autosave per stretch of time and session, and every save a person asked for', async () => {
    const minute = 60_000
    const start = Date.now()
    await library.locks.swap(id, null, lockFor('session', 24 * 60 * minute), Date.now())
    for (let time = 0; time <= 24; time += 2)
      await save(library, id, `auto ${time}`, { origin: 'autosave', at: start + time * minute })
    await save(library, id, 'asked for', { origin: 'save', at: start + 25 * minute })
    await save(library, id, 'auto again', { origin: 'autosave', at: start + 26 * minute })
    await save(library, id, 'exit', { origin: 'exit-save', at: start + 27 * minute })
    expect(await texts()).toEqual(['exit', 'auto again', 'asked for', 'auto 24', 'auto 20', 'auto 10', 'one'])
  })

  it('has autosaves also while the clock is behind the last one', async () => {
    const minute = 60_000
    const start = Date.now()
    await library.locks.swap(id, null, lockFor('session'), Date.now())
    for (const time of [600, 0, 2, 20, 40])
      await save(library, id, `auto ${time}`, { origin: 'autosave', at: start + time * minute })
    expect(await texts()).toEqual(['auto 40', 'auto 20', 'auto 0', 'auto 600', 'one'])
  })

  it('keeps every autosave when told so', async () => {
    await reopen({ autosaveStepMs: 0 })
    for (const content of ['1', '2', '3']) await save(library, id, content, { origin: 'autosave' })
    expect(await texts()).toEqual(['3', '2', '1', 'one'])
  })

  it('gives pages of many versions, and is quick about them', async () => {
    for (let number = 0; number < 300; number++) await save(library, id, `content ${number}`)
    const page = await library.versions.list(id, { offset: 100, limit: 50 })
    expect([page.total, page.versions.length, page.versions[0]?.version]).toEqual([301, 50, '201'])
    const index = new Sqlite(join(folder.data, 'index.sqlite'), { readonly: true })
    // No query that a save makes may go through all versions of the file.
    const plans = [
      'SELECT * FROM versions WHERE file_id = ? AND version <= ? ORDER BY version DESC LIMIT 1',
      'SELECT * FROM versions WHERE file_id = ? ORDER BY version DESC LIMIT 2',
      'UPDATE versions SET last_version = ? WHERE file_id = ? AND version = ? AND last_version = ?',
    ].map((sql) =>
      JSON.stringify(
        index.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(sql.match(/\?/g)?.map(() => 0) ?? [])),
      ),
    )
    index.close()
    for (const plan of plans)
      expect(plan).toMatch(
        /SEARCH versions USING PRIMARY KEY \(file_id=\? AND version[<=]\?\)|SEARCH versions USING PRIMARY KEY \(file_id=\?\)/,
      )
  })
})

describe('a program that writes into the document in place', () => {
  it('does not change history', async () => {
    await save(library, id, 'two')
    writeFileSync(folder.place('a.txt'), 'TWO')
    await save(library, id, 'three')
    appendFileSync(folder.place('a.txt'), '!')
    expect(await texts()).toEqual(['three!', 'three', 'TWO', 'two', 'one'])
  })

  it('under a live lock makes a version of its own, and the next save is the newest', async () => {
    await library.locks.swap(id, null, lockFor('session'), Date.now())
    await save(library, id, 'by the editor')
    writeFileSync(folder.place('a.txt'), 'by another program')
    await save(library, id, 'by the editor again')
    expect(await texts()).toEqual(['by the editor again', 'by another program', 'by the editor', 'one'])
    const { versions } = await library.versions.list(id)
    expect(versions.map(({ origin }) => origin)).toEqual(['save', 'outside', 'save', 'outside'])
  })

  it('twice loses neither, when somebody looked in between', async () => {
    await save(library, id, 'two')
    writeFileSync(folder.place('a.txt'), 'outside 1')
    await library.files.stat(id)
    await expect.poll(() => library.versions.find(id, '3')?.sha256).not.toBeNull()
    writeFileSync(folder.place('a.txt'), 'outside 2')
    expect(await texts()).toEqual(['outside 2', 'outside 1', 'two', 'one'])
  })

  it('is seen through by restoring, and by whoever asks before anybody noticed', async () => {
    await save(library, id, 'two')
    writeFileSync(folder.place('a.txt'), 'damage')
    expect(await text('2')).toBe('two')
    expect(await library.versions.restore(id, '2', dora)).toMatchObject({ done: true })
    expect(folder.text('a.txt')).toBe('two')
  })

  it('and goes on after a save has replaced it has what it wrote in the history', async () => {
    await save(library, id, 'two')
    const file = openSync(folder.place('a.txt'), 'w')
    writeSync(file, 'begun')
    await library.files.stat(id)
    await save(library, id, 'three')
    writeSync(file, ' and ended')
    closeSync(file)
    expect(await texts()).toEqual(['three', 'begun and ended', 'two', 'one'])
    expect(library.versions.find(id, '3')).toMatchObject({ origin: 'outside', size: 15, user: null })
    expect((await library.verify()).notes).toEqual([])
  })

  it('and goes on after a save is noted by verify, and its content the version from then on', async () => {
    await save(library, id, 'two')
    const file = openSync(folder.place('a.txt'), 'r+')
    await save(library, id, 'three')
    writeSync(file, 'TWO', 0)
    closeSync(file)
    const report = await library.verify()
    expect(report).toMatchObject({
      problems: [],
      notes: [{ message: expect.stringContaining('went on writing into version 2') }],
    })
    expect((await library.verify()).notes).toEqual([])
    expect(await texts()).toEqual(['three', 'TWO', 'one'])
  })

  it('or replaces it by another file changes nothing either', async () => {
    await save(library, id, 'two')
    folder.put('other', 'replaced')
    renameSync(folder.place('other'), folder.place('a.txt'))
    expect(await texts()).toEqual(['replaced', 'two', 'one'])
  })
})

describe('restore', () => {
  it('makes old content a new version, by whoever did it', async () => {
    await save(library, id, 'two')
    await save(library, id, 'three')
    const restored = await library.versions.restore(id, '1', dora)
    expect(restored).toMatchObject({ done: true, item: { id, version: 4 } })
    expect(await read(library, id)).toBe('one')
    expect(library.versions.find(id, '4')).toMatchObject({
      origin: 'restore',
      user: { id: 'dora', name: 'Dora' },
    })
    expect(await texts()).toEqual(['one', 'three', 'two', 'one'])
  })

  it('with a live lock says so and does nothing; forced, it keeps everything', async () => {
    await save(library, id, 'two')
    await library.locks.swap(id, null, lockFor('session'), Date.now())
    expect(await library.versions.restore(id, '1', dora)).toMatchObject({
      done: false,
      because: 'locked',
      locks: [{ userName: 'Bob', fileId: id }],
    })
    expect(await read(library, id)).toBe('two')
    expect(await library.versions.restore(id, '1', dora, { force: true })).toMatchObject({ done: true })
    await save(library, id, 'the session goes on')
    expect(await texts()).toEqual(['the session goes on', 'one', 'two', 'one'])
    expect(library.stagedCount()).toBe(0)
  })

  it('of what is not there says so', async () => {
    expect(await library.versions.restore(id, '9', dora)).toMatchObject({ because: 'not-found' })
    expect(await library.versions.restore('nobody', '1', dora)).toMatchObject({ because: 'not-found' })
  })
})

describe('retention', () => {
  it('keeps so many of a file, the newest ones, and whatever is pinned', async () => {
    await reopen({ versions: { perFile: 3 } })
    await save(library, id, 'v2')
    expect(await library.versions.pin(id, '2')).toBe(true)
    for (let number = 3; number <= 9; number++) await save(library, id, `v${number}`)
    await library.tidy()
    expect(await texts()).toEqual(['v9', 'v8', 'v7', 'v2'])
    expect(await library.versions.unpin(id, '2')).toBe(true)
    await save(library, id, 'v10')
    await library.tidy()
    expect(await texts()).toEqual(['v10', 'v9', 'v8'])
    expect(folder.ours('versions')).toHaveLength(3)
    expect(await library.versions.pin(id, '2')).toBe(false)
  })

  it('keeps for so long, but never less than the present content', async () => {
    let now = Date.now()
    await reopen({ versions: { maxAgeMs: 1000 }, now: () => now })
    await save(library, id, 'v2', { at: now })
    await save(library, id, 'v3', { at: now })
    now += 5000
    await library.tidy()
    expect(await texts()).toEqual(['v3'])
    expect(await read(library, id)).toBe('v3')
  })

  it('counts the age of a version from when it was replaced', async () => {
    const day = 24 * 60 * 60 * 1000
    let now = Date.now()
    await reopen({ versions: { maxAgeMs: 30 * day }, now: () => now })
    await save(library, id, 'v2', { at: now })
    await library.tidy()
    expect(await texts()).toEqual(['v2', 'one'])
    now += 365 * day
    await save(library, id, 'v3', { at: now })
    await library.tidy()
    expect(await texts()).toEqual(['v3', 'v2'])
    now += 31 * day
    await library.tidy()
    expect(await texts()).toEqual(['v3'])
  })

  it('keeps so many bytes in all, the oldest of any file going first', async () => {
    await reopen({ versions: { totalBytes: 25 } })
    folder.put('b.txt', 'b')
    const b = await idOf(library, 'b.txt')
    const start = Date.now()
    for (let number = 0; number < 4; number++) {
      await save(library, id, `ten bytes${number}`, { at: start + number * 10 })
      await save(library, b, `ten bytes${number}`, { at: start + number * 10 + 5 })
    }
    await library.tidy()
    expect(await texts()).toEqual(['ten bytes3', 'ten bytes2'])
    expect((await library.versions.list(b)).total).toBe(2)
    expect(library.storage().versions).toBeLessThanOrEqual(25)
  })

  it('removes by itself a little after a save', async () => {
    await reopen({ versions: { perFile: 1 } })
    for (const content of ['2', '3', '4']) await save(library, id, content)
    await expect.poll(async () => (await library.versions.list(id)).total, { timeout: 10_000 }).toBe(1)
  })

  it.each([
    [{ versions: { perFile: 0 } }, /versions\.perFile is 0; expected a number of at least 1/],
    [{ rescued: { totalBytes: -1 } }, /rescued\.totalBytes is -1/],
    [{ bin: { maxAgeMs: Number.NaN } }, /bin\.maxAgeMs is NaN/],
    [{ autosaveStepMs: -1 }, /autosaveStepMs is -1; expected a number of at least 0/],
  ])('does not accept %j', async (options, message) => {
    await expect(testFolder().open(options)).rejects.toThrow(message)
  })
})

describe('storage', () => {
  it('tells what takes how much', async () => {
    await save(library, id, 'four')
    await save(library, id, 'fives')
    folder.put('gone.txt', '1234567')
    await library.tree.remove(await idOf(library, 'gone.txt'))
    expect(library.storage()).toEqual({ documents: 5, versions: 7, rescued: 0, bin: 7 })
  })
})

describe('verify', () => {
  const blob = (version: number | 'current') => join(folder.data, 'versions', `${id}.${version}`)

  /** What a failing disk does: other bytes at the same time. */
  function damage(place: string, content: string): void {
    const { atime, mtime } = statSync(place)
    writeFileSync(place, content)
    utimesSync(place, atime, mtime)
  }

  it('finds versions that are missing, cut short, changed or foreign', async () => {
    for (const content of ['two', 'three', 'four', 'five']) await save(library, id, content)
    expect(await library.verify()).toMatchObject({
      looked: { documents: 1, versions: 5 },
      problems: [],
      notes: [],
    })
    rmSync(blob(1))
    damage(blob(2), 'x')
    damage(blob(3), 'THREE')
    writeFileSync(blob(99), 'foreign')
    const { problems } = await library.verify()
    expect(problems.map(({ place, message }) => [place, message])).toEqual([
      [blob(1), expect.stringContaining('is missing')],
      [blob(2), expect.stringContaining('has 1 bytes; it had 3')],
      [blob(3), expect.stringContaining('is not what was saved')],
      [blob(99), expect.stringContaining('does not know')],
    ])
    expect((await library.verify({ content: false })).problems).toHaveLength(3)
    // Everything as it was, for the look after the test.
    writeFileSync(blob(1), 'one')
    writeFileSync(blob(2), 'two')
    writeFileSync(blob(3), 'three')
    rmSync(blob(99))
  })

  it('finds a document that changed although nothing tells', async () => {
    await save(library, id, 'two')
    const index = new Sqlite(join(folder.data, 'index.sqlite'))
    writeFileSync(folder.place('a.txt'), 'TWO')
    const now = statSync(folder.place('a.txt'))
    index.prepare('UPDATE items SET mtime = ? WHERE id = ?').run(now.mtimeMs, id)
    const { problems } = await library.verify()
    expect(problems).toMatchObject([
      { place: folder.place('a.txt'), message: expect.stringContaining('not what was saved') },
    ])
    index.prepare('UPDATE items SET mtime = ? WHERE id = ?').run(0, id)
    index.close()
  })

  it('only notes what other programs did', async () => {
    await save(library, id, 'two')
    rmSync(folder.place('a.txt'))
    rmSync(blob('current'))
    const { problems, notes } = await library.verify()
    expect(problems).toEqual([])
    expect(notes).toMatchObject([
      { place: folder.place('a.txt'), message: expect.stringContaining('is gone') },
    ])
    folder.put('a.txt', 'back')
    expect(await read(library, id)).toBe('back')
  })

  it('finds what is missing or foreign among rescued saves and in the bin', async () => {
    folder.put('b.txt', 'b')
    const b = await idOf(library, 'b.txt')
    await library.tree.remove(b)
    const inBin = join(folder.data, 'bin', b)
    renameSync(inBin, `${inBin}x`)
    writeFileSync(join(folder.data, 'rescued', 'foreign'), '')
    const { problems } = await library.verify()
    expect(problems.map(({ place }) => place)).toEqual([
      join(folder.data, 'rescued', 'foreign'),
      inBin,
      `${inBin}x`,
    ])
    renameSync(`${inBin}x`, inBin)
    rmSync(join(folder.data, 'rescued', 'foreign'))
  })

  it('may run while people save', async () => {
    const over = new AbortController()
    const saving = (async () => {
      for (let number = 0; !over.signal.aborted; number++) await save(library, id, `content ${number}`)
    })()
    for (let round = 0; round < 5; round++) {
      const { problems, notes } = await library.verify()
      expect({ problems, notes }).toEqual({ problems: [], notes: [] })
    }
    over.abort()
    await saving
  })
})
