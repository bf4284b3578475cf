/** How a step takes its turn: alone, or side by side with others that share theirs. */
export type Turn = 'alone' | 'shared'

/** Steps on one key, from the last one that is alone on. */
interface Line {
  alone: Promise<unknown> | null
  readonly shared: Set<Promise<unknown>>
}

/**
 * Runs a step that is alone when those that were asked for before it on the same key have ended, a shared one when the last that is alone has;
 * steps of different keys run side by side. Within one process only: what must hold between processes is compared by the stores themselves, at
 * the moment of the switch.
 */
export function createTurns(): <T>(key: string, step: () => Promise<T>, turn?: Turn) => Promise<T> {
  const lines = new Map<string, Line>()

  return async (key, step, turn = 'alone') => {
    const before = lines.get(key)
    const ahead = before
      ? [...(before.alone ? [before.alone] : []), ...(turn === 'alone' ? before.shared : [])]
      : []
    const mine = ahead.length === 0 ? step() : Promise.allSettled(ahead).then(step)
    const line = before && turn === 'shared' ? before : { alone: null, shared: new Set<Promise<unknown>>() }
    if (turn === 'alone') line.alone = mine
    else line.shared.add(mine)
    lines.set(key, line)
    try {
      return await mine
    } finally {
      line.shared.delete(mine)
      if (line.alone === mine) line.alone = null
      if (line.alone === null && line.shared.size === 0 && lines.get(key) === line) lines.delete(key)
    }
  }
}
