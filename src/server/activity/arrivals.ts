import { randomUUID } from 'node:crypto'
import type { Database } from '../../drivers/folder/database.js'

/** Saves that are being received, over all processes of the server. */
export interface Arrivals {
  /** Runs a step that takes in a save. */
  during<T>(fileId: string, step: () => Promise<T>): Promise<T>
  /** Whether a save of this file is being received, for long enough to be worth a word. */
  at(fileId: string): boolean
}

/** A save that is over sooner is not worth telling about, and most are. */
const WORTH_TELLING_MS = 300

/** Whatever was received for longer has been forgotten by a process that was killed. */
const LONGEST_MS = 10 * 60 * 1000

export function createArrivals(database: Database, now: () => number): Arrivals {
  const { sqlite } = database
  const insert = sqlite.prepare('INSERT INTO arrivals VALUES (?, ?, ?)')
  const remove = sqlite.prepare<[string, number]>('DELETE FROM arrivals WHERE id = ? OR begun_at < ?')
  const atFile = sqlite.prepare<[string, number]>(
    'SELECT 1 FROM arrivals WHERE file_id = ? AND begun_at >= ?',
  )

  return {
    async during(fileId, step) {
      const id = randomUUID()
      let told: Promise<unknown> | null = null
      const timer = setTimeout(() => {
        told = database.write(() => insert.run(id, fileId, now())).catch(() => {})
      }, WORTH_TELLING_MS)
      try {
        return await step()
      } finally {
        clearTimeout(timer)
        // The save does not wait for what is said about it.
        const before: Promise<unknown> | null = told
        if (before) {
          void Promise.resolve(before)
            .then(() => database.write(() => remove.run(id, now() - LONGEST_MS)))
            .catch(() => {})
        }
      }
    },
    at: (fileId) => atFile.get(fileId, now() - LONGEST_MS) !== undefined,
  }
}
