import type { Refusal, Staged } from '../../ports/file-store.js'
import type { Database } from './database.js'
import { flushName } from './durable.js'
import type { History } from './history.js'
import type { Items } from './items.js'
import type { RescuedStore } from './rescued.js'
import type { Staging } from './staging.js'

/** What is to become of staged content that was refused. */
export interface Refusals {
  /**
   * Keeps it, durably, and gives its id as a rescued save; null when people can get at the very same content already, as the document or in its history.
   * What cannot be kept, say on a full disk, stays where it is until a `retry` or the next start.
   */
  keep(staged: Staged, refusal: Refusal): Promise<string | null>
  /** Keeps what could not be kept before. */
  retry(): Promise<void>
}

export function createRefusals(parts: {
  readonly database: Database
  readonly items: Items
  readonly history: History
  readonly staging: Staging
  readonly rescued: RescuedStore
}): Refusals {
  const { database, items, history, staging, rescued } = parts
  const waiting = new Map<Staged, Refusal>()

  return {
    async keep(staged, refusal) {
      waiting.set(staged, refusal)
      const rescuedId = await keep(staged, refusal)
      waiting.delete(staged)
      return rescuedId
    },
    async retry() {
      for (const [staged, refusal] of waiting) {
        // What is being kept at this moment by its own request is kept once: the second finds no record of it.
        await keep(staged, refusal)
        waiting.delete(staged)
      }
    },
  }

  async function keep(staged: Staged, refusal: Refusal): Promise<string | null> {
    const { fileId } = refusal
    const item = items.find(fileId)
    if (item && history.holds(item, staged.sha256)) {
      await staging.discard(staged)
      return null
    }
    await database.write(() => {
      if (staging.settle(staged.stagedId)) rescued.take(staged, staging.place(staged), refusal)
    })
    await Promise.all([flushName(rescued.place(staged.stagedId)), database.flush()])
    return staged.stagedId
  }
}
