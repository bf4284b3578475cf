import { rm } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import type { Database } from './database.js'

/** Removes files of ours that the index does not need any more: after the transaction that decided it, and also when the process dies in between. */
export interface Removals {
  /** Within a step: has a file, or a folder with all that is in it, removed once the step is committed. No such place is ever used again. */
  remove(place: string): void
  /** Removes what others did not come to remove, and forgets what has been removed. */
  finish(): Promise<void>
}

/** @param near the folder that places are noted relative to, so that the whole library may be moved. */
export function createRemovals(database: Database, near: string): Removals {
  const { sqlite } = database
  const note = sqlite.prepare<[string]>('INSERT OR IGNORE INTO removals VALUES (?)')
  const forget = sqlite.prepare<[string]>('DELETE FROM removals WHERE place = ?')
  const all = sqlite.prepare<[], { place: string }>('SELECT place FROM removals')
  const underWay = new Set<Promise<void>>()
  let removed = new Set<string>()

  function removeNow(name: string): void {
    const place = resolve(near, name)
    // What cannot be removed now stays noted.
    const removal = rm(place, { recursive: true, force: true })
      .then(() => {
        removed.add(name)
      })
      .catch(() => {})
      .finally(() => underWay.delete(removal))
    underWay.add(removal)
  }

  return {
    remove(place) {
      const name = relative(near, place)
      note.run(name)
      database.afterCommit(() => removeNow(name))
    },
    async finish() {
      await Promise.all(underWay)
      for (const { place } of all.all()) if (!removed.has(place)) removeNow(place)
      await Promise.all(underWay)
      if (removed.size === 0) return
      const done = removed
      removed = new Set()
      await database.write(() => {
        for (const name of done) forget.run(name)
      })
    },
  }
}
