import { randomBytes } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from './database.js'
import { hashFile } from './durable.js'
import { childOf, type DiskState, diskState, isTaken, nameOf,
  parentOf, type Root, sameState } from './paths.js'

/** A file or folder the index knows. */
export interface Item extends DiskState {
  readonly id: string
  readonly kind: 'file' | 'folder'
  /** Library path, '' = the folder itself. */
  readonly path: string
  readonly version: number
  /** When the content last changed, in milliseconds since 1970. */
  readonly modifiedAt: number
  /** Base64; null when unknown. */
  readonly sha256: string | null
}

interface ItemRow {
  readonly id: string
  readonly kind: 'file' | 'folder'
  readonly path: string
  readonly inode: number
  readonly size: number
  readonly mtime: number
  readonly version: number
  readonly modified_at: number
  readonly sha256: string | null
}

/** Which id belongs to which path, and what is known of its content. */
export interface Catalog {
  /** The item of this id as it is on disk now; null when it is gone. A change by another program is noticed here and becomes a new version. */
  find(id: string): Promise<Item | null>
  /** The item at a library path, given an id if it has none yet; null when nothing visible is there. */
  at(path: string): Promise<Item | null>
  /** What is in a folder, folders and files, unsorted. */
  list(folderPath: string): Promise<Item[]>
  /** The item as the index has it, for use inside a `write` step. */
  row(id: string): Item | null
  /** The folder an item is in, as the index has it; null for what lies at the top, and when nobody has looked at the folder yet. */
  folderOf(id: string): Item | null
  /** Puts a new item into the index, for use inside a `write` step. */
  insert(item: Item): void
  /** Replaces what the index knows of an item, for use inside a `write` step. */
  update(item: Item): void
  /** Moves an item, and everything below it, to another path, for use inside a `write` step. */
  move(item: Item, path: string): void
  /** Frees a path on which the index has an item that is no longer there, for use inside a `write` step. */
  vacate(path: string): void
  /** Takes an item out of the library for good; its id is never given again. For use inside a `write` step. */
  retire(id: string): void
}

/** Told when another program changed a file, inside the `write` step that gives it its new version. */
export type OnOutsideChange = (item: Item) => void

/** After a search through the folder found no trace of a file, the next is not made for this long. */
const SEARCH_PAUSE_MS = 2_000

/** 128 random bits: nobody guesses one, and two hosts on one document server never share one. */
export function newFileId(): string {
  return randomBytes(16).toString('hex')
}

export function createCatalog(database: Database, root: Root, onOutsideChange: OnOutsideChange): Catalog {
  const { sqlite } = database
  const columns = 'id, kind, path, inode, size, mtime, version, modified_at, sha256'
  const byId = sqlite.prepare<[string], ItemRow>(
    `SELECT ${columns} FROM items WHERE id = ? AND path IS NOT NULL`,
  )
  const byPath = sqlite.prepare<[string], ItemRow>(`SELECT ${columns} FROM items WHERE path = ?`)
  const byInode = sqlite.prepare<[number, string], ItemRow>(
    `SELECT ${columns} FROM items WHERE inode = ? AND kind = ? AND path IS NOT NULL`,
  )
  const insertRow = sqlite.prepare(`INSERT INTO items (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const updateRow = sqlite.prepare(
    'UPDATE items SET inode = ?, size = ?, mtime = ?, version = ?, modified_at = ?, sha256 = ? WHERE id = ?',
  )
  const retireRow = sqlite.prepare<[string]>('UPDATE items SET path = NULL WHERE id = ?')
  const moveRow = sqlite.prepare<[string, string]>('UPDATE items SET path = ? WHERE id = ?')
  // '0' is the character after '/': everything below a folder lies between the two.
  const moveBelow = sqlite.prepare<[string, number, string, string]>(
    `UPDATE items SET path = ? || substr(path, ?) WHERE path > ? || '/' AND path < ? || '0'`,
  )
  let searching: Promise<void> | null = null
  let searchedAt = Number.NEGATIVE_INFINITY

  const catalog: Catalog = {
    async find(id) {
      for (;;) {
        const row = byId.get(id)
        if (!row) return null
        const item = toItem(row)
        const state = diskState(root.locate(item.path))
        if (state && state.kind === item.kind && (item.kind === 'folder' || sameState(state, item)))
          return item
        if (state && root.resolve(item.path) === item.path && state.kind === item.kind)
          return noticeChange(item, state)
        if (!(await findElsewhere(item))) return null
      }
    },
    async at(path) {
      const real = root.resolve(path)
      const state = real === null ? null : diskState(root.locate(real))
      if (real === null || !state) return null
      const row = byPath.get(real)
      if (row && row.kind === state.kind) {
        return row.kind === 'folder' || sameState(state, row) ? toItem(row) : noticeChange(toItem(row), state)
      }
      return database.write(() => adopt(real, state))
    },
    async list(folderPath) {
      const entries = await readdir(root.locate(folderPath), { withFileTypes: true })
      const items: Item[] = []
      const unknown: { path: string; state: DiskState & { readonly kind: 'file' | 'folder' } }[] = []
      for (const entry of entries) {
        // What a link names is listed where it really is.
        if (!root.isVisible(entry.name) || entry.isSymbolicLink()) continue
        const path = childOf(folderPath, entry.name)
        const state = diskState(root.locate(path))
        if (!state || root.isOurs(path)) continue
        const row = byPath.get(path)
        if (row?.kind !== state.kind) unknown.push({ path, state })
        else if (row.kind === 'folder' || sameState(state, row)) items.push(toItem(row))
        else items.push(await noticeChange(toItem(row), state))
      }
      if (unknown.length === 0) return items
      return items.concat(await database.write(() => unknown.map(({ path, state }) => adopt(path, state))))
    },
    row(id) {
      const row = byId.get(id)
      return row ? toItem(row) : null
    },
    folderOf(id) {
      const path = byId.get(id)?.path ?? ''
      const row = byPath.get(parentOf(path))
      return row && row.path !== '' ? toItem(row) : null
    },
    insert(item) {
      insertRow.run(
        item.id,
        item.kind,
        item.path,
        item.inode,
        item.size,
        item.mtime,
        item.version,
        item.modifiedAt,
        item.sha256,
      )
    },
    update(item) {
      updateRow.run(item.inode, item.size, item.mtime, item.version, item.modifiedAt, item.sha256, item.id)
    },
    move(item, path) {
      if (item.kind === 'folder') moveBelow.run(path, item.path.length + 1, item.path, item.path)
      moveRow.run(path, item.id)
    },
    vacate(path) {
      const row = byPath.get(path)
      if (row) retireRow.run(row.id)
    },
    retire(id) {
      retireRow.run(id)
    },
  }
  return catalog

  /** Gives what is at a path its item: a known one that another program has renamed to here, or a new one. Inside a `write` step. */
  function adopt(path: string, state: DiskState & { readonly kind: 'file' | 'folder' }): Item {
    const row = byPath.get(path)
    if (row && row.kind === state.kind) return toItem(row)
    // A folder where a file was, or the other way round: what was there is gone.
    if (row) retireRow.run(row.id)
    const known = renamedTo(state)
    if (known) {
      catalog.move(known, path)
      return { ...known, path }
    }
    const item: Item = {
      ...state,
      id: newFileId(),
      path,
      version: 1,
      modifiedAt: Math.floor(state.mtime),
      sha256: null,
    }
    catalog.insert(item)
    return item
  }

  /** The item that has gone from its path and looks exactly like what is here. */
  function renamedTo(state: DiskState & { readonly kind: 'file' | 'folder' }): Item | null {
    for (const row of byInode.all(state.inode, state.kind)) {
      const same = state.kind === 'folder' || sameState(state, row)
      if (same && !isTaken(root.locate(row.path))) return toItem(row)
    }
    return null
  }

  /** Gives a file that another program changed its next version, unless only its times were touched. */
  async function noticeChange(item: Item, state: DiskState): Promise<Item> {
    const place = root.locate(item.path)
    const touched =
      item.sha256 !== null && state.size === item.size && (await hashFile(place)) === item.sha256
    return database.write(() => {
      const current = catalog.row(item.id)
      // Somebody else noticed it first, or it was moved: what they made of it holds.
      if (!current || current.path !== item.path || !sameState(current, item)) return current ?? item
      if (touched) {
        const same = { ...current, ...pick(state) }
        catalog.update(same)
        return same
      }
      const next: Item = {
        ...current,
        ...pick(state),
        version: current.version + 1,
        modifiedAt: Math.max(Math.floor(state.mtime), current.modifiedAt + 1),
        sha256: null,
      }
      catalog.update(next)
      onOutsideChange(next)
      return next
    })
  }

  /** Looks through the whole folder for a file that is not where it was; true when the index now has another path for it. */
  async function findElsewhere(item: Item): Promise<boolean> {
    if (!searching && Date.now() - searchedAt < SEARCH_PAUSE_MS) return false
    searching ??= search('').finally(() => {
      searching = null
      searchedAt = Date.now()
    })
    await searching
    const found = byId.get(item.id)
    return found !== undefined && found.path !== item.path
  }

  async function search(folderPath: string): Promise<void> {
    const entries = await readdir(root.locate(folderPath), { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (!root.isVisible(entry.name) || !(entry.isFile() || entry.isDirectory())) continue
      const path = childOf(folderPath, entry.name)
      if (!byPath.get(path)) {
        const stats = await lstat(join(root.locate(folderPath), entry.name)).catch(() => null)
        if (stats && byInode.get(stats.ino, entry.isFile() ? 'file' : 'folder')) await catalog.at(path)
      }
      if (entry.isDirectory()) await search(path)
    }
  }
}

function pick({ inode, size, mtime }: DiskState): DiskState {
  return { inode, size, mtime }
}

function toItem(row: ItemRow): Item {
  const { modified_at, ...rest } = row
  return { ...rest, modifiedAt: modified_at }
}

/** The name of an item, as people see it. */
export function itemName(item: Item): string {
  return nameOf(item.path)
}
