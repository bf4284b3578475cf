import type { Lock, LockStore } from '../../ports/lock-store.js'
import type { Database } from './database.js'
import type { Events } from './events.js'
import type { Item, Items } from './items.js'
import { nameOf } from './paths.js'
import { remembered } from './remembered.js'

interface LockRow {
  readonly lock_id: string
  readonly acquired_at: number
  readonly expires_at: number
  readonly user_name: string
  readonly client: string | null
  readonly released_at: number | null
}

interface HeldRow extends LockRow {
  readonly file_id: string
  readonly path: string | null
}

/** A lock as a person may see it: never with its id, which is the key to saving. */
export interface HeldLock {
  readonly fileId: string
  /** Name of the file. */
  readonly name: string
  /** Library path of the file. */
  readonly path: string
  /** Who took the lock. */
  readonly userName: string
  /** URL of the client it was taken with; null = not known. */
  readonly client: string | null
  /** In milliseconds since 1970. */
  readonly acquiredAt: number
  /** When it ends unless it is refreshed, in milliseconds since 1970. */
  readonly expiresAt: number
}

/** What can be told of an editing session. */
export interface LockSession extends HeldLock {
  /** Names of who took the lock and who saved under it, and the ids of other editors the client named. */
  readonly users: readonly string[]
  /** When something was last saved under this lock, in milliseconds since 1970; null when nothing was. */
  readonly lastSaveAt: number | null
}

export interface FolderLockStore extends LockStore {
  /** The id a live lock has at this instant, for use inside a `write` step. */
  lockIdNow(fileId: string, now: number): string | null
  /** The live lock of a file, as a person may see it. */
  held(fileId: string, now: number): HeldLock | null
  /** The live locks on an item: its own, or those of the files below a folder. */
  heldWithin(item: Item, now: number): HeldLock[]
  /** All live locks with what is known of their sessions, the oldest first. */
  list(now: number): LockSession[]
  /**
   * Takes a lock off, whoever holds it. What its session still sends is refused, as for any lock that is gone, and becomes a rescued save.
   * False when there was none.
   */
  forceUnlock(fileId: string, now: number): Promise<boolean>
}

/** Saves of a session that are looked at for who took part: enough for a day of autosaves. */
const SESSION_SAVES = 200

/** Locks in the index, beside the files. A lock that was answered survives a kill of every process. */
export function sqliteLockStore(database: Database, items: Items, events: Events): FolderLockStore {
  const { sqlite } = database
  const find = sqlite.prepare<[string], LockRow>(
    'SELECT lock_id, acquired_at, expires_at, user_name, client, released_at FROM locks WHERE file_id = ?',
  )
  // A row stays after its lock has gone; it remembers which lock was released last.
  const put = sqlite.prepare<[string, string, number, number, string, string | null, number | null]>(
    `INSERT INTO locks (file_id, lock_id, acquired_at, expires_at, user_name, client, released_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (file_id) DO UPDATE SET lock_id = excluded.lock_id, acquired_at = excluded.acquired_at, expires_at = excluded.expires_at,
       user_name = excluded.user_name, client = excluded.client, released_at = excluded.released_at`,
  )
  const heldRows = `SELECT file_id, lock_id, acquired_at, expires_at, user_name, client, released_at, path
     FROM locks LEFT JOIN items ON id = file_id WHERE released_at IS NULL AND expires_at > ?`
  const live = sqlite.prepare<[number], HeldRow>(`${heldRows} ORDER BY acquired_at`)
  const liveOf = sqlite.prepare<[number, string], HeldRow>(`${heldRows} AND file_id = ?`)
  const saves = sqlite.prepare<
    [string, string, number],
    { at: number; user_name: string | null; editors: string; user_id: string | null }
  >(
    `SELECT at, user_name, user_id, editors FROM (SELECT * FROM versions WHERE file_id = ? ORDER BY version DESC LIMIT ${SESSION_SAVES})
     WHERE session = ? AND at >= ?`,
  )

  // The row of a file that was erased may be remembered. Nobody asks for it again.
  const rows = remembered(database, (fileId) => find.get(fileId) ?? null)

  function liveRow(fileId: string, now: number): LockRow | null {
    const row = rows.get(fileId)
    return row && row.released_at === null && row.expires_at > now ? row : null
  }

  function change(fileId: string, row: LockRow): void {
    rows.keep(fileId, row)
    const { lock_id, acquired_at, expires_at, user_name, client, released_at } = row
    put.run(fileId, lock_id, acquired_at, expires_at, user_name, client, released_at)
  }

  function emit(fileId: string, by: string | null, at: number): void {
    events.emit({ type: 'lock-changed', id: fileId, by, at })
  }

  return {
    async get(fileId, now) {
      const row = liveRow(fileId, now)
      return row && toLock(row)
    },
    swap(fileId, expected, next, now) {
      const step = () => {
        const file = items.find(fileId)
        const held = liveRow(fileId, now)
        if ((held?.lock_id ?? null) !== expected)
          return { done: false as const, current: held && toLock(held) }
        if (next) change(fileId, toRow(next))
        else if (held) change(fileId, { ...held, released_at: now })
        // A refresh is not worth telling.
        if (expected !== (next?.lockId ?? null)) emit(fileId, next?.userName ?? null, now)
        return { done: true as const, ...(file ? { version: String(file.version) } : {}) }
      }
      return database.write(step, 'one-statement')
    },
    async lastReleased(fileId) {
      const row = rows.get(fileId)
      return row && row.released_at !== null ? { lockId: row.lock_id, releasedAt: row.released_at } : null
    },
    lockIdNow: (fileId, now) => liveRow(fileId, now)?.lock_id ?? null,
    held(fileId, now) {
      const row = liveOf.get(now, fileId)
      return row ? toHeld(row) : null
    },
    heldWithin(item, now) {
      const below = `${item.path}/`
      return live
        .all(now)
        .filter(
          ({ path, file_id }) => file_id === item.id || (item.kind === 'folder' && path?.startsWith(below)),
        )
        .map(toHeld)
    },
    list: (now) =>
      live.all(now).map((row) => {
        const made = saves.all(row.file_id, row.lock_id, row.acquired_at)
        const known = new Set(made.map(({ user_id }) => user_id))
        const others = made
          .flatMap(({ editors }) => JSON.parse(editors) as string[])
          .filter((id) => !known.has(id))
        const names = made.flatMap(({ user_name }) => (user_name === null ? [] : [user_name]))
        return {
          ...toHeld(row),
          users: [...new Set([row.user_name, ...names, ...others])],
          lastSaveAt: made.length === 0 ? null : Math.max(...made.map(({ at }) => at)),
        }
      }),
    forceUnlock(fileId, now) {
      return database.write(() => {
        const held = liveRow(fileId, now)
        // As if it had expired: a lock that was taken off lets no late save in.
        if (held) {
          change(fileId, { ...held, expires_at: now })
          emit(fileId, null, now)
        }
        return held !== null
      })
    },
  }
}

function toLock(row: LockRow): Lock {
  return {
    lockId: row.lock_id,
    acquiredAt: row.acquired_at,
    expiresAt: row.expires_at,
    userName: row.user_name,
    client: row.client,
  }
}

function toRow({ lockId, acquiredAt, expiresAt, userName, client }: Lock): LockRow {
  return {
    lock_id: lockId,
    acquired_at: acquiredAt,
    expires_at: expiresAt,
    user_name: userName,
    client,
    released_at: null,
  }
}

function toHeld(row: HeldRow): HeldLock {
  const path = row.path ?? ''
  return {
    fileId: row.file_id,
    name: nameOf(path),
    path,
    userName: row.user_name,
    client: row.client,
    acquiredAt: row.acquired_at,
    expiresAt: row.expires_at,
  }
}
