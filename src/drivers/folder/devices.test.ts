import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import type { FolderLibrary } from './index.js'

async function versionsOf(library: FolderLibrary, id: string): Promise<(string | null)[]> {
  const { versions } = await library.versions.list(id)
  const opened = await Promise.all(versions.map(({ version }) => library.versions.open(id, version)))
  return Promise.all(opened.map(async (one) => (one ? textOf(one.body) : null)))
}

/** Saves, makes, refuses, renames, deletes and brings back a document, and looks at everything afterwards. */
async function wholeLife(folder: TestFolder, path: string): Promise<void> {
  const library = await folder.open()
  folder.put(path, 'one')
  const id = await idOf(library, path)
  await save(library, id, 'two')
  const large = 'x'.repeat(1_500_000)
  await save(library, id, large)
  await save(library, id, 'four')
  expect(await versionsOf(library, id)).toEqual(['four', large, 'two', 'one'])

  const staged = await library.files.stage(id, body('copy'), aSave())
  const made = await library.files.create(id, 'made.txt', staged, aSave())
  expect(made).toMatchObject({ done: true, file: { name: 'made.txt', size: 4 } })

  const refused = await library.files.stage(id, body('refused'), aSave())
  const refusal = { fileId: id, code: 'lock-mismatch', reason: 'No.', save: aSave(), version: '4' }
  await library.files.rescue(refused, refusal)
  expect(library.rescued.list(id)).toHaveLength(1)

  writeFileSync(folder.place(path), 'outside')
  await save(library, id, 'six')
  expect(await versionsOf(library, id)).toEqual(['six', 'outside', 'four', large, 'two', 'one'])

  expect(await library.tree.rename(id, 'renamed.txt')).toMatchObject({ done: true })
  expect(await library.tree.remove(id)).toMatchObject({ done: true })
  expect(await library.files.stat(id)).toBeNull()
  expect(await library.tree.restore(id)).toMatchObject({ id })
  expect(await read(library, id)).toBe('six')
  const { problems, notes } = await library.verify()
  expect({ problems, notes }).toEqual({ problems: [], notes: [] })
  expect(library.stagedCount()).toBe(0)
}

const other = '/dev/shm'
const isOther = existsSync(other) && statSync(other).dev !== statSync(tmpdir()).dev

describe.skipIf(!isOther)('a data folder on another file system (needs /dev/shm)', () => {
  let data: string
  let folder: TestFolder
  beforeEach(() => {
    data = mkdtempSync(join(other, 'wopikit-data-'))
    folder = testFolder({ in: tmpdir(), data })
  })
  afterEach(() => {
    folder.remove()
    rmSync(data, { recursive: true })
  })

  it('keeps everything just the same', async () => {
    await wholeLife(folder, 'papers/a.txt')
  })

  it('hides what it needs beside the documents', async () => {
    const library = await folder.open()
    expect(existsSync(folder.place('.wopikit/staging'))).toBe(true)
    expect(await library.catalog.list('')).toEqual([])
  })
})

describe('a folder of the library on another file system (needs the right to mount one)', () => {
  let folder: TestFolder
  let mounted = false
  beforeEach(() => {
    folder = testFolder({ in: tmpdir() })
    mkdirSync(folder.place('mounted'))
    mounted =
      process.platform === 'linux' &&
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=50m', 'tmpfs', folder.place('mounted')]).status === 0
  })
  afterEach(() => {
    if (mounted) spawnSync('umount', ['-l', folder.place('mounted')])
    folder.remove()
  })

  it('is served just the same', async (context) => {
    if (!mounted) return context.skip()
    await wholeLife(folder, 'mounted/a.txt')
  })

  it('takes files that are moved there, and says that folders cannot be', async (context) => {
    if (!mounted) return context.skip()
    const library = await folder.open()
    folder.put('a.txt', 'one')
    folder.put('sub/b.txt', 'b')
    const [a, sub, target] = [
      await idOf(library, 'a.txt'),
      await idOf(library, 'sub'),
      await idOf(library, 'mounted'),
    ]
    await save(library, a, 'two')
    expect(await library.tree.move(a, target)).toMatchObject({ done: true, item: { path: 'mounted/a.txt' } })
    expect(await read(library, a)).toBe('two')
    expect(await versionsOf(library, a)).toEqual(['two', 'one'])
    await expect(library.tree.move(sub, target)).rejects.toMatchObject({ code: 'bad-request' })
    expect(folder.text('sub/b.txt')).toBe('b')
    const { problems, notes } = await library.verify()
    expect({ problems, notes }).toEqual({ problems: [], notes: [] })
  })
})
