/*
 * A process that does one thing to a folder of documents, and prints `done` when it was answered. Tests let it die on the way, by WOPIKIT_FAULT.
 *
 *   node child.mjs <folder> <data> <task>
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type FolderLibrary, openFolderLibrary } from '../../src/drivers/folder/index.js'
import type { SaveInfo } from '../../src/ports/file-store.js'

const [folder = '', data = '', task = ''] = process.argv.slice(2)

const carol: SaveInfo = {
  userId: 'carol',
  userName: 'Carol',
  editors: ['carol'],
  origin: 'save',
  modifiedByUser: true,
  at: Date.now(),
}

async function* body(text: string) {
  yield new TextEncoder().encode(text)
}

/** A megabyte that arrives in parts. */
async function* largeBody() {
  for (let part = 0; part < 16; part++) yield new TextEncoder().encode('large '.repeat(12_000))
}

async function idOf(library: FolderLibrary, path: string): Promise<string> {
  const item = await library.catalog.at(path)
  if (!item) throw new Error(`There is no ${path}.`)
  return item.id
}

async function expected(library: FolderLibrary, fileId: string) {
  const file = await library.files.stat(fileId)
  return { version: file?.version ?? '', lockId: null, now: Date.now() }
}

const tasks: Record<string, (library: FolderLibrary) => Promise<unknown>> = {
  async save(library) {
    const id = await idOf(library, 'a.txt')
    const staged = await library.files.stage(id, body('three'), carol)
    return library.files.commit(id, staged, await expected(library, id), carol)
  },
  async 'large save'(library) {
    const id = await idOf(library, 'a.txt')
    const staged = await library.files.stage(id, largeBody(), carol)
    return library.files.commit(id, staged, await expected(library, id), carol)
  },
  async 'save while others wait'(library) {
    const id = await idOf(library, 'a.txt')
    const staged = await library.files.stage(id, body('three'), carol)
    const present = await expected(library, id)
    // The last of them is settled first, as a repair goes by their names.
    for (let name = staged.stagedId; name >= staged.stagedId; )
      name = (await library.files.stage(id, body('other'), carol)).stagedId
    return library.files.commit(id, staged, present, carol)
  },
  async 'save over another'(library) {
    // As an overwrite by PutRelativeFile: the content was sent to b.txt.
    const [id, target] = [await idOf(library, 'b.txt'), await idOf(library, 'a.txt')]
    const staged = await library.files.stage(id, body('three'), carol)
    return library.files.commit(target, staged, await expected(library, target), carol)
  },
  async create(library) {
    const id = await idOf(library, 'a.txt')
    const staged = await library.files.stage(id, body('three'), carol)
    return library.files.create(id, 'new.txt', staged, carol)
  },
  async rescue(library) {
    const id = await idOf(library, 'a.txt')
    const staged = await library.files.stage(id, body('three'), carol)
    const refusal = { fileId: id, code: 'lock-mismatch', reason: 'It was locked.', save: carol, version: '2' }
    return library.files.rescue(staged, refusal)
  },
  async rename(library) {
    const id = await idOf(library, 'a.txt')
    return library.files.rename(id, 'renamed.txt', await expected(library, id))
  },
  async 'move and save'(library) {
    const id = await idOf(library, 'a.txt')
    const staged = await library.files.stage(id, body('TWO'), carol)
    const present = await expected(library, id)
    const moving = library.tree.move(id, library.tree.rootId, 'renamed.txt')
    // Asked for between the note of the move and the move itself, so that move and save share a transaction.
    for (let turns = 0; turns < 2; turns++) await nextTurn()
    return Promise.all([moving, library.files.commit(id, staged, present, carol)])
  },
  async delete(library) {
    const id = await idOf(library, 'a.txt')
    return library.files.delete(id, await expected(library, id))
  },
  async 'restore from bin'(library) {
    const [binned] = library.tree.bin()
    return library.tree.restore(binned?.id ?? '')
  },
  async 'move folder'(library) {
    return library.tree.move(await idOf(library, 'sub'), await idOf(library, 'other'))
  },
  async 'bin folder'(library) {
    return library.tree.remove(await idOf(library, 'sub'))
  },
  async purge(library) {
    const [binned] = library.tree.bin()
    return library.tree.purge(binned?.id ?? '')
  },
  async 'outside change'(library) {
    const id = await idOf(library, 'a.txt')
    writeFileSync(join(folder, 'a.txt'), 'outside')
    return library.files.stat(id)
  },
  async 'stay open'() {
    process.stdout.write('open\n')
    await new Promise((resolve) => setTimeout(resolve, 60_000))
  },
}

const library = await openFolderLibrary({ folder, data })
const outcome = await tasks[task]?.(library)
process.stdout.write(`done ${JSON.stringify(outcome ?? null)}\n`)
library.close()
