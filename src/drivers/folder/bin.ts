import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from './database.js'
import type { History } from './history.js'
import { binPath, type Item, type Items } from './items.js'
import type { Moved, Moves } from './moves.js'
import { childOf, isTaken, nameOf, parentOf, type Root, sightOf } from './paths.js'
import type { Removals } from './removals.js'
import { freeNames } from './tree-names.js'

/** Something that was deleted and can be brought back. */
export interface BinnedItem {
  /** The id it had, and will have again. */
  readonly id: string
  readonly kind: 'file' | 'folder'
  readonly name: string
  /** Library path of the folder it was in. */
  readonly folderPath: string
  /** Bytes, of a folder with all that is in it. */
  readonly size: number
  /** When it was deleted, in milliseconds since 1970. */
  readonly at: number
  /** Who deleted it; null when that is not known. */
  readonly userName: string | null
}

/** How much of what was deleted is kept. The oldest goes first, the newest never. */
export interface BinLimits {
  /** Bytes of everything in the bin. Default 10 GiB. */
  readonly totalBytes: number
  /** Milliseconds. Default 60 days. */
  readonly maxAgeMs: number
}

export interface Bin {
  /** Moves an item into the bin, unless `decide` finds something against it. */
  put<Declined>(
    item: Item,
    userName: string | null,
    decide: (item: Item) => Declined | null,
  ): Promise<Moved<Declined>>
  /** What is in the bin, the newest first. */
  list(): BinnedItem[]
  /** Brings an item back: to where it was, under the next free name if its own is taken; null when the bin does not hold it. */
  restore(id: string): Promise<Item | null>
  /** Removes an item for good, with its history; false when the bin does not hold it. */
  purge(id: string): Promise<boolean>
  /** Removes what is over the limits. */
  prune(now: number): Promise<void>
}

interface BinnedRow {
  readonly item_id: string
  readonly kind: 'file' | 'folder'
  readonly path: string
  readonly size: number
  readonly at: number
  readonly user_name: string | null
}

export interface BinParts {
  readonly database: Database
  readonly root: Root
  readonly items: Items
  readonly history: History
  readonly moves: Moves
  readonly removals: Removals
  readonly now: () => number
}

export function createBin(parts: BinParts, limits: BinLimits): Bin {
  const { database, root, items, history, moves, removals } = parts
  const { sqlite } = database
  const columns = 'item_id, kind, binned.path, binned.size, at, user_name'
  const all = sqlite.prepare<[], BinnedRow>(
    `SELECT ${columns} FROM binned JOIN items ON items.id = item_id ORDER BY at DESC, item_id`,
  )
  const one = sqlite.prepare<[string], BinnedRow>(
    `SELECT ${columns} FROM binned JOIN items ON items.id = item_id WHERE item_id = ?`,
  )
  const tooOld = sqlite.prepare<[number], { item_id: string }>(
    'SELECT item_id FROM binned WHERE at < ? AND at < (SELECT max(at) FROM binned) ORDER BY at LIMIT 100',
  )
  const oldest = sqlite.prepare<[], { item_id: string }>(
    'SELECT item_id FROM binned WHERE at < (SELECT max(at) FROM binned) ORDER BY at LIMIT 1',
  )
  const total = sqlite.prepare<[], { bytes: number }>("SELECT bytes FROM totals WHERE name = 'binned'")
  const removeRow = sqlite.prepare<[string]>('DELETE FROM binned WHERE item_id = ?')

  async function purge(id: string): Promise<boolean> {
    return database.write(() => {
      const item = items.binned(id)
      if (!item || removeRow.run(id).changes === 0) return false
      for (const fileId of items.filesBelow(item.path)) history.forget(fileId)
      removals.remove(moves.locate(item))
      items.erase(id)
      return true
    })
  }

  return {
    purge,
    async put(item, userName, decide) {
      const size = item.kind === 'file' ? item.size : await sizeBelow(root.locate(item.path))
      const note = { path: item.path, size, at: parts.now(), userName }
      return moves.move(item.id, { bin: note }, decide)
    },
    list: () => all.all().map(toBinned),
    async restore(id) {
      const row = one.get(id)
      if (!row) return null
      const folderPath = nearestFolder(parentOf(row.path))
      for (const name of freeNames(nameOf(row.path))) {
        const path = childOf(folderPath, name)
        if (isTaken(root.locate(path))) continue
        const moved = await moves.move(id, { path }, (item) =>
          item.path === binPath(id) ? null : ('not-binned' as const),
        )
        if (moved.done) return moved.item
        if (moved.because !== 'taken') return null
      }
      return null
    },
    async prune(now) {
      for (const { item_id } of tooOld.all(now - limits.maxAgeMs)) await purge(item_id)
      while ((total.get()?.bytes ?? 0) > limits.totalBytes) {
        const next = oldest.get()
        if (!next || !(await purge(next.item_id))) return
      }
    },
  }

  /** The folder, or the closest one above it that is still there. */
  function nearestFolder(path: string): string {
    let folder = path
    while (folder !== '' && root.look(folder)?.kind !== 'folder') folder = parentOf(folder)
    return folder
  }
}

async function sizeBelow(place: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(place, { withFileTypes: true }).catch(() => [])) {
    const inside = join(place, entry.name)
    bytes += entry.isDirectory() ? await sizeBelow(inside) : (sightOf(inside)?.size ?? 0)
  }
  return bytes
}

function toBinned(row: BinnedRow): BinnedItem {
  return {
    id: row.item_id,
    kind: row.kind,
    name: nameOf(row.path),
    folderPath: parentOf(row.path),
    size: row.size,
    at: row.at,
    userName: row.user_name,
  }
}
