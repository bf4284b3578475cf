import type { Database } from './database.js'
import type { History } from './history.js'

/**
 * How much history is kept. The oldest versions go first; never the present one of a file, and never a pinned one, such as the last good one
 * before a save that looked damaged.
 */
export interface VersionLimits {
  /** Versions of one file that are not pinned; at least 1. Default 500. */
  readonly perFile: number
  /** Milliseconds since a version was replaced. Default: no limit. */
  readonly maxAgeMs: number
  /** Bytes of all versions that were replaced. Default 20 GiB. */
  readonly totalBytes: number
}

export interface Retention {
  /** Removes what one file has too many of. */
  pruneFile(fileId: string): Promise<void>
  /** Removes what is too old, or too much altogether. */
  prune(now: number): Promise<void>
}

/** So many versions are removed in one step. */
const BATCH = 100

export function createRetention(database: Database, history: History, limits: VersionLimits): Retention {
  const { sqlite } = database
  const tooMany = sqlite.prepare<[string, number], { version: number }>(
    `SELECT version FROM versions WHERE file_id = ? AND pinned = 0 ORDER BY version DESC LIMIT ${BATCH} OFFSET ?`,
  )
  const notPresent =
    'version < (SELECT max(version) FROM versions newer WHERE newer.file_id = versions.file_id)'
  type Found = { file_id: string; version: number }
  // Age counts from when it was replaced: what stood for years is worth most in the days after somebody has changed it.
  const replacedAt = `(SELECT newer.at FROM versions newer
      WHERE newer.file_id = versions.file_id AND newer.version > versions.version ORDER BY newer.version LIMIT 1)`
  const tooOld = sqlite.prepare<[{ before: number }], Found>(
    `SELECT file_id, version FROM versions WHERE pinned = 0 AND at < @before AND ${replacedAt} < @before LIMIT ${BATCH}`,
  )
  const oldest = sqlite.prepare<[], Found & { size: number }>(
    `SELECT file_id, version, size FROM versions WHERE pinned = 0 AND stored = 1 AND ${notPresent} ORDER BY at LIMIT ${BATCH}`,
  )
  const total = sqlite.prepare<[], { bytes: number }>("SELECT bytes FROM totals WHERE name = 'versions'")

  /** Repeats a step that removes a batch until it finds nothing more. */
  async function untilDone(step: () => boolean): Promise<void> {
    while (await database.write(step));
  }

  return {
    async pruneFile(fileId) {
      // Most files have nothing to remove; they cost no transaction.
      if (tooMany.all(fileId, limits.perFile).length === 0) return
      await untilDone(() => {
        const found = tooMany.all(fileId, limits.perFile)
        history.drop(
          fileId,
          found.map(({ version }) => version),
        )
        return found.length === BATCH
      })
    },
    async prune(now) {
      const before = now - limits.maxAgeMs
      if (tooOld.get({ before })) {
        await untilDone(() => {
          const found = tooOld.all({ before })
          for (const { file_id, version } of found) history.drop(file_id, [version])
          return found.length === BATCH
        })
      }
      if ((total.get()?.bytes ?? 0) <= limits.totalBytes) return
      await untilDone(() => {
        let over = (total.get()?.bytes ?? 0) - limits.totalBytes
        const found = over > 0 ? oldest.all() : []
        for (const { file_id, version, size } of found) {
          if (over <= 0) return false
          history.drop(file_id, [version])
          over -= size
        }
        return found.length === BATCH
      })
    },
  }
}
