import { sameBytes } from './session-state.js'

/** Text that was on the screen and is not known to have reached the host. */
export interface Draft {
  /** The page it was typed in: each has its own. */
  readonly page: string
  readonly content: Uint8Array
  /** The host's version it was typed into. */
  readonly version: string
  /** ms since 1970 */
  readonly savedAt: number
}

export interface Drafts {
  all(): Promise<readonly Draft[]>
  /** Replaces the draft of the same page. */
  put(draft: Draft): Promise<void>
  remove(pages: readonly string[]): Promise<void>
}

/** Nobody looks for text this old any more, and it should not stay on a shared computer. */
const MAX_AGE_MS = 30 * 24 * 60 * 60_000

/**
 * Keeps one document's unsaved text in this browser, per user, so that neither a crash nor a host that is down takes it away. Where the
 * browser keeps nothing (private windows, blocked third-party storage) everything works, without this net.
 */
export function createDrafts(wopiSrc: string, userId: string): Drafts {
  const key = JSON.stringify([wopiSrc, userId])
  const change = (edit: (drafts: readonly Draft[]) => readonly Draft[]) =>
    withStore(async (store) => {
      const drafts = edit(await draftsAt(store, key))
      if (drafts.length > 0) await resultOf(store.put(drafts, key))
      else await resultOf(store.delete(key))
    }, undefined)
  return {
    all: () => withStore((store) => draftsAt(store, key), []),
    put: (draft) => change((drafts) => [...drafts.filter(({ page }) => page !== draft.page), draft]),
    remove: (pages) => change((drafts) => drafts.filter(({ page }) => !pages.includes(page))),
  }
}

/** The draft worth offering: the latest whose text is not what the host has. */
export function draftToOffer(drafts: readonly Draft[], hostContent: Uint8Array): Draft | null {
  const differing = drafts.filter((draft) => !sameBytes(draft.content, hostContent))
  return differing.reduce<Draft | null>(
    (latest, one) => (latest && latest.savedAt > one.savedAt ? latest : one),
    null,
  )
}

/** Deletes the drafts of every document that are older than anybody will want back. */
export async function removeOldDrafts(now: number): Promise<void> {
  await withStore(async (store) => {
    for (const key of await resultOf(store.getAllKeys())) {
      const drafts = await draftsAt(store, key)
      if (drafts.every(({ savedAt }) => savedAt < now - MAX_AGE_MS)) await resultOf(store.delete(key))
    }
  }, undefined)
}

async function draftsAt(store: IDBObjectStore, key: IDBValidKey): Promise<readonly Draft[]> {
  return (await resultOf<readonly Draft[] | undefined>(store.get(key))) ?? []
}

async function withStore<T>(use: (store: IDBObjectStore) => Promise<T>, otherwise: T): Promise<T> {
  try {
    const opening = indexedDB.open('wopikit-text-editor', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('drafts')
    const database = await resultOf(opening)
    const result = await use(database.transaction('drafts', 'readwrite').objectStore('drafts'))
    database.close()
    return result
  } catch {
    return otherwise
  }
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed.'))
  })
}
