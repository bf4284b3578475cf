/**
 * Runs steps that belong to the same key one after the other, and steps of different keys side by side. Within one process only: what must
 * hold between processes is compared by the stores themselves, at the moment of the switch.
 */
export function createTurns(): <T>(key: string, step: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return async (key, step) => {
    const before = last.get(key)
    const mine = before ? before.then(step, step) : step()
    last.set(key, mine)
    try {
      return await mine
    } finally {
      if (last.get(key) === mine) last.delete(key)
    }
  }
}
