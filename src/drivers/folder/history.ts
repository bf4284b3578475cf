import { lstatSync, renameSync, rmSync } from 'node:fs'
import { dirname, sep } from 'node:path'
import type { Database } from './database.js'
import { codeOf, copyOver, hasHash, makeFolder, overwrite } from './durable.js'
import { reach } from './faults.js'
import type { Item } from './items.js'
import { type DiskState, type Root, sameObject, sameState, sightOf, stateOf } from './paths.js'
import { ifThere, linkTo } from './placing.js'
import type { Removals } from './removals.js'
import {
  type OldCopy,
  rowOf,
  type SeenFile,
  type Superseded,
  type VersionNote,
  type VersionRow,
} from './version-row.js'

/**
 * The contents a file has had. A version that was replaced is the very file it was, under a name in the history to which no plain path leads.
 * Of the present version there is a private copy, for the moment in which another program writes into the document in place.
 *
 * What changes something is for use inside a `write` step.
 */
export interface History {
  /**
   * Ahead of a switch, gives the present content a name of its own, and tells what the document looked like. `changed` when it is no longer
   * what the index says; `needs-copy` where a name is not enough, be it that the history is on another file system or that the document has
   * other names.
   */
  supersede(item: Item, copy: OldCopy | null): Superseded
  /** Takes over a copy of content that is about to become the document's, as its private copy. */
  protect(fileId: string, copy: string): void
  /** Makes bytes that are about to become the content of a document its private copy. */
  protectWith(fileId: string, bytes: Buffer): void
  /** Makes the private copy of a document that has none, or a wrong one. */
  protectFrom(fileId: string, document: string): void
  /** Adds the entry of the version that `item` now has. */
  record(item: Item, note: VersionNote): void
  /** The same bytes were saved again: the entry stands for one version more. */
  confirm(item: Item): void
  /** A copy of an item's last known content that is proven to be that, wherever it is; null when there is none. */
  lastKnownContent(item: Item): Promise<SeenFile | null>
  /** Another program replaced the content of `before`, of which `copy` is what was found. */
  recordOutside(before: Item, next: Item, copy: SeenFile | null): void
  /**
   * Takes in that another program, which had the document open, went on writing into content after it was replaced: what it wrote is then the
   * content of the entry. False when nobody did.
   */
  takeInWrites(fileId: string, version: number): boolean
  /** Takes note of content that was superseded on disk, and in the index not yet. */
  adopt(item: Item): void
  /** Brings order into what an interrupted switch may have left that was not made. */
  tidy(item: Item): void
  /** The hash of present content, once it is known. */
  setHash(fileId: string, version: number, sha256: string): void
  setPinned(fileId: string, version: number, pinned: boolean): void
  /** Takes entries out of the history, with their content. */
  drop(fileId: string, versions: readonly number[]): void
  /** Takes everything of a file out of the history. */
  forget(fileId: string): void
  /** Entries, the newest first, and how many there are altogether. */
  page(fileId: string, offset: number, limit: number): { rows: VersionRow[]; total: number }
  /** The entry that stands for a version, also one that was a save of the same bytes. */
  find(fileId: string, version: number): VersionRow | null
  /** Whether people can get at these bytes, as the document or in its history. Neither can be reached of a document that is gone. */
  holds(item: Item, sha256: string): boolean
  /** Whether the file was ever saved through us. */
  isInUse(fileId: string): boolean
  /** Where the content of an entry is once it was superseded. */
  place(fileId: string, version: number): string
  /** Where the private copy of the present content is. */
  copyPlace(fileId: string): string
}

export function createHistory(
  database: Database,
  root: Root,
  removals: Removals,
  folder: string,
  autosaveStepMs: number,
): History {
  const { sqlite } = database
  makeFolder(folder)
  const insert = sqlite.prepare(
    `INSERT OR IGNORE INTO versions VALUES (@file_id, @version, @last_version, @size, @sha256, @at, @origin, @user_id,
       @user_name, @editors, @modified_by_user, @session, @stored, @suspicious, @pinned)`,
  )
  const setStored = sqlite.prepare<[number, string, number]>(
    'UPDATE versions SET stored = ? WHERE file_id = ? AND version = ?',
  )
  const setHash = sqlite.prepare<[string, string, number]>(
    'UPDATE versions SET sha256 = ? WHERE file_id = ? AND version = ?',
  )
  const setWritten = sqlite.prepare<[{ fileId: string; version: number; size: number; at: number }]>(
    `UPDATE versions SET stored = 1, size = @size, sha256 = NULL, at = @at, origin = 'outside', user_id = NULL, user_name = NULL,
       editors = '[]', modified_by_user = 0, session = NULL, suspicious = NULL WHERE file_id = @fileId AND version = @version`,
  )
  const pin = sqlite.prepare<[{ fileId: string; version: number; pinned: number }]>(
    'UPDATE versions SET pinned = @pinned WHERE file_id = @fileId AND version <= @version AND last_version >= @version',
  )
  const extend = sqlite.prepare<[number, string, number]>(
    'UPDATE versions SET last_version = ? WHERE file_id = ? AND last_version = ?',
  )
  // The newest that is not newer: entries never overlap, so it is the only one that can stand for the version.
  const findRow = sqlite.prepare<[string, number], VersionRow>(
    'SELECT * FROM versions WHERE file_id = ? AND version <= ? ORDER BY version DESC LIMIT 1',
  )
  const allVersions = sqlite.prepare<[string], { version: number }>(
    'SELECT version FROM versions WHERE file_id = ?',
  )
  const pageOf = sqlite.prepare<[string, number, number], VersionRow>(
    'SELECT * FROM versions WHERE file_id = ? ORDER BY version DESC LIMIT ? OFFSET ?',
  )
  const counted = sqlite.prepare<[string], { n: number }>(
    'SELECT count(*) AS n FROM versions WHERE file_id = ?',
  )
  const lastTwo = sqlite.prepare<[string], VersionRow>(
    'SELECT * FROM versions WHERE file_id = ? ORDER BY version DESC LIMIT 2',
  )
  const byHash = sqlite.prepare<[string, string]>(
    'SELECT 1 FROM versions WHERE file_id = ? AND sha256 = ? AND stored = 1',
  )
  const ours = sqlite.prepare<[string]>(
    "SELECT 1 FROM versions WHERE file_id = ? AND origin <> 'outside' LIMIT 1",
  )
  const remove = sqlite.prepare<[string, number]>('DELETE FROM versions WHERE file_id = ? AND version = ?')

  // All in one folder, so that one flush of it serves all saves that are made at the same time.
  const place = (fileId: string, version: number) => `${folder}${sep}${fileId}.${version}`
  const copyPlace = (fileId: string) => `${folder}${sep}${fileId}.current`

  function find(fileId: string, version: number): VersionRow | null {
    const row = findRow.get(fileId, version)
    return row && row.last_version >= version ? row : null
  }

  /** Puts the present content to a place in the history: the very file where possible, else the copy. */
  function giveName(item: Item, target: string, copy: OldCopy | null): Superseded {
    const source = root.locate(item.path)
    const named = ifThere(() => nameAt(source, target))
    if (named === null) return 'changed'
    if (named) {
      const stats = lstatSync(target)
      if (!stats.isFile() || !sameState(stateOf(stats), item)) return 'changed'
      // One name in the library and one here; any other would lead into the history.
      if (stats.nlink <= 2) return { stats, place: target }
    }
    const stats = lstatSync(source, { throwIfNoEntry: false })
    if (!stats?.isFile()) return 'changed'
    if (!copy) return 'needs-copy'
    if (!sameState(stateOf(stats), item) || !sameState(copy.of, item)) return 'changed'
    renameSync(copy.place, target)
    return { stats, place: target }
  }

  /** Gives a file a name in the history; what an interrupted attempt may have left there is replaced. */
  function nameAt(source: string, target: string): boolean {
    try {
      return inItsFolder(target, () => linkTo(source, target))
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      rmSync(target)
      return linkTo(source, target)
    }
  }

  function drop(fileId: string, versions: readonly number[]): void {
    for (const version of versions) {
      remove.run(fileId, version)
      removals.remove(place(fileId, version))
    }
  }

  /** Autosaves of one session make one entry per stretch of time, not one each. */
  function dropLastAutosave(fileId: string, session: string | null): void {
    const [last, before] = lastTwo.all(fileId)
    if (last?.origin !== 'autosave' || last.session !== session || last.pinned || last.suspicious) return
    // Times may also lie the wrong way round: the clock was set back.
    if (before && Math.abs(last.at - before.at) < autosaveStepMs) drop(fileId, [last.version])
  }

  return {
    place,
    copyPlace,
    find,
    drop,
    supersede(item, copy) {
      const row = find(item.id, item.version)
      const target = place(item.id, row?.version ?? item.version)
      database.onUndo(() => rmSync(target, { force: true }))
      const outcome = giveName(item, target, copy)
      if (typeof outcome === 'string') rmSync(target, { force: true })
      else if (row) setStored.run(1, item.id, row.version)
      else insert.run({ ...rowOf(item, 'outside'), stored: 1 })
      return outcome
    },
    protect(fileId, copy) {
      const target = copyPlace(fileId)
      // Renamed over another file, some file systems would write it to the disk at once; it need not get there before the next save replaces it.
      rmSync(target, { force: true })
      reach('save:unprotected')
      inItsFolder(target, () => renameSync(copy, target))
    },
    protectWith(fileId, bytes) {
      const target = copyPlace(fileId)
      leaveOffers(target)
      inItsFolder(target, () => overwrite(target, bytes))
    },
    protectFrom(fileId, document) {
      const target = copyPlace(fileId)
      leaveOffers(target)
      inItsFolder(target, () => copyOver(document, target))
    },
    record(item, { save, origin, session, suspicious }) {
      if (origin === 'autosave') dropLastAutosave(item.id, session)
      insert.run({
        ...rowOf(item, origin),
        at: save.at,
        user_id: save.userId,
        user_name: save.userName,
        editors: JSON.stringify(save.editors),
        modified_by_user: save.modifiedByUser ? 1 : 0,
        session,
        suspicious,
      })
    },
    confirm(item) {
      if (extend.run(item.version, item.id, item.version - 1).changes === 0)
        insert.run(rowOf(item, 'outside'))
    },
    async lastKnownContent(item) {
      if (item.sha256 === null) return null
      const row = find(item.id, item.version)
      const places = [...(row ? [place(item.id, row.version)] : []), copyPlace(item.id)]
      for (const candidate of places) {
        const state = sightOf(candidate)
        if (state?.size === item.size && (await hasHash(candidate, item.sha256)))
          return { place: candidate, state }
      }
      return null
    },
    recordOutside(before, next, copy) {
      const row = find(before.id, before.version)
      const present = copy && sightOf(copy.place)
      if (row && present && sameState(present, copy.state)) {
        const target = place(before.id, row.version)
        if (target !== copy.place) {
          renameSync(copy.place, target)
          database.onUndo(() => renameSync(target, copy.place))
        }
        setStored.run(1, before.id, row.version)
      } else if (row?.origin === 'outside' && !row.stored) {
        // Nothing can be had from an entry without content that nobody saved here.
        remove.run(before.id, row.version)
      }
      insert.run(rowOf(next, 'outside'))
    },
    takeInWrites(fileId, version) {
      const row = find(fileId, version)
      const state = row?.stored ? sightOf(place(fileId, row.version)) : null
      if (!row || !state || !isWrittenOn(row, state)) return false
      const { size, mtime } = state
      // Taken out of the sum with its old size, and put into it with the new one.
      setStored.run(0, fileId, row.version)
      setWritten.run({ fileId, version: row.version, size, at: Math.floor(mtime) })
      return true
    },
    adopt(item) {
      const row = find(item.id, item.version) ?? rowOf(item, 'outside')
      insert.run(row)
      if (sightOf(place(item.id, row.version))) setStored.run(1, item.id, row.version)
    },
    setHash: (fileId, version, sha256) => void setHash.run(sha256, fileId, version),
    tidy(item) {
      const row = find(item.id, item.version)
      const name = row?.version ?? item.version
      const kept = row?.stored ? null : sightOf(place(item.id, name))
      const document = root.look(item.path)
      // Once the document has been replaced this is the only name of what it was.
      if (kept && document && (sameState(document, item) || sameObject(document, kept)))
        rmSync(place(item.id, name), { force: true })
    },
    setPinned: (fileId, version, pinned) => void pin.run({ fileId, version, pinned: pinned ? 1 : 0 }),
    forget(fileId) {
      drop(
        fileId,
        allVersions.all(fileId).map(({ version }) => version),
      )
      removals.remove(copyPlace(fileId))
    },
    page: (fileId, offset, limit) => ({
      rows: pageOf.all(fileId, limit, offset),
      total: counted.get(fileId)?.n ?? 0,
    }),
    holds(item, sha256) {
      const sight = root.look(item.path)
      if (sight?.kind !== 'file') return false
      const isPresent = item.sha256 === sha256 && sameState(sight, item)
      return isPresent || byHash.get(item.id, sha256) !== undefined
    },
    isInUse: (fileId) => ours.get(fileId) !== undefined,
  }
}

/** Whether content was written after it had become an entry: neither we do that nor a disk that fails. */
function isWrittenOn(row: VersionRow, state: DiskState): boolean {
  return Math.floor(state.mtime) > row.at
}

/** A private copy that has a second name is on offer as the version it was made of, and not to be written over. */
function leaveOffers(copy: string): void {
  const stats = lstatSync(copy, { throwIfNoEntry: false })
  if (stats && stats.nlink > 1) rmSync(copy)
}

/** Does something to a place in the history, also when somebody has removed its folder. */
function inItsFolder<T>(target: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    makeFolder(dirname(target))
    return act()
  }
}
