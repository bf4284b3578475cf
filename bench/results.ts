/** What is demanded of a row: of its ratio if it has one, otherwise of its figure. */
export type Target = { readonly atLeast: number } | { readonly atMost: number }

/** One figure of a run. */
export interface Row {
  /** Stable, so that runs can be compared. */
  readonly id: string
  readonly title: string
  readonly unit: 'per second' | 'ms' | 'MB'
  /** Median over the rounds. */
  readonly figure: number
  /** What it is measured against, median over the rounds; null when the figure stands for itself. */
  readonly baseline: { readonly title: string; readonly figure: number } | null
  /** Median of figure ÷ baseline over the rounds; null without a baseline. */
  readonly ratio: number | null
  /** How far the rounds' ratios usually lie from the median, relative to it; null when unknown. */
  readonly spread: number | null
  readonly target: Target | null
  /**
   * How busy the server was while it was measured, 1 = one core fully, and the ratio by processor time instead of time: steadier on a machine
   * that has other things to do, and blind to waiting for the disk. Null where it means nothing; NaN when the system does not tell.
   */
  readonly processor: { readonly server: number; readonly ratio: number } | null
  /** The most memory the server held meanwhile, in bytes; null when the system does not tell. */
  readonly peakMemory: number | null
}

/** Everything one run found out. */
export interface Run {
  /** ISO 8601. */
  readonly date: string
  readonly quick: boolean
  readonly machine: Machine
  readonly rows: readonly Row[]
}

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGB: number
  readonly system: string
  readonly node: string
  readonly fileSystem: string
  /** Whether server and load each had a core of their own. */
  readonly pinned: boolean
}

/** Whether a row reaches its target; null when it has none. */
export function passes({ figure, ratio, target }: Pick<Row, 'figure' | 'ratio' | 'target'>): boolean | null {
  if (!target) return null
  const value = ratio ?? figure
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}

/** A ratio that is lower than in the run it is compared with. */
export interface Drop {
  readonly id: string
  readonly title: string
  readonly before: number
  readonly now: number
}

/**
 * The rows whose ratio has dropped by more than a margin, by the clock and, where it is known, by processor time too: how long a disk takes swings
 * from one minute to the next.
 *
 * @param margin as a part of the ratio before, such as 0.2
 */
export function dropped(before: readonly Row[], now: readonly Row[], margin: number): Drop[] {
  const isDrop = (earlier: number, later: number) => !(later >= earlier * (1 - margin))
  return now.flatMap((row) => {
    const earlier = before.find(({ id }) => id === row.id)
    if (earlier?.ratio == null || row.ratio === null || !isDrop(earlier.ratio, row.ratio)) return []
    const isSteady =
      earlier.processor && row.processor && !isDrop(earlier.processor.ratio, row.processor.ratio)
    return isSteady ? [] : [{ id: row.id, title: row.title, before: earlier.ratio, now: row.ratio }]
  })
}

/** Of the same rows measured twice, each with the higher ratio: what disturbed one of them need not have disturbed the other. */
export function better(first: readonly Row[], second: readonly Row[]): Row[] {
  return first.map((row) => {
    const again = second.find(({ id }) => id === row.id)
    return again && (again.ratio ?? 0) > (row.ratio ?? 0) ? again : row
  })
}
