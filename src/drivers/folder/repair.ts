import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Catalog, Item } from './catalog.js'
import { itemName } from './catalog.js'
import type { Database } from './database.js'
import { moveFile } from './durable.js'
import type { History } from './history.js'
import { diskState, type Root } from './paths.js'
import type { RescuedSaves } from './rescued.js'
import type { Orphan, Staging } from './staging.js'

/** What a repair found and did. */
export interface RepairReport {
  /** Saves whose file had been switched and only the index did not know it yet. */
  readonly completed: number
  /** Complete bodies nobody had decided over: now rescued saves. */
  readonly rescued: number
}

/** What the repair works on. */
export interface RepairParts {
  readonly database: Database
  readonly root: Root
  readonly catalog: Catalog
  readonly history: History
  readonly rescued: RescuedSaves
  readonly staging: Staging
}

/**
 * Settles what processes that were killed have left: a switch that was made on disk and not in the index is completed, a body that nobody
 * decided over becomes a rescued save, an incomplete body is removed.
 */
export async function repair(parts: RepairParts): Promise<RepairReport> {
  const { database, staging } = parts
  let completed = 0
  let rescued = 0
  for (const orphan of staging.orphans()) {
    const outcome = await database.write(() => settle(orphan, parts))
    if (outcome === 'completed') completed++
    if (outcome === 'rescued') rescued++
  }
  staging.buryDead()
  return { completed, rescued }
}

function settle(orphan: Orphan, parts: RepairParts): 'completed' | 'rescued' | 'nothing-to-do' {
  const { catalog, history, root, staging } = parts
  const item = catalog.row(orphan.fileId)
  const present = item && diskState(root.locate(item.path))
  staging.settle(orphan.stagedId)
  if (item && present?.inode === orphan.inode && present.size === orphan.size) {
    complete(orphan, item, parts)
    return 'completed'
  }
  const left = statSync(orphan.place, { throwIfNoEntry: false })
  // A second name means that it is already a document under that name.
  if (!left || left.nlink > 1) return 'nothing-to-do'
  if (item?.sha256 === orphan.sha256 || history.hasContent(orphan.fileId, orphan.sha256))
    return 'nothing-to-do'
  parts.rescued.take(orphan, orphan.place, item ? itemName(item) : '', {
    fileId: orphan.fileId,
    code: 'interrupted',
    reason: 'The server stopped before it could decide over this save.',
    save: orphan.save,
    version: item ? String(item.version) : null,
  })
  return 'rescued'
}

/** The new content is in place; the index follows. The content before was given its own name ahead of the switch. */
function complete(orphan: Orphan, item: Item, { catalog, history, root }: RepairParts): void {
  history.adopt(item)
  const state = diskState(root.locate(item.path))
  const next: Item = {
    ...item,
    inode: orphan.inode,
    size: orphan.size,
    mtime: state?.mtime ?? item.mtime,
    version: item.version + 1,
    modifiedAt: Math.max(orphan.save.at, item.modifiedAt + 1),
    sha256: orphan.sha256,
  }
  catalog.update(next)
  const copied = history.place(next.id, next.version)
  // The copy may have reached its place before the end, or not.
  if (!diskState(orphan.copyPlace) && diskState(copied)) {
    mkdirSync(dirname(orphan.copyPlace), { recursive: true })
    moveFile(copied, orphan.copyPlace)
  }
  history.record(next, orphan.copyPlace, orphan.save, null, null)
}
