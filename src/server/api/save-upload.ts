import { type FolderLibrary, type Item, itemName } from '../../drivers/folder/index.js'
import type { SaveInfo } from '../../ports/file-store.js'
import type { ServerContext } from '../context.js'
import type { OnTaken } from '../transfer/uploads.js'
import type { VisitingPerson } from '../visitors.js'
import { ApiError } from './api-error.js'
import { authorOf, changedItem, requireName } from './changes.js'
import type { Reach, Reached } from './reach.js'

/** Content that is to become a file. */
export interface NewContent {
  readonly folderId: string
  readonly name: string
  readonly taken: OnTaken
  /** Replaces also a document that somebody is editing. */
  readonly force: boolean
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * Makes a file of what a person sends.
 *
 * @throws ApiError for what stands in the way. Content that was to replace a document which somebody is editing is kept as a rescued save.
 */
export async function saveUpload(
  { library, now }: ServerContext,
  person: VisitingPerson,
  reach: Reach,
  { folderId, name, taken, force, body }: NewContent,
): Promise<Item> {
  if (taken === 'replace') await requireReplaceable(library, reach, folderId, name)
  const save: SaveInfo = {
    ...authorOf(person),
    editors: [],
    origin: 'upload',
    modifiedByUser: true,
    at: now(),
  }
  return changedItem(await library.tree.upload(folderId, name, body, save, taken, { force }), name)
}

/** Whoever may add to a folder may not write to every file in it. */
async function requireReplaceable(
  { catalog, tree }: FolderLibrary,
  reach: Reach,
  folderId: string,
  name: string,
): Promise<void> {
  requireName(name)
  const folder = await tree.get(folderId)
  if (!folder) throw new ApiError('not-found')
  const existing = await catalog.at(
    [folder.path, name.normalize('NFC')].filter((part) => part !== '').join('/'),
  )
  if (existing) await reach.need(existing.id, 'editor')
}

/** More folders inside each other than this are a mistake. */
const MAX_DEPTH = 50

/**
 * The names of the folders on a path that was sent with a file.
 * @throws ApiError `invalid-name` for one that cannot be a name: nothing leads up or out.
 */
export function foldersOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '')
  if (names.length > MAX_DEPTH)
    throw new ApiError('bad-request', { problem: `path is deeper than ${MAX_DEPTH} folders.` })
  for (const name of names) requireName(name)
  return names
}

/**
 * The id of the folder at the end of a path below another one. Folders that are missing are made.
 * @throws ApiError when the person may not write into one of them, or a file has its name.
 */
export async function ensureFolders(
  { library }: ServerContext,
  reach: Reach,
  folder: Reached,
  path: string,
): Promise<string> {
  let parent = folder.item
  for (const name of foldersOf(path)) {
    const made = await library.tree.createFolder(parent.id, name)
    const existing = !made.done && made.because === 'name-taken' ? made.existing : null
    const next = existing ?? changedItem(made, name)
    if (next.kind !== 'folder') throw new ApiError('name-taken', { name: itemName(next) })
    // One that was there already may be closed to this person.
    parent = existing ? (await reach.need(next.id, 'editor')).item : next
  }
  return parent.id
}
