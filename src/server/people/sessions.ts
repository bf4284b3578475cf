import type { Database } from '../../drivers/folder/database.js'
import { hashOf, newSecret } from './secret.js'

/** A person signed in at one browser. */
export interface Session {
  /** Names the session in lists; nobody can sign in with it. */
  readonly key: string
  readonly personId: string
  /** In milliseconds since 1970. */
  readonly startedAt: number
  /** Exact to some minutes. */
  readonly seenAt: number
  /** Where it came from when it was last seen, and with what. */
  readonly address: string
  readonly userAgent: string
}

/** Who sends a request, as far as we know for sure. */
export interface Sender {
  /** The address it comes from; at most 64 characters. */
  readonly address: string
  /** What the browser says it is; at most 300 characters. */
  readonly userAgent: string
}

export interface Sessions {
  /** Begins a session and gives its id, which is kept nowhere but in the browser's cookie. */
  start(personId: string, sender: Sender): Promise<string>
  /** The session of this id, if it has not ended. */
  find(id: string): Session | null
  /** Whether a session that was found before has not ended meanwhile. */
  lasts(session: Session): boolean
  /** Notes that a session is in use; written at most every few minutes. */
  touch(session: Session, sender: Sender): Promise<void>
  end(key: string): Promise<void>
  /** Ends all sessions of a person, but for one. */
  endAllOf(personId: string, exceptKey?: string): Promise<void>
  /** The sessions of one person, or of everybody, those last used first. */
  list(personId?: string): Session[]
}

const DAY_MS = 24 * 60 * 60 * 1000

/** A session ends when nobody uses it for so long, and in any case some time after it began. */
const IDLE_MS = 14 * DAY_MS
const LONGEST_MS = 90 * DAY_MS

/** How exact `seenAt` is: a write for every request would be too much. */
const TOUCH_MS = 5 * 60 * 1000

interface SessionRow {
  readonly hash: string
  readonly person_id: string
  readonly started_at: number
  readonly seen_at: number
  readonly address: string
  readonly user_agent: string
}

export function createSessions(database: Database, now: () => number): Sessions {
  const { sqlite } = database
  const insert = sqlite.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)')
  const byHash = sqlite.prepare<[string], SessionRow>('SELECT * FROM sessions WHERE hash = ?')
  const touch = sqlite.prepare('UPDATE sessions SET seen_at = ?, address = ?, user_agent = ? WHERE hash = ?')
  const remove = sqlite.prepare<[string]>('DELETE FROM sessions WHERE hash = ?')
  const removeAll = sqlite.prepare<[string, string]>('DELETE FROM sessions WHERE person_id = ? AND hash <> ?')
  const removeEnded = sqlite.prepare<[number, number]>(
    'DELETE FROM sessions WHERE seen_at <= ? OR started_at <= ?',
  )
  const all = sqlite.prepare<[], SessionRow>('SELECT * FROM sessions ORDER BY seen_at DESC, hash')
  const ofPerson = sqlite.prepare<[string], SessionRow>(
    'SELECT * FROM sessions WHERE person_id = ? ORDER BY seen_at DESC, hash',
  )
  const isLive = (row: SessionRow) => now() - row.seen_at < IDLE_MS && now() - row.started_at < LONGEST_MS

  return {
    async start(personId, { address, userAgent }) {
      const id = newSecret()
      await database.write(() => {
        removeEnded.run(now() - IDLE_MS, now() - LONGEST_MS)
        insert.run(hashOf(id), personId, now(), now(), address, userAgent)
      })
      return id
    },
    find(id) {
      const row = byHash.get(hashOf(id))
      return row && isLive(row) ? toSession(row) : null
    },
    lasts(session) {
      const row = byHash.get(session.key)
      return row !== undefined && isLive(row)
    },
    async touch(session, { address, userAgent }) {
      if (now() - session.seenAt < TOUCH_MS) return
      await database.write(() => touch.run(now(), address, userAgent, session.key))
    },
    async end(key) {
      await database.write(() => remove.run(key))
    },
    async endAllOf(personId, exceptKey = '') {
      await database.write(() => removeAll.run(personId, exceptKey))
    },
    list: (personId) =>
      (personId === undefined ? all.all() : ofPerson.all(personId)).filter(isLive).map(toSession),
  }
}

function toSession(row: SessionRow): Session {
  return {
    key: row.hash,
    personId: row.person_id,
    startedAt: row.started_at,
    seenAt: row.seen_at,
    address: row.address,
    userAgent: row.user_agent,
  }
}
