import { existsSync, mkdirSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs'
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
import { type FolderLibrary, itemName } from './index.js'

const alice = { userId: 'alice', userName: 'Alice' }

let folder: TestFolder
let library: FolderLibrary
beforeEach(async () => {
  folder = testFolder()
  library = await folder.open()
})
afterEach(async () => {
  const { problems } = await library.verify()
  expect(problems).toEqual([])
  folder.remove()
})

const lock = (id: string) => library.locks.swap(id, null, lockFor('session'), Date.now())
const namesOf = async (id: string, query = {}) => (await library.tree.list(id, query)).items.map(itemName)
const upload = (
  parent: string,
  name: string,
  text: string,
  taken: 'refuse' | 'rename' | 'replace' = 'refuse',
  options = {},
) => library.tree.upload(parent, name, body(text), aSave({ origin: 'upload' }), taken, options)

async function made(path: string, content = path): Promise<string> {
  folder.put(path, content)
  return idOf(library, path)
}

describe('list', () => {
  it('shows folders first, and names as people order them', async () => {
    for (const name of [
      'file 10.txt',
      'file 9.txt',
      'Éclair.txt',
      'eagle.txt',
      'zebra.txt',
      'B.txt',
      'a.txt',
    ])
      await made(name)
    for (const name of ['Zoo', 'archive']) mkdirSync(folder.place(name))
    const { rootId } = library.tree
    expect(await namesOf(rootId)).toEqual([
      ...['archive', 'Zoo'],
      ...['a.txt', 'B.txt', 'eagle.txt', 'Éclair.txt', 'file 9.txt', 'file 10.txt', 'zebra.txt'],
    ])
    expect((await namesOf(rootId, { order: 'desc' })).slice(0, 3)).toEqual(['Zoo', 'archive', 'zebra.txt'])
  })

  it('orders Chinese names as the language asks', async () => {
    for (const name of ['张.txt', '安.txt', '李.txt']) await made(name)
    expect(await namesOf(library.tree.rootId, { locale: 'zh-CN' })).toEqual(['安.txt', '李.txt', '张.txt'])
  })

  it('orders by size, time and kind', async () => {
    await made('b.txt', '1')
    await made('a.docx', '333')
    const id = await made('c.txt', '22')
    await save(library, id, '22', { at: Date.now() + 60_000 })
    await save(library, id, '4444', { at: Date.now() + 60_000 })
    const { rootId } = library.tree
    expect(await namesOf(rootId, { sort: 'size' })).toEqual(['b.txt', 'a.docx', 'c.txt'])
    expect(await namesOf(rootId, { sort: 'modified', order: 'desc' })).toMatchObject([
      'c.txt',
      'a.docx',
      'b.txt',
    ])
    expect(await namesOf(rootId, { sort: 'kind' })).toEqual(['a.docx', 'b.txt', 'c.txt'])
  })

  it('gives pages that make up the whole, also of thousands', async () => {
    mkdirSync(folder.place('many'))
    for (let number = 0; number < 1200; number++) writeFileSync(folder.place(`many/${number}.txt`), '')
    const id = await idOf(library, 'many')
    const seen: string[] = []
    for (let offset = 0; offset < 1200; offset += 400) {
      const page = await library.tree.list(id, { offset, limit: 400 })
      expect(page.total).toBe(1200)
      seen.push(...page.items.map(itemName))
    }
    expect(seen).toEqual(Array.from({ length: 1200 }, (_, number) => `${number}.txt`))
    expect(await library.tree.list(id, { offset: 5000 })).toEqual({ items: [], total: 1200 })
  })

  it('follows what happens in the folder at once', async () => {
    const { rootId } = library.tree
    await made('a.txt')
    expect(await namesOf(rootId)).toEqual(['a.txt'])
    folder.put('b.txt', 'b')
    expect(await namesOf(rootId)).toEqual(['a.txt', 'b.txt'])
    unlinkSync(folder.place('a.txt'))
    await upload(rootId, 'c.txt', 'c')
    expect(await namesOf(rootId)).toEqual(['b.txt', 'c.txt'])
    folder.put('b.txt', 'changed')
    expect((await library.tree.list(rootId)).items[0]).toMatchObject({ size: 7, version: 2 })
  })

  it('of what is no folder is empty', async () => {
    expect(await library.tree.list('nobody')).toEqual({ items: [], total: 0 })
    expect(await library.tree.list(await made('a.txt'))).toEqual({ items: [], total: 0 })
  })
})

describe('path', () => {
  it('leads from the topmost folder to the item', async () => {
    const id = await made('one/two/three.txt')
    const places = library.tree.path(id)
    expect(places.map(({ name }) => name)).toEqual(['documents', 'one', 'two', 'three.txt'])
    expect([places[0]?.id, places[3]?.id]).toEqual([library.tree.rootId, id])
    expect(library.tree.path(library.tree.rootId)).toEqual([{ id: library.tree.rootId, name: 'documents' }])
    expect(library.tree.path('nobody')).toEqual([])
  })
})

describe('createFolder', () => {
  it('makes one, and says what is in the way', async () => {
    const { rootId } = library.tree
    const created = await library.tree.createFolder(rootId, 'papers')
    expect(created).toMatchObject({ done: true, item: { kind: 'folder', path: 'papers' } })
    expect(await library.tree.createFolder(rootId, 'papers')).toMatchObject({
      because: 'name-taken',
      existing: { path: 'papers', kind: 'folder' },
    })
    expect(await library.tree.createFolder(rootId, 'a/b')).toMatchObject({
      because: 'bad-name',
      problem: expect.any(String),
    })
    expect(await library.tree.createFolder('nobody', 'x')).toMatchObject({ because: 'not-found' })
    expect(await library.tree.createFolder(await made('a.txt'), 'x')).toMatchObject({ because: 'not-found' })
  })
})

describe('upload', () => {
  it('makes a file with its author', async () => {
    const result = await upload(library.tree.rootId, 'new.txt', 'hello')
    expect(result).toMatchObject({ done: true, item: { path: 'new.txt', size: 5, version: 1 } })
    expect(folder.text('new.txt')).toBe('hello')
    if (!result.done) return
    const { versions } = await library.versions.list(result.item.id)
    expect(versions).toMatchObject([{ origin: 'upload', user: { id: 'alice' }, current: true }])
  })

  it('with a taken name is refused, renamed or a new version, as asked', async () => {
    const { rootId } = library.tree
    const id = await made('a.txt', 'one')
    expect(await upload(rootId, 'a.txt', 'two', 'refuse')).toMatchObject({
      because: 'name-taken',
      existing: { id },
    })
    expect(await upload(rootId, 'a.txt', 'two', 'rename')).toMatchObject({ item: { path: 'a (1).txt' } })
    expect(await upload(rootId, 'a.txt', 'three', 'replace')).toMatchObject({ item: { id, version: 2 } })
    expect(await upload(rootId, 'b.txt', 'new', 'replace')).toMatchObject({
      item: { path: 'b.txt', version: 1 },
    })
    expect([folder.text('a.txt'), folder.text('a (1).txt')]).toEqual(['three', 'two'])
    expect((await library.versions.list(id)).total).toBe(2)
    expect(library.stagedCount()).toBe(0)
  })

  it('over a file that people edit is kept as a rescued save, and goes ahead when forced', async () => {
    const { rootId } = library.tree
    const id = await made('a.txt', 'one')
    await lock(id)
    const refused = await upload(rootId, 'a.txt', 'two', 'replace')
    expect(refused).toMatchObject({
      because: 'locked',
      locks: [{ userName: 'Bob', fileId: id }],
      rescuedId: expect.any(String),
    })
    expect(library.rescued.list(id)).toMatchObject([
      { code: 'lock-mismatch', save: { userId: 'alice' }, size: 3 },
    ])
    expect(folder.text('a.txt')).toBe('one')
    expect(await upload(rootId, 'a.txt', 'two', 'replace', { force: true })).toMatchObject({ done: true })
    expect(folder.text('a.txt')).toBe('two')
    expect(await library.locks.get(id, Date.now())).toMatchObject({ lockId: 'session' })
  })

  it('never takes the place of a folder or of what is hidden', async () => {
    const { rootId } = library.tree
    mkdirSync(folder.place('thing'))
    for (const taken of ['refuse', 'replace'] as const)
      expect(await upload(rootId, 'thing', 'x', taken)).toMatchObject({
        because: 'name-taken',
        existing: { kind: 'folder' },
      })
    expect(await upload(rootId, 'thing', 'x', 'rename')).toMatchObject({ item: { path: 'thing (1)' } })
    expect(await upload(rootId, '../up.txt', 'x')).toMatchObject({ because: 'bad-name' })
    expect(await upload(rootId, '~$a.docx', 'x')).toMatchObject({ because: 'bad-name' })
    expect(await upload('nobody', 'x.txt', 'x')).toMatchObject({ because: 'not-found' })
  })

  it('that breaks off leaves nothing', async () => {
    const broken = (async function* () {
      yield new Uint8Array(100_000)
      throw new Error('The connection was lost.')
    })()
    const uploading = library.tree.upload(library.tree.rootId, 'a.txt', broken, aSave(), 'refuse')
    await expect(uploading).rejects.toThrow('The connection was lost.')
    expect(readdirSync(folder.path)).toEqual(['.wopikit'])
    expect([folder.ours('staging'), library.stagedCount()]).toEqual([[], 0])
  })

  it('many at once with one name all find a place', async () => {
    const { rootId } = library.tree
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, number) => upload(rootId, 'same.txt', `content ${number}`, 'rename')),
    )
    expect(results.every(({ done }) => done)).toBe(true)
    const contents = readdirSync(folder.path)
      .filter((name) => name.endsWith('.txt'))
      .map((name) => folder.text(name))
    expect(new Set(contents).size).toBe(12)
  })
})

describe('rename and move', () => {
  it('keep ids, of everything in a folder too', async () => {
    const file = await made('papers/2026/a.txt')
    const [papers, year] = [await idOf(library, 'papers'), await idOf(library, 'papers/2026')]
    expect(await library.tree.rename(papers, 'archive')).toMatchObject({
      done: true,
      item: { id: papers, path: 'archive' },
    })
    expect(await library.tree.move(year, library.tree.rootId, 'year')).toMatchObject({
      item: { path: 'year' },
    })
    expect(await idOf(library, 'year/a.txt')).toBe(file)
    expect(await read(library, file)).toBe('papers/2026/a.txt')
    expect(await library.tree.move(file, papers)).toMatchObject({
      item: { id: file, path: 'archive/a.txt', version: 1 },
    })
    expect(existsSync(folder.place('papers'))).toBe(false)
  })

  it('do not hide what another program writes at that moment', async () => {
    const id = await made('a.txt')
    await save(library, id, 'mine')
    const moving = library.tree.move(id, library.tree.rootId, 'b.txt')
    // Of the same size, so that nothing but its time tells.
    folder.put('a.txt', 'THEM')
    expect(await moving).toMatchObject({ done: true })
    expect(await library.files.stat(id)).toMatchObject({ name: 'b.txt', version: '3' })
    const kept = await library.versions.open(id, '2')
    expect(kept && (await textOf(kept.body))).toBe('mine')
  })

  it('never overwrite', async () => {
    const [a, sub] = [await made('a.txt'), await made('sub/a.txt')]
    const folderId = await idOf(library, 'sub')
    expect(await library.tree.move(a, folderId)).toMatchObject({
      because: 'name-taken',
      existing: { id: sub },
    })
    expect(await library.tree.rename(a, 'sub')).toMatchObject({
      because: 'name-taken',
      existing: { kind: 'folder' },
    })
    folder.put('other/x.txt', 'x')
    expect(await library.tree.rename(folderId, 'other')).toMatchObject({ because: 'name-taken' })
    expect([folder.text('a.txt'), folder.text('sub/a.txt')]).toEqual(['a.txt', 'sub/a.txt'])
  })

  it('refuse bad names, and folders going into themselves', async () => {
    const inner = await made('a/b/c.txt')
    const [a, b] = [await idOf(library, 'a'), await idOf(library, 'a/b')]
    expect(await library.tree.rename(a, 'CON')).toMatchObject({ because: 'bad-name' })
    expect(await library.tree.move(a, b)).toMatchObject({ because: 'into-itself' })
    expect(await library.tree.move(a, a)).toMatchObject({ because: 'into-itself' })
    expect(await library.tree.rename(library.tree.rootId, 'x')).toMatchObject({ because: 'into-itself' })
    expect(await library.tree.move(library.tree.rootId, a)).toMatchObject({ because: 'into-itself' })
    expect(await library.tree.move('nobody', a)).toMatchObject({ because: 'not-found' })
    expect(await library.tree.move(a, inner)).toMatchObject({ because: 'not-found' })
    expect(await library.tree.rename(a, 'a')).toMatchObject({ done: true })
  })

  it('look at live locks, of files deep in a folder too', async () => {
    const id = await made('a/b/c.txt')
    const [a, target] = [
      await idOf(library, 'a'),
      await library.tree.createFolder(library.tree.rootId, 'target'),
    ]
    if (!target.done) throw new Error('no target')
    await lock(id)
    for (const item of [id, a]) {
      expect(await library.tree.move(item, target.item.id)).toMatchObject({
        because: 'locked',
        locks: [{ fileId: id, name: 'c.txt', path: 'a/b/c.txt', userName: 'Bob' }],
      })
      expect(await library.tree.remove(item)).toMatchObject({ because: 'locked' })
    }
    expect(await library.tree.move(a, target.item.id, undefined, { force: true })).toMatchObject({
      done: true,
    })
    // The session goes on where the file is now.
    await save(library, id, 'saved after the move')
    expect(folder.text('target/a/b/c.txt')).toBe('saved after the move')
  })
})

describe('copy', () => {
  it('of a file is a file of its own under a free name', async () => {
    const id = await made('a.txt', 'one')
    expect(await library.tree.copy(id, library.tree.rootId, alice)).toMatchObject({
      item: { path: 'a (1).txt' },
    })
    expect(await library.tree.copy(id, library.tree.rootId, alice)).toMatchObject({
      item: { path: 'a (2).txt' },
    })
    await save(library, id, 'two')
    expect(folder.text('a (1).txt')).toBe('one')
  })

  it('of a folder brings all that is in it', async () => {
    await made('a/b/c.txt')
    await made('a/d.txt')
    const a = await idOf(library, 'a')
    expect(await library.tree.copy(a, library.tree.rootId, alice)).toMatchObject({ item: { path: 'a (1)' } })
    expect(folder.text('a (1)/b/c.txt')).toBe('a/b/c.txt')
    expect(await library.tree.copy(a, await idOf(library, 'a/b'), alice)).toMatchObject({
      because: 'into-itself',
    })
  })
})

describe('the bin', () => {
  it('takes what is deleted and gives it back with id, place and history', async () => {
    const id = await made('sub/a.txt', 'one')
    await save(library, id, 'two')
    expect(await library.tree.remove(id, { by: alice })).toMatchObject({ done: true })
    expect(await library.files.stat(id)).toBeNull()
    expect(existsSync(folder.place('sub/a.txt'))).toBe(false)
    expect(library.tree.bin()).toMatchObject([
      { id, kind: 'file', name: 'a.txt', folderPath: 'sub', size: 3, userName: 'Alice' },
    ])
    expect(await library.tree.restore(id)).toMatchObject({ id, path: 'sub/a.txt' })
    expect(await read(library, id)).toBe('two')
    expect((await library.versions.list(id)).total).toBe(2)
    expect(library.tree.bin()).toEqual([])
  })

  it('gives a folder back with everything in it', async () => {
    const file = await made('a/b/c.txt')
    const a = await idOf(library, 'a')
    await library.tree.remove(a)
    expect(await library.files.stat(file)).toBeNull()
    expect(library.tree.bin()).toMatchObject([{ id: a, kind: 'folder', size: 9 }])
    await library.tree.restore(a)
    expect(await idOf(library, 'a/b/c.txt')).toBe(file)
  })

  it('gives back under another name when its own is taken, and higher up when its folder is gone', async () => {
    const id = await made('sub/a.txt', 'first')
    const sub = await idOf(library, 'sub')
    await library.tree.remove(id)
    folder.put('sub/a.txt', 'second')
    expect(await library.tree.restore(id)).toMatchObject({ path: 'sub/a (1).txt' })
    await library.tree.remove(id)
    await library.tree.remove(sub)
    expect(await library.tree.restore(id)).toMatchObject({ path: 'a (1).txt' })
    expect(folder.text('a (1).txt')).toBe('first')
  })

  it('forgets for good what is purged', async () => {
    const id = await made('a/b.txt', 'one')
    await save(library, id, 'two')
    const a = await idOf(library, 'a')
    await library.tree.remove(a)
    expect(await library.tree.purge(a)).toBe(true)
    expect(await library.tree.purge(a)).toBe(false)
    expect(await library.tree.restore(a)).toBeNull()
    await library.tidy()
    expect([folder.ours('bin'), folder.ours('versions')]).toEqual([[], []])
    expect(library.versions.find(id, '1')).toBeNull()
  })

  it('keeps the newest within its limits, and that one always', async () => {
    library.close()
    let now = Date.now()
    library = await folder.open({ bin: { totalBytes: 25, maxAgeMs: 1000 }, now: () => now })
    const ids = []
    for (const name of ['a.txt', 'b.txt', 'c.txt']) {
      const id = await made(name, 'ten bytes.')
      ids.push(id)
      now += 10
      await library.tree.remove(id)
    }
    await library.tidy()
    expect(library.tree.bin().map(({ id }) => id)).toEqual([ids[2], ids[1]])
    now += 2000
    await library.tidy()
    expect(library.tree.bin().map(({ id }) => id)).toEqual([ids[2]])
  })

  it('does not take the topmost folder', async () => {
    expect(await library.tree.remove(library.tree.rootId)).toMatchObject({ because: 'into-itself' })
  })

  it('is where the protocol’s DeleteFile puts files, too', async () => {
    const id = await made('a.txt')
    await library.files.delete(id, { version: '1', lockId: null, now: Date.now() })
    expect(library.tree.bin()).toMatchObject([{ id, name: 'a.txt', userName: null }])
  })
})

describe('search', () => {
  it('finds names without regard to case and accents, also where nobody has looked yet', async () => {
    folder.put('deep/er/Müller-RÉSUMÉ.docx', '')
    folder.put('resume plan.txt', '')
    folder.put('the resume.txt', '')
    folder.put('报告 resume.txt', '')
    folder.put('other.txt', '')
    const found = async (text: string, options = {}) =>
      (await library.tree.search(text, options)).map(({ path }) => path)
    expect(await found('résumé')).toEqual([
      'resume plan.txt',
      ...['the resume.txt', '报告 resume.txt'],
      'deep/er/Müller-RÉSUMÉ.docx',
    ])
    expect(await found('muller resume')).toEqual(['deep/er/Müller-RÉSUMÉ.docx'])
    expect(await found('报告')).toEqual(['报告 resume.txt'])
    expect(await found('resume', { limit: 1 })).toEqual(['resume plan.txt'])
    expect(await found('resume', { folderId: await idOf(library, 'deep') })).toEqual([
      'deep/er/Müller-RÉSUMÉ.docx',
    ])
    expect(await found('deep')).toEqual(['deep'])
    expect(await found('  ')).toEqual([])
    expect(await found('nothing like it')).toEqual([])
  })

  it('does not look into what is ours or hidden', async () => {
    folder.put('.hidden/needle.txt', '')
    const id = await made('needle.txt')
    await save(library, id, 'x')
    expect((await library.tree.search('needle')).map(({ path }) => path)).toEqual(['needle.txt'])
    expect(await library.tree.search('index')).toEqual([])
  })
})

describe('walk', () => {
  it('goes through everything, each folder before what is in it', async () => {
    for (const path of ['b/c/d.txt', 'b/a.txt', 'z.txt']) folder.put(path, '')
    mkdirSync(folder.place('empty'))
    const paths: string[] = []
    for await (const { path } of library.tree.walk(library.tree.rootId)) paths.push(path)
    expect(paths).toEqual(['b', 'b/c', 'b/c/d.txt', 'b/a.txt', 'empty', 'z.txt'])
  })
})
