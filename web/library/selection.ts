/*
 * Which items of a list are selected, and which one the keyboard is on. The list may know only some of its items yet: what it does not
 * know has no id and is passed over.
 */

export interface Selection {
  readonly ids: ReadonlySet<string>
  /** Index of the item that keys act on; -1 when there is none. */
  readonly focus: number
  /** Where a range that is being extended began. */
  readonly anchor: number
}

/** The id of the item at an index; undefined when it is not loaded. */
export type IdAt = (index: number) => string | undefined

export const nothingSelected: Selection = { ids: new Set(), focus: -1, anchor: -1 }

/** A plain click, or an arrow key: only this one. */
export function selectOnly(index: number, idAt: IdAt): Selection {
  const id = idAt(index)
  return { ids: new Set(id === undefined ? [] : [id]), focus: index, anchor: index }
}

/** Moves the keyboard without changing what is selected. */
export function moveFocus(selection: Selection, index: number): Selection {
  return { ...selection, focus: index, anchor: index }
}

/** Ctrl+click, the space bar or a check box: this one in or out. */
export function toggle(selection: Selection, index: number, idAt: IdAt): Selection {
  const id = idAt(index)
  const ids = new Set(selection.ids)
  if (id !== undefined && !ids.delete(id)) ids.add(id)
  return { ids, focus: index, anchor: index }
}

/** Shift: everything from the anchor to here; with Ctrl besides what was selected before. */
export function extendTo(selection: Selection, index: number, idAt: IdAt, keep = false): Selection {
  const anchor = selection.anchor < 0 ? index : selection.anchor
  const ids = new Set(keep ? selection.ids : [])
  for (let at = Math.min(anchor, index); at <= Math.max(anchor, index); at += 1) {
    const id = idAt(at)
    if (id !== undefined) ids.add(id)
  }
  return { ids, focus: index, anchor }
}

export function selectAll(selection: Selection, total: number, idAt: IdAt): Selection {
  const all = extendTo({ ids: new Set(), focus: 0, anchor: 0 }, total - 1, idAt)
  return { ids: total === 0 ? new Set() : all.ids, focus: selection.focus, anchor: selection.anchor }
}

/** Carries the selection over to a list that was loaded anew: by id, so that nobody else becomes selected. */
export function carryOver(
  selection: Selection,
  focusedId: string | undefined,
  indexOf: (id: string) => number,
  total: number,
  stillThere: (id: string) => boolean,
): Selection {
  const ids = new Set([...selection.ids].filter(stillThere))
  const found = focusedId === undefined ? -1 : indexOf(focusedId)
  const focus = found >= 0 ? found : Math.min(selection.focus, total - 1)
  return {
    ids,
    focus,
    anchor: selection.anchor === selection.focus ? focus : Math.min(selection.anchor, total - 1),
  }
}

/** The item after the focus whose name begins with what was typed; the focus itself counts once more letters are typed. */
export function typeAhead(
  typed: string,
  focus: number,
  total: number,
  nameAt: (index: number) => string | undefined,
): number {
  const wanted = typed.toLocaleLowerCase()
  const first = typed.length > 1 ? Math.max(focus, 0) : focus + 1
  for (let step = 0; step < total; step += 1) {
    const index = (first + step) % total
    if (nameAt(index)?.toLocaleLowerCase().startsWith(wanted)) return index
  }
  return -1
}

/** Where a key leads in a list of so many columns; null when it leads nowhere. */
export function stepFor(
  key: string,
  focus: number,
  grid: { readonly total: number; readonly columns: number; readonly rowsPerPage: number },
): number | null {
  const { total, columns, rowsPerPage } = grid
  if (total === 0) return null
  const last = total - 1
  const by = (step: number) => Math.max(0, Math.min(last, Math.max(focus, 0) + step))
  switch (key) {
    case 'ArrowDown':
      return focus < 0 ? 0 : focus + columns > last ? focus : by(columns)
    case 'ArrowUp':
      return focus < 0 ? 0 : focus - columns < 0 ? focus : by(-columns)
    case 'ArrowRight':
      return columns > 1 ? by(focus < 0 ? 0 : 1) : null
    case 'ArrowLeft':
      return columns > 1 ? by(-1) : null
    case 'Home':
      return 0
    case 'End':
      return last
    case 'PageDown':
      return by(columns * rowsPerPage)
    case 'PageUp':
      return by(-columns * rowsPerPage)
    default:
      return null
  }
}
