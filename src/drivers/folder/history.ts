import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SaveInfo } from '../../ports/file-store.js'
import type { Item } from './catalog.js'
import type { Database } from './database.js'
import { linkOrCopy } from './durable.js'
import { diskState, type Root } from './paths.js'

/** One committed content of a file. */
export interface VersionInfo {
  readonly fileId: string
  /** The `Version` the content got when it was committed. */
  readonly version: string
  readonly size: number
  /** Base64; null for content that another program made and nobody has hashed. */
  readonly sha256: string | null
  /** When, in milliseconds since 1970. */
  readonly at: number
  readonly origin: SaveInfo['origin'] | 'outside' | 'restore'
  /** Who saved it; null when another program did. */
  readonly user: { readonly id: string; readonly name: string } | null
  readonly editors: readonly string[]
  readonly modifiedByUser: boolean
  /** Why the content is suspected to be damaged; null when it is not. */
  readonly suspicious: string | null
  /** Whether no retention rule may remove it. */
  readonly pinned: boolean
}

export interface VersionRow {
  readonly file_id: string
  readonly version: number
  readonly last_version: number
  readonly size: number
  readonly sha256: string | null
  readonly at: number
  readonly origin: VersionInfo['origin']
  readonly user_id: string | null
  readonly user_name: string | null
  readonly editors: string
  readonly modified_by_user: number
  readonly session: string | null
  readonly stored: number
  readonly suspicious: string | null
  readonly pinned: number
}

/** An autosave is dropped for the next one of its session, unless it is this much younger than the version before it. */
const AUTOSAVE_STEP_MS = 10 * 60 * 1000

/** The contents a file has had. All methods but `list`, `find` and `place` are for use inside a `write` step. */
export interface History {
  /** Makes sure that the present content outlives the switch to another: under a name of its own, never by the plain path. */
  keep(item: Item): void
  /** Takes note of present content that `keep` had already given its own name when the process ended. */
  adopt(item: Item): void
  /** Takes in a copy of new content as the version that `item` now has. */
  record(
    item: Item,
    copyPlace: string,
    save: SaveInfo,
    session: string | null,
    suspicious: string | null,
  ): void
  /** The same bytes were saved again: the entry stands for one version more. */
  confirm(item: Item): void
  /** Another program made this content. */
  recordOutside(item: Item): void
  /** Takes versions out of the history, with their content. */
  drop(fileId: string, versions: readonly number[]): void
  list(fileId: string): VersionInfo[]
  rows(fileId: string): VersionRow[]
  /** The entry that stands for a version, also one that was a save of the same bytes. */
  find(fileId: string, version: number): VersionRow | null
  hasContent(fileId: string, sha256: string): boolean
  /** Where the content of an entry is, apart from the plain path. */
  place(fileId: string, version: number): string
}

export function createHistory(database: Database, root: Root, folder: string): History {
  const { sqlite } = database
  const insert = sqlite.prepare(
    'INSERT OR IGNORE INTO versions VALUES (@file_id, @version, @last_version, @size, @sha256, @at, @origin, @user_id, @user_name, @editors, @modified_by_user, @session, @stored, @suspicious, @pinned)',
  )
  const stored = sqlite.prepare<[string, number]>(
    'UPDATE versions SET stored = 1 WHERE file_id = ? AND version = ?',
  )
  const extend = sqlite.prepare<[number, string, number]>(
    'UPDATE versions SET last_version = ? WHERE file_id = ? AND last_version = ?',
  )
  const findRow = sqlite.prepare<[string, number, number], VersionRow>(
    'SELECT * FROM versions WHERE file_id = ? AND version <= ? AND last_version >= ?',
  )
  const allRows = sqlite.prepare<[string], VersionRow>(
    'SELECT * FROM versions WHERE file_id = ? ORDER BY version DESC',
  )
  const lastTwo = sqlite.prepare<[string], VersionRow>(
    'SELECT * FROM versions WHERE file_id = ? ORDER BY version DESC LIMIT 2',
  )
  const byHash = sqlite.prepare<[string, string]>('SELECT 1 FROM versions WHERE file_id = ? AND sha256 = ?')
  const remove = sqlite.prepare<[string, number]>('DELETE FROM versions WHERE file_id = ? AND version = ?')

  const place = (fileId: string, version: number) => join(folder, fileId.slice(0, 2), `${fileId}.${version}`)

  /** A place for new content; what an interrupted attempt may have left there is removed. */
  function freshPlace(fileId: string, version: number): string {
    const target = place(fileId, version)
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    rmSync(target, { force: true })
    return target
  }

  function rowOf(item: Item, origin: VersionRow['origin']): VersionRow {
    return {
      file_id: item.id,
      version: item.version,
      last_version: item.version,
      size: item.size,
      sha256: item.sha256,
      at: item.modifiedAt,
      origin,
      user_id: null,
      user_name: null,
      editors: '[]',
      modified_by_user: 0,
      session: null,
      stored: 0,
      suspicious: null,
      pinned: 0,
    }
  }

  function drop(fileId: string, versions: readonly number[]): void {
    for (const version of versions) {
      remove.run(fileId, version)
      database.afterCommit(() => rmSync(place(fileId, version), { force: true }))
    }
  }

  return {
    place,
    drop,
    keep(item) {
      const row = findRow.get(item.id, item.version, item.version) ?? rowOf(item, 'outside')
      insert.run(row)
      if (row.stored) return
      linkOrCopy(root.locate(item.path), freshPlace(item.id, row.version))
      stored.run(item.id, row.version)
    },
    adopt(item) {
      insert.run(rowOf(item, 'outside'))
      if (diskState(place(item.id, item.version))) stored.run(item.id, item.version)
    },
    record(item, copyPlace, save, session, suspicious) {
      if (save.origin === 'autosave') dropLastAutosave(item.id, session)
      const target = freshPlace(item.id, item.version)
      renameSync(copyPlace, target)
      chmodSync(target, 0o400)
      insert.run({
        ...rowOf(item, save.origin),
        at: save.at,
        user_id: save.userId,
        user_name: save.userName,
        editors: JSON.stringify(save.editors),
        modified_by_user: save.modifiedByUser ? 1 : 0,
        session,
        stored: 1,
        suspicious,
      })
    },
    confirm(item) {
      if (extend.run(item.version, item.id, item.version - 1).changes === 0)
        insert.run(rowOf(item, 'outside'))
    },
    recordOutside(item) {
      insert.run(rowOf(item, 'outside'))
    },
    list: (fileId) => allRows.all(fileId).map(toVersionInfo),
    rows: (fileId) => allRows.all(fileId),
    find: (fileId, version) => findRow.get(fileId, version, version) ?? null,
    hasContent: (fileId, sha256) => byHash.get(fileId, sha256) !== undefined,
  }

  /** Autosaves of one session make one entry per stretch of time, not one each. */
  function dropLastAutosave(fileId: string, session: string | null): void {
    const [last, before] = lastTwo.all(fileId)
    if (last?.origin !== 'autosave' || last.session !== session || last.pinned || last.suspicious) return
    if (before && last.at - before.at < AUTOSAVE_STEP_MS) drop(fileId, [last.version])
  }
}

export function toVersionInfo(row: VersionRow): VersionInfo {
  return {
    fileId: row.file_id,
    version: String(row.version),
    size: row.size,
    sha256: row.sha256,
    at: row.at,
    origin: row.origin,
    user: row.user_id === null ? null : { id: row.user_id, name: row.user_name ?? row.user_id },
    editors: JSON.parse(row.editors) as string[],
    modifiedByUser: row.modified_by_user === 1,
    suspicious: row.suspicious,
    pinned: row.pinned === 1,
  }
}
