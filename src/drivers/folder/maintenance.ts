import type { Bin } from './bin.js'
import type { Catalog } from './catalog.js'
import type { Database } from './database.js'
import type { History } from './history.js'
import type { Items } from './items.js'
import type { Offload } from './offload.js'
import type { Refusals } from './refusals.js'
import type { Removals } from './removals.js'
import type { Retention } from './retention.js'
import type { Staging } from './staging.js'

/** Keeps the library within its limits, a little after something was added and never while somebody waits. */
export interface Maintenance {
  /** A file has got a version more. */
  onNewVersion(fileId: string): void
  /** Something went into the bin. */
  onBinned(): void
  /** Does at once what is due. */
  run(): Promise<void>
  close(): void
}

/** So long after the last change nothing is removed yet; a burst of saves is followed by one tidying. */
const DELAY_MS = 2_000

/** What goes by age goes within this time, and what a full disk held up is tried again. */
const INTERVAL_MS = 60 * 1000

export interface MaintenanceParts {
  readonly database: Database
  readonly items: Items
  readonly catalog: Catalog
  readonly history: History
  readonly retention: Retention
  readonly bin: Bin
  readonly offload: Offload
  readonly removals: Removals
  readonly refusals: Refusals
  readonly staging: Staging
  /** How long is remembered what other programs deleted, in milliseconds. */
  readonly forgetGoneMs: number
  readonly now: () => number
}

export function startMaintenance(parts: MaintenanceParts): Maintenance {
  const { database, items, catalog, history, retention, bin, removals, refusals, staging, offload, now } =
    parts
  const gone = database.sqlite.prepare<[number], { id: string; path: string | null }>(
    'SELECT id, path FROM items WHERE gone_at < ? LIMIT 100',
  )
  const touched = new Set<string>()
  let running: Promise<void> | null = null
  let closed = false
  let timer: NodeJS.Timeout | null = null
  const interval = setInterval(soon, INTERVAL_MS).unref()

  function soon(): void {
    if (closed) return
    if (timer) timer.refresh()
    else timer = setTimeout(() => void run(), DELAY_MS).unref()
  }

  function run(): Promise<void> {
    running ??= tidy()
      // A full disk or a busy index: the next time will do.
      .catch(() => {})
      .finally(() => {
        running = null
      })
    return running
  }

  async function tidy(): Promise<void> {
    for (const fileId of touched) {
      touched.delete(fileId)
      if (closed) return
      await retention.pruneFile(fileId)
    }
    await retention.prune(now())
    await bin.prune(now())
    await removals.finish()
    await offload.tidy()
    const before = now() - parts.forgetGoneMs
    if (await isStillGone(before)) await database.write(() => forgetGone(before))
    await refusals.retry()
    await staging.retry()
  }

  /** Looks once more for what has been gone for long: nobody may have noticed that it came back, as with a disk that was not mounted. */
  async function isStillGone(before: number): Promise<boolean> {
    for (const { id } of gone.all(before)) await catalog.find(id)
    return gone.get(before) !== undefined
  }

  /** What other programs deleted long ago goes from the index, with its history. */
  function forgetGone(before: number): void {
    for (const { id, path } of gone.all(before)) {
      for (const fileId of path === null ? [id] : items.filesBelow(path)) history.forget(fileId)
      items.erase(id)
    }
  }

  return {
    run,
    onNewVersion(fileId) {
      touched.add(fileId)
      soon()
    },
    onBinned: soon,
    close() {
      closed = true
      clearInterval(interval)
      if (timer) clearTimeout(timer)
    },
  }
}
