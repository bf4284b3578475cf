import { effect, signal } from '@preact/signals'
import { indexOf, items, total } from './folder-list.js'
import { carryOver, nothingSelected, type Selection } from './selection.js'

/** What is selected in the list on this page. */
export const selection = signal<Selection>(nothingSelected)

let focusedId: string | undefined

/** Keeps the selection true to the list, whatever others do to it. Called once. */
export function followList(): void {
  effect(() => {
    const { focus } = selection.value
    focusedId = items.peek().get(focus)?.id
  })
  effect(() => {
    const known = items.value
    const before = selection.peek()
    if (before.focus < 0 && before.ids.size === 0) return
    const loaded = new Set([...known.values()].map(({ id }) => id))
    // Of what is not loaded nothing is known, so it stays selected; in a list that is loaded wholly, it is gone.
    const complete = known.size >= total.value
    const next = carryOver(before, focusedId, indexOf, total.value, (id) => loaded.has(id) || !complete)
    if (next.focus !== before.focus || next.ids.size !== before.ids.size) selection.value = next
  })
}
