import type { Database } from '../../drivers/folder/database.js'
import type { HostEvent } from '../../operations/event.js'

/** A request of a client that was refused, and why. */
export interface RecentRefusal {
  /** In milliseconds since 1970. */
  readonly at: number
  /** Name of the operation; null when none was recognised. */
  readonly operation: string | null
  readonly fileId: string | null
  readonly userId: string | null
  readonly status: number
  /** In a sentence. Never with a token. */
  readonly reason: string
}

/** The latest refusals, for whoever looks after the server. */
export interface Refusals {
  note(event: HostEvent): void
  /** The latest first. */
  list(): RecentRefusal[]
}

const KEPT = 200

/** More than this within a second is a flood: the log has it, the list needs no more of the same. */
const A_SECOND = 20

interface RefusalRow {
  readonly at: number
  readonly operation: string | null
  readonly file_id: string | null
  readonly user_id: string | null
  readonly status: number
  readonly reason: string
}

export function createRefusals(database: Database, now: () => number): Refusals {
  const { sqlite } = database
  const insert = sqlite.prepare(
    'INSERT INTO refusals (at, operation, file_id, user_id, status, reason) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const trim = sqlite.prepare<[number]>(
    'DELETE FROM refusals WHERE number <= (SELECT max(number) FROM refusals) - ?',
  )
  const latest = sqlite.prepare<[number], RefusalRow>('SELECT * FROM refusals ORDER BY number DESC LIMIT ?')
  let second = 0
  let noted = 0

  return {
    note(event) {
      if (event.type !== 'request' || event.status < 400 || event.reason === null) return
      const { operation, fileId, userId, status, reason } = event
      const thisSecond = Math.floor(now() / 1000)
      noted = thisSecond === second ? noted + 1 : 1
      second = thisSecond
      if (noted > A_SECOND) return
      const step = () => {
        insert.run(now(), operation, fileId, userId, status, reason)
        trim.run(KEPT)
      }
      // It is in the log all the same.
      database.write(step).catch(() => {})
    },
    list: () =>
      latest.all(KEPT).map(({ at, operation, file_id, user_id, status, reason }) => ({
        at,
        operation,
        fileId: file_id,
        userId: user_id,
        status,
        reason,
      })),
  }
}
