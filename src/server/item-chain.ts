import type { FolderLibrary, Item } from '../drivers/folder/index.js'
import type { Chain } from './people/access.js'

/** Where an item is, as the index has it; null when it is gone, or the index does not know all the folders it is in. */
export function chainOf({ tree }: FolderLibrary, itemId: string): Chain | null {
  const places = tree.path(itemId)
  // With a folder missing on the way, what was said about it would be missed: then it is better to know nothing.
  return places[0]?.id === tree.rootId ? places.map(({ id }) => id).reverse() : null
}

/** Where an item is, once the index has taken in all the folders it is in; null when it is gone. */
export async function findChain(library: FolderLibrary, item: Item): Promise<Chain | null> {
  const known = chainOf(library, item.id)
  if (known) return known
  const segments = item.path.split('/')
  for (let count = 1; count < segments.length; count++)
    await library.catalog.at(segments.slice(0, count).join('/'))
  return chainOf(library, item.id)
}
