import { signal } from '@preact/signals'
import type { Order, SortKey } from '../shared/api-types.js'

export interface ViewSettings {
  readonly layout: 'list' | 'grid'
  readonly sort: SortKey
  readonly order: Order
}

const KEY = 'wopikit-library:view'
const atFirst: ViewSettings = { layout: 'list', sort: 'name', order: 'asc' }

/** How folders are shown; remembered in this browser. */
export const viewSettings = signal<ViewSettings>(read())

export function changeView(change: Partial<ViewSettings>): void {
  viewSettings.value = { ...viewSettings.value, ...change }
  try {
    localStorage.setItem(KEY, JSON.stringify(viewSettings.value))
  } catch {
    // Then it holds for this page only.
  }
}

function read(): ViewSettings {
  try {
    return { ...atFirst, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') }
  } catch {
    return atFirst
  }
}
