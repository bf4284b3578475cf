import { extensionOf } from '../transfer/content-type.js'

/** A picture up to this size is its own thumbnail: scaling it down would need a native library, and saves little. */
const MAX_BYTES = 512 * 1024

const pictures = new Set(['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'bmp'])

/** Where a small picture of a file is; null where there is none that costs nothing. The version in it lets browsers keep it. */
export function thumbnailAddress(
  item: {
    readonly id: string
    readonly kind: string
    readonly path: string
    readonly size: number
    readonly version: number
  },
  base: string,
): string | null {
  const isPicture = item.kind === 'file' && pictures.has(extensionOf(item.path))
  if (!isPicture || item.size === 0 || item.size > MAX_BYTES) return null
  return `${base}/api/items/${item.id}/thumbnail?version=${item.version}`
}
