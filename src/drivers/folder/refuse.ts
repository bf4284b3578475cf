import type { Refusal, Staged } from '../../ports/file-store.js'
import type { Database } from './database.js'
import { flushName } from './durable.js'
import type { History } from './history.js'
import type { Items } from './items.js'
import type { RescuedStore } from './rescued.js'
import type { Staging } from './staging.js'

/**
 * Keeps staged content that was refused, durably; under the id that is given back, or null when the very same content is kept already, as the
 * document or in its history.
 */
export type Refuse = (staged: Staged, refusal: Refusal) => Promise<string | null>

export function createRefuse(parts: {
  readonly database: Database
  readonly items: Items
  readonly history: History
  readonly staging: Staging
  readonly rescued: RescuedStore
}): Refuse {
  const { database, items, history, staging, rescued } = parts
  return async (staged, refusal) => {
    const { fileId } = refusal
    if (items.find(fileId)?.sha256 === staged.sha256 || history.holds(fileId, staged.sha256)) {
      await staging.discard(staged)
      return null
    }
    await database.write(() => {
      rescued.take(staged, staging.place(staged), refusal)
      staging.settle(staged.stagedId)
    })
    await Promise.all([flushName(rescued.place(staged.stagedId)), database.flush()])
    return staged.stagedId
  }
}
