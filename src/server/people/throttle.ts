import type { Database } from '../../drivers/folder/database.js'
import { hashOf } from './secret.js'

/** How often something may fail within a stretch of time. */
const LIMITS = {
  // One person at one machine who has forgotten which password it was.
  pair: 5,
  // A machine that tries many names, or an office behind one address.
  address: 30,
  // Many machines that try one name. Higher, because it also keeps the person themselves out.
  name: 100,
} as const

const STRETCH_MS = 15 * 60 * 1000

/** How many keys are remembered; the one that failed longest ago is forgotten first. */
const REMEMBERED = 20_000

/** Slows down whoever guesses, in whichever process of the server, and across a restart of it. */
export interface Throttle {
  /**
   * Counts a try. It counts as failed until it has succeeded, so that many at once are counted too.
   * @returns how long to wait before trying, in seconds; 0 = go on. A try that has to wait is not counted.
   */
  begin(name: string, address: string): Promise<number>
  /** Takes the try back. */
  succeeded(name: string, address: string): Promise<void>
}

interface FailureRow {
  readonly count: number
  readonly since: number
}

export function createThrottle(database: Database, now: () => number): Throttle {
  const { sqlite } = database
  const find = sqlite.prepare<[string, number], FailureRow>(
    'SELECT count, since FROM failures WHERE hash = ? AND since > ?',
  )
  const fail = sqlite.prepare<[{ hash: string; now: number }]>(
    `INSERT INTO failures VALUES (@hash, 1, @now, @now)
     ON CONFLICT (hash) DO UPDATE SET count = count + 1, failed_at = @now`,
  )
  const takeBack = sqlite.prepare<[string]>('UPDATE failures SET count = count - 1 WHERE hash = ?')
  const forget = sqlite.prepare<[string]>('DELETE FROM failures WHERE hash = ?')
  const forgetNone = sqlite.prepare<[string]>('DELETE FROM failures WHERE hash = ? AND count = 0')
  const forgetSpent = sqlite.prepare<[number]>('DELETE FROM failures WHERE since <= ?')
  const forgetOldest = sqlite.prepare(
    `DELETE FROM failures WHERE hash IN (SELECT hash FROM failures ORDER BY failed_at DESC LIMIT -1 OFFSET ${REMEMBERED})`,
  )

  function wait(keys: readonly Key[]): number {
    const waits = keys.map(({ hash, limit }) => {
      const failure = find.get(hash, now() - STRETCH_MS)
      return failure && failure.count >= limit ? Math.ceil((failure.since + STRETCH_MS - now()) / 1000) : 0
    })
    return Math.max(0, ...waits)
  }

  return {
    async begin(name, address) {
      const keys = Object.values(keysOf(name, address))
      // Whoever has to wait makes no work for the disk.
      return (
        wait(keys) ||
        database.write(() => {
          const seconds = wait(keys)
          if (seconds > 0) return seconds
          forgetSpent.run(now() - STRETCH_MS)
          for (const { hash } of keys) fail.run({ hash, now: now() })
          forgetOldest.run()
          return 0
        })
      )
    },
    async succeeded(name, address) {
      const { pair, ...others } = keysOf(name, address)
      await database.write(() => {
        forget.run(pair.hash)
        for (const { hash } of Object.values(others)) {
          takeBack.run(hash)
          forgetNone.run(hash)
        }
      })
    },
  }
}

interface Key {
  /** Some type their password where the name belongs: neither is written down. */
  readonly hash: string
  readonly limit: number
}

function keysOf(name: string, address: string): Record<keyof typeof LIMITS, Key> {
  return {
    pair: { hash: hashOf(`pair ${address} ${name}`), limit: LIMITS.pair },
    address: { hash: hashOf(`address ${address}`), limit: LIMITS.address },
    name: { hash: hashOf(`name ${name}`), limit: LIMITS.name },
  }
}
