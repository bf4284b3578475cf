import type { FileStore, Renamed } from '../../ports/file-store.js'
import { WopiError } from '../../protocol/errors.js'
import type { Catalog } from './catalog.js'
import { type Items, toFileInfo } from './items.js'
import type { Moves } from './moves.js'
import { childOf, isTaken, parentOf, type Root, sameState } from './paths.js'
import { openForReading } from './read-file.js'
import type { Refusals } from './refusals.js'
import { changed, type Saves } from './saves.js'
import type { Staging } from './staging.js'

/** What the store is made of. */
export interface FileStoreParts {
  readonly root: Root
  readonly items: Items
  readonly catalog: Catalog
  readonly staging: Staging
  readonly saves: Saves
  readonly moves: Moves
  readonly refusals: Refusals
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** How often a file that another program keeps writing into is looked at before a reader is told to come back. */
const MAX_LOOKS = 20

/** Plain files in a plain folder. */
export function folderFileStore(parts: FileStoreParts): Required<FileStore> {
  const { root, items, catalog, staging, saves, moves } = parts

  function isUsable(name: string): boolean {
    return name !== '' && !/[/\\\0]/.test(name) && root.isVisible(name)
  }

  function pathBeside(fileId: string, name: string): string {
    const beside = items.find(fileId)
    return childOf(beside ? parentOf(beside.path) : '', name)
  }

  function requireVisible(name: string): void {
    if (isUsable(name)) return
    throw new WopiError(
      'bad-request',
      `The name ${JSON.stringify(name)} cannot be used here. Choose another one.`,
    )
  }

  return {
    async stat(fileId) {
      const item = await catalog.find(fileId)
      return item?.kind === 'file' ? toFileInfo(item) : null
    },

    async read(fileId, range) {
      for (let looks = 0; looks < MAX_LOOKS; looks++) {
        // What the index has is mostly true, and opening shows it; only otherwise the disk is looked at first.
        const item = looks === 0 ? items.find(fileId) : await catalog.find(fileId)
        if (item?.kind !== 'file') return null
        const opened = root.isPlainFolder(parentOf(item.path)) ? openForReading(root.locate(item.path)) : null
        if (opened && sameState(opened.state, item))
          return { file: toFileInfo(item), body: opened.read(range) }
        // It was replaced between the two looks; the next look knows the new state.
        opened?.close()
      }
      throw new WopiError('unavailable', 'Another program is writing into the file. Try again in a moment.')
    },

    stage: (fileId, body, save) => staging.receive(fileId, body, save),

    commit: (fileId, staged, expected, save) => saves.commit(fileId, staged, expected, save),

    async create(besideId, name, staged, save) {
      requireVisible(name)
      return saves.create(pathBeside(besideId, name), staged, save)
    },

    async isFree(besideId, name) {
      return isUsable(name) && !isTaken(root.locate(pathBeside(besideId, name)))
    },

    discard: (staged) => staging.discard(staged),

    async rescue(staged, refusal) {
      await parts.refusals.keep(staged, refusal)
    },

    async rename(fileId, name, expected): Promise<Renamed> {
      requireVisible(name)
      const item = items.find(fileId)
      if (!item) return changed
      const path = childOf(parentOf(item.path), name)
      const moved = await moves.move(fileId, { path }, () =>
        saves.asExpected(fileId, expected) ? null : ('changed' as const),
      )
      if (moved.done) return { done: true, file: toFileInfo(moved.item) }
      return moved.because === 'taken' ? { done: false, because: 'name-taken' } : changed
    },

    async delete(fileId, expected) {
      const item = items.find(fileId)
      if (!item) return changed
      const note = { path: item.path, size: item.size, at: parts.now(), userName: null }
      const moved = await moves.move(fileId, { bin: note }, (present) =>
        present.path === item.path && saves.asExpected(fileId, expected) ? null : ('changed' as const),
      )
      return moved.done ? { done: true } : changed
    },
  }
}
