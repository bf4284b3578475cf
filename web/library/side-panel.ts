import { signal } from '@preact/signals'
import type { Item } from '../shared/api-types.js'

/** The file whose versions are shown beside the list; null when the panel is closed. */
export const versionsOf = signal<Item | null>(null)

export function showVersions(item: Item): void {
  versionsOf.value = item
}
