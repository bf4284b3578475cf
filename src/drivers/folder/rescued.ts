import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Refusal, SaveInfo, Staged } from '../../ports/file-store.js'
import type { Database } from './database.js'
import type { Events } from './events.js'
import { reach } from './faults.js'
import { binPath, type Items, itemName } from './items.js'
import { nameOf } from './paths.js'
import { moveOver } from './placing.js'
import type { Removals } from './removals.js'

/** A save that arrived with a valid token and could not become a version. */
export interface RescuedSave {
  readonly rescuedId: string
  readonly fileId: string
  /** Name of the file when the save was refused. */
  readonly name: string
  readonly size: number
  /** Base64. */
  readonly sha256: string
  /** When it was refused, in milliseconds since 1970. */
  readonly at: number
  /** The code of the refusal, such as `lock-mismatch`. */
  readonly code: string
  /** Why, in a sentence for a person. */
  readonly reason: string
  /** The version the file had then; null when there was no file any more. */
  readonly baseVersion: string | null
  readonly save: SaveInfo
}

/** How much is kept of what was refused. The oldest go first, the newest never. */
export interface RescuedLimits {
  /** Rescued saves of one file; at least 1. Default 20. */
  readonly perFile: number
  /** Bytes of all together. Default 2 GiB. */
  readonly totalBytes: number
  /** Milliseconds. Default 90 days. */
  readonly maxAgeMs: number
}

/** Where refused saves are. What changes it is for use inside a `write` step. */
export interface RescuedStore {
  /** Takes over staged content that is at `place`. */
  take(staged: Staged, place: string, refusal: Refusal): void
  /** Those of one file, or all; the newest first. */
  list(fileId?: string): RescuedSave[]
  find(rescuedId: string): RescuedSave | null
  place(rescuedId: string): string
  drop(rescuedId: string): void
}

interface RescuedRow {
  readonly rescued_id: string
  readonly file_id: string
  readonly name: string
  readonly size: number
  readonly sha256: string
  readonly at: number
  readonly code: string
  readonly reason: string
  readonly base_version: string | null
  readonly save: string
}

export function createRescuedStore(
  database: Database,
  items: Items,
  events: Events,
  removals: Removals,
  folder: string,
  limits: RescuedLimits,
): RescuedStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { sqlite } = database
  const insert = sqlite.prepare('INSERT INTO rescued VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const remove = sqlite.prepare<[string]>('DELETE FROM rescued WHERE rescued_id = ?')
  const all = sqlite.prepare<[], RescuedRow>('SELECT * FROM rescued ORDER BY at DESC, rescued_id')
  const ofFile = sqlite.prepare<[string], RescuedRow>(
    'SELECT * FROM rescued WHERE file_id = ? ORDER BY at DESC, rescued_id',
  )
  const byId = sqlite.prepare<[string], RescuedRow>('SELECT * FROM rescued WHERE rescued_id = ?')
  type Found = { rescued_id: string }
  const sameContent = sqlite.prepare<[string, string], Found>(
    'SELECT rescued_id FROM rescued WHERE file_id = ? AND sha256 = ?',
  )
  const tooMany = sqlite.prepare<[string, string, number], Found>(
    'SELECT rescued_id FROM rescued WHERE file_id = ? AND rescued_id <> ? ORDER BY at DESC LIMIT -1 OFFSET ?',
  )
  const tooOld = sqlite.prepare<[number, string], Found>(
    'SELECT rescued_id FROM rescued WHERE at < ? AND rescued_id <> ?',
  )
  const oldest = sqlite.prepare<[string], Found>(
    'SELECT rescued_id FROM rescued WHERE rescued_id <> ? ORDER BY at LIMIT 1',
  )
  const binned = sqlite.prepare<[string], { path: string }>('SELECT path FROM binned WHERE item_id = ?')
  const total = sqlite.prepare<[], { bytes: number }>("SELECT bytes FROM totals WHERE name = 'rescued'")

  const place = (rescuedId: string) => join(folder, rescuedId)

  function drop(rescuedId: string): void {
    const row = byId.get(rescuedId)
    if (!row) return
    remove.run(rescuedId)
    removals.remove(place(rescuedId))
    events.emit({ ...where(row.file_id, row.name), type: 'rescued-settled', rescuedId })
  }

  function keepWithinLimits(newest: string, fileId: string, now: number): void {
    for (const { rescued_id } of tooMany.all(fileId, newest, limits.perFile - 1)) drop(rescued_id)
    for (const { rescued_id } of tooOld.all(now - limits.maxAgeMs, newest)) drop(rescued_id)
    while ((total.get()?.bytes ?? 0) > limits.totalBytes) {
      const next = oldest.get(newest)
      if (!next) return
      drop(next.rescued_id)
    }
  }

  /** The name the file has, or had when it was deleted; empty when it is gone for good. */
  function nameFor(fileId: string): string {
    const item = items.find(fileId) ?? items.binned(fileId)
    // What was deleted by itself lies in the bin under its id.
    return item?.path === binPath(fileId)
      ? nameOf(binned.get(fileId)?.path ?? '')
      : item
        ? itemName(item)
        : ''
  }

  function where(fileId: string, name: string) {
    const item = items.find(fileId)
    return {
      at: Date.now(),
      id: fileId,
      kind: 'file' as const,
      name,
      folderId: item && items.folderId(item.path),
    }
  }

  return {
    place,
    drop,
    take(staged, from, refusal) {
      const { fileId, save, code, reason, version } = refusal
      // The same bytes refused again, by a client that tries and tries, are one rescued save.
      for (const { rescued_id } of sameContent.all(fileId, staged.sha256)) drop(rescued_id)
      const rescuedId = staged.stagedId
      const to = place(rescuedId)
      moveOver(from, to)
      database.onUndo(() => moveOver(to, from))
      reach('rescue:moved')
      const name = nameFor(fileId)
      const { size, sha256 } = staged
      insert.run(rescuedId, fileId, name, size, sha256, save.at, code, reason, version, JSON.stringify(save))
      events.emit({ ...where(fileId, name), type: 'rescued', rescuedId, reason, by: save.userName })
      keepWithinLimits(rescuedId, fileId, save.at)
    },
    list: (fileId) => (fileId === undefined ? all.all() : ofFile.all(fileId)).map(toRescuedSave),
    find(rescuedId) {
      const row = byId.get(rescuedId)
      return row ? toRescuedSave(row) : null
    },
  }
}

function toRescuedSave(row: RescuedRow): RescuedSave {
  return {
    rescuedId: row.rescued_id,
    fileId: row.file_id,
    name: row.name,
    size: row.size,
    sha256: row.sha256,
    at: row.at,
    code: row.code,
    reason: row.reason,
    baseVersion: row.base_version,
    save: JSON.parse(row.save) as SaveInfo,
  }
}
