import { rmSync, statSync } from 'node:fs'
import type { Changed, Committed, Created, Expected, SaveInfo, Staged } from '../../ports/file-store.js'
import { WopiError } from '../../protocol/errors.js'
import type { Catalog } from './catalog.js'
import type { Database } from './database.js'
import { codeOf, copyOver, copyToNew, flushFile, flushName, NEW_FILE_MODE } from './durable.js'
import { about, type Events } from './events.js'
import { reach } from './faults.js'
import type { Doubt, Guard } from './guard.js'
import type { History } from './history.js'
import { type Item, type Items, itemName, newId, toFileInfo } from './items.js'
import type { FolderLockStore } from './lock-store.js'
import { type DiskState, isTaken, nameOf, parentOf, type Root, sameState, sightOf, stateOf } from './paths.js'
import { dress, ifThere, linkTo, moveOver, moveToNew } from './placing.js'
import type { Staging } from './staging.js'
import type { Kept, OldCopy, VersionNote } from './version-row.js'

/** What content is made of and kept by. */
export interface SavesParts {
  readonly database: Database
  readonly root: Root
  readonly items: Items
  readonly catalog: Catalog
  readonly history: History
  readonly staging: Staging
  readonly locks: FolderLockStore
  readonly guard: Guard
  readonly events: Events
  /** Told, within the step, of a file that has got one version more. */
  readonly onNewVersion: (fileId: string) => void
}

/** Staged content becomes the content of a file. Everything is durable when it returns. */
export interface Saves {
  /** @param origin what is recorded; that of the save itself when absent. */
  commit(
    fileId: string,
    staged: Staged,
    expected: Expected,
    save: SaveInfo,
    origin?: VersionNote['origin'],
  ): Promise<Committed>
  /** Makes a new file at a library path. */
  create(path: string, staged: Staged, save: SaveInfo, origin?: VersionNote['origin']): Promise<Created>
  /** The file if everything expected holds at this instant; for use inside a `write` step. */
  asExpected(fileId: string, expected: Expected): Item | null
}

export const changed: Changed = { done: false, because: 'changed' }

/**
 * The switch of contents. It is one transaction of the index in which version and lock are compared and the new file is renamed over the old one;
 * the order of flushes, and what is true after a kill between any two steps, is in docs/durability.md.
 */
export function createSaves(parts: SavesParts): Saves {
  const { database, root, items, catalog, history, staging, locks, guard, events } = parts

  return {
    asExpected,

    async commit(fileId, staged, expected, save, origin = save.origin) {
      const seen = items.find(fileId)
      if (!seen || String(seen.version) !== expected.version) return changed
      const note: VersionNote = { save, origin, session: expected.lockId, suspicious: null }
      if (seen.sha256 === staged.sha256) {
        const same = await database.write(() => confirmStep(fileId, staged, expected, note))
        if (!same) return changed
        await database.flush()
        return { done: true, file: toFileInfo(same) }
      }
      const doubt = origin === 'restore' ? null : doubtAbout(seen, staged)
      if (doubt?.block) throw blocked(doubt)
      await staging.aim(staged, { id: fileId })
      const committed = await switchContent(seen, staged, expected, {
        ...note,
        suspicious: doubt?.reason ?? null,
      })
      if (!committed) return changed
      await durable(committed)
      return { done: true, file: toFileInfo(committed) }
    },

    async create(path, staged, save, origin = save.origin) {
      const place = root.locate(path)
      if (root.look(parentOf(path))?.kind !== 'folder') throw folderGone(path)
      if (isTaken(place)) return nameTaken(path)
      const id = newId()
      await staging.aim(staged, { id, path })
      reach('create:aimed')
      const note: VersionNote = { save, origin, session: null, suspicious: null }
      const item = await database.write(() => createStep(id, path, staged, note))
      if (!item) return nameTaken(path)
      await durable(item)
      return { done: true, file: toFileInfo(item) }
    },
  }

  function asExpected(fileId: string, expected: Expected): Item | null {
    const item = asRecorded(fileId, expected)
    if (!item) return null
    const sight = root.look(item.path)
    return sight?.kind === 'file' && sameState(sight, item) ? item : null
  }

  /** The file if the index has it as expected. */
  function asRecorded(fileId: string, expected: Expected): Item | null {
    const item = items.find(fileId)
    if (!item || String(item.version) !== expected.version) return null
    return locks.lockIdNow(fileId, expected.now) === expected.lockId ? item : null
  }

  async function switchContent(
    seen: Item,
    staged: Staged,
    expected: Expected,
    note: VersionNote,
  ): Promise<Item | null> {
    let old: OldCopy | null = null
    try {
      for (;;) {
        const copy = old
        const outcome = await database.write(() => switchStep(seen.id, staged, expected, note, copy))
        if (outcome === 'changed') return null
        if (outcome !== 'needs-copy') return outcome
        old = await copyOfOld(seen, staged)
        if (!old) return null
      }
    } catch (error) {
      if (error === overtaken) return null
      throw error
    } finally {
      if (old) rmSync(old.place, { force: true })
    }
  }

  /** Content that is to become a document's gets its private copy, the cheapest way there is. */
  function protect(fileId: string, staged: Staged, from: string): void {
    const { bytes, copy } = staging.held(staged)
    if (bytes) history.protectWith(fileId, bytes)
    // It was used up by an attempt that was undone, if it is not there any more.
    else if (copy !== null && sightOf(copy)) history.protect(fileId, copy)
    else history.protectFrom(fileId, from)
  }

  /** A flushed copy of the document as it is, for when the very file cannot become part of the history; null when it has vanished. */
  async function copyOfOld(seen: Item, staged: Staged): Promise<OldCopy | null> {
    const place = staging.oldPlace(staged)
    rmSync(place, { force: true })
    try {
      await copyToNew(root.locate(seen.path), place)
    } catch (error) {
      if (isGone(error)) return null
      throw error
    }
    await flushFile(place)
    return { place, of: seen }
  }

  function doubtAbout(item: Item, staged: Staged): Doubt | null {
    const content = { place: staging.place(staged), size: staged.size, bytes: staging.held(staged).bytes }
    try {
      return guard.judge(itemName(item), content, {
        place: root.locate(item.path),
        isSuspicious: () => Boolean(history.find(item.id, item.version)?.suspicious),
      })
    } catch (error) {
      // Then the switch will not be made either.
      if (isGone(error)) return null
      throw error
    }
  }

  /** The same bytes again are a new version, and nothing else: no new file, no new time, no entry in the history. */
  function confirmStep(fileId: string, staged: Staged, expected: Expected, note: VersionNote): Item | null {
    const item = asExpected(fileId, expected)
    if (item?.sha256 !== staged.sha256) return null
    const same = { ...item, version: item.version + 1 }
    items.update(same)
    history.confirm(same)
    staging.settle(staged.stagedId)
    database.afterCommit(() => rmSync(staging.place(staged), { force: true }))
    tell(same, note)
    return same
  }

  function switchStep(
    fileId: string,
    staged: Staged,
    expected: Expected,
    note: VersionNote,
    old: OldCopy | null,
  ): Item | 'changed' | 'needs-copy' {
    const item = asRecorded(fileId, expected)
    if (!item || !root.isPlainFolder(parentOf(item.path))) return 'changed'
    reach('save:begun')
    // This looks at the document itself, at the last moment there is.
    const kept = history.supersede(item, old)
    if (typeof kept === 'string') return kept
    reach('save:kept')
    const source = staging.place(staged)
    const place = root.locate(item.path)
    const modifiedAt = Math.max(note.save.at, item.modifiedAt + 1)
    dress(source, kept.stats.mode & 0o777, kept.stats, modifiedAt)
    reach('save:dressed')
    const state = switchOver(source, place)
    database.onUndo(() => switchBack(kept.place, source, place))
    // A program that has written into the document since the look at it has written into what was kept. Its private copy is still there.
    if (!isAsKept(kept)) throw overtaken
    database.onUndo(() => history.protectFrom(fileId, kept.place))
    protect(fileId, staged, place)
    reach('save:switched')
    const next: Item = {
      ...item,
      ...state,
      version: item.version + 1,
      modifiedAt,
      sha256: staged.sha256,
    }
    items.update(next)
    if (note.suspicious !== null && !history.find(fileId, item.version)?.suspicious)
      history.setPinned(fileId, item.version, true)
    history.record(next, note)
    staging.settle(staged.stagedId)
    tell(next, note)
    reach('save:recorded')
    return next
  }

  function switchOver(source: string, place: string): DiskState {
    try {
      return moveOver(source, place)
    } catch (error) {
      throw isGone(error) ? overtaken : error
    }
  }

  /** Undoes a switch whose transaction failed: the content that came goes back to where it waited, and the document is what it was. */
  function switchBack(before: string, source: string, place: string): void {
    if (!linkTo(place, source)) copyOver(place, source)
    const work = staging.workPlace()
    if (!linkTo(before, work)) copyOver(before, work)
    moveOver(work, place)
  }

  function createStep(id: string, path: string, staged: Staged, note: VersionNote): Item | null {
    const source = staging.place(staged)
    const place = root.locate(path)
    const { at } = note.save
    const folder = statSync(root.locate(parentOf(path)), { throwIfNoEntry: false })
    if (!folder) throw folderGone(path)
    dress(source, NEW_FILE_MODE, folder, at)
    const named = ifThere(() => moveToNew(source, place))
    if (named === null) throw folderGone(path)
    if (!named) return null
    database.onUndo(() => moveToNew(place, source))
    reach('create:named')
    protect(id, staged, place)
    database.onUndo(() => rmSync(history.copyPlace(id), { force: true }))
    items.vacate(path)
    const item: Item = {
      ...named,
      id,
      kind: 'file',
      path,
      version: 1,
      modifiedAt: at,
      sha256: staged.sha256,
      goneAt: null,
    }
    items.insert(item)
    history.record(item, note)
    staging.settle(staged.stagedId)
    events.emit({ ...about(items, item), type: 'added' })
    tell(item, note)
    reach('create:recorded')
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

  function tell(item: Item, { save, origin, suspicious }: VersionNote): void {
    parts.onNewVersion(item.id)
    const event = { ...about(items, item), version: String(item.version) }
    events.emit({ ...event, type: 'saved', origin, by: save.userName })
    if (suspicious !== null) events.emit({ ...event, type: 'suspicious-save', reason: suspicious })
  }

  /** Makes the names durable: of the document in its folder, and of what it replaced in the history. */
  async function durable(item: Item): Promise<void> {
    await Promise.all([
      flushName(root.locate(item.path)),
      flushName(history.copyPlace(item.id)),
      database.flush(),
    ])
  }
}

/** Thrown within a step, so that it is undone: another program was faster than the switch. */
const overtaken = new Error('Another program changed the document while it was being replaced.')

/** Whether an error says that this very moment the document has gone, or a folder has taken its place. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))
}

/** Whether nobody has written into content since it was given its name in the history. A copy nobody can write into. */
function isAsKept({ place, stats }: Kept): boolean {
  const sight = sightOf(place)
  return sight !== null && (sight.inode !== stats.ino || sameState(sight, stateOf(stats)))
}

function folderGone(path: string): WopiError {
  return new WopiError('not-found', `The folder for ${nameOf(path)} is not there any more.`)
}

function blocked({ reason }: Doubt): WopiError {
  return new WopiError('bad-request', `${reason} It was not committed and is kept as a rescued save.`)
}
