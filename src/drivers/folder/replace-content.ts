import type { SaveInfo, Staged } from '../../ports/file-store.js'
import { WopiError } from '../../protocol/errors.js'
import type { Catalog } from './catalog.js'
import type { Items } from './items.js'
import type { FolderLockStore } from './lock-store.js'
import type { Saves } from './saves.js'
import type { TreeResult } from './tree.js'
import type { VersionNote } from './version-row.js'

export interface ReplaceParts {
  readonly items: Items
  readonly catalog: Catalog
  readonly saves: Saves
  readonly locks: FolderLockStore
  readonly now: () => number
}

/** How often a replacement is decided anew because the file changed meanwhile. */
const MAX_DECISIONS = 50

/**
 * Makes staged content that of a file because a person wants it so, not a client that holds the lock. With a live lock nothing is done,
 * unless forced; then the session goes on, and what it saves next becomes a version after this one.
 */
export async function replaceContent(
  { items, catalog, saves, locks, now }: ReplaceParts,
  fileId: string,
  staged: Staged,
  save: SaveInfo,
  origin: VersionNote['origin'],
  force: boolean,
): Promise<TreeResult> {
  for (let decisions = 0; decisions < MAX_DECISIONS; decisions++) {
    const item = await catalog.find(fileId)
    if (item?.kind !== 'file') return { done: false, because: 'not-found' }
    const at = now()
    const held = locks.held(fileId, at)
    if (held && !force) return { done: false, because: 'locked', locks: [held] }
    const expected = { version: String(item.version), lockId: locks.lockIdNow(fileId, at), now: at }
    // A lock that came this very moment is seen at the next look.
    if (expected.lockId !== null && !held) continue
    const committed = await saves.commit(fileId, staged, expected, save, origin)
    const replaced = committed.done ? items.find(fileId) : null
    if (replaced) return { done: true, item: replaced }
  }
  throw new WopiError('unavailable', 'The file was changed again and again while it was to be replaced.')
}
