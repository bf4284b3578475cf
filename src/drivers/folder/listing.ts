import { splitName } from '../../protocol/file-name.js'
import type { Catalog } from './catalog.js'
import { type Item, itemName } from './items.js'
import type { Root } from './paths.js'
import { isFresh } from './settled-sight.js'

/** Which part of a folder, and in what order. Folders always come first. */
export interface ListQuery {
  /** `kind` = by extension. Default `name`. */
  readonly sort?: 'name' | 'modified' | 'size' | 'kind'
  /** Default `asc`. */
  readonly order?: 'asc' | 'desc'
  /** Default 0. */
  readonly offset?: number
  /** Default 200. */
  readonly limit?: number
  /** The language whose order of letters names follow, such as `en` or `zh-CN`. Default `en`. */
  readonly locale?: string
}

/** A part of a folder, and how much is in it altogether. */
export interface ListPage {
  readonly items: Item[]
  readonly total: number
}

/** Shows folders a page at a time, read and sorted once for all pages. */
export interface Listing {
  page(folder: Item, query: ListQuery): Promise<ListPage>
}

interface Listed {
  readonly path: string
  readonly mtime: number
  readonly at: number
  readonly items: readonly Item[]
  /** By order. */
  readonly sorted: Map<string, readonly Item[]>
}

/** So many folders are remembered. */
const FOLDERS = 16

/** For so long a folder's order is believed, unless names in it change before. What is shown of each item is always fresh. */
const TRUST_MS = 30_000

const PAGE = 200

export function createListing(root: Root, catalog: Catalog): Listing {
  const remembered = new Map<string, Listed>()

  async function listed(folder: Item): Promise<Listed> {
    const before = root.look(folder.path)
    const known = remembered.get(folder.id)
    const now = Date.now()
    remembered.delete(folder.id)
    const holds =
      known && known.path === folder.path && known.mtime === before?.mtime && now - known.at < TRUST_MS
    const entry = holds
      ? known
      : {
          path: folder.path,
          // A folder may change once more within the time it bears.
          mtime: before && !isFresh(before) ? before.mtime : Number.NaN,
          at: now,
          items: await catalog.list(folder.path),
          sorted: new Map(),
        }
    // Last used, last forgotten.
    remembered.set(folder.id, entry)
    for (const oldest of remembered.keys()) {
      if (remembered.size <= FOLDERS) break
      remembered.delete(oldest)
    }
    return entry
  }

  return {
    async page(folder, { sort = 'name', order = 'asc', offset = 0, limit = PAGE, locale = 'en' }) {
      const { items, sorted } = await listed(folder)
      const key = `${sort} ${order} ${locale}`
      const all = sorted.get(key) ?? inOrder(items, sort, order, locale)
      sorted.set(key, all)
      const shown = await Promise.all(all.slice(offset, offset + limit).map(({ id }) => catalog.find(id)))
      return { items: shown.filter((item) => item !== null), total: all.length }
    },
  }
}

function inOrder(
  items: readonly Item[],
  sort: NonNullable<ListQuery['sort']>,
  order: 'asc' | 'desc',
  locale: string,
): readonly Item[] {
  const { compare } = new Intl.Collator(locale, { numeric: true })
  const entries = items.map((item) => {
    const name = itemName(item)
    return { item, name, extension: splitName(name).extension.toLowerCase() }
  })
  type Entry = (typeof entries)[number]
  const byName = (a: Entry, b: Entry) => compare(a.name, b.name) || (a.name < b.name ? -1 : 1)
  const by: Record<typeof sort, (a: Entry, b: Entry) => number> = {
    name: byName,
    modified: (a, b) => a.item.modifiedAt - b.item.modifiedAt || byName(a, b),
    size: (a, b) => a.item.size - b.item.size || byName(a, b),
    kind: (a, b) => compare(a.extension, b.extension) || byName(a, b),
  }
  const sign = order === 'asc' ? 1 : -1
  return entries
    .sort((a, b) => (a.item.kind === b.item.kind ? sign * by[sort](a, b) : a.item.kind === 'folder' ? -1 : 1))
    .map(({ item }) => item)
}
