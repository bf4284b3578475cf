import type { Database } from './database.js'
import { hashFile } from './durable.js'
import { about, type Events } from './events.js'
import { reach } from './faults.js'
import type { History } from './history.js'
import type { Item, Items } from './items.js'
import { type Root, type Sight, sameState } from './paths.js'
import { settledSight } from './settled-sight.js'

/** Told, after the step, that another program has given a file new content. */
export type OnOutsideChange = (item: Item) => void

/** Takes in that a file does not look as the index says. */
export interface OutsideChanges {
  /** Gives a file that another program changed its next version, unless only its times were touched; the item as it is afterwards. */
  notice(item: Item, seen: Sight): Promise<Item>
}

export interface OutsideChangesParts {
  readonly database: Database
  readonly root: Root
  readonly items: Items
  readonly history: History
  readonly events: Events
  readonly onOutsideChange: OnOutsideChange
}

export function createOutsideChanges(parts: OutsideChangesParts): OutsideChanges {
  const { database, root, items, history, events, onOutsideChange } = parts
  const underWay = new Map<string, Promise<Item>>()

  return {
    notice(item, seen) {
      const other = underWay.get(item.id)
      if (other) return other
      const notice = takeIn(item, seen).finally(() => underWay.delete(item.id))
      underWay.set(item.id, notice)
      return notice
    },
  }

  async function takeIn(item: Item, seen: Sight): Promise<Item> {
    const sight = await settledSight(root, item.path, seen)
    const place = root.locate(item.path)
    const sameSize = item.sha256 !== null && sight.size === item.size
    const touched = sameSize && (await hashFile(place).catch(() => null)) === item.sha256
    const copy = touched ? null : await history.lastKnownContent(item)
    const { inode, born, size, mtime } = sight
    return database.write(() => {
      const current = items.find(item.id)
      // Somebody else noticed it first, or it was moved: what they made of it holds.
      if (!current || current.path !== item.path || !sameState(current, item)) return current ?? item
      // A look from just before another process saved says nothing of what the index says since. What was seen is gone then; the next look will tell.
      const now = root.look(item.path)
      if (now?.kind !== 'file' || !sameState(now, sight)) return current
      const present: Item = { ...current, inode, born, size, mtime, goneAt: null }
      if (touched) {
        items.update(present)
        return present
      }
      const next: Item = {
        ...present,
        version: current.version + 1,
        modifiedAt: Math.max(Math.floor(mtime), current.modifiedAt + 1),
        sha256: null,
      }
      items.update(next)
      history.recordOutside(current, next, copy)
      reach('outside:kept')
      events.emit({ ...about(items, next), type: 'changed', version: String(next.version) })
      database.afterCommit(() => onOutsideChange(next))
      return next
    })
  }
}
