import type { Database } from './database.js'

/** What was read from the index and nobody has changed since. */
export interface Remembered<Value> {
  get(key: string): Value
  /** Within the step that changes one value: what it is from now on. */
  keep(key: string, value: Value): void
  /** Within a step that changes more than that: all is read again. */
  forget(): void
}

/** So many answers are kept. */
const MOST = 5_000

/**
 * Remembers what `read` found in the index until somebody changes it. Changes by other processes are noticed at the next `get`, which
 * costs less than reading. Within a transaction that has forgotten what was remembered, it is read.
 */
export function remembered<Value>(database: Database, read: (key: string) => Value): Remembered<Value> {
  const known = new Map<string, Value>()
  let knownAt = Number.NaN
  let changing = 0

  return {
    get(key) {
      if (changing > 0) return read(key)
      const changes = database.foreignChanges()
      if (changes !== knownAt || known.size >= MOST) known.clear()
      knownAt = changes
      const before = known.get(key)
      if (before !== undefined) return before
      const value = read(key)
      known.set(key, value)
      return value
    },
    keep(key, value) {
      known.set(key, value)
      database.onUndo(() => known.delete(key))
    },
    forget() {
      changing++
      database.onUndo(() => changing--)
      database.afterCommit(() => {
        changing--
        known.clear()
      })
    },
  }
}
