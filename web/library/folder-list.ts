import { batch, signal } from '@preact/signals'
import { api } from '../shared/api.js'
import type { Folder, FolderPage, FoundItem, Item, Order, SortKey } from '../shared/api-types.js'
import { pagesFor } from './virtual-window.js'

const PAGE_SIZE = 200
const SEARCH_LIMIT = 200

/** What is listed: a folder, or what a search found. */
export type Source =
  | { readonly kind: 'folder'; readonly id: string; readonly sort: SortKey; readonly order: Order }
  | { readonly kind: 'search'; readonly text: string }

/** The folder, once it is known; stays that of before while a search is shown. */
export const folder = signal<Folder | null>(null)
/** By index; what nobody has scrolled to is missing. */
export const items = signal<ReadonlyMap<number, Item | FoundItem>>(new Map())
export const total = signal(0)
export const phase = signal<'loading' | 'shown' | 'failed'>('loading')
export const problem = signal<unknown>(null)

let source: Source | null = null
let loading = new Map<number, Promise<void>>()
/** Changes whenever what was asked for is no longer wanted. */
let generation = 0
let seen = { first: 0, end: PAGE_SIZE }

/** Shows something else. What was shown before goes at once if it is another folder. */
export async function show(next: Source): Promise<void> {
  const sameFolder = source?.kind === 'folder' && next.kind === 'folder' && source.id === next.id
  source = next
  if (!sameFolder) {
    batch(() => {
      items.value = new Map()
      total.value = 0
      phase.value = 'loading'
    })
    seen = { first: 0, end: PAGE_SIZE }
  }
  await reload()
}

/** Loads what is in sight again, and forgets the rest. What is shown stays until the new is there. */
export async function reload(): Promise<void> {
  const asked = source
  if (!asked) return
  generation += 1
  const mine = generation
  loading = new Map()
  try {
    if (asked.kind === 'search') {
      const found = await api<{ items: FoundItem[] }>('/search', {
        query: { q: asked.text, limit: SEARCH_LIMIT },
      })
      if (mine !== generation) return
      shown(new Map(found.items.map((item, index) => [index, item])), found.items.length)
      return
    }
    const pages = await Promise.all(
      pagesFor(seen.first, seen.end, PAGE_SIZE).map((page) => fetchPage(asked, page)),
    )
    const last = pages.at(-1)
    if (mine !== generation || !last) return
    const fresh = new Map(
      pages.flatMap(({ offset, answer }) => answer.items.map((item, at) => [offset + at, item] as const)),
    )
    batch(() => {
      folder.value = last.answer.folder
      shown(fresh, last.answer.total)
    })
  } catch (error) {
    if (mine !== generation) return
    batch(() => {
      problem.value = error
      phase.value = 'failed'
    })
  }
}

/** Sees to it that the items from `first` to before `end` are loaded. */
export async function ensure(first: number, end: number): Promise<void> {
  seen = { first, end: Math.max(end, first + 1) }
  const asked = source
  if (asked?.kind !== 'folder' || phase.value !== 'shown') return
  const mine = generation
  await Promise.all(
    pagesFor(first, Math.min(end, total.value), PAGE_SIZE).map((page) => {
      if (items.value.has(page * PAGE_SIZE)) return null
      const before = loading.get(page)
      if (before) return before
      const now = fetchPage(asked, page)
        .then(({ offset, answer }) => {
          if (mine !== generation) return
          const more = new Map(items.value)
          answer.items.forEach((item, at) => {
            more.set(offset + at, item)
          })
          shown(more, answer.total)
        })
        .catch(() => {
          // It is asked for again when somebody looks there again.
        })
        .finally(() => loading.delete(page))
      loading.set(page, now)
      return now
    }),
  )
}

/** Loads everything, for what acts on all of it. */
export function ensureAll(): Promise<void> {
  const before = seen
  return ensure(0, total.value).finally(() => {
    seen = before
  })
}

/** Shows at once what a change of our own made of an item. */
export function replaceItem(changed: Item): void {
  const index = indexOf(changed.id)
  const before = items.value.get(index)
  if (before) items.value = new Map(items.value).set(index, { ...before, ...changed })
}

export function indexOf(id: string): number {
  for (const [index, item] of items.value) if (item.id === id) return index
  return -1
}

/** Every item that is loaded and of these ids, in the order of the list. */
export function itemsOf(ids: ReadonlySet<string>): (Item | FoundItem)[] {
  return [...items.value]
    .filter(([, item]) => ids.has(item.id))
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}

function shown(fresh: ReadonlyMap<number, Item>, count: number) {
  batch(() => {
    items.value = fresh
    total.value = count
    phase.value = 'shown'
    problem.value = null
  })
}

async function fetchPage({ id, sort, order }: Extract<Source, { kind: 'folder' }>, page: number) {
  const offset = page * PAGE_SIZE
  const answer = await api<FolderPage>(`/folders/${id}`, { query: { sort, order, offset, limit: PAGE_SIZE } })
  return { offset, answer }
}
