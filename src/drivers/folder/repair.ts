import { rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Database } from './database.js'
import { flushName, hashFile } from './durable.js'
import type { History } from './history.js'
import type { Instance } from './instance.js'
import { type Item, type Items, newId } from './items.js'
import type { Moves } from './moves.js'
import { type Root, type Sight, sameState, sightOf } from './paths.js'
import { nearbyName } from './placing.js'
import type { Removals } from './removals.js'
import type { RescuedStore } from './rescued.js'
import type { Orphan, Staging } from './staging.js'

/** What a repair found and did. */
export interface RepairReport {
  /** Saves, new files and moves that had been made on disk, and only the index did not know it yet. */
  readonly completed: number
  /** Complete bodies nobody had decided over: now rescued saves. */
  readonly rescued: number
}

/** What the repair works on. */
export interface RepairParts {
  readonly database: Database
  readonly root: Root
  readonly items: Items
  readonly history: History
  readonly rescued: RescuedStore
  readonly staging: Staging
  readonly moves: Moves
  readonly instance: Instance
  readonly removals: Removals
}

/**
 * Settles what processes that were killed have left: a switch or move that was made on disk and not in the index is completed, a body that nobody
 * decided over becomes a rescued save, an incomplete body is removed.
 */
export async function repair(parts: RepairParts): Promise<RepairReport> {
  const { database, staging, moves, instance } = parts
  let completed = 0
  let rescued = 0
  const others = new Set([...staging.instances(), ...moves.instances()])
  others.delete(instance.id)
  for (const other of others) {
    if (instance.isAlive(other)) continue
    completed += await moves.repair(other)
    for (const orphan of staging.orphans(other)) {
      const arrived = await arrival(orphan, parts)
      const outcome = await database.write(() => settle(orphan, arrived, parts))
      if (outcome === 'completed') completed++
      if (outcome === 'rescued') rescued++
      const path = pathOf(orphan, parts.items)
      if (arrived && path !== undefined) await flushName(parts.root.locate(path))
    }
    // What is still in staging is all that is left of these saves until everything else that says what became of them is on the disk.
    await Promise.all([flushName(parts.rescued.place(other)), database.flush()])
    staging.bury(other)
    instance.bury(other)
  }
  await parts.removals.finish()
  return { completed, rescued }
}

/** What is at the place that the content was to go to, if it is that very content and the index does not know it. */
async function arrival(orphan: Orphan, { items, root }: RepairParts): Promise<Sight | null> {
  const item = fileOf(orphan, items)
  const path = pathOf(orphan, items)
  if (path === undefined) return null
  rmSync(join(dirname(root.locate(path)), nearbyName(orphan.stagedId)), { force: true })
  const sight = root.look(path)
  if (sight?.kind !== 'file' || sight.size !== orphan.size) return null
  const known = orphan.targetPath === null ? item : items.at(path)
  if (known && sameState(sight, known)) return null
  return (await hashFile(root.locate(path))) === orphan.sha256 ? sight : null
}

/** The file it was to replace; for a new one, the file it was sent to. */
function fileOf({ fileId, targetId, targetPath }: Orphan, items: Items): Item | null {
  return items.find(targetPath === null ? (targetId ?? fileId) : fileId)
}

/** Where it was to go. */
function pathOf(orphan: Orphan, items: Items): string | undefined {
  return orphan.targetPath ?? fileOf(orphan, items)?.path
}

function settle(
  orphan: Orphan,
  arrived: Sight | null,
  parts: RepairParts,
): 'completed' | 'rescued' | 'nothing-to-do' {
  const { history, items, staging, rescued, root } = parts
  // Another process that started at the same time was faster.
  if (!staging.settle(orphan.stagedId)) return 'nothing-to-do'
  const item = fileOf(orphan, items)
  if (arrived) {
    if (orphan.targetPath !== null) completeCreation(orphan, arrived, parts)
    else if (item) completeSwitch(orphan, item, arrived, parts)
    return 'completed'
  }
  if (item?.kind === 'file' && orphan.targetPath === null) {
    history.tidy(item)
    // The private copy may be that of the content that did not come.
    const sight = root.look(item.path)
    if (sight && sameState(sight, item) && item.sha256 !== null)
      history.protectFrom(item.id, root.locate(item.path))
  }
  const moved = rescued.place(orphan.stagedId)
  const place = sightOf(orphan.place) ? orphan.place : sightOf(moved) ? moved : null
  // A second name means that it is already a document under that name.
  if (!place || statSync(place).nlink > 1) return 'nothing-to-do'
  if (item && history.holds(item, orphan.sha256)) {
    rmSync(place)
    return 'nothing-to-do'
  }
  rescued.take(orphan, place, {
    fileId: item?.id ?? orphan.fileId,
    code: 'interrupted',
    reason: 'The server stopped before it could decide over this save.',
    save: orphan.save,
    version: item ? String(item.version) : null,
  })
  return 'rescued'
}

/** The new content is in place; the index follows. The content before was given its own name ahead of the switch. */
function completeSwitch(
  orphan: Orphan,
  item: Item,
  arrived: Sight,
  { history, items, root }: RepairParts,
): void {
  history.adopt(item)
  const next: Item = {
    ...item,
    ...arrived,
    version: item.version + 1,
    modifiedAt: Math.max(orphan.save.at, item.modifiedAt + 1),
    sha256: orphan.sha256,
    goneAt: null,
  }
  items.update(next)
  history.protectFrom(next.id, root.locate(next.path))
  history.record(next, { save: orphan.save, origin: orphan.save.origin, session: null, suspicious: null })
}

function completeCreation(orphan: Orphan, arrived: Sight, { history, items, root }: RepairParts): void {
  const path = orphan.targetPath ?? ''
  items.vacate(path)
  const item: Item = {
    ...arrived,
    id: orphan.targetId ?? newId(),
    path,
    version: 1,
    modifiedAt: Math.floor(arrived.mtime),
    sha256: orphan.sha256,
    goneAt: null,
  }
  items.insert(item)
  history.protectFrom(item.id, root.locate(path))
  history.record(item, { save: orphan.save, origin: orphan.save.origin, session: null, suspicious: null })
}
