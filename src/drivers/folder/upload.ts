import type { Bytes, FileInfo, SaveInfo, Staged } from '../../ports/file-store.js'
import { WopiError } from '../../protocol/errors.js'
import { nameProblem } from '../../protocol/file-name.js'
import type { HeldLock } from './lock-store.js'
import { childOf } from './paths.js'
import type { Refusals } from './refusals.js'
import { type ReplaceParts, replaceContent } from './replace-content.js'
import type { Staging } from './staging.js'
import type { ForceOption, TreeRefusal, TreeResult } from './tree.js'
import { freeNames } from './tree-names.js'

/** What is done when the name of an upload is taken. */
export type OnTaken = 'refuse' | 'rename' | 'replace'

export interface UploadParts extends ReplaceParts {
  readonly staging: Staging
  readonly refusals: Refusals
}

const notFound: TreeRefusal = { done: false, because: 'not-found' }

/** How often a replacement is decided anew because the file changed meanwhile. */
const MAX_DECISIONS = 50

/** Takes in a file; see `DocumentTree.upload`. */
export async function upload(
  parts: UploadParts,
  parentId: string,
  name: string,
  body: Bytes,
  save: SaveInfo,
  onTaken: OnTaken,
  { force = false }: ForceOption = {},
): Promise<TreeResult> {
  const { items, catalog, staging, saves, refusals } = parts
  const problem = nameProblem(name)
  if (problem !== null) return { done: false, because: 'bad-name', problem }
  const folder = await catalog.find(parentId)
  if (folder?.kind !== 'folder') return notFound
  const path = childOf(folder.path, name.normalize('NFC'))
  const existing = await catalog.at(path)
  // Nobody waits for an upload that is going to be refused.
  if (existing && onTaken === 'refuse') return { done: false, because: 'name-taken', existing }

  const sentTo = existing && onTaken === 'replace' ? existing : folder
  const staged = await staging.receive(sentTo.id, body, save)
  try {
    const result = await place(staged)
    await staging.discard(staged)
    return result
  } catch (error) {
    await keep(staged, sentTo.id, error)
    throw error
  }

  async function place(staged: Staged): Promise<TreeResult> {
    if (onTaken === 'replace') return replace(staged)
    for (const candidate of onTaken === 'rename'
      ? freeNames(name.normalize('NFC'))
      : [name.normalize('NFC')]) {
      const created = await saves.create(childOf(folder?.path ?? '', candidate), staged, save)
      if (created.done) return done(created.file)
    }
    return { done: false, because: 'name-taken', existing: await catalog.at(path) }
  }

  async function replace(staged: Staged): Promise<TreeResult> {
    for (let decisions = 0; decisions < MAX_DECISIONS; decisions++) {
      const created = await saves.create(path, staged, save)
      if (created.done) return done(created.file)
      if (!created.existing) return { done: false, because: 'name-taken', existing: await catalog.at(path) }
      const { fileId } = created.existing
      const replaced = await replaceContent(parts, fileId, staged, save, save.origin, force)
      if (!replaced.done && replaced.because === 'locked') return keepAside(staged, fileId, replaced.locks)
      // Gone between the two looks; then there is room for a new one.
      if (replaced.done || replaced.because !== 'not-found') return replaced
    }
    throw new WopiError('unavailable', 'The file came and went again and again while it was to be replaced.')
  }

  async function keepAside(staged: Staged, fileId: string, held: readonly HeldLock[]): Promise<TreeResult> {
    const holder = held[0]?.userName ?? 'somebody'
    const reason = `It was to replace the file while ${holder} had it open.`
    const version = String(items.find(fileId)?.version ?? '') || null
    const rescuedId = await refusals.keep(staged, { fileId, code: 'lock-mismatch', reason, save, version })
    return { done: false, because: 'locked', locks: held, ...(rescuedId === null ? {} : { rescuedId }) }
  }

  /** What could not be placed for another reason is kept, too. */
  async function keep(staged: Staged, fileId: string, error: unknown): Promise<void> {
    const known = error instanceof WopiError
    const code = known ? error.code : 'internal'
    const reason = known ? error.message : 'The host failed while it stored the upload.'
    const version = items.find(fileId)?.version
    await refusals.keep(staged, {
      fileId,
      code,
      reason,
      save,
      version: version === undefined ? null : String(version),
    })
  }

  function done(file: FileInfo): TreeResult {
    const item = items.find(file.fileId)
    return item ? { done: true, item } : notFound
  }
}
