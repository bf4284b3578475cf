import { type OwnedBench, openBench } from './bench.js'
import { type Check, type Level, NotApplicable, type Target } from './check.js'
import { checks as allChecks } from './checks.js'

/** How one check went. `warn` is a SHOULD that is not kept; `skip` could not be tried. */
export type Outcome = 'pass' | 'warn' | 'fail' | 'skip'

/** What became of one check. */
export interface Result {
  readonly id: string
  readonly level: Level
  readonly operation: string
  readonly title: string
  readonly spec: string
  readonly outcome: Outcome
  /** What was done instead, or why it was skipped; null for a pass. Without tokens. */
  readonly detail: string | null
  readonly durationMs: number
}

/** What became of all of them. */
export interface Report {
  readonly results: readonly Result[]
  readonly counts: Readonly<Record<Outcome, number>>
  /** Whether no MUST failed. */
  readonly conforms: boolean
  /** Names of files that were made for the run and could not be removed, because the host deletes none. */
  readonly leftBehind: readonly string[]
}

/** How a run goes, beside what it is run on. */
export interface RunOptions {
  /** Told each result as it comes. */
  readonly onResult?: (result: Result) => void
  /** Which checks to run; default: all, in their order. */
  readonly checks?: readonly Check[]
}

/**
 * Tries the rules of the protocol on a host, whoever made it. The given file is only read (and, with a second token, locked for a moment);
 * everything else happens to files the run makes beside it and removes again.
 *
 * @throws Failure when the given file cannot be looked at: wrong address, bad token, proofs required.
 */
export async function runConformance(target: Target, options: RunOptions = {}): Promise<Report> {
  const bench = await openBench(target)
  const results: Result[] = []
  let leftBehind: readonly string[] = []
  try {
    for (const check of options.checks ?? allChecks) {
      const result = await tried(check, bench)
      results.push(result)
      options.onResult?.(result)
    }
  } finally {
    leftBehind = await bench.close()
  }
  const counts = { pass: 0, warn: 0, fail: 0, skip: 0 }
  for (const { outcome } of results) counts[outcome]++
  return { results, counts, conforms: counts.fail === 0, leftBehind }
}

async function tried(check: Check, bench: OwnedBench): Promise<Result> {
  const startedAt = performance.now()
  const { outcome, detail } = await outcomeOf(check, bench)
  const { id, level, operation, title, spec } = check
  const durationMs = Math.round(performance.now() - startedAt)
  return { id, level, operation, title, spec, outcome, detail: detail && withoutTokens(detail), durationMs }
}

async function outcomeOf(check: Check, bench: OwnedBench): Promise<Pick<Result, 'outcome' | 'detail'>> {
  try {
    await check.run(bench)
    return { outcome: 'pass', detail: null }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    if (error instanceof NotApplicable) return { outcome: 'skip', detail }
    return { outcome: check.level === 'MUST' ? 'fail' : 'warn', detail }
  } finally {
    // What cannot be tidied up is found again by the next check that needs it.
    await bench.tidyUp().catch(() => {})
  }
}

function withoutTokens(text: string): string {
  return text.replace(/(access_token=)[^&\s"]+/g, '$1***')
}
