import { appendFileSync, mkdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  idOf,
  lockFor,
  read,
  save,
  type TestFolder,
  testFolder,
} from '../../../test/support/folder-library.js'
import type { FolderLibrary, LibraryEvent } from './index.js'

let folder: TestFolder
let library: FolderLibrary
let events: LibraryEvent[]
beforeEach(async () => {
  folder = testFolder()
  library = await folder.open()
  events = []
  library.subscribe((event) => events.push(event))
})
afterEach(() => folder.remove())

/** What happened, in short. */
const told = () => events.map(({ type, name }) => `${type} ${name}`)

async function watching(): Promise<void> {
  await library.tree.list(library.tree.rootId)
  await library.watch().ready
}

describe('events', () => {
  it('tell what happens through us, after it is committed', async () => {
    const { rootId } = library.tree
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    events.length = 0
    const about = { id, kind: 'file', folderId: rootId, at: expect.any(Number) }
    await library.locks.swap(id, null, lockFor('very secret lock id'), Date.now())
    await library.locks.swap(id, 'very secret lock id', lockFor('very secret lock id'), Date.now())
    const { version } = await save(library, id, 'two')
    await library.locks.swap(id, 'very secret lock id', null, Date.now())
    await library.tree.rename(id, 'b.txt')
    await library.tree.remove(id)
    await library.tree.restore(id)
    expect(events).toEqual([
      { ...about, type: 'lock-changed', name: 'a.txt', by: 'Bob' },
      { ...about, type: 'saved', name: 'a.txt', version, origin: 'save', by: 'Alice' },
      { ...about, type: 'lock-changed', name: 'a.txt', by: null },
      { ...about, type: 'renamed', name: 'b.txt', previousName: 'a.txt', previousFolderId: rootId },
      { ...about, type: 'removed', name: 'b.txt', into: 'bin' },
      { ...about, type: 'added', name: 'b.txt' },
    ])
    expect(JSON.stringify(events)).not.toContain('secret')
  })

  it('reach every process on the folder', async () => {
    const other = await folder.open()
    folder.put('a.txt', 'one')
    const id = await idOf(other, 'a.txt')
    await save(other, id, 'two')
    await other.tree.createFolder(other.tree.rootId, 'made there')
    await expect.poll(told).toEqual(['saved a.txt'])
    await library.tree.list(library.tree.rootId)
    await other.tree.createFolder(other.tree.rootId, 'made later')
    await expect.poll(told).toEqual(['saved a.txt', 'added made later'])
  })

  it('are told once each, also to a listener that is given twice, and no more after it has left', async () => {
    const heard: string[] = []
    const listener = (event: LibraryEvent) => heard.push(event.type)
    const [first, second] = [library.subscribe(listener), library.subscribe(listener)]
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    await save(library, id, 'two')
    first()
    await save(library, id, 'three')
    second()
    await save(library, id, 'four')
    expect(heard).toEqual(['saved', 'saved', 'saved'])
  })

  it('begin when somebody listens: what was before is no news', async () => {
    const quiet = await folder.open()
    const other = await folder.open()
    folder.put('a.txt', 'one')
    const id = await idOf(other, 'a.txt')
    await save(other, id, 'before')
    const heard: string[] = []
    quiet.subscribe((event) => heard.push(event.type))
    await save(other, id, 'after')
    await expect.poll(() => heard).toEqual(['saved'])
  })

  it('go to the others also when one listener fails', async () => {
    const late: string[] = []
    library.subscribe(() => {
      throw new Error('my own fault')
    })
    library.subscribe(({ type }) => late.push(type))
    folder.put('a.txt', 'one')
    expect((await save(library, await idOf(library, 'a.txt'), 'two')).version).toBe('2')
    expect(late).toEqual(['saved'])
  })

  it('are not told of what was undone', async () => {
    folder.put('a.txt', 'one')
    folder.put('b.txt', 'one')
    const [a, b] = [await idOf(library, 'a.txt'), await idOf(library, 'b.txt')]
    const moved = await Promise.all([library.tree.rename(a, 'c.txt'), library.tree.rename(b, 'c.txt')])
    expect(moved.filter(({ done }) => done)).toHaveLength(1)
    expect(events.filter(({ type }) => type === 'renamed')).toHaveLength(1)
  })
})

describe('watch', () => {
  it('notices what other programs add, change, rename and delete', async () => {
    folder.put('a.txt', 'one')
    await watching()
    const id = await idOf(library, 'a.txt')
    folder.put('new.txt', 'new')
    await expect.poll(told).toEqual(['added new.txt'])
    appendFileSync(folder.place('a.txt'), ' and more')
    await expect.poll(told).toEqual(['added new.txt', 'changed a.txt'])
    expect(events[1]).toMatchObject({ id, version: '2' })
    renameSync(folder.place('a.txt'), folder.place('b.txt'))
    await expect.poll(told).toContain('renamed b.txt')
    expect(events[2]).toMatchObject({ id, previousName: 'a.txt' })
    unlinkSync(folder.place('b.txt'))
    await expect.poll(told).toContain('removed b.txt')
    expect(told()).toEqual(['added new.txt', 'changed a.txt', 'renamed b.txt', 'removed b.txt'])
  })

  it('notices what happens in folders that come later, however deep', async () => {
    await watching()
    mkdirSync(folder.place('one/two/three'), { recursive: true })
    await expect.poll(told).toContain('added one')
    await library.tree.list(await idOf(library, 'one/two/three'))
    folder.put('one/two/three/a.txt', 'x')
    await expect.poll(told).toContain('added a.txt')
    renameSync(folder.place('one'), folder.place('uno'))
    await expect.poll(told).toContain('renamed uno')
    appendFileSync(folder.place('uno/two/three/a.txt'), 'y')
    await expect.poll(told).toContain('changed a.txt')
  })

  it('says nothing of our own saves beyond that they are ours, and nothing of our own files', async () => {
    folder.put('a.txt', 'one')
    await watching()
    const id = await idOf(library, 'a.txt')
    for (let number = 0; number < 5; number++) await save(library, id, `content ${number}`)
    folder.put('.hidden', 'x')
    folder.put('~$a.txt', 'x')
    folder.put('last.txt', 'x')
    await expect.poll(told).toContain('added last.txt')
    expect(told()).toEqual([...Array.from({ length: 5 }, () => 'saved a.txt'), 'added last.txt'])
  })

  it('takes a program’s way to save for one change of one file', async () => {
    folder.put('a.txt', 'one')
    await watching()
    const id = await idOf(library, 'a.txt')
    writeFileSync(folder.place('a.txt.tmp'), 'two')
    renameSync(folder.place('a.txt'), folder.place('a.txt.bak'))
    renameSync(folder.place('a.txt.tmp'), folder.place('a.txt'))
    unlinkSync(folder.place('a.txt.bak'))
    await expect.poll(told).toEqual(['changed a.txt'])
    expect(await read(library, id)).toBe('two')
  })

  it('goes on when folders vanish, and takes in many changes at once', async () => {
    for (let number = 0; number < 30; number++) folder.put(`many/${number}.txt`, 'x')
    await watching()
    await library.tree.list(await idOf(library, 'many'))
    for (let number = 0; number < 300; number++) folder.put(`many/${number}.txt`, 'xy')
    await expect.poll(() => events.filter(({ type }) => type === 'added').length).toBe(270)
    rmSync(folder.place('many'), { recursive: true })
    await expect.poll(told).toContain('removed many')
    folder.put('still here.txt', 'x')
    await expect.poll(told).toContain('added still here.txt')
  })

  it('keeps nothing running after the library is closed', async () => {
    await watching()
    library.close()
    folder.put('late.txt', 'x')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(told()).toEqual([])
  })
})
