import type { Database } from './database.js'

/** How much of the disk things take, in bytes. */
export interface StorageUse {
  /** Documents, as far as their folders were ever looked into. */
  readonly documents: number
  /** Versions that were replaced. */
  readonly versions: number
  readonly rescued: number
  readonly bin: number
}

export function storageUse({ sqlite }: Database): () => StorageUse {
  const documents = sqlite.prepare<[], { bytes: number }>(
    "SELECT coalesce(sum(size), 0) AS bytes FROM items WHERE path NOT GLOB '/*' AND gone_at IS NULL",
  )
  const totals = sqlite.prepare<[], { name: string; bytes: number }>('SELECT name, bytes FROM totals')
  return () => {
    const of = new Map(totals.all().map(({ name, bytes }) => [name, bytes]))
    return {
      documents: documents.get()?.bytes ?? 0,
      versions: of.get('versions') ?? 0,
      rescued: of.get('rescued') ?? 0,
      bin: of.get('binned') ?? 0,
    }
  }
}
