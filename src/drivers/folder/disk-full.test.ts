import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  aSave,
  body,
  idOf,
  read,
  save,
  type TestFolder,
  testFolder,
} from '../../../test/support/folder-library.js'
import { armFault, type FaultPoint } from './faults.js'
import type { FolderLibrary } from './index.js'

const full = { code: 'storage-full', status: 413 }

describe('a disk that is full at any moment', () => {
  let folder: TestFolder
  let library: FolderLibrary
  let id: string
  beforeEach(async () => {
    folder = testFolder()
    library = await folder.open()
    folder.put('a.txt', 'one')
    id = await idOf(library, 'a.txt')
    await save(library, id, 'two')
  })
  afterEach(() => {
    armFault(null)
    folder.remove()
  })

  async function unharmed(): Promise<void> {
    armFault(null)
    expect(await read(library, id)).toBe('two')
    expect(await library.files.stat(id)).toMatchObject({ version: '2', name: 'a.txt' })
    const { problems, notes } = await library.verify()
    expect({ problems, notes }).toEqual({ problems: [], notes: [] })
  }

  async function works(): Promise<void> {
    await save(library, id, 'three')
    expect(await read(library, id)).toBe('three')
    const { problems, notes } = await library.verify()
    expect({ problems, notes }).toEqual({ problems: [], notes: [] })
  }

  it.each<FaultPoint>(['stage:opened', 'stage:written', 'stage:flushed', 'index:before-commit'])(
    'while a body arrives (%s): nothing of it is left',
    async (point) => {
      armFault(`full@${point}`)
      await expect(library.files.stage(id, body('three'), aSave())).rejects.toMatchObject(full)
      await unharmed()
      expect(folder.ours('staging')).toEqual([])
      expect(library.stagedCount()).toBe(0)
      await works()
    },
  )

  it.each<FaultPoint>([
    'save:begun',
    'save:kept',
    'save:dressed',
    'save:switched',
    'save:recorded',
    'index:before-commit',
  ])(
    'while a save is committed (%s): the file is what it was, and the save can be tried again',
    async (point) => {
      const by = aSave()
      const staged = await library.files.stage(id, body('three'), by)
      const expected = { version: '2', lockId: null, now: Date.now() }
      armFault(`full@${point}`)
      await expect(library.files.commit(id, staged, expected, by)).rejects.toMatchObject(full)
      await unharmed()
      expect(await library.files.commit(id, staged, expected, by)).toMatchObject({
        done: true,
        file: { version: '3' },
      })
      expect(await read(library, id)).toBe('three')
      await works()
    },
  )

  it.each<FaultPoint>([
    'save:kept',
    'save:dressed',
    'save:unprotected',
    'save:switched',
    'index:before-commit',
  ])('while a large save is committed (%s): the same', async (point) => {
    const large = 'large '.repeat(200_000)
    const by = aSave()
    const staged = await library.files.stage(id, body(large), by)
    const expected = { version: '2', lockId: null, now: Date.now() }
    armFault(`full@${point}`)
    await expect(library.files.commit(id, staged, expected, by)).rejects.toMatchObject(full)
    await unharmed()
    expect(await library.files.commit(id, staged, expected, by)).toMatchObject({ done: true })
    expect((await read(library, id)) === large).toBe(true)
    await works()
    expect(folder.ours('staging')).toEqual([])
  })

  it.each(['stage:opened', 'stage:written', 'stage:flushed', 'index:before-commit'])(
    'while a large body arrives (%s): nothing of it is left',
    async (point) => {
      armFault(`full@${point}`)
      await expect(library.files.stage(id, body('large '.repeat(200_000)), aSave())).rejects.toMatchObject(
        full,
      )
      await unharmed()
      expect(folder.ours('staging')).toEqual([])
      await works()
    },
  )

  it('while a save is committed together with others: they fail together and are all tried again', async () => {
    folder.put('b.txt', 'one')
    const other = await idOf(library, 'b.txt')
    const by = aSave()
    const now = Date.now()
    const [first, second] = [
      await library.files.stage(id, body('A'), by),
      await library.files.stage(other, body('B'), by),
    ]
    const commit = () =>
      Promise.allSettled([
        library.files.commit(id, first, { version: '2', lockId: null, now }, by),
        library.files.commit(other, second, { version: '1', lockId: null, now }, by),
      ])
    armFault('full@index:before-commit')
    expect((await commit()).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await unharmed()
    expect(folder.text('b.txt')).toBe('one')
    await commit()
    expect([folder.text('a.txt'), folder.text('b.txt')]).toEqual(['A', 'B'])
  })

  it.each<FaultPoint>(['save:recorded', 'index:before-commit'])(
    'while an autosave takes the place of the one before (%s): that one stays, also when it had come twice',
    async (point) => {
      for (const content of ['two', 'three', 'three'])
        await save(library, id, content, { origin: 'autosave' })
      armFault(`full@${point}${point === 'index:before-commit' ? '#2' : ''}`)
      await expect(save(library, id, 'four', { origin: 'autosave' })).rejects.toMatchObject(full)
      armFault(null)
      expect(await read(library, id)).toBe('three')
      expect(await library.files.stat(id)).toMatchObject({ version: '5' })
      expect((await library.verify()).problems).toEqual([])
    },
  )

  it.each<FaultPoint>(['move:linked', 'create:named', 'create:recorded', 'index:before-commit'])(
    'while a file is made (%s): there is none, and it can be tried again',
    async (point) => {
      const staged = await library.files.stage(id, body('new'), aSave())
      armFault(`full@${point}`)
      await expect(library.files.create(id, 'new.txt', staged, aSave())).rejects.toMatchObject(full)
      await unharmed()
      expect(await library.catalog.at('new.txt')).toBeNull()
      expect(await library.files.create(id, 'new.txt', staged, aSave())).toMatchObject({ done: true })
      expect(folder.text('new.txt')).toBe('new')
      await works()
    },
  )

  it.each<FaultPoint>(['move:noted', 'move:linked', 'move:moved', 'move:recorded'])(
    'while a file is renamed or deleted (%s): it is where it was',
    async (point) => {
      const expected = { version: '2', lockId: null, now: Date.now() }
      armFault(`full@${point}`)
      await expect(library.files.rename(id, 'b.txt', expected)).rejects.toThrow()
      await unharmed()
      armFault(`full@${point}`)
      await expect(library.files.delete(id, expected)).rejects.toThrow()
      await unharmed()
      expect(await library.files.rename(id, 'b.txt', expected)).toMatchObject({ done: true })
      await works()
    },
  )

  it('while a refused save is put aside: it waits, and is rescued at the next start at the latest', async () => {
    const by = aSave()
    const staged = await library.files.stage(id, body('refused'), by)
    const refusal = { fileId: id, code: 'lock-mismatch', reason: 'It was locked.', save: by, version: '2' }
    for (const point of ['rescue:moved', 'index:before-commit']) {
      armFault(`full@${point}`)
      await expect(library.files.rescue(staged, refusal)).rejects.toMatchObject(full)
      armFault(null)
    }
    library.close()
    library = await folder.open()
    expect(library.repaired).toEqual({ completed: 0, rescued: 1 })
    expect(library.rescued.list()).toMatchObject([{ fileId: id, size: 7, code: 'interrupted' }])
    await unharmed()
  })

  it('while a refused save is put aside: it is as soon as there is room', async () => {
    const by = aSave()
    const staged = await library.files.stage(id, body('refused'), by)
    const refusal = { fileId: id, code: 'lock-mismatch', reason: 'It was locked.', save: by, version: '2' }
    armFault('full@rescue:moved')
    await expect(library.files.rescue(staged, refusal)).rejects.toMatchObject(full)
    armFault(null)
    await library.tidy()
    expect(library.rescued.list()).toMatchObject([{ fileId: id, size: 7, code: 'lock-mismatch' }])
    await unharmed()
  })
})

const small = mkdtempSync(join(tmpdir(), 'wopikit-small-disk-'))
const mounted =
  process.platform === 'linux' &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', small]).status === 0
afterAll(() => {
  if (mounted) spawnSync('umount', [small])
  rmSync(small, { recursive: true })
})

describe.skipIf(!mounted)('a small disk (needs the right to mount one)', () => {
  let folder: TestFolder
  let library: FolderLibrary
  beforeAll(async () => {
    folder = testFolder({ in: small })
    library = await folder.open()
  })
  afterAll(() => folder?.remove())

  it('refuses what does not fit, keeps what is there, and goes on when there is room', async () => {
    folder.put('a.txt', 'one')
    const id = await idOf(library, 'a.txt')
    await save(library, id, 'two')
    const filler = join(small, 'filler')
    mkdirSync(join(small, 'x'), { recursive: true })
    for (const left of [2_500_000, 600_000, 100_000, 20_000, 4_096, 0]) {
      fill(filler, left)
      for (const size of [3_000_000, 500_000, 50_000, 5_000]) {
        const outcome = await save(library, id, `${left} ${size} `.padEnd(size, 'x')).catch(
          (error: unknown) => error,
        )
        if (outcome instanceof Error) expect(outcome).toMatchObject(full)
        const text = (await read(library, id)) ?? ''
        expect(text).toMatch(/^(two|\d+ \d+ x+)$/)
        const [, , want] = /^(\d+) (\d+) /.exec(text) ?? []
        if (want !== undefined) expect(text).toHaveLength(Number(want))
      }
      unlinkSync(filler)
    }
    await save(library, id, 'there is room again')
    expect(await read(library, id)).toBe('there is room again')
    const { problems } = await library.verify()
    expect(problems).toEqual([])
    await library.tidy()
    expect(library.stagedCount()).toBe(0)
  })

  function fill(place: string, leave: number): void {
    const { bavail, bsize } = statfsSync(small)
    writeFileSync(place, Buffer.alloc(Math.max(0, bavail * bsize - leave)))
  }
})
