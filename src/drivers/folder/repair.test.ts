import { existsSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import {
  idOf,
  read,
  runChild,
  save,
  type TestFolder,
  testFolder,
  textOf,
} from '../../../test/support/folder-library.js'
import { type FaultPoint, faultPoints } from './faults.js'
import type { FolderLibrary } from './index.js'

const folders: TestFolder[] = []
// At the end, since the tests run at the same time.
afterAll(() => {
  for (const folder of folders.splice(0)) folder.remove()
})

/** Documents that have been saved, a folder, and something in the bin. */
async function prepared(): Promise<{ folder: TestFolder; ids: (name: string) => string }> {
  const folder = testFolder()
  folders.push(folder)
  const library = await folder.open()
  for (const name of ['a.txt', 'b.txt', 'sub/deep/c.txt', 'other/d.txt', 'gone.txt']) folder.put(name, 'one')
  const known = new Map<string, string>()
  const ids = (path: string) => known.get(path) ?? 'unknown'
  for (const name of ['a.txt', 'b.txt', 'sub', 'sub/deep/c.txt', 'gone.txt'])
    known.set(name, await idOf(library, name))
  await save(library, ids('a.txt'), 'two')
  await save(library, ids('gone.txt'), 'in the bin')
  await library.tree.remove(ids('gone.txt'))
  library.close()
  return { folder, ids }
}

/** Everything a person can still get at, whose content is text. */
async function contents(library: FolderLibrary, fileId: string) {
  const { versions } = await library.versions.list(fileId)
  const texts: Record<string, string | null> = {}
  for (const { version } of versions) {
    const opened = await library.versions.open(fileId, version)
    texts[version] = opened && (await textOf(opened.body))
  }
  return { current: await read(library, fileId), versions: texts }
}

async function rescuedTexts(library: FolderLibrary): Promise<string[]> {
  const opened = await Promise.all(
    library.rescued.list().map(({ rescuedId }) => library.rescued.open(rescuedId)),
  )
  return Promise.all(opened.map(async (one) => (one ? textOf(one.body) : '?')))
}

async function clean(library: FolderLibrary) {
  const report = await library.verify()
  expect({ problems: report.problems, notes: report.notes }).toEqual({ problems: [], notes: [] })
  expect(library.stagedCount()).toBe(0)
}

interface Kill {
  readonly task: string
  readonly at: FaultPoint
  /** The fault strikes when the point is passed for this time. */
  readonly time?: number
}

async function killed({ task, at, time = 1 }: Kill) {
  const { folder, ids } = await prepared()
  const end = await runChild(folder, task, `kill@${at}#${time}`)
  expect({ signal: end.signal, errors: end.errors }).toEqual({ signal: 'SIGKILL', errors: '' })
  const library = await folder.open()
  await clean(library)
  return { folder, ids, library, a: ids('a.txt'), answered: end.output.startsWith('done') }
}

/** Where a save is still only a body that arrives: nothing of it is promised. */
const beforeRecord: Kill[] = [
  { task: 'save', at: 'stage:opened' },
  { task: 'save', at: 'stage:written' },
  { task: 'save', at: 'stage:flushed' },
  { task: 'save', at: 'index:before-commit' },
]

/** Where it has arrived, and nobody has decided over it. */
const beforeSwitch: Kill[] = [
  { task: 'save', at: 'stage:recorded' },
  { task: 'save', at: 'index:after-commit' },
  { task: 'save', at: 'save:begun' },
  { task: 'save', at: 'save:kept' },
  { task: 'save', at: 'save:dressed' },
  { task: 'save over another', at: 'save:dressed' },
  { task: 'rescue', at: 'rescue:moved' },
  { task: 'create', at: 'create:aimed' },
]

/** Where it is the document. */
const afterSwitch: Kill[] = [
  { task: 'save', at: 'save:switched' },
  { task: 'save', at: 'save:recorded' },
  { task: 'save', at: 'index:before-commit', time: 2 },
  { task: 'save', at: 'index:after-commit', time: 2 },
  { task: 'save', at: 'folder:before-flush' },
  { task: 'save over another', at: 'save:switched' },
]

/** The same, of content that is large, so that its private copy takes the place of the one before. */
const afterLargeSwitch = (
  ['save:unprotected', 'save:switched', 'save:recorded', 'folder:before-flush'] as const
).map((at): Kill => ({ task: 'large save', at }))

const created: Kill[] = [
  { task: 'create', at: 'move:linked' },
  { task: 'create', at: 'create:named' },
  { task: 'create', at: 'create:recorded' },
]

const name = ({ task, at, time = 1 }: Kill) => `${task}, killed at ${at}${time === 1 ? '' : ` (${time})`}`

describe.concurrent('after a kill', () => {
  for (const kill of beforeRecord) {
    it(`${name(kill)}: nothing has happened`, async () => {
      const { library, a } = await killed(kill)
      expect(await contents(library, a)).toEqual({ current: 'two', versions: { 1: 'one', 2: 'two' } })
      expect(library.rescued.list()).toEqual([])
    })
  }

  for (const kill of beforeSwitch) {
    it(`${name(kill)}: the save is rescued`, async () => {
      const { library, a, folder } = await killed(kill)
      expect(await contents(library, a)).toEqual({ current: 'two', versions: { 1: 'one', 2: 'two' } })
      expect(await rescuedTexts(library)).toEqual(['three'])
      expect(library.rescued.list()[0]).toMatchObject({
        save: { userId: 'carol' },
        baseVersion: '2',
        name: 'a.txt',
      })
      expect(existsSync(folder.place('new.txt'))).toBe(false)
    })
  }

  for (const kill of afterSwitch) {
    it(`${name(kill)}: the save is the document, by whom it was`, async () => {
      const { library, a } = await killed(kill)
      expect(await contents(library, a)).toEqual({
        current: 'three',
        versions: { 1: 'one', 2: 'two', 3: 'three' },
      })
      expect(library.versions.find(a, '3')).toMatchObject({
        user: { id: 'carol' },
        origin: 'save',
        current: true,
      })
      expect(library.rescued.list()).toEqual([])
    })
  }

  it('what a save has replaced is kept, also when a body that nobody decided over is settled first', async () => {
    const { library, a } = await killed({ task: 'save while others wait', at: 'save:switched' })
    expect(await contents(library, a)).toEqual({
      current: 'three',
      versions: { 1: 'one', 2: 'two', 3: 'three' },
    })
    expect(new Set(await rescuedTexts(library))).toEqual(new Set(['other']))
  })

  const large = 'large '.repeat(16 * 12_000)

  for (const { at, time } of beforeRecord.filter(({ task }) => task === 'save')) {
    const kill: Kill = { task: 'large save', at, ...(time === undefined ? {} : { time }) }
    it(`${name(kill)}: nothing has happened`, async () => {
      const { library, a } = await killed(kill)
      expect(await contents(library, a)).toEqual({ current: 'two', versions: { 1: 'one', 2: 'two' } })
      expect(library.rescued.list()).toEqual([])
    })
  }

  for (const at of ['stage:recorded', 'save:begun', 'save:kept', 'save:dressed'] as const) {
    const kill: Kill = { task: 'large save', at }
    it(`${name(kill)}: the save is rescued`, async () => {
      const { library, a } = await killed(kill)
      expect(await contents(library, a)).toEqual({ current: 'two', versions: { 1: 'one', 2: 'two' } })
      expect((await rescuedTexts(library)).map((text) => text === large)).toEqual([true])
    })
  }

  for (const kill of afterLargeSwitch) {
    it(`${name(kill)}: the save is the document`, async () => {
      const { library, folder, a } = await killed(kill)
      expect((await read(library, a)) === large).toBe(true)
      expect(folder.text(`.wopikit/versions/${a}.current`) === large).toBe(true)
      expect(library.versions.find(a, '3')).toMatchObject({ user: { id: 'carol' }, current: true })
      expect(library.rescued.list()).toEqual([])
    })
  }

  for (const kill of created) {
    it(`${name(kill)}: the new file is there, by whom it was`, async () => {
      const { library, folder } = await killed(kill)
      const id = await idOf(library, 'new.txt')
      expect(folder.text('new.txt')).toBe('three')
      expect(library.versions.find(id, '1')).toMatchObject({
        user: { id: 'carol' },
        sha256: expect.any(String),
      })
      expect(library.rescued.list()).toEqual([])
    })
  }

  for (const at of ['save:switched', 'save:recorded'] as const) {
    it(`move and save in one transaction, killed at ${at}: both are done, and nothing is lost`, async () => {
      const { library, a } = await killed({ task: 'move and save', at })
      expect(await library.files.stat(a)).toMatchObject({ name: 'renamed.txt' })
      expect(await contents(library, a)).toEqual({
        current: 'TWO',
        versions: { 1: 'one', 2: 'two', 3: 'TWO' },
      })
    })
  }

  for (const at of [
    'move:noted',
    'move:linked',
    'move:moved',
    'move:recorded',
    'folder:before-flush',
  ] as const) {
    it(`rename, killed at ${at}: it has one name and its id`, async () => {
      const { library, a, folder } = await killed({ task: 'rename', at })
      const done = at !== 'move:noted'
      expect(await library.files.stat(a)).toMatchObject({
        name: done ? 'renamed.txt' : 'a.txt',
        version: '2',
      })
      expect([existsSync(folder.place('a.txt')), existsSync(folder.place('renamed.txt'))]).toEqual([
        !done,
        done,
      ])
      expect(await contents(library, a)).toMatchObject({ current: 'two', versions: { 1: 'one' } })
    })

    it(`delete, killed at ${at}: it is in the bin or not, and comes back`, async () => {
      const { library, a, folder } = await killed({ task: 'delete', at })
      const done = at !== 'move:noted'
      expect(existsSync(folder.place('a.txt'))).toBe(!done)
      expect(
        library.tree
          .bin()
          .map((item) => item.id)
          .includes(a),
      ).toBe(done)
      if (done) expect(await library.tree.restore(a)).toMatchObject({ id: a, path: 'a.txt' })
      expect(await contents(library, a)).toMatchObject({ current: 'two', versions: { 1: 'one' } })
      await clean(library)
    })

    it(`restore from the bin, killed at ${at}: it is here or there, with its id and history`, async () => {
      const { library, ids } = await killed({ task: 'restore from bin', at })
      const id = ids('gone.txt')
      if (at === 'move:noted') await library.tree.restore(id)
      expect(library.tree.bin()).toEqual([])
      expect(await contents(library, id)).toEqual({
        current: 'in the bin',
        versions: { 1: 'one', 2: 'in the bin' },
      })
    })
  }

  for (const at of ['move:noted', 'move:moved', 'move:recorded', 'index:before-commit'] as const) {
    it(`moving a folder, killed at ${at}: everything in it keeps its id`, async () => {
      const { library, ids } = await killed({
        task: 'move folder',
        at,
        ...(at === 'index:before-commit' ? { time: 3 } : {}),
      })
      const path = at === 'move:noted' ? 'sub' : 'other/sub'
      expect(await idOf(library, path)).toBe(ids('sub'))
      expect(await idOf(library, `${path}/deep/c.txt`)).toBe(ids('sub/deep/c.txt'))
    })

    it(`putting a folder into the bin, killed at ${at}: it comes back with all ids`, async () => {
      const { library, ids } = await killed({
        task: 'bin folder',
        at,
        ...(at === 'index:before-commit' ? { time: 2 } : {}),
      })
      if (at !== 'move:noted') expect(await library.tree.restore(ids('sub'))).toMatchObject({ path: 'sub' })
      expect(await idOf(library, 'sub/deep/c.txt')).toBe(ids('sub/deep/c.txt'))
      await clean(library)
    })
  }

  for (const time of [1, 2]) {
    it(`emptying the bin, killed at commit ${time}: all of it is gone, or nothing`, async () => {
      const at = time === 1 ? 'index:before-commit' : 'index:after-commit'
      const { library } = await killed({ task: 'purge', at })
      expect(library.tree.bin()).toHaveLength(time === 1 ? 1 : 0)
      if (time === 1)
        expect(await library.tree.restore(library.tree.bin()[0]?.id ?? '')).toMatchObject({
          path: 'gone.txt',
        })
    })
  }

  for (const at of ['outside:kept', 'index:before-commit'] as const) {
    it(`taking in a change by another program, killed at ${at}: what was saved before is kept`, async () => {
      const { library, a } = await killed({ task: 'outside change', at })
      expect(await contents(library, a)).toEqual({
        current: 'outside',
        versions: { 1: 'one', 2: 'two', 3: 'outside' },
      })
    })
  }
})

describe('several processes', () => {
  it('leave alone what a living one is still deciding over', async () => {
    const { folder, ids } = await prepared()
    const first = await folder.open()
    const staged = await first.files.stage(
      ids('a.txt'),
      (async function* () {
        yield new Uint8Array(10)
      })(),
      { userId: 'a', userName: 'A', editors: [], origin: 'save', modifiedByUser: true, at: 1 },
    )
    const second = await folder.open()
    expect(second.repaired).toEqual({ completed: 0, rescued: 0 })
    expect(second.stagedCount()).toBe(1)
    await first.files.discard(staged)
    expect(second.stagedCount()).toBe(0)
  })

  it('that start at once after a kill repair it once', async () => {
    const { folder } = await prepared()
    await runChild(folder, 'save', 'kill@save:switched')
    const libraries = await Promise.all([folder.open(), folder.open(), folder.open()])
    expect(libraries.reduce((sum, { repaired }) => sum + repaired.completed, 0)).toBe(1)
    const [library] = libraries
    if (library) await clean(library)
  })
})

it('every fault point is passed by one of these tests', () => {
  const passed = new Set<string>([
    ...[...beforeRecord, ...beforeSwitch, ...afterSwitch, ...afterLargeSwitch, ...created].map(
      ({ at }) => at,
    ),
    ...['move:noted', 'move:linked', 'move:moved', 'move:recorded', 'folder:before-flush', 'outside:kept'],
  ])
  expect(faultPoints.filter((point) => !passed.has(point))).toEqual([])
})
