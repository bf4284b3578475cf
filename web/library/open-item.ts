import type { Item } from '../shared/api-types.js'
import { canPreview } from '../shared/file-kinds.js'
import { pages } from '../shared/place.js'
import { goTo } from './routes.js'

/** Where opening an item leads; a file that only the library can show has no page of its own and is previewed in place. */
export function addressOf(item: Item): string {
  return item.kind === 'folder' ? pages.folder(item.id) : pages.document(item.id)
}

export function isPreviewed(item: Item): boolean {
  return item.kind === 'file' && item.open === null && canPreview(item.name)
}

/** Opens a folder here, a document in its editor, and what has no editor as well as the library can. */
export async function openItem(item: Item): Promise<void> {
  if (item.kind === 'folder') goTo(addressOf(item))
  else if (isPreviewed(item)) await (await import('../shared/preview.js')).showPreview(item)
  else location.assign(addressOf(item))
}
