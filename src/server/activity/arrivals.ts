import { randomUUID } from 'node:crypto'
import type { Database } from '../../drivers/folder/database.js'

/** Saves that are being received, over all processes of the server. */
export interface Arrivals {
  /** Runs a step that takes in a save. */
  during<T>(fileId: string, step: () => Promise<T>): Promise<T>
  /** Tells of files about which `at` says something else now, by the doing of this process, until the returned function is called. */
  subscribe(listener: (fileId: string) => void): () => void
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

  const listeners = new Set<(fileId: string) => void>()

  /** The save does not wait for what is said about it, nor fail with it. */
  async function tell(fileId: string, step: () => void): Promise<void> {
    try {
      await database.write(step)
      for (const listener of listeners) listener(fileId)
    } catch {
      // Nobody is told, then.
    }
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async during(fileId, step) {
      const id = randomUUID()
      let isTold = false
      const timer = setTimeout(() => {
        isTold = true
        void tell(fileId, () => insert.run(id, fileId, now()))
      }, WORTH_TELLING_MS)
      try {
        return await step()
      } finally {
        clearTimeout(timer)
        if (isTold) void tell(fileId, () => remove.run(id, now() - LONGEST_MS))
      }
    },
    at: (fileId) => atFile.get(fileId, now() - LONGEST_MS) !== undefined,
  }
}
