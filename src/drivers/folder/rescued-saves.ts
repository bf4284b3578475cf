import type { Bytes, SaveInfo } from '../../ports/file-store.js'
import { WopiError } from '../../protocol/errors.js'
import { repairName } from '../../protocol/file-name.js'
import type { Database } from './database.js'
import { childOf, parentOf } from './paths.js'
import { openForReading } from './read-file.js'
import { type ReplaceParts, replaceContent } from './replace-content.js'
import type { RescuedSave, RescuedStore } from './rescued.js'
import type { Staging } from './staging.js'
import type { Author, ForceOption, TreeRefusal, TreeResult } from './tree.js'
import { freeNames } from './tree-names.js'

/** What was refused and kept, and what a person can do with it. */
export interface RescuedSaves {
  /** Those of one file, or all; the newest first. */
  list(fileId?: string): RescuedSave[]
  find(rescuedId: string): RescuedSave | null
  /** The content, or null when there is no such rescued save any more. */
  open(rescuedId: string): Promise<{ readonly rescued: RescuedSave; readonly body: Bytes } | null>
  /** Makes it the content of its file, as a new version. Refused while people edit the file, unless forced; see `Versions.restore`. */
  restore(rescuedId: string, by: Author, options?: ForceOption): Promise<TreeResult>
  /** Makes it a file of its own beside the one it was for, under the next free name; in the topmost folder if that file is gone. */
  keepAsCopy(rescuedId: string, by: Author): Promise<TreeResult>
  /** Removes it for good; false when there is none. */
  discard(rescuedId: string): Promise<boolean>
}

export interface RescuedParts extends ReplaceParts {
  readonly database: Database
  readonly rescued: RescuedStore
  readonly staging: Staging
}

const notFound: TreeRefusal = { done: false, because: 'not-found' }

export function createRescuedSaves(parts: RescuedParts): RescuedSaves {
  const { database, items, catalog, rescued, staging, saves, now } = parts

  async function open(rescuedId: string) {
    const found = rescued.find(rescuedId)
    const opened = found && openForReading(rescued.place(rescuedId))
    return found && opened && { rescued: found, body: opened.read() }
  }

  async function discard(rescuedId: string): Promise<boolean> {
    return database.write(() => {
      const found = rescued.find(rescuedId)
      if (found) rescued.drop(rescuedId)
      return found !== null
    })
  }

  /** Who worked on it is kept; who brings it back is whose doing it is. */
  function saveBy(by: Author, { save }: RescuedSave): SaveInfo {
    return { ...save, ...by, editors: [...new Set([save.userId, ...save.editors])], at: now() }
  }

  return {
    list: rescued.list,
    find: rescued.find,
    open,
    discard,
    async restore(rescuedId, by, { force = false } = {}) {
      const opened = await open(rescuedId)
      if (!opened) return notFound
      const { fileId } = opened.rescued
      const save = saveBy(by, opened.rescued)
      const staged = await staging.receive(fileId, opened.body, save)
      try {
        const restored = await replaceContent(parts, fileId, staged, save, 'restore', force)
        if (restored.done) await discard(rescuedId)
        return restored
      } finally {
        await staging.discard(staged)
      }
    },
    async keepAsCopy(rescuedId, by) {
      const opened = await open(rescuedId)
      if (!opened) return notFound
      const { fileId, name } = opened.rescued
      const beside = await catalog.find(fileId)
      const folderPath = beside ? parentOf(beside.path) : ''
      const save = saveBy(by, opened.rescued)
      const staged = await staging.receive(fileId, opened.body, save)
      try {
        for (const candidate of freeNames(repairName(name, 'rescued'))) {
          const created = await saves.create(childOf(folderPath, candidate), staged, save)
          const item = created.done ? items.find(created.file.fileId) : null
          if (!item) continue
          await discard(rescuedId)
          return { done: true, item }
        }
        throw new WopiError('unavailable', 'No free name was found for the copy.')
      } finally {
        await staging.discard(staged)
      }
    },
  }
}
