/* A list of thousands of rows of one height, of which only those in sight exist. Sizes are pixels. */

export interface Viewport {
  readonly scrollTop: number
  readonly height: number
  readonly rowHeight: number
}

/** Rows above and below those in sight, so that quick scrolling shows no gaps. */
const OVERSCAN = 6

/** The rows to draw, from the first to before the end. */
export function rowsInSight(
  viewport: Viewport,
  rows: number,
): { readonly first: number; readonly end: number } {
  const { scrollTop, height, rowHeight } = viewport
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - OVERSCAN)
  const end = Math.min(rows, Math.ceil((scrollTop + height) / rowHeight) + OVERSCAN)
  return { first: Math.min(first, end), end }
}

/** The position nearest to the present one at which a row is wholly in sight. */
export function scrollToShow(viewport: Viewport, row: number): number {
  const top = row * viewport.rowHeight
  const lowest = top + viewport.rowHeight - viewport.height
  return Math.max(0, Math.min(top, Math.max(lowest, viewport.scrollTop)))
}

/** The pages of the API that hold items `first` to before `end`. */
export function pagesFor(first: number, end: number, pageSize: number): number[] {
  if (end <= first) return []
  const from = Math.floor(first / pageSize)
  const to = Math.floor((end - 1) / pageSize)
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

/** How many tiles of a least width fit side by side. */
export function columnsFor(width: number, leastWidth: number, gap: number): number {
  return Math.max(1, Math.floor((width + gap) / (leastWidth + gap)))
}
