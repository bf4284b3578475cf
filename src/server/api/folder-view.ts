import { itemName } from '../../drivers/folder/index.js'
import type { ServerContext } from '../context.js'
import { chainOf } from '../item-chain.js'
import type { Language } from '../language.js'
import type { ItemViewer } from './item-view.js'
import type { Reach, Reached } from './reach.js'
import type { FolderView } from './schemas.js'

/** The id of the list of everything that a person was let into, for those who do not see the whole library. No item has this id. */
export const SHARED_ID = 'shared'

const sharedName: Record<Language, string> = { en: 'Shared with you', 'zh-CN': '与您共享' }

/** A folder with the way to it, which begins where the person's reach begins. */
export function folderView(
  context: ServerContext,
  reach: Reach,
  viewer: ItemViewer,
  reached: Reached,
): FolderView {
  return {
    ...viewer.view(reached),
    name: folderName(context, reached),
    path: placesOf(context, reach, reached),
  }
}

/** The list of what a person was let into, as a folder. */
export function sharedFolder(language: Language): FolderView {
  const name = sharedName[language]
  return {
    id: SHARED_ID,
    kind: 'folder',
    name,
    size: 0,
    modifiedAt: 0,
    lock: null,
    role: 'viewer',
    suspicious: null,
    rescuedCount: 0,
    open: null,
    thumbnail: null,
    folderId: null,
    people: [],
    saving: false,
    path: [{ id: SHARED_ID, name }],
  }
}

/** The folders from the topmost one that the person may see down to the item itself. */
export function placesOf(
  context: ServerContext,
  reach: Reach,
  { item, chain }: Reached,
): { id: string; name: string }[] {
  const { library } = context
  const names = new Map(library.tree.path(item.id).map((place) => [place.id, place.name]))
  const hidden = chain.findIndex((_, index) => reach.roleIn(chain.slice(index)) === null)
  const visible = hidden === -1 ? chain : chain.slice(0, hidden)
  return visible.map((id) => ({ id, name: names.get(id) ?? '' })).reverse()
}

/** The folder a file is in, for showing where it is; '' for the topmost folder, and as far as the person may see. */
export function folderPathOf(context: ServerContext, reach: Reach, reached: Reached): string {
  const places = placesOf(context, reach, reached)
  return places
    .slice(0, -1)
    .filter(({ id }) => id !== context.library.tree.rootId)
    .map(({ name }) => name)
    .join('/')
}

function folderName({ library }: ServerContext, { item }: Reached): string {
  return itemName(item) || (library.tree.path(item.id).at(-1)?.name ?? '')
}

/** What is directly in a folder, as far as the person may see it. */
export function withinFolder(reach: Reach, folder: Reached, items: readonly Reached['item'][]): Reached[] {
  return items.flatMap((item) => {
    const chain = [item.id, ...folder.chain]
    const role = reach.roleIn(chain)
    return role ? [{ item, chain, role }] : []
  })
}

/** An item somebody has just made or changed, as they may see it. */
export function reachedNow(context: ServerContext, reach: Reach, item: Reached['item']): Reached {
  const chain = chainOf(context.library, item.id) ?? [item.id]
  return { item, chain, role: reach.roleIn(chain) ?? 'viewer' }
}
