import { readdir } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Catalog } from './catalog.js'
import type { Item } from './items.js'
import { childOf, nameOf, type Root } from './paths.js'

/** So many names are looked at before others get their turn. */
const BATCH = 1000

const DEFAULT_LIMIT = 100

/**
 * Files and folders whose names contain every word of a text, whatever its case and accents, best matches first. Looks through the folder
 * itself, so that it finds what nobody has ever opened.
 *
 * @param folderPath where to look, with all below.
 * @param limit so many are given at most. Default 100.
 */
export async function searchNames(
  root: Root,
  catalog: Catalog,
  folderPath: string,
  text: string,
  limit: number = DEFAULT_LIMIT,
): Promise<Item[]> {
  const words = folded(text)
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return []
  const hits: { readonly path: string; readonly rank: number }[] = []
  let looked = 0
  const folders = [folderPath]
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    // A folder that has gone, or may not be read, hides nothing from the rest.
    const entries = await readdir(root.locate(folder), { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (++looked % BATCH === 0) await nextTurn()
      const path = childOf(folder, entry.name)
      if (!root.isVisible(entry.name) || !(entry.isFile() || entry.isDirectory()) || root.isOurs(path))
        continue
      if (entry.isDirectory()) folders.push(path)
      const rank = rankOf(folded(entry.name), words)
      if (rank !== null) hits.push({ path, rank })
    }
  }
  const { compare } = new Intl.Collator('en', { numeric: true })
  hits.sort(
    (a, b) => a.rank - b.rank || depth(a.path) - depth(b.path) || compare(nameOf(a.path), nameOf(b.path)),
  )
  const found: Item[] = []
  for (const { path } of hits) {
    if (found.length >= limit) break
    const item = await catalog.at(path)
    if (item) found.push(item)
  }
  return found
}

/** How well a name fits: it begins with the text, a word of it does, or it contains it; null = not at all. */
function rankOf(name: string, words: readonly string[]): number | null {
  let worst = 0
  for (const word of words) {
    const at = name.indexOf(word)
    if (at === -1) return null
    const inside = at > 0 && /[\p{L}\p{N}]/u.test(name.charAt(at - 1))
    worst = Math.max(worst, at === 0 ? 0 : inside ? 2 : 1)
  }
  return worst
}

/** Without case, accents and differences that only one script's forms make. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

function depth(path: string): number {
  return path.split('/').length
}
