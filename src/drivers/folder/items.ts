import { randomBytes } from 'node:crypto'
import type { FileInfo } from '../../ports/file-store.js'
import type { Database } from './database.js'
import { nameOf, parentOf, type Sight } from './paths.js'
import { remembered } from './remembered.js'

/** A file or folder the index knows, in the state in which it was last seen. */
export interface Item extends Sight {
  readonly id: string
  /** Library path, '' = the folder that is served. */
  readonly path: string
  readonly version: number
  /** When the content last changed, in milliseconds since 1970. */
  readonly modifiedAt: number
  /** Base64; null when unknown. */
  readonly sha256: string | null
  /** When it was first missing on disk, in milliseconds since 1970; null = it is there. */
  readonly goneAt: number | null
}

/** The items of the index. What changes them is for use inside a `write` step. */
export interface Items {
  /** Null also for what is in the bin. */
  find(id: string): Item | null
  at(path: string): Item | null
  /** All that were seen in a folder, gone ones too. */
  within(folderPath: string): Item[]
  /** Those that had this number on disk when they were last seen. */
  withInode(inode: number, kind: Item['kind']): Item[]
  /** An item in the bin, top or below. */
  binned(id: string): Item | null
  /** The folder an item is in; null for an item in the topmost folder. */
  folderOf(id: string): Item | null
  /** Id of the folder that a path is in; null for the topmost folder, and when the index does not know it. */
  folderId(path: string): string | null
  insert(item: Item): void
  /** Replaces what is known of an item, but for its path. */
  update(item: Item): void
  /** Moves an item, and everything below it, to another path, from which `vacate` has removed what was there. */
  move(item: Item, path: string): void
  /** Takes what the index has on a path and below out of the library for good, since it is no longer there. */
  vacate(path: string): void
  /** Ids of the files at a path and below. */
  filesBelow(path: string): string[]
  /** Removes an item, and all below it, from the index. */
  erase(id: string): void
  /** Of a folder: that it was listed completely when its time was `mtime`. */
  setListed(id: string, mtime: number): void
  setGone(id: string, at: number | null): void
}

/** Where items in the bin are kept: no library path begins with a slash. */
export function binPath(id: string): string {
  return `/${id}`
}

/** 128 random bits: nobody guesses one, and two hosts on one document server never share one. */
export function newId(): string {
  return randomBytes(16).toString('hex')
}

/** The name of an item, as people see it. */
export function itemName(item: Item): string {
  return nameOf(item.path)
}

export function toFileInfo(item: Item): FileInfo {
  return {
    fileId: item.id,
    name: itemName(item),
    size: item.size,
    version: String(item.version),
    modifiedAt: item.modifiedAt,
    ...(item.sha256 === null ? {} : { sha256: item.sha256 }),
  }
}

export function createItems(database: Database): Items {
  const { sqlite } = database
  const columns = 'id, kind, path, inode, born, size, mtime, version, modified_at, sha256, gone_at'
  const item = columns
    .replace('modified_at', 'modified_at AS modifiedAt')
    .replace('gone_at', 'gone_at AS goneAt')
  const byId = sqlite.prepare<[string], Item>(`SELECT ${item} FROM items WHERE id = ? AND path IS NOT NULL`)
  const byPath = sqlite.prepare<[string], Item>(`SELECT ${item} FROM items WHERE path = ?`)
  const byParent = sqlite.prepare<[string], Item>(`SELECT ${item} FROM items WHERE parent = ?`)
  const byInode = sqlite.prepare<[number, string], Item>(
    `SELECT ${item} FROM items WHERE inode = ? AND kind = ? AND path IS NOT NULL AND path NOT GLOB '/*'`,
  )
  // '0' is the character after '/': everything below a folder lies between the two.
  const below = `path > @path || '/' AND path < @path || '0'`
  const filesIn = sqlite.prepare<[{ path: string }], { id: string }>(
    `SELECT id FROM items WHERE kind = 'file' AND (path = @path OR ${below})`,
  )
  const insertRow = sqlite.prepare(
    `INSERT INTO items (${columns}, parent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const updateRow = sqlite.prepare(
    `UPDATE items SET inode = ?, born = ?, size = ?, mtime = ?, version = ?, modified_at = ?, sha256 = ?, gone_at = ?
     WHERE id = ?`,
  )
  const moveRow = sqlite.prepare<[string, string | null, string]>(
    'UPDATE items SET path = ?, parent = ? WHERE id = ?',
  )
  const moveBelow = sqlite.prepare<[{ path: string; to: string; cut: number }]>(
    `UPDATE items SET path = @to || substr(path, @cut), parent = @to || substr(parent, @cut) WHERE ${below}`,
  )
  const retire = sqlite.prepare<[{ path: string; now: number }]>(
    `UPDATE items SET path = NULL, parent = NULL, gone_at = coalesce(gone_at, @now) WHERE path = @path OR ${below}`,
  )
  const eraseRow = sqlite.prepare<[string]>('DELETE FROM items WHERE id = ?')
  const eraseBelow = sqlite.prepare<[{ path: string }]>(`DELETE FROM items WHERE ${below}`)
  const listed = sqlite.prepare<[number, string]>('UPDATE items SET mtime = ? WHERE id = ?')
  const gone = sqlite.prepare<[number | null, string]>('UPDATE items SET gone_at = ? WHERE id = ?')

  const ofId = remembered(database, (id) => byId.get(id) ?? null)
  const ofPath = remembered(database, (path) => byPath.get(path) ?? null)

  function find(id: string): Item | null {
    const item = ofId.get(id)
    return item && !isBinned(item.path) ? item : null
  }

  function forget(): void {
    ofId.forget()
    ofPath.forget()
  }

  return {
    find,
    at: ofPath.get,
    within: (folderPath) => byParent.all(folderPath),
    withInode: (inode, kind) => byInode.all(inode, kind),
    binned(id) {
      const item = byId.get(id)
      return item && isBinned(item.path) ? item : null
    },
    folderOf(id) {
      const item = find(id)
      const parent = item ? parentOf(item.path) : ''
      return parent === '' ? null : ofPath.get(parent)
    },
    folderId(path) {
      return path === '' ? null : (ofPath.get(parentOf(path))?.id ?? null)
    },
    insert(item) {
      forget()
      insertRow.run(
        item.id,
        item.kind,
        item.path,
        item.inode,
        item.born,
        item.size,
        item.mtime,
        item.version,
        item.modifiedAt,
        item.sha256,
        item.goneAt,
        parentColumn(item.path),
      )
    },
    update(item) {
      ofId.keep(item.id, item)
      ofPath.keep(item.path, item)
      updateRow.run(
        item.inode,
        item.born,
        item.size,
        item.mtime,
        item.version,
        item.modifiedAt,
        item.sha256,
        item.goneAt,
        item.id,
      )
    },
    move(item, path) {
      forget()
      if (item.kind === 'folder') moveBelow.run({ path: item.path, to: path, cut: item.path.length + 1 })
      moveRow.run(path, parentColumn(path), item.id)
    },
    vacate(path) {
      forget()
      retire.run({ path, now: Date.now() })
    },
    erase(id) {
      forget()
      const path = byId.get(id)?.path
      if (path) eraseBelow.run({ path })
      eraseRow.run(id)
    },
    filesBelow: (path) => filesIn.all({ path }).map(({ id }) => id),
    setListed(id, mtime) {
      forget()
      listed.run(mtime, id)
    },
    setGone(id, at) {
      forget()
      gone.run(at, id)
    },
  }
}

function parentColumn(path: string): string | null {
  const parent = parentOf(path)
  // The topmost folder is in none, and neither is the topmost of what lies in the bin.
  return parent === '' && (path === '' || isBinned(path)) ? null : parent
}

function isBinned(path: string): boolean {
  return path.startsWith('/')
}
