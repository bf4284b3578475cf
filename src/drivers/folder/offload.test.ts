import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { idOf, save, type TestFolder, testFolder } from '../../../test/support/folder-library.js'
import type { FolderLibrary } from './index.js'

let folder: TestFolder
let library: FolderLibrary
let id: string
let now: number
beforeEach(async () => {
  folder = testFolder()
  now = Date.now()
  library = await folder.open({ now: () => now })
  folder.put('a.txt', 'one')
  id = await idOf(library, 'a.txt')
})
afterEach(async () => {
  expect((await library.verify()).problems).toEqual([])
  folder.remove()
})

const minutes = (count: number) => count * 60_000

function contentAt(name: string | null): string {
  return readFileSync(join(folder.data, 'offload', name ?? 'nothing'), 'utf8')
}

it('offers the present version, once it was saved here, and no other', async () => {
  expect(await library.offload.offer(id, '1')).toBeNull()
  const { version } = await save(library, id, 'two')
  expect(contentAt(await library.offload.offer(id, version))).toBe('two')
  expect(await library.offload.offer(id, '1')).toBeNull()
  expect(await library.offload.offer(id, '3')).toBeNull()
  expect(await library.offload.offer('../../a', version)).toBeNull()
  expect(folder.ours('offload')).toEqual([`${id}.${version}`])
})

it('keeps to the version that was offered, whatever is saved, restored or written meanwhile', async () => {
  const { version } = await save(library, id, 'two')
  const name = await library.offload.offer(id, version)
  const three = await save(library, id, 'three')
  const nameOfThree = await library.offload.offer(id, three.version)
  await library.versions.restore(id, version, { userId: 'dora', userName: 'Dora' })
  folder.put('a.txt', 'from outside')
  await library.files.stat(id)
  await save(library, id, 'four')
  expect(contentAt(name)).toBe('two')
  expect(contentAt(nameOfThree)).toBe('three')
})

it('offers the same bytes saved again as the version they are then', async () => {
  await save(library, id, 'two')
  const { version } = await save(library, id, 'two')
  expect(contentAt(await library.offload.offer(id, version))).toBe('two')
})

it('offers nothing that is not proven to be the version', async () => {
  const { version } = await save(library, id, 'two')
  const versions = join(folder.data, 'versions')
  const copy = readdirSync(versions, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('.current'),
  )
  writeFileSync(join(versions, copy ?? ''), 'twx')
  expect(await library.offload.offer(id, version)).toBeNull()
  expect(folder.ours('offload')).toEqual([])
})

it('removes a name after ten minutes at least, and twenty at most', async () => {
  const { version } = await save(library, id, 'two')
  const name = await library.offload.offer(id, version)
  now += minutes(10)
  await library.tidy()
  expect(contentAt(name)).toBe('two')
  now += minutes(10)
  await library.tidy()
  expect(folder.ours('offload')).toEqual([])
  expect(contentAt(await library.offload.offer(id, version))).toBe('two')
})

it('offers what another process has offered, and again what was lost', async () => {
  const { version } = await save(library, id, 'two')
  const other = await folder.open({ now: () => now })
  const name = await other.offload.offer(id, version)
  expect(await library.offload.offer(id, version)).toBe(name)
  rmSync(join(folder.data, 'offload'), { recursive: true })
  const third = await folder.open({ now: () => now })
  expect(contentAt(await third.offload.offer(id, version))).toBe('two')
})
