import { signal } from '@preact/signals'
import type { Item } from '../shared/api-types.js'
import { mayChange } from './commands.js'

/** What is being dragged inside this page. */
export const draggedIds = signal<ReadonlySet<string>>(new Set())

let dragged: readonly Item[] = []

export function startDrag(data: DataTransfer, items: readonly Item[]): void {
  dragged = items.every(mayChange) ? items : []
  data.effectAllowed = dragged.length > 0 ? 'move' : 'none'
  // Without any data, some browsers do not begin to drag.
  data.setData('text/plain', items.map(({ name }) => name).join('\n'))
  // The picture of the drag is made of the page as it is now: what fades must fade after that.
  setTimeout(() => {
    draggedIds.value = new Set(dragged.map(({ id }) => id))
  })
}

export function draggedItems(): readonly Item[] {
  return dragged
}

export function endDrag(): void {
  draggedIds.value = new Set()
}

/** Whether this drag may end on this item: items of ours or files from outside, onto a folder that may be changed. */
export function isDragOf(event: DragEvent, target: Item): boolean {
  if (target.kind !== 'folder' || !mayChange(target) || draggedIds.value.has(target.id)) return false
  return draggedIds.value.size > 0 || isOfFiles(event)
}

/** Files from outside the browser. */
export function isOfFiles({ dataTransfer }: DragEvent): boolean {
  return draggedIds.value.size === 0 && dataTransfer?.types.includes('Files') === true
}
