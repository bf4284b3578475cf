/** How often something may fail within a stretch of time, by what the key begins with. */
const LIMITS: Readonly<Record<string, number>> = {
  // One person at one machine who has forgotten which password it was.
  pair: 5,
  // A machine that tries many names, or an office behind one address.
  address: 30,
  // Many machines that try one name. Higher, because it also keeps the person themselves out.
  name: 100,
}

const STRETCH_MS = 15 * 60 * 1000

/** How many keys are remembered; the one that failed longest ago is forgotten first. */
const REMEMBERED = 20_000

/** Slows down whoever guesses. */
export interface Throttle {
  /**
   * Counts a try. It counts as failed until it has succeeded, so that many at once are counted too.
   * @returns how long to wait before trying, in seconds; 0 = go on. A try that has to wait is not counted.
   */
  begin(name: string, address: string): number
  /** Takes the try back. */
  succeeded(name: string, address: string): void
}

export function createThrottle(now: () => number): Throttle {
  const failures = new Map<string, { count: number; since: number }>()

  function wait(name: string, address: string): number {
    const waits = keysOf(name, address).map((key) => {
      const failure = failures.get(key)
      if (!failure || failure.count < limitOf(key)) return 0
      return Math.ceil((failure.since + STRETCH_MS - now()) / 1000)
    })
    return Math.max(0, ...waits)
  }

  return {
    begin(name, address) {
      const seconds = wait(name, address)
      if (seconds > 0) return seconds
      for (const key of keysOf(name, address)) {
        const before = failures.get(key)
        const goesOn = before && now() - before.since < STRETCH_MS
        failures.delete(key)
        failures.set(key, goesOn ? { ...before, count: before.count + 1 } : { count: 1, since: now() })
      }
      for (const key of failures.keys()) {
        if (failures.size <= REMEMBERED) break
        failures.delete(key)
      }
      return 0
    },
    succeeded(name, address) {
      for (const key of keysOf(name, address)) {
        const failure = failures.get(key)
        if (key.startsWith('pair:') || (failure && failure.count <= 1)) failures.delete(key)
        else if (failure) failures.set(key, { ...failure, count: failure.count - 1 })
      }
    },
  }
}

function keysOf(name: string, address: string): string[] {
  return [`pair:${address} ${name}`, `address:${address}`, `name:${name}`]
}

function limitOf(key: string): number {
  return LIMITS[key.slice(0, key.indexOf(':'))] ?? 0
}
