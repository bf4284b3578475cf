/*
 * What changed between two texts, line by line: the shortest way from one to the other (Myers, "An O(ND) Difference Algorithm").
 */

export type DiffLine =
  | { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }
  /** A stretch without changes that is not worth showing. */
  | { readonly kind: 'skipped'; readonly count: number }

/** Lines without change that are shown around each change. */
const CONTEXT = 3

/**
 * The changes from one text to another, with a little of what is around them; null when there are more than `mostSteps` of them, which would
 * take too long to find.
 */
export function diffLines(before: string, after: string, mostSteps = 4000): DiffLine[] | null {
  const a = linesOf(before)
  const b = linesOf(after)
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  let tail = 0
  while (
    tail < a.length - start &&
    tail < b.length - start &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  ) {
    tail += 1
  }
  const middle = shortest(a.slice(start, a.length - tail), b.slice(start, b.length - tail), mostSteps)
  if (!middle) return null
  const same = (text: string): DiffLine => ({ kind: 'same', text })
  return withoutLongSame([...a.slice(0, start).map(same), ...middle, ...a.slice(a.length - tail).map(same)])
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n')
}

function shortest(a: readonly string[], b: readonly string[], mostSteps: number): DiffLine[] | null {
  // `reach[k]`: how far down `a` one gets on diagonal k with so many changes. Kept for each number of changes, to find the way back.
  const history: Map<number, number>[] = []
  let reach = new Map([[1, 0]])
  for (let steps = 0; steps <= Math.min(mostSteps, a.length + b.length); steps += 1) {
    history.push(reach)
    const next = new Map(reach)
    for (let k = -steps; k <= steps; k += 2) {
      const down = k === -steps || (k !== steps && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1))
      let x = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1
      next.set(k, x)
      if (x >= a.length && x - k >= b.length) return wayBack(a, b, history, steps)
    }
    // Only what the next round looks at: memory grows with the changes, not with their square.
    reach = new Map([...next].filter(([k]) => Math.abs(k) <= steps))
  }
  return null
}

function wayBack(
  a: readonly string[],
  b: readonly string[],
  history: readonly ReadonlyMap<number, number>[],
  steps: number,
): DiffLine[] {
  const lines: DiffLine[] = []
  let x = a.length
  let y = b.length
  for (let step = steps; step >= 0; step -= 1) {
    const reach = history[step] ?? new Map<number, number>()
    const k = x - y
    const down = k === -step || (k !== step && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1))
    const fromK = down ? k + 1 : k - 1
    const fromX = reach.get(fromK) ?? 0
    const fromY = fromX - fromK
    while (x > Math.max(fromX, 0) && y > Math.max(fromY, 0)) {
      x -= 1
      y -= 1
      lines.push({ kind: 'same', text: a[x] ?? '' })
    }
    if (step === 0) break
    if (down) {
      y -= 1
      lines.push({ kind: 'added', text: b[y] ?? '' })
    } else {
      x -= 1
      lines.push({ kind: 'removed', text: a[x] ?? '' })
    }
  }
  return lines.reverse()
}

function withoutLongSame(lines: readonly DiffLine[]): DiffLine[] {
  const near = lines.map(() => false)
  lines.forEach(({ kind }, index) => {
    if (kind !== 'same') near.fill(true, Math.max(0, index - CONTEXT), index + CONTEXT + 1)
  })
  const result: DiffLine[] = []
  lines.forEach((line, index) => {
    const last = result.at(-1)
    if (near[index]) result.push(line)
    else if (last?.kind === 'skipped') result[result.length - 1] = { kind: 'skipped', count: last.count + 1 }
    else result.push({ kind: 'skipped', count: 1 })
  })
  return result
}
