export type LineEnding = '\n' | '\r\n' | '\r'

/** A text taken apart into lines and what ended each of them; the last line has no ending. */
export interface Lines {
  readonly lines: readonly string[]
  /** One fewer than lines. */
  readonly endings: readonly LineEnding[]
}

export function splitLines(text: string): Lines {
  const parts = text.split(/(\r\n|\n|\r)/)
  return {
    lines: parts.filter((_, at) => at % 2 === 0),
    endings: parts.filter((_, at) => at % 2 === 1) as LineEnding[],
  }
}

/** The ending most lines have: what new lines get. A text of one line gets the line feed. */
export function usualEnding({ endings }: Lines): LineEnding {
  const count = (ending: LineEnding) => endings.reduce((sum, one) => sum + (one === ending ? 1 : 0), 0)
  const windows = count('\r\n')
  const unix = count('\n')
  const mac = count('\r')
  if (windows > unix && windows >= mac) return '\r\n'
  return mac > unix ? '\r' : '\n'
}

/**
 * Joins edited lines, giving each line that stood in the original the ending it had there. Where all endings are alike this is a
 * plain join; in a file of mixed endings, whoever compares it with the one before sees only the lines that were really touched.
 */
export function joinLines(lines: readonly string[], original: Lines): string {
  const usual = usualEnding(original)
  if (original.endings.every((ending) => ending === usual)) return lines.join(usual)

  const endings = lines.map(() => usual)
  for (const [before, after] of unchangedLines(original.lines, lines)) {
    // The original's last line had no ending: if it has become another line, it gets the usual one.
    endings[after] = original.endings[before] ?? usual
  }
  return lines.map((line, at) => (at < lines.length - 1 ? line + endings[at] : line)).join('')
}

type Pair = readonly [before: number, after: number]

/**
 * Pairs of positions at which the same line stands in both texts: first what they share at start and end, then, in what is left, the
 * lines that occur once in each ("patience diff"), and the same again between those.
 */
export function unchangedLines(before: readonly string[], after: readonly string[]): Pair[] {
  const pairs: Pair[] = []
  const open = [{ from: 0, to: before.length, fromAfter: 0, toAfter: after.length }]
  for (let part = open.pop(); part; part = open.pop()) {
    let { from, to, fromAfter, toAfter } = part
    while (from < to && fromAfter < toAfter && before[from] === after[fromAfter])
      pairs.push([from++, fromAfter++])
    while (from < to && fromAfter < toAfter && before[to - 1] === after[toAfter - 1])
      pairs.push([--to, --toAfter])
    const anchors = inOrder(uniqueMatches(before, from, to, after, fromAfter, toAfter))
    for (const [at, atAfter] of anchors) {
      open.push({ from, to: at, fromAfter, toAfter: atAfter })
      from = at
      fromAfter = atAfter
    }
    // Without an anchor the same stretch would come back for ever.
    if (anchors.length > 0) open.push({ from, to, fromAfter, toAfter })
  }
  return pairs
}

/** Lines that occur exactly once in either stretch, in the order of the second. */
function uniqueMatches(
  before: readonly string[],
  from: number,
  to: number,
  after: readonly string[],
  fromAfter: number,
  toAfter: number,
): Pair[] {
  const onlyIn = (lines: readonly string[], start: number, end: number) => {
    const places = new Map<string, number>()
    for (let at = start; at < end; at++) {
      const line = lines[at] ?? ''
      places.set(line, places.has(line) ? -1 : at)
    }
    return places
  }
  const places = onlyIn(before, from, to)
  return [...onlyIn(after, fromAfter, toAfter)].flatMap(([line, atAfter]): Pair[] => {
    const at = places.get(line) ?? -1
    return at < 0 || atAfter < 0 ? [] : [[at, atAfter]]
  })
}

/** The longest selection whose first members rise too: of lines that were swapped, one stays. */
function inOrder(pairs: readonly Pair[]): Pair[] {
  interface Link {
    readonly pair: Pair
    readonly previous: Link | null
  }
  const ends: Link[] = []
  for (const pair of pairs) {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ends[middle]?.pair[0] ?? 0) < pair[0]) low = middle + 1
      else high = middle
    }
    ends[low] = { pair, previous: ends[low - 1] ?? null }
  }
  const chain: Pair[] = []
  for (let link = ends.at(-1) ?? null; link; link = link.previous) chain.push(link.pair)
  return chain.reverse()
}
