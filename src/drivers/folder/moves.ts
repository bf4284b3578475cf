import { rmSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Database } from './database.js'
import { flushFolder } from './durable.js'
import type { Events } from './events.js'
import { reach } from './faults.js'
import type { Instance } from './instance.js'
import { binPath, type Item, type Items, itemName } from './items.js'
import { type DiskState, nameOf, type Root, sameObject, sameState, sightOf } from './paths.js'
import { ifThere, moveFolderToNew, moveToNew, nearbyName } from './placing.js'

/** An item in the bin. */
export interface BinNote {
  /** The path it had. */
  readonly path: string
  /** Bytes, of a folder with all that is in it. */
  readonly size: number
  /** When, in milliseconds since 1970. */
  readonly at: number
  readonly userName: string | null
}

/** Where an item is to go: to a library path, or into the bin with what is to be noted there. */
export type Target = { readonly path: string } | { readonly bin: BinNote }

/** The item where it is now; or what stood in the way: there is no such item, something is at the target, or what the decision found. */
export type Moved<Declined> =
  | { readonly done: true; readonly item: Item }
  | { readonly done: false; readonly because: 'missing' | 'taken' | Declined }

/** Renames, moves between folders, into the bin and out of it: whatever changes where an item is. */
export interface Moves {
  /**
   * Moves an item in one step in which `decide` is asked first. Never overwrites. Durable when it returns.
   *
   * @param decide null = go on; anything else is given back, and nothing happens.
   */
  move<Declined>(
    itemId: string,
    target: Target,
    decide: (item: Item) => Declined | null,
  ): Promise<Moved<Declined>>
  /** Completes or forgets what an instance that died had begun. */
  repair(instance: string): Promise<number>
  /** Instances that have moves under way. */
  instances(): string[]
  /** Where an item is on disk, be it in the library or in the bin. */
  locate(item: Item): string
}

interface MoveRow {
  readonly move_id: string
  readonly item_id: string
  readonly target: string
}

/** @param bin where what was deleted is kept; on the same file system as the documents. */
export function createMoves(
  database: Database,
  root: Root,
  items: Items,
  events: Events,
  instance: Instance,
  bin: string,
): Moves {
  const { sqlite } = database
  const begin = sqlite.prepare('INSERT INTO moves VALUES (?, ?, ?, ?)')
  const end = sqlite.prepare<[string]>('DELETE FROM moves WHERE move_id = ?')
  const ofInstance = sqlite.prepare<[string], MoveRow>(
    'SELECT move_id, item_id, target FROM moves WHERE instance = ?',
  )
  const under = sqlite.prepare<[], { instance: string }>('SELECT DISTINCT instance FROM moves')
  const intoBin = sqlite.prepare('INSERT INTO binned VALUES (?, ?, ?, ?, ?)')
  const outOfBin = sqlite.prepare<[string]>('DELETE FROM binned WHERE item_id = ?')
  let count = 0

  function locatePath(path: string): string {
    return path.startsWith('/') ? join(bin, ...path.slice(1).split('/')) : root.locate(path)
  }

  function pathOf(itemId: string, target: Target): string {
    return 'bin' in target ? binPath(itemId) : target.path
  }

  /**
   * The index follows a move that was made on disk.
   *
   * @param state of what has arrived, if it was known before; null leaves the item in the state it was known in, so that whatever another program
   * has done to it is noticed.
   */
  function arrive(item: Item, target: Target, state: DiskState | null): Item {
    const path = pathOf(item.id, target)
    const folderId = items.folderId(item.path)
    const place = { at: Date.now(), id: item.id, kind: item.kind }
    items.vacate(path)
    items.move(item, path)
    const moved: Item = {
      ...item,
      path,
      goneAt: null,
      ...state,
    }
    items.update(moved)
    outOfBin.run(item.id)
    if ('bin' in target) {
      const { path: from, size, at, userName } = target.bin
      intoBin.run(item.id, from, size, at, userName)
      events.emit({ type: 'removed', into: 'bin', ...place, name: nameOf(from), folderId })
    } else if (item.path.startsWith('/')) {
      events.emit({ type: 'added', ...place, name: itemName(moved), folderId: items.folderId(path) })
    } else {
      const previousName = itemName(item)
      const now = { name: itemName(moved), folderId: items.folderId(path) }
      events.emit({ type: 'renamed', ...place, ...now, previousName, previousFolderId: folderId })
    }
    return moved
  }

  return {
    locate: (item) => locatePath(item.path),
    async move<Declined>(itemId: string, target: Target, decide: (item: Item) => Declined | null) {
      const moveId = `${instance.id}.${++count}`
      const to = locatePath(pathOf(itemId, target))
      let from = to
      await database.write(() => begin.run(moveId, instance.id, itemId, JSON.stringify(target)))
      reach('move:noted')
      try {
        const moved = await database.write((): Moved<Declined> => {
          end.run(moveId)
          const item = items.find(itemId) ?? items.binned(itemId)
          if (!item) return { done: false, because: 'missing' }
          const declined = decide(item)
          if (declined !== null) return { done: false, because: declined }
          from = locatePath(item.path)
          const move = item.kind === 'file' ? moveToNew : moveFolderToNew
          const before = sightOf(from)
          const wasKnown = before !== null && sameState(before, item)
          const moved = ifThere(() => move(from, to))
          if (moved === null) return { done: false, because: 'missing' }
          if (!moved) return { done: false, because: 'taken' }
          database.onUndo(() => move(to, from))
          reach('move:moved')
          const arrived = arrive(item, target, wasKnown && moved !== true ? moved : null)
          reach('move:recorded')
          return { done: true, item: arrived }
        })
        if (moved.done) {
          const folders = new Set([dirname(from), dirname(to)])
          await Promise.all([...folders].map(flushFolder).concat(database.flush()))
        }
        return moved
      } catch (error) {
        await database.write(() => end.run(moveId)).catch(() => {})
        throw error
      }
    },
    instances: () => under.all().map((row) => row.instance),
    async repair(dead) {
      let completed = 0
      for (const { move_id, item_id, target: json } of ofInstance.all(dead)) {
        const target = JSON.parse(json) as Target
        completed += await database.write(() => {
          if (end.run(move_id).changes === 0) return 0
          const item = items.find(item_id) ?? items.binned(item_id)
          return item && settle(item, target) ? 1 : 0
        })
      }
      return completed
    },
  }

  /** Completes a move that had begun on disk; true when there was something to complete. */
  function settle(item: Item, target: Target): boolean {
    const from = locatePath(item.path)
    const to = locatePath(pathOf(item.id, target))
    rmSync(join(dirname(to), nearbyName(basename(from))), { force: true })
    const arrived = sightOf(to)
    const left = sightOf(from)
    // Between two file systems it is another object that arrives; then it has arrived when nothing is left.
    if (!arrived || (left && !sameObject(arrived, item))) return false
    // Killed between giving the new name and taking off the old one.
    if (left && sameObject(left, item)) unlinkSync(from)
    arrive(item, target, null)
    return true
  }
}
