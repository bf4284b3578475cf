/**
 * Remembers which lock this browser last held for a document, so that the page after a crash or a reload goes on editing at once
 * instead of waiting up to half an hour for its predecessor's lock to expire. A lock is only ever taken over from a page that is gone.
 */
export interface PageLocks {
  /** The lock of an earlier page that no longer lives, or empty. */
  previous(): Promise<string>
  /** This page holds this lock now. */
  held(lock: string): void
  /** This page goes away and has sent its last save. */
  left(lock: string): void
}

interface Remembered {
  readonly lock: string
  readonly left: boolean
}

export function createPageLocks(wopiSrc: string): PageLocks {
  const key = `wopikit-text-editor:lock:${wopiSrc}`
  const remember = (remembered: Remembered) => {
    try {
      localStorage.setItem(key, JSON.stringify(remembered))
    } catch {
      // A browser that keeps nothing only loses the shortcut.
    }
  }
  return {
    async previous() {
      try {
        const { lock, left }: Remembered = JSON.parse(localStorage.getItem(key) ?? '')
        if (left) return lock
        // Web Locks end with their page. Where browsers have none (plain http), nobody can tell a crashed page from a living one.
        const { held } = await navigator.locks.query()
        return held?.some(({ name }) => name === lock) ? '' : lock
      } catch {
        return ''
      }
    },
    held(lock) {
      remember({ lock, left: false })
      navigator.locks
        ?.request(lock, { ifAvailable: true }, (mine) => mine && new Promise(() => {}))
        .catch(() => {})
    },
    left: (lock) => remember({ lock, left: true }),
  }
}
