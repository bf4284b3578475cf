import { createHash } from 'node:crypto'

/** How long a lock lives without being taken again. */
const LOCK_MS = 30 * 60_000

/** How long after its Unlock Collabora's exit save is still taken. */
const SAVE_AFTER_UNLOCK_MS = 10_000

/** What a save says about itself. */
export interface SaveMarks {
  /** As `X-COOL-WOPI-Timestamp`; '' and absent are the same. */
  readonly timestamp?: string
}

/** What the protocol makes of a save. */
export type SaveVerdict = 'written' | 'repeated' | 'refused'

/** One file as the protocol has it, request by request, so that every answer can be foretold. Times are milliseconds. */
export interface FileOracle {
  /** The id of the live lock; '' = none. */
  lockId(now: number): string
  /** Each tells whether the answer is 200, and does what follows from it. */
  lock(lockId: string, now: number): boolean
  refresh(lockId: string, now: number): boolean
  unlock(lockId: string, now: number): boolean
  relock(oldLockId: string, lockId: string, now: number): boolean
  save(lockId: string | null, content: Buffer, marks: SaveMarks, now: number): SaveVerdict
  mayRename(lockId: string, now: number): boolean
  /** After a save or look: the `LastModifiedTime` the host gives now. */
  told(lastModifiedTime: string): void
  readonly content: Buffer
  readonly lastModifiedTime: string
  /** The hashes (base64) of saves that were refused: these, and no others, are to be rescued. */
  readonly refused: ReadonlySet<string>
}

export function fileOracle(start: Buffer): FileOracle {
  let content = start
  let lastModifiedTime = ''
  let lock = { id: '', until: 0 }
  let released = { id: '', at: Number.NEGATIVE_INFINITY }
  const refused = new Set<string>()

  const live = (now: number) => (lock.until > now ? lock.id : '')

  function judge(
    lockId: string | null,
    body: Buffer,
    { timestamp = '' }: SaveMarks,
    now: number,
  ): SaveVerdict {
    const held = live(now)
    const isStale = timestamp !== '' && timestamp !== lastModifiedTime
    if (held !== '') {
      if (lockId !== held) return 'refused'
    } else if (content.length > 0) {
      const isLate = released.id === lockId && now - released.at <= SAVE_AFTER_UNLOCK_MS
      if (!isLate || timestamp === '' || isStale) return 'refused'
    }
    if (!isStale) return 'written'
    return body.equals(content) ? 'repeated' : 'refused'
  }

  function take(lockId: string, now: number): true {
    lock = { id: lockId, until: now + LOCK_MS }
    return true
  }

  return {
    get content() {
      return content
    },
    get lastModifiedTime() {
      return lastModifiedTime
    },
    refused,
    lockId: live,
    lock: (lockId, now) => ['', lockId].includes(live(now)) && take(lockId, now),
    refresh: (lockId, now) => live(now) === lockId && take(lockId, now),
    relock: (oldLockId, lockId, now) => live(now) === oldLockId && take(lockId, now),
    unlock(lockId, now) {
      if (live(now) !== lockId) return false
      lock = { id: '', until: 0 }
      released = { id: lockId, at: now }
      return true
    },
    save(lockId, body, marks, now) {
      const verdict = judge(lockId, body, marks, now)
      if (verdict === 'written') content = body
      if (verdict === 'refused') refused.add(createHash('sha256').update(body).digest('base64'))
      return verdict
    },
    mayRename: (lockId, now) => ['', lockId].includes(live(now)),
    told(time) {
      lastModifiedTime = time
    },
  }
}
