import type { Database } from './database.js'

/** What was read from the index and nobody has changed since. */
export interface Remembered<Value> {
  get(key: string): Value
  /** To be called within the step that changes what is remembered. */
  forget(): void
}

/** So many answers are kept. */
const MOST = 5_000

/**
 * Remembers what `read` found in the index until somebody changes it. Changes by other processes are noticed at the next `get`, at a third of
 * the price of reading; within a step of a transaction, which may have changed it, nothing is remembered.
 */
export function remembered<Value>(database: Database, read: (key: string) => Value): Remembered<Value> {
  const known = new Map<string, Value>()
  let knownAt = Number.NaN

  return {
    get(key) {
      if (database.sqlite.inTransaction) return read(key)
      const changes = database.foreignChanges()
      if (changes !== knownAt || known.size >= MOST) known.clear()
      knownAt = changes
      const before = known.get(key)
      if (before !== undefined) return before
      const value = read(key)
      known.set(key, value)
      return value
    },
    forget: () => database.afterCommit(() => known.clear()),
  }
}
