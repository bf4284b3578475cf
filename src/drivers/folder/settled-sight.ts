import { setTimeout as sleep } from 'node:timers/promises'
import type { Root, Sight } from './paths.js'

/**
 * Two writes this close together may bear the same time on common file systems. The state of a file counts only when its time is older,
 * so that the next write is seen whatever its size.
 */
export const CLOCK_TICK_MS = 20

/** How often the end of a tick is waited for, when a program writes on and on. */
const MAX_TICKS = 5

/** Whether the tick of the clock in which something was last written may still go on. */
export function isFresh({ mtime }: { readonly mtime: number }): boolean {
  return Math.abs(Date.now() - mtime) < CLOCK_TICK_MS
}

/** What is at a library path once the tick in which it was written is over. */
export async function settledSight(root: Root, path: string, seen: Sight): Promise<Sight> {
  let sight = seen
  for (let ticks = 0; ticks < MAX_TICKS && isFresh(sight); ticks++) {
    await sleep(CLOCK_TICK_MS)
    const again = root.look(path)
    if (again?.kind !== seen.kind) return sight
    sight = again
  }
  return sight
}
