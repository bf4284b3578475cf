import { mkdirSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Bytes, FileStore, SaveInfo } from '../../ports/file-store.js'
import { WopiError } from '../../protocol/errors.js'
import { nameProblem, repairName } from '../../protocol/file-name.js'
import type { Bin, BinnedItem } from './bin.js'
import { codeOf, flushName, giveTo } from './durable.js'
import { type Item, itemName } from './items.js'
import { createListing, type ListPage, type ListQuery } from './listing.js'
import type { HeldLock } from './lock-store.js'
import type { Moved, Moves } from './moves.js'
import { childOf, isTaken, parentOf, type Root } from './paths.js'
import { searchNames } from './search.js'
import { freeNames } from './tree-names.js'
import { type OnTaken, type UploadParts, upload } from './upload.js'

/** What stands in the way of what a person wants. Nothing was done. */
export type TreeRefusal =
  /** There is no such item, or it went away meanwhile. */
  | { readonly done: false; readonly because: 'not-found' }
  /** `problem` is a sentence that says what to change. */
  | { readonly done: false; readonly because: 'bad-name'; readonly problem: string }
  /** `existing` is null when what has the name is not shown. */
  | { readonly done: false; readonly because: 'name-taken'; readonly existing: Item | null }
  /** People edit the file, or files in the folder. `rescuedId`: the content that was sent is kept as this rescued save. */
  | {
      readonly done: false
      readonly because: 'locked'
      readonly locks: readonly HeldLock[]
      readonly rescuedId?: string
    }
  /** A folder cannot go into itself, and the topmost one nowhere. */
  | { readonly done: false; readonly because: 'into-itself' }

export type TreeResult = { readonly done: true; readonly item: Item } | TreeRefusal

/** Who does something, for the record. */
export interface Author {
  readonly userId: string
  readonly userName: string
}

/** `force` goes ahead although people edit it. Nothing of theirs is lost: what they still save is a version or a rescued save. */
export interface ForceOption {
  readonly force?: boolean
}

/** An item below a folder, with its path from there. */
export interface WalkedItem {
  readonly item: Item
  readonly path: string
}

/** The library as people see it: a tree of folders and files. Nothing here ever overwrites or loses anything. */
export interface DocumentTree {
  /** Id of the folder that is served. */
  readonly rootId: string
  get(id: string): Promise<Item | null>
  list(folderId: string, query?: ListQuery): Promise<ListPage>
  /** The folders from the topmost one down to the item, and the item itself. Nothing for an item that is not there. */
  path(id: string): { readonly id: string; readonly name: string }[]
  createFolder(parentId: string, name: string): Promise<TreeResult>
  /**
   * Takes in a file.
   *
   * @param onTaken what to do when the name is taken: `refuse`; `rename` = the next free name; `replace` = a new version of the file that has
   * it, unless people edit that: then the content becomes a rescued save.
   * @throws WopiError `storage-full`, or whatever the body throws.
   */
  upload(
    parentId: string,
    name: string,
    body: Bytes,
    save: SaveInfo,
    onTaken: OnTaken,
    options?: ForceOption,
  ): Promise<TreeResult>
  /** Moves an item into a folder, under another name if one is given. */
  move(id: string, folderId: string, name?: string, options?: ForceOption): Promise<TreeResult>
  rename(id: string, name: string, options?: ForceOption): Promise<TreeResult>
  /** Copies an item, a folder with all that is in it, into a folder; under the next free name. */
  copy(id: string, folderId: string, by: Author): Promise<TreeResult>
  /** Puts an item into the bin. */
  remove(id: string, options?: ForceOption & { readonly by?: Author }): Promise<TreeResult>
  /** What is in the bin, the newest first. */
  bin(): BinnedItem[]
  /** Brings an item back from the bin, under the next free name if its own is taken; null when the bin does not hold it. */
  restore(id: string): Promise<Item | null>
  /** Removes an item of the bin for good, with its history; false when the bin does not hold it. */
  purge(id: string): Promise<boolean>
  /** Files and folders whose names contain every word of a text, whatever its case and accents, best matches first. */
  search(text: string, options?: { readonly limit?: number; readonly folderId?: string }): Promise<Item[]>
  /** Everything below a folder, each folder before what is in it. */
  walk(folderId: string): AsyncIterable<WalkedItem>
}

export interface TreeParts extends UploadParts {
  readonly root: Root
  readonly moves: Moves
  readonly bin: Bin
  readonly read: FileStore['read']
}

const notFound: TreeRefusal = { done: false, because: 'not-found' }
const intoItself: TreeRefusal = { done: false, because: 'into-itself' }

/** How often something is decided anew because somebody else was faster. */
const MAX_DECISIONS = 50

export function createTree(parts: TreeParts, rootId: string): DocumentTree {
  const { root, items, catalog, locks, bin, now } = parts
  const listing = createListing(root, catalog)

  return {
    rootId,
    get: (id) => catalog.find(id),
    path,
    createFolder,
    upload: (...given) => upload(parts, ...given),
    copy,
    walk,
    bin: bin.list,
    restore: bin.restore,
    purge: bin.purge,
    async list(folderId, query = {}) {
      const folder = await findFolder(folderId)
      return folder ? listing.page(folder, query) : { items: [], total: 0 }
    },
    move: (id, folderId, name, options = {}) => relocate(id, folderId, name, options),
    async rename(id, name, options = {}) {
      const item = await catalog.find(id)
      const folderId = item && items.folderId(item.path)
      if (!item) return notFound
      return folderId === null ? intoItself : relocate(id, folderId, name, options)
    },
    async remove(id, { force = false, by } = {}) {
      const item = await catalog.find(id)
      if (!item) return notFound
      if (id === rootId) return intoItself
      return settled(await bin.put(item, by?.userName ?? null, (present) => busy(present, force)))
    },
    async search(text, { limit, folderId = rootId } = {}) {
      const folder = await findFolder(folderId)
      return folder ? searchNames(root, catalog, folder.path, text, limit) : []
    },
  }

  async function findFolder(id: string): Promise<Item | null> {
    const folder = await catalog.find(id)
    return folder?.kind === 'folder' ? folder : null
  }

  function path(id: string): { id: string; name: string }[] {
    const places: { id: string; name: string }[] = []
    for (let item = items.find(id); item; item = item.path === '' ? null : items.at(parentOf(item.path)))
      places.unshift({ id: item.id, name: itemName(item) || basename(root.path) })
    return places
  }

  async function createFolder(parentId: string, name: string): Promise<TreeResult> {
    const problem = nameProblem(name)
    if (problem !== null) return { done: false, because: 'bad-name', problem }
    const parent = await findFolder(parentId)
    if (!parent) return notFound
    const at = childOf(parent.path, name.normalize('NFC'))
    const place = root.locate(at)
    try {
      mkdirSync(place)
      giveTo(place, statSync(root.locate(parent.path)))
    } catch (error) {
      if (codeOf(error) === 'EEXIST')
        return { done: false, because: 'name-taken', existing: await catalog.at(at) }
      if (codeOf(error) === 'ENOENT') return notFound
      throw error
    }
    await flushName(place)
    const item = await catalog.at(at)
    return item ? { done: true, item } : notFound
  }

  async function relocate(
    id: string,
    folderId: string,
    name: string | undefined,
    { force = false }: ForceOption,
  ): Promise<TreeResult> {
    const problem = name === undefined ? null : nameProblem(name)
    if (problem !== null) return { done: false, because: 'bad-name', problem }
    for (let decisions = 0; decisions < MAX_DECISIONS; decisions++) {
      const item = await catalog.find(id)
      const folder = await findFolder(folderId)
      if (!item || !folder) return notFound
      if (id === rootId || isWithin(folder, item)) return intoItself
      const to = childOf(folder.path, name?.normalize('NFC') ?? itemName(item))
      if (to === item.path) return { done: true, item }
      const moved = await parts.moves.move(id, { path: to }, (present) =>
        present.path === item.path && items.find(folderId)?.path === folder.path
          ? busy(present, force)
          : ('changed' as const),
      )
      if (!moved.done && moved.because === 'taken')
        return { done: false, because: 'name-taken', existing: await catalog.at(to) }
      if (moved.done || moved.because !== 'changed') return settled(moved)
    }
    throw new WopiError('unavailable', 'The item was moved again and again while it was to be moved.')
  }

  /** What holds a person back from moving or deleting an item, within the step that would do it. */
  function busy(item: Item, force: boolean): TreeRefusal | null {
    const held = force ? [] : locks.heldWithin(item, now())
    return held.length === 0 ? null : { done: false, because: 'locked', locks: held }
  }

  function settled(moved: Moved<TreeRefusal | 'changed'>): TreeResult {
    if (moved.done) return moved
    return typeof moved.because === 'string' ? notFound : moved.because
  }

  async function copy(id: string, folderId: string, by: Author): Promise<TreeResult> {
    const item = await catalog.find(id)
    const folder = await findFolder(folderId)
    if (!item || !folder) return notFound
    if (item.kind === 'file') return copyFile(item, folderId, by)
    if (isWithin(folder, item)) return intoItself
    for (const name of freeNames(repairName(itemName(item)))) {
      if (isTaken(root.locate(childOf(folder.path, name)))) continue
      const made = await createFolder(folderId, name)
      if (!made.done && made.because === 'name-taken') continue
      if (!made.done) return made
      for (const child of await catalog.list(item.path)) await copy(child.id, made.item.id, by)
      return made
    }
    throw new WopiError('unavailable', 'No free name was found for the copy.')
  }

  async function copyFile(item: Item, folderId: string, by: Author): Promise<TreeResult> {
    const content = await parts.read(item.id)
    if (!content) return notFound
    const save: SaveInfo = { ...by, editors: [], origin: 'upload', modifiedByUser: false, at: now() }
    return upload(parts, folderId, repairName(itemName(item)), content.body, save, 'rename')
  }

  async function* walk(folderId: string): AsyncGenerator<WalkedItem> {
    const folder = await findFolder(folderId)
    if (!folder) return
    const { items: children } = await listing.page(folder, { limit: Number.POSITIVE_INFINITY })
    for (const item of children) {
      yield { item, path: itemName(item) }
      if (item.kind === 'file') continue
      for await (const below of walk(item.id))
        yield { item: below.item, path: `${itemName(item)}/${below.path}` }
    }
  }
}

function isWithin(folder: Item, item: Item): boolean {
  return item.kind === 'folder' && (folder.id === item.id || folder.path.startsWith(`${item.path}/`))
}
