import type { Item } from '../../drivers/folder/index.js'
import { previewType } from '../transfer/content-type.js'

/** A picture up to this size is its own thumbnail: scaling it down would need a native library, and saves little. */
const MAX_PICTURE_BYTES = 512 * 1024

/** A PDF document is read as a whole to draw its first page. */
const MAX_PDF_BYTES = 32 * 1024 * 1024

/** What a small picture of a file is made of; null where there is none that costs little. */
export function thumbnailKind(
  item: Pick<Item, 'kind' | 'path' | 'size'>,
): 'picture' | 'first-page' | 'first-lines' | null {
  const type = item.kind === 'file' && item.size > 0 ? previewType(item.path) : null
  if (type === null) return null
  if (type === 'application/pdf') return item.size <= MAX_PDF_BYTES ? 'first-page' : null
  if (type.startsWith('image/')) return item.size <= MAX_PICTURE_BYTES ? 'picture' : null
  return 'first-lines'
}

/** Where a small picture of a file is. The version in it lets browsers keep it. */
export function thumbnailAddress(item: Item, base: string): string | null {
  if (thumbnailKind(item) === null) return null
  return `${base}/api/items/${item.id}/thumbnail?version=${item.version}`
}
