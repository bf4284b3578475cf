import { renameSync, rmSync } from 'node:fs'
import type { Database } from './database.js'
import { copyToNew, hashFile } from './durable.js'
import type { History } from './history.js'
import type { Item, Items } from './items.js'
import { type Root, sameState } from './paths.js'
import type { Staging } from './staging.js'

/** Keeps what other programs write into documents that people edit here, so that the next such write does not destroy it. */
export interface OutsideKeeper {
  /** Asks for a copy of present content; it is made a little later, one at a time. */
  keep(item: Item): void
  close(): void
}

/** Gives a program time to finish what it writes. */
const DELAY_MS = 250

/** Larger files are not copied for a change by another program. */
const MAX_BYTES = 1024 ** 3

export function createOutsideKeeper(parts: {
  readonly database: Database
  readonly root: Root
  readonly items: Items
  readonly history: History
  readonly staging: Staging
}): OutsideKeeper {
  const { database, root, items, history, staging } = parts
  const waiting = new Set<string>()
  let timer: NodeJS.Timeout | null = null
  let closed = false

  function keep({ id, size }: Item): void {
    if (closed || size > MAX_BYTES || !history.isInUse(id)) return
    waiting.add(id)
    timer ??= setTimeout(() => void keepAll(), DELAY_MS).unref()
  }

  async function keepAll(): Promise<void> {
    for (const id of waiting) {
      waiting.delete(id)
      // What cannot be copied now is still the document; only the next foreign write would end it.
      await copy(id).catch(() => {})
    }
    timer = null
  }

  async function copy(id: string): Promise<void> {
    const item = items.find(id)
    if (closed || !item || item.sha256 !== null) return
    const work = staging.copyWorkPlace()
    try {
      await copyToNew(root.locate(item.path), work)
      const sha256 = await hashFile(work)
      await database.write(() => {
        const current = items.find(id)
        const sight = current && root.look(current.path)
        if (!sight || current.version !== item.version || !sameState(sight, item)) return
        renameSync(work, history.copyPlace(id))
        items.update({ ...current, sha256 })
        history.setHash(id, current.version, sha256)
      })
    } finally {
      rmSync(work, { force: true })
    }
  }

  return {
    keep,
    close() {
      closed = true
      if (timer) clearTimeout(timer)
    },
  }
}
