import { pbkdf2 } from 'node:crypto'
import {
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  aSave,
  body,
  idOf,
  read,
  save,
  type TestFolder,
  testFolder,
  textOf,
} from '../../../test/support/folder-library.js'
import { actAt } from './faults.js'
import type { FolderLibrary } from './index.js'
import { Sqlite } from './sqlite.js'

let folder: TestFolder
let library: FolderLibrary
beforeEach(async () => {
  // On a disk: file systems in memory do not give the numbers of deleted files again.
  folder = testFolder({ in: tmpdir() })
  library = await folder.open()
})
afterEach(() => folder.remove())

const names = async (path = '') => new Set((await library.catalog.list(path)).map((item) => item.path))

describe('ids', () => {
  it('stay over saves, renames and moves through us, and a restart', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    const file = await save(library, id, 'two')
    const renamed = await library.files.rename(id, 'b.txt', { version: file.version, lockId: null, now: 0 })
    expect(renamed).toMatchObject({ done: true, file: { fileId: id, name: 'b.txt', version: file.version } })
    library.close()
    const again = await folder.open()
    expect(await idOf(again, 'b.txt')).toBe(id)
    expect(await read(again, id)).toBe('two')
  })

  it('stay when another program renames or moves the file, also after it wrote into it', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    mkdirSync(folder.place('deep/er'), { recursive: true })
    renameSync(folder.place('a.txt'), folder.place('deep/er/b.txt'))
    expect(await library.files.stat(id)).toMatchObject({ name: 'b.txt', version: '1' })
    writeFileSync(folder.place('deep/er/b.txt'), 'two, longer')
    renameSync(folder.place('deep/er/b.txt'), folder.place('c.txt'))
    expect([...(await names())]).toContain('c.txt')
    expect(await library.files.stat(id)).toMatchObject({ fileId: id, name: 'c.txt', size: 11, version: '2' })
  })

  it('stay for everything in a folder that another program renames', async () => {
    folder.put('papers/2026/a.txt', 'a')
    folder.put('papers/b.txt', 'b')
    const ids = [await idOf(library, 'papers/2026/a.txt'), await idOf(library, 'papers/b.txt')]
    const folderId = await idOf(library, 'papers')
    renameSync(folder.place('papers'), folder.place('archive'))
    expect(await names()).toEqual(new Set(['archive']))
    expect(await idOf(library, 'archive')).toBe(folderId)
    expect([await idOf(library, 'archive/2026/a.txt'), await idOf(library, 'archive/b.txt')]).toEqual(ids)
  })

  it('stay when a program saves by writing another file and renaming it over the document', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    writeFileSync(folder.place('a.tmp'), 'two')
    await library.catalog.list('')
    renameSync(folder.place('a.tmp'), folder.place('a.txt'))
    expect(await library.files.stat(id)).toMatchObject({ name: 'a.txt', version: '2' })
    expect(await read(library, id)).toBe('two')
  })

  it.each(['asks for it', 'lists the folder'])(
    'stay when a program saves by moving the document aside and writing another, and somebody %s in between',
    async (what) => {
      folder.put('a.txt', 'one')
      const id = await idOf(library, 'a.txt')
      await save(library, id, 'two')
      renameSync(folder.place('a.txt'), folder.place('a.txt~'))
      const looking = what === 'asks for it' ? library.files.stat(id) : library.catalog.list('')
      setTimeout(() => folder.put('a.txt', 'three'), 20)
      await looking
      expect(await read(library, id)).toBe('three')
      expect(await library.files.stat(id)).toMatchObject({ name: 'a.txt', version: '3' })
      expect(await idOf(library, 'a.txt~')).not.toBe(id)
    },
  )

  it('are not taken over by what got the same number on disk', async () => {
    mkdirSync(folder.place('private'))
    folder.put('private/a.txt', 'a')
    const before = [await idOf(library, 'private'), await idOf(library, 'private/a.txt')]
    rmSync(folder.place('private'), { recursive: true })
    // Common file systems give the numbers of what was deleted to what comes next.
    for (let number = 0; number < 20; number++) {
      mkdirSync(folder.place(`new ${number}`))
      folder.put(`new ${number}/a.txt`, 'a')
    }
    for (const item of await library.catalog.list('')) {
      expect(before).not.toContain(item.id)
      for (const inside of await library.catalog.list(item.path)) expect(before).not.toContain(inside.id)
    }
    expect(await library.files.stat(before[1] ?? '')).toBeNull()
  })

  it('are never given again: a file made where one was is another', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    const file = await library.files.stat(id)
    await library.files.delete(id, { version: file?.version ?? '', lockId: null, now: 0 })
    folder.put('a.txt', 'other')
    expect(await idOf(library, 'a.txt')).not.toBe(id)
    expect(await library.files.stat(id)).toBeNull()
  })

  it('are of the path when a file becomes a folder', async () => {
    folder.put('thing', 'a file')
    const id = await idOf(library, 'thing')
    rmSync(folder.place('thing'))
    folder.put('thing/inside.txt', 'x')
    expect(await idOf(library, 'thing')).not.toBe(id)
    expect(await library.files.stat(id)).toBeNull()
    const inside = await idOf(library, 'thing/inside.txt')
    rmSync(folder.place('thing'), { recursive: true })
    folder.put('thing', 'a file again')
    expect(await library.files.stat(inside)).toBeNull()
    expect(await read(library, await idOf(library, 'thing'))).toBe('a file again')
  })
})

describe('a change by another program', () => {
  it('is a new version with a later time', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    const before = await library.files.stat(id)
    writeFileSync(folder.place('a.txt'), 'two')
    const after = await library.files.stat(id)
    expect(after?.version).toBe('2')
    expect(after?.modifiedAt).toBeGreaterThan(before?.modifiedAt ?? Number.POSITIVE_INFINITY)
  })

  it('is seen when it has the same size, however soon it comes', async () => {
    folder.put('a.txt', '000')
    const id = await idOf(library, 'a.txt')
    for (let round = 1; round <= 5; round++) {
      folder.put('a.txt', `00${round}`)
      expect(await read(library, id)).toBe(`00${round}`)
      expect(await library.files.stat(id)).toMatchObject({ version: String(round + 1) })
    }
  })

  it('is seen right after a save of ours', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    const saved = await save(library, id, 'two')
    folder.put('a.txt', 'six')
    expect(await library.files.stat(id)).toMatchObject({ version: String(Number(saved.version) + 1) })
  })

  it('is none when only the times were touched, or the file was replaced by its copy', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    const saved = await save(library, id, 'two')
    const later = new Date(Date.now() + 5000)
    utimesSync(folder.place('a.txt'), later, later)
    expect(await library.files.stat(id)).toEqual(saved)
    copyFileSync(folder.place('a.txt'), folder.place('copy'))
    renameSync(folder.place('copy'), folder.place('a.txt'))
    expect(await library.files.stat(id)).toEqual(saved)
    expect(await read(library, id)).toBe('two')
  })

  it('is none when what was seen is gone again by the time it could be recorded, as when another process has saved meanwhile', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    const { version } = await save(library, id, 'two')
    const index = new Sqlite(join(folder.data, 'index.sqlite'))
    index.exec('BEGIN IMMEDIATE')
    renameSync(folder.place('a.txt'), folder.place('.aside'))
    folder.put('a.txt', 'what was there before')
    utimesSync(folder.place('a.txt'), 1_700_000_000, 1_700_000_000)
    const seen = library.files.stat(id)
    await sleep(100)
    renameSync(folder.place('.aside'), folder.place('a.txt'))
    index.exec('COMMIT')
    index.close()
    expect(await seen).toMatchObject({ version })
    expect(await library.files.stat(id)).toMatchObject({ version })
    expect(await read(library, id)).toBe('two')
  })

  it('is noticed once, however many look', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    const other = await folder.open()
    writeFileSync(folder.place('a.txt'), 'two')
    const seen = await Promise.all([1, 2, 3, 4].flatMap(() => [library.files.stat(id), other.files.stat(id)]))
    expect(new Set(seen.map((file) => file?.version))).toEqual(new Set(['2']))
  })

  it('is taken in also when another process takes the private copy away at that moment', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    await save(library, id, 'two')
    folder.put('a.txt', 'outside')
    utimesSync(folder.place('a.txt'), 1, 1)
    // No thread is free to open the copy before it is gone.
    const busy = [1, 2, 3, 4].map(() => promisify(pbkdf2)('', '', 100_000, 64, 'sha512'))
    const looking = library.files.stat(id)
    await nextTurn()
    unlinkSync(join(folder.data, 'versions', `${id}.current`))
    expect(await looking).toMatchObject({ version: '3', size: 7 })
    await Promise.all(busy)
  })

  it('makes a save that was decided before it look again', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    const by = {
      userId: 'a',
      userName: 'A',
      editors: [],
      origin: 'save',
      modifiedByUser: true,
      at: 1,
    } as const
    const staged = await library.files.stage(id, (async function* () {})(), by)
    writeFileSync(folder.place('a.txt'), 'outside')
    const expected = { version: '1', lockId: null, now: Date.now() }
    expect(await library.files.commit(id, staged, expected, by)).toEqual({ done: false, because: 'changed' })
    expect(folder.text('a.txt')).toBe('outside')
  })

  it.each([
    ['writes into the document in place', '3', 'THEM', () => writeFileSync(folder.place('a.txt'), 'THEM')],
    [
      'moves the document away and puts a folder in its place',
      '2',
      'mine',
      () => {
        renameSync(folder.place('a.txt'), folder.place('b.txt'))
        mkdirSync(folder.place('a.txt'))
      },
    ],
  ])(
    'by a program that %s in the very moment of a save makes the save look again, and loses nothing',
    async (_, version, content, change) => {
      folder.put('a.txt', 'one')
      const id = await idOf(library, 'a.txt')
      await save(library, id, 'mine')
      const by = aSave()
      const staged = await library.files.stage(id, body('two'), by)
      actAt('save:dressed', change)
      const expected = { version: '2', lockId: null, now: Date.now() }
      expect(await library.files.commit(id, staged, expected, by)).toEqual({
        done: false,
        because: 'changed',
      })
      expect(await library.files.stat(id)).toMatchObject({ version })
      expect(await library.files.commit(id, staged, { ...expected, version }, by)).toMatchObject({
        done: true,
      })
      expect(await read(library, id)).toBe('two')
      const mine = await library.versions.open(id, '2')
      expect(mine && (await textOf(mine.body))).toBe('mine')
      const before = await library.versions.open(id, version)
      expect(before && (await textOf(before.body))).toBe(content)
      expect((await library.verify()).problems).toEqual([])
    },
  )

  it('right behind a save is not taken for what was saved', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    actAt('save:switched', () => {
      writeFileSync(folder.place('b.txt'), 'THEM')
      renameSync(folder.place('b.txt'), folder.place('a.txt'))
    })
    await save(library, id, 'mine')
    expect(await library.files.stat(id)).toMatchObject({ version: '3' })
    const mine = await library.versions.open(id, '2')
    expect(mine && (await textOf(mine.body))).toBe('mine')
    expect(await read(library, id)).toBe('THEM')
  })

  it.each([
    ['renamed its folder', () => renameSync(folder.place('sub'), folder.place('moved'))],
    ['deleted the file', () => unlinkSync(folder.place('sub/a.txt'))],
    [
      'put a folder in its place',
      () => {
        unlinkSync(folder.place('sub/a.txt'))
        mkdirSync(folder.place('sub/a.txt'))
      },
    ],
  ])('that %s makes a save that was decided before it look again', async (_, change) => {
    folder.put('sub/a.txt', 'one')
    const id = await idOf(library, 'sub/a.txt')
    const by = aSave()
    const staged = await library.files.stage(id, body('two'), by)
    const expected = { version: '1', lockId: null, now: Date.now() }
    change()
    expect(await library.files.commit(id, staged, expected, by)).toEqual({ done: false, because: 'changed' })
  })
})

describe('links', () => {
  it('that lead outside show nothing and open nothing', async () => {
    const outside = join(dirname(folder.path), 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'secret.txt'), 'secret')
    symlinkSync(outside, folder.place('door'))
    symlinkSync(join(outside, 'secret.txt'), folder.place('window.txt'))
    symlinkSync('/nowhere', folder.place('broken'))
    expect(await names()).toEqual(new Set([]))
    for (const path of ['door', 'door/secret.txt', 'window.txt', 'broken', '../outside/secret.txt'])
      expect(await library.catalog.at(path)).toBeNull()
  })

  it('that take the place of a known folder or file end it', async () => {
    folder.put('sub/a.txt', 'mine')
    folder.put('b.txt', 'mine')
    const [inside, plain] = [await idOf(library, 'sub/a.txt'), await idOf(library, 'b.txt')]
    const outside = join(dirname(folder.path), 'outside')
    // The very same folder and file, so that neither number, size nor time tells.
    renameSync(folder.place('sub'), outside)
    renameSync(folder.place('b.txt'), join(outside, 'b.txt'))
    symlinkSync(outside, folder.place('sub'))
    symlinkSync(join(outside, 'b.txt'), folder.place('b.txt'))
    await expect.poll(() => library.files.stat(inside)).toBeNull()
    expect(await library.files.stat(plain)).toBeNull()
    expect(await library.files.read(inside)).toBeNull()
  })

  it('that stay inside lead to the document itself, which has one id', async () => {
    folder.put('real/a.txt', 'a')
    symlinkSync(folder.place('real'), folder.place('alias'))
    symlinkSync('real/a.txt', folder.place('also.txt'))
    const id = await idOf(library, 'real/a.txt')
    expect(await idOf(library, 'alias/a.txt')).toBe(id)
    expect(await idOf(library, 'also.txt')).toBe(id)
    expect(await names()).toEqual(new Set(['real']))
    await save(library, id, 'b')
    expect(folder.text('also.txt')).toBe('b')
  })

  it('to our own folder show nothing', async () => {
    symlinkSync(folder.data, folder.place('inner'))
    expect(await library.catalog.at('inner')).toBeNull()
    expect(await library.catalog.at('inner/index.sqlite')).toBeNull()
    expect(await library.catalog.at('.wopikit/index.sqlite')).toBeNull()
  })

  it('of the hard kind keep two names of one content apart once one is saved', async () => {
    folder.put('a.txt', 'one')
    linkSync(folder.place('a.txt'), folder.place('b.txt'))
    const [a, b] = [await idOf(library, 'a.txt'), await idOf(library, 'b.txt')]
    expect(a).not.toBe(b)
    await save(library, a, 'two')
    expect([folder.text('a.txt'), folder.text('b.txt')]).toEqual(['two', 'one'])
    // The other name does not lead into the history of the first.
    writeFileSync(folder.place('b.txt'), 'XXX')
    const [old] = folder.ours('versions').filter((name) => name === `${a}.1`)
    expect(readFileSync(join(folder.data, 'versions', old ?? ''), 'utf8')).toBe('one')
    expect(await read(library, b)).toBe('XXX')
  })
})

describe('names', () => {
  it('of any script are found, and capitals make another name', async () => {
    const given = [
      'Größe été.odt',
      '年度 报告.xlsx',
      'ملف.txt',
      '😀.md',
      'a.txt',
      'A.TXT',
      'tab\tname.txt',
      'quote".txt',
    ]
    for (const name of given) folder.put(name, name)
    expect(await names()).toEqual(new Set(given))
    for (const name of given) expect(await read(library, await idOf(library, name))).toBe(name)
  })

  it('that are hidden, or ours, or not Unicode, are not shown', async () => {
    for (const name of ['.hidden', '~$report.docx', '.~lock.a.odt#']) folder.put(name, 'x')
    writeFileSync(Buffer.concat([Buffer.from(folder.path), Buffer.from('/bad-\xff.txt', 'latin1')]), 'x')
    expect(await names()).toEqual(new Set([]))
    for (const path of ['.hidden', '', '/', 'a//b', './a', '..', 'a/../..', 'a\0b', `${'x'.repeat(5000)}`])
      expect((await library.catalog.at(path))?.path ?? '').toBe('')
  })
})

describe('listing', () => {
  it('forgets what went and finds it again', async () => {
    folder.put('a.txt', 'a')
    folder.put('b.txt', 'b')
    await names()
    const id = await idOf(library, 'a.txt')
    unlinkSync(folder.place('a.txt'))
    expect(await names()).toEqual(new Set(['b.txt']))
    expect(await library.files.stat(id)).toBeNull()
    folder.put('a.txt', 'again')
    expect(await names()).toEqual(new Set(['a.txt', 'b.txt']))
    expect(await idOf(library, 'a.txt')).toBe(id)
  })

  it('does not forget for good what came back before anybody looked', async () => {
    let now = Date.now()
    library.close()
    library = await folder.open({ now: () => now, bin: { maxAgeMs: 1000 } })
    folder.put('a.txt', 'a')
    const id = await idOf(library, 'a.txt')
    await save(library, id, 'b')
    renameSync(folder.place('a.txt'), folder.place('.elsewhere'))
    await names()
    renameSync(folder.place('.elsewhere'), folder.place('a.txt'))
    now += 60_000
    await library.tidy()
    expect(await idOf(library, 'a.txt')).toBe(id)
    expect((await library.versions.list(id)).total).toBe(2)
  })

  it('of thousands of files gives each an id once', async () => {
    mkdirSync(folder.place('many'))
    for (let number = 0; number < 3000; number++) writeFileSync(folder.place(`many/${number}`), '')
    const first = await library.catalog.list('many')
    expect(first).toHaveLength(3000)
    const second = await library.catalog.list('many')
    expect(new Set(second.map((item) => item.id))).toEqual(new Set(first.map((item) => item.id)))
  })

  it('of what is no folder is empty', async () => {
    folder.put('a.txt', 'a')
    expect(await library.catalog.list('a.txt')).toEqual([])
    expect(await library.catalog.list('nowhere')).toEqual([])
    expect(await library.catalog.list('a.txt/below')).toEqual([])
  })
})

describe.skipIf(process.getuid?.() !== 0)('a server of root', () => {
  it('leaves documents with those they belong to', async () => {
    folder.put('sub/a.txt', 'one')
    chownSync(folder.place('sub'), 1234, 2345)
    chownSync(folder.place('sub/a.txt'), 3456, 4567)
    const id = await idOf(library, 'sub/a.txt')
    await save(library, id, 'two')
    const owner = (path: string) => [statSync(folder.place(path)).uid, statSync(folder.place(path)).gid]
    expect(owner('sub/a.txt')).toEqual([3456, 4567])
    const parent = await idOf(library, 'sub')
    await library.tree.createFolder(parent, 'made')
    await library.tree.copy(id, parent, { userId: 'a', userName: 'A' })
    expect([owner('sub/made'), owner('sub/a (1).txt')]).toEqual([
      [1234, 2345],
      [1234, 2345],
    ])
  })
})

describe('a document in the plain folder', () => {
  it('keeps its mode and shows the time of the save', async () => {
    folder.put('a.txt', 'one')
    const { mode } = statSync(folder.place('a.txt'))
    const id = await idOf(library, 'a.txt')
    const at = Date.now() + 1000
    const file = await save(library, id, 'two', { at })
    expect(file.modifiedAt).toBe(at)
    expect(statSync(folder.place('a.txt')).mode).toBe(mode)
    expect(Math.round(statSync(folder.place('a.txt')).mtimeMs)).toBe(at)
  })
})
