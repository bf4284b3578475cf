import type { Database } from './database.js'
import { type Item, type Items, itemName } from './items.js'

/**
 * Something that happened in the library, whoever did it: this process, another one on the same folder, or another program.
 * No event carries a lock id, a token or content.
 */
export type LibraryEvent = {
  /** When, in milliseconds since 1970. */
  readonly at: number
  /** The file or folder it happened to. */
  readonly id: string
  /** The folder that it is in, or was; null for the topmost. */
  readonly folderId: string | null
  readonly kind: 'file' | 'folder'
  readonly name: string
} & (
  | { readonly type: 'added' }
  /** Deleted by us into the bin, purged from there, or gone by another program's doing. */
  | { readonly type: 'removed'; readonly into: 'bin' | 'nowhere' }
  /** Another name or another folder. */
  | { readonly type: 'renamed'; readonly previousName: string; readonly previousFolderId: string | null }
  /** Another program changed the content. */
  | { readonly type: 'changed'; readonly version: string }
  /** We committed content, be it a save, an upload or a restore. */
  | { readonly type: 'saved'; readonly version: string; readonly origin: string; readonly by: string }
  /** What was just saved looks damaged. */
  | { readonly type: 'suspicious-save'; readonly version: string; readonly reason: string }
  /** A lock was taken, exchanged or let go; a refresh is no event, and neither is expiry. `by` null = unlocked. */
  | LockChanged
  /** A save was refused and kept. */
  | { readonly type: 'rescued'; readonly rescuedId: string; readonly reason: string; readonly by: string }
  /** A rescued save was restored, kept as a copy, discarded, or removed by the limits. */
  | { readonly type: 'rescued-settled'; readonly rescuedId: string }
)

interface LockChanged {
  readonly type: 'lock-changed'
  readonly by: string | null
}

/** Locks change so often that where the file is, is looked up only for somebody who listens. */
type Emitted = LibraryEvent | (LockChanged & Pick<LibraryEvent, 'at' | 'id'>)

export interface Events {
  /** Within a step: tells everybody, once it has been committed. */
  emit(event: Emitted): void
  /** Tells what happens from now on, until the returned function is called. */
  subscribe(listener: (event: LibraryEvent) => void): () => void
  /** Takes in what other processes did until now, at once; otherwise that lasts up to `POLL_MS`. */
  catchUp(): void
  close(): void
}

/** How often is looked whether another process did something, as long as somebody listens. */
const POLL_MS = 200

/** For so long an event waits for processes that have not read it. */
const KEEP_MS = 60 * 1000

/** After so many transactions with events old ones are removed. */
const PRUNE_EVERY = 500

/** What every event says of the item it is about. */
export function about(items: Items, item: Item) {
  const { id, kind, path } = item
  return { at: Date.now(), id, kind, name: itemName(item), folderId: items.folderId(path) }
}

/** @param instance what tells our own events from those of other processes. */
export function createEvents(database: Database, items: Items, instance: string): Events {
  const { sqlite } = database
  const insert = sqlite.prepare<[string, number, string]>(
    'INSERT INTO events (instance, at, events) VALUES (?, ?, ?)',
  )
  const after = sqlite.prepare<[number], { number: number; instance: string; events: string }>(
    'SELECT number, instance, events FROM events WHERE number > ? ORDER BY number',
  )
  const last = sqlite.prepare<[], { number: number }>('SELECT max(number) AS number FROM events')
  const prune = sqlite.prepare<[number]>('DELETE FROM events WHERE at < ?')
  const dataVersion = sqlite.prepare<[], { data_version: number }>('PRAGMA data_version')
  const listeners = new Set<(event: LibraryEvent) => void>()
  const pending: Emitted[] = []
  let known = last.get()?.number ?? 0
  let seenVersion = dataVersion.get()?.data_version
  let untilPrune = PRUNE_EVERY
  let timer: NodeJS.Timeout | null = null

  /** All events of one transaction make one row. */
  function write(): void {
    if (pending.length === 0) return
    const events = pending.splice(0)
    const now = Date.now()
    insert.run(instance, now, JSON.stringify(events))
    if (--untilPrune <= 0) {
      untilPrune = PRUNE_EVERY
      prune.run(now - KEEP_MS)
    }
    database.afterCommit(() => tell(events))
  }

  function tell(events: readonly Emitted[]): void {
    if (listeners.size === 0) return
    for (const emitted of events) {
      const event = complete(emitted)
      for (const listener of listeners) {
        try {
          listener(event)
        } catch {
          // What one listener does wrong is no matter of the others, nor of what was committed.
        }
      }
    }
  }

  function complete(event: Emitted): LibraryEvent {
    if ('name' in event) return event
    const { type, at, id, by } = event
    const item = items.find(id)
    const folderId = item && items.folderId(item.path)
    return { type, at, id, by, kind: 'file', name: item ? itemName(item) : '', folderId }
  }

  function poll(): void {
    try {
      catchUp()
    } catch {
      // The index is busy. The next time will do.
    }
  }

  function catchUp(): void {
    const version = dataVersion.get()?.data_version
    if (version === seenVersion) return
    seenVersion = version
    for (const row of after.all(known)) {
      known = row.number
      if (row.instance !== instance) tell(JSON.parse(row.events) as Emitted[])
    }
  }

  return {
    emit(event) {
      const before = pending.length
      pending.push(event)
      database.onUndo(() => {
        pending.length = Math.min(pending.length, before)
      })
      database.beforeCommit(write)
    },
    subscribe(listener) {
      // A listener may be given twice; each time is ended by itself.
      const own = (event: LibraryEvent) => listener(event)
      // What happened while nobody listened is no news.
      if (listeners.size === 0) known = last.get()?.number ?? known
      listeners.add(own)
      timer ??= setInterval(poll, POLL_MS).unref()
      return () => {
        listeners.delete(own)
        if (listeners.size > 0 || !timer) return
        clearInterval(timer)
        timer = null
      }
    },
    catchUp,
    close() {
      if (timer) clearInterval(timer)
      timer = null
      listeners.clear()
    },
  }
}
