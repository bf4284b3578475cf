import type { Lock, LockStore } from '../../ports/lock-store.js'
import type { Database } from './database.js'

interface LockRow {
  readonly lock_id: string
  readonly acquired_at: number
  readonly expires_at: number
  readonly user_name: string
  readonly released_at: number | null
}

/** A lock as a person may see it: never with its id, which is the key to saving. */
export interface HeldLock {
  readonly fileId: string
  readonly userName: string
  readonly acquiredAt: number
  readonly expiresAt: number
}

export interface FolderLockStore extends LockStore {
  /** The id a live lock has at this instant, for use inside a `write` step. */
  lockIdNow(fileId: string, now: number): string | null
  list(now: number): readonly HeldLock[]
}

/** Locks in the index. A lock that was answered survives a kill of every process. */
export function sqliteLockStore(database: Database): FolderLockStore {
  const { sqlite } = database
  const find = sqlite.prepare<[string], LockRow>(
    'SELECT lock_id, acquired_at, expires_at, user_name, released_at FROM locks WHERE file_id = ?',
  )
  // A row stays after its lock has gone; it remembers which lock was released last.
  const insert = sqlite.prepare<[string, string, number, number, string, number]>(
    `INSERT INTO locks (file_id, lock_id, acquired_at, expires_at, user_name, released_at) VALUES (?, ?, ?, ?, ?, NULL)
     ON CONFLICT (file_id) DO UPDATE SET lock_id = excluded.lock_id, acquired_at = excluded.acquired_at,
       expires_at = excluded.expires_at, user_name = excluded.user_name, released_at = NULL
     WHERE released_at IS NOT NULL OR expires_at <= ?`,
  )
  const replace = sqlite.prepare<[string, number, number, string, string, string, number]>(
    `UPDATE locks SET lock_id = ?, acquired_at = ?, expires_at = ?, user_name = ?
     WHERE file_id = ? AND lock_id = ? AND released_at IS NULL AND expires_at > ?`,
  )
  const release = sqlite.prepare<[number, string, string, number]>(
    'UPDATE locks SET released_at = ? WHERE file_id = ? AND lock_id = ? AND released_at IS NULL AND expires_at > ?',
  )
  const listLive = sqlite.prepare<[number], LockRow & { readonly file_id: string }>(
    'SELECT * FROM locks WHERE released_at IS NULL AND expires_at > ? ORDER BY acquired_at',
  )

  function live(fileId: string, now: number): Lock | null {
    const row = find.get(fileId)
    return row && row.released_at === null && row.expires_at > now ? toLock(row) : null
  }

  function change(fileId: string, expected: string | null, next: Lock | null, now: number): number {
    if (expected === null) {
      if (!next) return live(fileId, now) ? 0 : 1
      return insert.run(fileId, next.lockId, next.acquiredAt, next.expiresAt, next.userName, now).changes
    }
    if (!next) return release.run(now, fileId, expected, now).changes
    return replace.run(next.lockId, next.acquiredAt, next.expiresAt, next.userName, fileId, expected, now)
      .changes
  }

  return {
    async get(fileId, now) {
      return live(fileId, now)
    },
    swap(fileId, expected, next, now) {
      return database.write(() =>
        change(fileId, expected, next, now) === 1
          ? { done: true as const }
          : { done: false as const, current: live(fileId, now) },
      )
    },
    async lastReleased(fileId) {
      const row = find.get(fileId)
      return row && row.released_at !== null ? { lockId: row.lock_id, releasedAt: row.released_at } : null
    },
    lockIdNow: (fileId, now) => live(fileId, now)?.lockId ?? null,
    list: (now) =>
      listLive.all(now).map((row) => ({
        fileId: row.file_id,
        userName: row.user_name,
        acquiredAt: row.acquired_at,
        expiresAt: row.expires_at,
      })),
  }
}

function toLock(row: LockRow): Lock {
  return {
    lockId: row.lock_id,
    acquiredAt: row.acquired_at,
    expiresAt: row.expires_at,
    userName: row.user_name,
  }
}
