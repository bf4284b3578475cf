import { readdir } from 'node:fs/promises'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from './durable.js'
import { about } from './events.js'
import { type Item, itemName, newId } from './items.js'
import { createOutsideChanges, type OutsideChangesParts } from './outside-changes.js'
import { childOf, parentOf, type Sight, sameObject, sameState, sightOf, statsOf } from './paths.js'
import { CLOCK_TICK_MS, isFresh, settledSight } from './settled-sight.js'

export type { Item } from './items.js'

/** Keeps the index in agreement with what is on disk, where other programs may do what they like at any time. */
export interface Catalog {
  /** The item of this id as it is on disk now; null when it is gone. A change by another program is noticed here and becomes a new version. */
  find(id: string): Promise<Item | null>
  /** The item at a library path, given an id if it has none yet; null when nothing visible is there. */
  at(path: string): Promise<Item | null>
  /** What is in a folder, folders and files, unsorted. Nothing when the folder is not there. */
  list(folderPath: string): Promise<Item[]>
  /** The folder an item is in; null for an item in the topmost folder. */
  folderOf(id: string): Item | null
  /** The item as the index has it, without a look at the disk. */
  row(id: string): Item | null
  /** Takes in that something may have happened at these paths. */
  look(paths: readonly string[]): Promise<void>
}

/** So many entries are looked at, or taken into the index, before others get their turn. */
const BATCH = 500

/** So long a document may have been moved aside by a program that is saving it. */
const ASIDE_MS = 500

/** A search through the whole folder that took this long is not repeated for ten times as long, and at least for two seconds. */
const SEARCH_PAUSE_MS = 2_000

export function createCatalog(parts: OutsideChangesParts): Catalog {
  const { database, root, items, events } = parts
  const outside = createOutsideChanges(parts)
  let searching: Promise<void> | null = null
  let noSearchBefore = Number.NEGATIVE_INFINITY

  return { find, at: (path) => at(path), list, look, folderOf: items.folderOf, row: items.find }

  async function find(id: string): Promise<Item | null> {
    for (;;) {
      const item = items.find(id)
      if (!item) return null
      const sight = root.look(item.path)
      if (sight?.kind === item.kind) return asSeen(item, sight)
      // It may also be back by now.
      if (!(await findElsewhere(item)) && root.look(item.path)?.kind !== item.kind) return null
    }
  }

  async function at(path: string, patient = true): Promise<Item | null> {
    const real = root.resolve(path)
    const sight = real === null ? null : root.look(real)
    if (real === null || !sight) return null
    const known = items.at(real)
    if (known?.kind === sight.kind) return asSeen(known, sight)
    const settled = await settledSight(root, real, sight)
    if (patient && (await wasAside(real, settled))) return at(path, false)
    const item = await database.write(() => adopt(real, settled))
    return asSeen(item, settled)
  }

  async function list(folderPath: string): Promise<Item[]> {
    const before = root.look(folderPath)
    if (before?.kind !== 'folder') return []
    const { present, unknown, differing, missing } = await compare(folderPath)
    const listed: Item[] = present
    if (unknown.some(({ sight }) => isFresh(sight))) await sleep(CLOCK_TICK_MS)
    if (missing.some(({ goneAt }) => goneAt === null)) {
      for (const { path, sight } of unknown) if (await wasAside(path, sight)) break
    }
    for (let start = 0; start < unknown.length; start += BATCH) {
      const batch = unknown.slice(start, start + BATCH)
      listed.push(...(await database.write(() => batch.flatMap(({ path }) => adoptNow(path)))))
    }
    for (const { item, sight } of differing) listed.push(await asSeen(item, sight))
    await markMissing(missing)
    await noteListed(folderPath, before)
    return listed
  }

  async function look(paths: readonly string[]): Promise<void> {
    const missing: Item[] = []
    for (const path of paths) {
      if (await at(path)) continue
      const item = items.at(path)
      if (item) missing.push(item)
    }
    await markMissing(missing)
  }

  /** What is in a folder, compared with what the index has there. */
  async function compare(folderPath: string) {
    const present: Item[] = []
    const unknown: { readonly path: string; readonly sight: Sight }[] = []
    const differing: { readonly item: Item; readonly sight: Sight }[] = []
    const known = new Map(items.within(folderPath).map((item) => [item.path, item]))
    const entries = await entriesOf(folderPath)
    for (const [index, entry] of entries.entries()) {
      if (index % BATCH === BATCH - 1) await nextTurn()
      const path = childOf(folderPath, entry.name)
      // What a link names is listed where it really is.
      if (!isListed(entry) || root.isOurs(path)) continue
      const sight = sightOf(root.locate(path))
      if (!sight) continue
      const item = known.get(path)
      if (item?.kind !== sight.kind) {
        unknown.push({ path, sight })
        continue
      }
      known.delete(path)
      if (isAsKnown(item, sight)) present.push(item)
      else differing.push({ item, sight })
    }
    return { present, unknown, differing, missing: [...known.values()] }
  }

  function entriesOf(folderPath: string) {
    return readdir(root.locate(folderPath), { withFileTypes: true }).catch((error: unknown) => {
      if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return []
      throw error
    })
  }

  function isListed(entry: { name: string; isFile(): boolean; isDirectory(): boolean }): boolean {
    return root.isVisible(entry.name) && (entry.isFile() || entry.isDirectory())
  }

  /** The item in agreement with what is there: both are of one kind. */
  async function asSeen(item: Item, sight: Sight): Promise<Item> {
    if (isAsKnown(item, sight)) return item
    if (item.kind === 'file' && !sameState(item, sight)) return outside.notice(item, sight)
    return database.write(() => reappear(item, sight))
  }

  /** It was missing for a while, or another folder has its name now. */
  function reappear(item: Item, { inode, born }: Sight): Item {
    const current = items.find(item.id)
    if (!current || current.path !== item.path) return current ?? item
    const present: Item = { ...current, inode, born, goneAt: null }
    items.update(present)
    if (current.goneAt !== null) events.emit({ ...about(items, present), type: 'added' })
    return present
  }

  /** Takes what is at a path into the index at once; nothing when it has gone again. */
  function adoptNow(path: string): Item[] {
    const sight = root.look(path)
    return sight ? [adopt(path, sight)] : []
  }

  /** Gives what is at a path its item: a known one that another program has renamed to here, or a new one. Inside a `write` step. */
  function adopt(path: string, sight: Sight): Item {
    const here = items.at(path)
    if (here?.kind === sight.kind) return here
    // A folder where a file was, or the other way round: what was there is gone.
    if (here) items.vacate(path)
    const parent = parentOf(path)
    if (path !== '' && !items.at(parent)) adoptNow(parent)
    const known = renamedTo(sight)
    if (known) {
      items.move(known, path)
      const moved: Item = { ...known, path, goneAt: null }
      items.update(moved)
      events.emit({
        ...about(items, moved),
        type: 'renamed',
        previousName: itemName(known),
        previousFolderId: items.folderId(known.path),
      })
      return moved
    }
    const item: Item = {
      ...sight,
      ...(sight.kind === 'folder' ? { mtime: -1 } : {}),
      id: newId(),
      path,
      version: 1,
      modifiedAt: Math.floor(sight.mtime),
      sha256: null,
      goneAt: null,
    }
    items.insert(item)
    // In a folder that nobody has looked into yet, nothing is new.
    if (path !== '' && (items.at(parent)?.mtime ?? -1) >= 0)
      events.emit({ ...about(items, item), type: 'added' })
    return item
  }

  /**
   * Many programs save by moving the document aside and writing another one in its place, to which its id belongs then. So a file that was renamed
   * a moment ago is looked at again after another one; true when that was so.
   */
  async function wasAside(path: string, sight: Sight): Promise<boolean> {
    if (sight.kind !== 'file' || !renamedTo(sight)) return false
    const wait = ASIDE_MS - Math.abs(Date.now() - (statsOf(root.locate(path))?.ctimeMs ?? 0))
    if (wait <= 0) return false
    await sleep(wait)
    return true
  }

  /** The item that has gone from its path and is the very object that is here. With another of its kind in its place it stays there: many programs save so. */
  function renamedTo(sight: Sight): Item | null {
    return (
      items
        .withInode(sight.inode, sight.kind)
        .find((item) => sameObject(item, sight) && root.look(item.path)?.kind !== item.kind) ?? null
    )
  }

  async function markMissing(missing: readonly Item[]): Promise<void> {
    const present = missing.filter(({ goneAt }) => goneAt === null)
    if (present.length === 0) return
    await database.write(() => {
      for (const { id, path } of present) {
        const item = items.find(id)
        if (item?.path !== path || item.goneAt !== null || root.look(path)) continue
        items.setGone(id, Date.now())
        events.emit({ ...about(items, item), type: 'removed', into: 'nowhere' })
      }
    })
  }

  /** Remembers when a folder was listed, in its own time, unless it may change within that very time. */
  async function noteListed(folderPath: string, before: Sight): Promise<void> {
    const mtime = isFresh(before) ? 0 : before.mtime
    const folder = items.at(folderPath)
    if (folder && folder.mtime !== mtime) await database.write(() => items.setListed(folder.id, mtime))
  }

  /** Looks through the whole folder for an item that is not where it was; true when the index now has another path for it. */
  async function findElsewhere(item: Item): Promise<boolean> {
    if (!searching && Date.now() < noSearchBefore) return false
    const begun = Date.now()
    searching ??= search('').finally(() => {
      searching = null
      noSearchBefore = Date.now() + Math.max(SEARCH_PAUSE_MS, 10 * (Date.now() - begun))
    })
    await searching
    const found = items.find(item.id)
    return found !== null && found.path !== item.path
  }

  async function search(folderPath: string): Promise<void> {
    const known = new Map(items.within(folderPath).map((item) => [item.path, item]))
    for (const entry of await entriesOf(folderPath)) {
      const path = childOf(folderPath, entry.name)
      if (!isListed(entry) || root.isOurs(path)) continue
      if (!known.has(path)) {
        const sight = root.look(path)
        if (sight && renamedTo(sight)) await at(path)
      }
      if (entry.isDirectory()) await search(path)
    }
  }
}

function isAsKnown(item: Item, sight: Sight): boolean {
  if (item.goneAt !== null) return false
  return item.kind === 'folder'
    ? item.inode === sight.inode && item.born === sight.born
    : sameState(item, sight)
}
