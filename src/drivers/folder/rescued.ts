import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Refusal, SaveInfo, Staged } from '../../ports/file-store.js'
import type { Database } from './database.js'
import { moveFile } from './durable.js'

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

/** How much is kept. The oldest go first, the newest never. */
export interface RescuedLimits {
  /** Rescued saves of one file. */
  readonly perFile: number
  /** Bytes of all together. */
  readonly totalBytes: number
  /** Milliseconds. */
  readonly maxAge: number
}

/** The refused saves. `take` and `drop` are for use inside a `write` step. */
export interface RescuedSaves {
  /** Takes over staged content. */
  take(staged: Staged, place: string, name: string, refusal: Refusal): void
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

export function createRescuedSaves(database: Database, folder: string, limits: RescuedLimits): RescuedSaves {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { sqlite } = database
  const insert = sqlite.prepare('INSERT INTO rescued VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const remove = sqlite.prepare<[string]>('DELETE FROM rescued WHERE rescued_id = ?')
  const all = sqlite.prepare<[], RescuedRow>('SELECT * FROM rescued ORDER BY at DESC, rescued_id')
  const ofFile = sqlite.prepare<[string], RescuedRow>(
    'SELECT * FROM rescued WHERE file_id = ? ORDER BY at DESC, rescued_id',
  )
  const byId = sqlite.prepare<[string], RescuedRow>('SELECT * FROM rescued WHERE rescued_id = ?')
  const sameContent = sqlite.prepare<[string, string], { rescued_id: string }>(
    'SELECT rescued_id FROM rescued WHERE file_id = ? AND sha256 = ?',
  )

  const place = (rescuedId: string) => join(folder, rescuedId)

  function drop(rescuedId: string): void {
    remove.run(rescuedId)
    database.afterCommit(() => rmSync(place(rescuedId), { force: true }))
  }

  function keepWithinLimits(newest: string, fileId: string, now: number): void {
    const rows = all.all().filter((row) => row.rescued_id !== newest)
    let ofThisFile = 1
    let bytes = byId.get(newest)?.size ?? 0
    for (const row of rows) {
      if (row.file_id === fileId) ofThisFile++
      bytes += row.size
      const tooMany = row.file_id === fileId && ofThisFile > limits.perFile
      if (tooMany || bytes > limits.totalBytes || now - row.at > limits.maxAge) {
        drop(row.rescued_id)
        bytes -= row.size
      }
    }
  }

  return {
    place,
    drop,
    take(staged, from, name, refusal) {
      // The same bytes refused again, by a client that tries and tries, are one rescued save.
      for (const { rescued_id } of sameContent.all(refusal.fileId, staged.sha256)) drop(rescued_id)
      const { save, code, reason, version } = refusal
      moveFile(from, place(staged.stagedId))
      insert.run(
        staged.stagedId,
        refusal.fileId,
        name,
        staged.size,
        staged.sha256,
        save.at,
        code,
        reason,
        version,
        JSON.stringify(save),
      )
      keepWithinLimits(staged.stagedId, refusal.fileId, save.at)
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
