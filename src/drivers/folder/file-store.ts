import { chmodSync, renameSync, rmSync, statSync, unlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type {
  Changed,
  Committed,
  Created,
  Expected,
  FileInfo,
  FileStore,
  Refusal,
  Renamed,
  SaveInfo,
  Staged,
} from '../../ports/file-store.js'
import { type Catalog, type Item, itemName, newFileId } from './catalog.js'
import type { Database } from './database.js'
import { codeOf, copyDurably, linkOrCopy, moveFile, syncParent } from './durable.js'
import type { History } from './history.js'
import type { FolderLockStore } from './lock-store.js'
import { childOf, type DiskState, diskState, isTaken, parentOf, type Root, sameState } from './paths.js'
import { openForReading } from './read-file.js'
import type { RescuedSaves } from './rescued.js'
import type { Staging } from './staging.js'

/** What the store is made of. */
export interface FileStoreParts {
  readonly database: Database
  readonly root: Root
  readonly catalog: Catalog
  readonly history: History
  readonly rescued: RescuedSaves
  readonly staging: Staging
  readonly locks: FolderLockStore
  /** Where deleted files go. */
  readonly bin: string
  now(): number
}

const changed: Changed = { done: false, because: 'changed' }

/**
 * Plain files in a plain folder. A save is one transaction of the index in which version and lock are compared and the new file is renamed over
 * the old one; the order of flushes, and what is true after a kill between any two steps, is in docs/architecture.md.
 */
export function folderFileStore(parts: FileStoreParts): Required<FileStore> {
  const { database, root, catalog, history, rescued, staging, locks } = parts
  const binned = database.sqlite.prepare('INSERT INTO binned VALUES (?, ?, ?, ?)')

  return {
    async stat(fileId) {
      const item = await catalog.find(fileId)
      return item?.kind === 'file' ? toFileInfo(item) : null
    },

    async read(fileId, range) {
      for (;;) {
        const item = await catalog.find(fileId)
        if (item?.kind !== 'file') return null
        const opened = await openForReading(root.locate(item.path))
        if (opened && sameState(opened.state, item))
          return { file: toFileInfo(item), body: opened.read(range) }
        // It was replaced between the two looks; the next look knows the new state.
        await opened?.close()
      }
    },

    stage: (fileId, body, save) => staging.receive(fileId, body, save),

    async commit(fileId, staged, expected, save): Promise<Committed> {
      if (catalog.row(fileId)?.sha256 !== staged.sha256) await copyForHistory(staged)
      const outcome = await database.write(() => commitStep(fileId, staged, expected, save))
      if (outcome === null) return changed
      if (outcome.switched) await durable(outcome.item)
      return { done: true, file: toFileInfo(outcome.item) }
    },

    async create(besideId, name, staged, save): Promise<Created> {
      const beside = catalog.row(besideId)
      const path = childOf(beside ? parentOf(beside.path) : '', name)
      await copyForHistory(staged)
      const item = await database.write(() => createStep(path, staged, save))
      if (!item) return nameTaken(path)
      await durable(item)
      return { done: true, file: toFileInfo(item) }
    },

    discard: (staged) => staging.discard(staged),

    async rescue(staged, refusal) {
      if (history.hasContent(refusal.fileId, staged.sha256)) return staging.discard(staged)
      const item = catalog.row(refusal.fileId)
      if (item?.sha256 === staged.sha256) return staging.discard(staged)
      await database.write(() => rescueStep(staged, refusal, item))
      rmSync(staging.copyPlace(staged), { force: true })
      await syncParent(rescued.place(staged.stagedId))
    },

    async rename(fileId, name, expected): Promise<Renamed> {
      const outcome = await database.write(() => renameStep(fileId, name, expected))
      if ('because' in outcome) return outcome
      await syncParent(root.locate(outcome.path))
      return { done: true, file: toFileInfo(outcome) }
    },

    async delete(fileId, expected) {
      const item = await database.write(() => deleteStep(fileId, expected))
      if (!item) return changed
      await syncParent(root.locate(item.path))
      return { done: true }
    },
  }

  /** The copy by which new content lives on when another program writes into the document in place. */
  async function copyForHistory(staged: Staged): Promise<void> {
    if (!diskState(staging.copyPlace(staged)))
      await copyDurably(staging.place(staged), staging.copyPlace(staged))
  }

  /** The item if it is exactly as the decision saw it, in the index and on disk. */
  function asExpected(fileId: string, expected: Expected): Item | null {
    const item = catalog.row(fileId)
    if (!item || String(item.version) !== expected.version) return null
    if (locks.lockIdNow(fileId, expected.now) !== expected.lockId) return null
    const state = diskState(root.locate(item.path))
    return state && sameState(state, item) && root.resolve(item.path) === item.path ? item : null
  }

  function commitStep(fileId: string, staged: Staged, expected: Expected, save: SaveInfo) {
    const item = asExpected(fileId, expected)
    if (!item) return null
    if (item.sha256 === staged.sha256) {
      const same = { ...item, version: item.version + 1 }
      catalog.update(same)
      history.confirm(same)
      return { item: same, switched: false }
    }
    history.keep(item)
    const place = root.locate(item.path)
    const modifiedAt = Math.max(save.at, item.modifiedAt + 1)
    dress(staging.place(staged), statSync(place).mode & 0o777, modifiedAt)
    renameSync(staging.place(staged), place)
    const next = { ...item, ...stateNow(place), version: item.version + 1, modifiedAt, sha256: staged.sha256 }
    catalog.update(next)
    history.record(next, staging.copyPlace(staged), save, expected.lockId, null)
    staging.settle(staged.stagedId)
    return { item: next, switched: true }
  }

  function createStep(path: string, staged: Staged, save: SaveInfo): Item | null {
    const place = root.locate(path)
    if (isTaken(place)) return null
    dress(staging.place(staged), 0o666 & ~process.umask(), save.at)
    try {
      // Unlike a rename, a link never replaces what another program has just put there.
      linkOrCopy(staging.place(staged), place)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return null
      throw error
    }
    unlinkSync(staging.place(staged))
    const item: Item = {
      ...stateNow(place),
      id: newFileId(),
      kind: 'file',
      path,
      version: 1,
      modifiedAt: save.at,
      sha256: staged.sha256,
    }
    catalog.vacate(path)
    catalog.insert(item)
    history.record(item, staging.copyPlace(staged), save, null, null)
    staging.settle(staged.stagedId)
    return item
  }

  async function nameTaken(path: string): Promise<Created> {
    const existing = await catalog.at(path)
    return {
      done: false,
      because: 'name-taken',
      existing: existing?.kind === 'file' ? toFileInfo(existing) : null,
    }
  }

  function rescueStep(staged: Staged, refusal: Refusal, item: Item | null): void {
    rescued.take(staged, staging.place(staged), item ? itemName(item) : '', refusal)
    staging.settle(staged.stagedId)
  }

  function renameStep(
    fileId: string,
    name: string,
    expected: Expected,
  ): Item | Exclude<Renamed, { done: true }> {
    const item = asExpected(fileId, expected)
    if (!item) return changed
    const path = childOf(parentOf(item.path), name)
    const from = root.locate(item.path)
    const to = root.locate(path)
    try {
      linkOrCopy(from, to)
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return { done: false, because: 'name-taken' }
      throw error
    }
    unlinkSync(from)
    catalog.vacate(path)
    catalog.move(item, path)
    const renamed = { ...item, ...stateNow(to), path }
    catalog.update(renamed)
    return renamed
  }

  function deleteStep(fileId: string, expected: Expected): Item | null {
    const item = asExpected(fileId, expected)
    if (!item) return null
    moveFile(root.locate(item.path), join(parts.bin, item.id))
    binned.run(item.id, item.path, item.size, parts.now())
    catalog.retire(item.id)
    return item
  }

  /** Makes the names durable: of the document in its folder, and of the copy in the history. */
  async function durable(item: Item): Promise<void> {
    await Promise.all([syncParent(root.locate(item.path)), syncParent(history.place(item.id, item.version))])
  }
}

/** Gives new content the mode and the time it will have as the document. A whole millisecond is never the time of another program's write. */
function dress(place: string, mode: number, modifiedAt: number): void {
  chmodSync(place, mode)
  utimesSync(place, modifiedAt / 1000, modifiedAt / 1000)
}

function stateNow(place: string): DiskState {
  const state = diskState(place)
  if (!state) throw new Error(`${place} has disappeared in the moment it was put there.`)
  return { inode: state.inode, size: state.size, mtime: state.mtime }
}

export function toFileInfo(item: Item): FileInfo {
  return {
    fileId: item.id,
    name: itemName(item),
    size: item.size,
    version: String(item.version),
    modifiedAt: item.modifiedAt,
    ...(item.sha256 === null ? {} : { sha256: item.sha256 }),
  }
}
