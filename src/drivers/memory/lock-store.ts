import type { Lock, LockStore, ReleasedLock } from '../../ports/lock-store.js'

/** Locks in memory: for tests, and for hosts whose sessions may end with the process. */
export function memoryLockStore(): LockStore {
  const locks = new Map<string, Lock>()
  const released = new Map<string, ReleasedLock>()

  function live(fileId: string, now: number): Lock | null {
    const lock = locks.get(fileId)
    return lock && lock.expiresAt > now ? lock : null
  }

  return {
    async get(fileId, now) {
      return live(fileId, now)
    },
    async swap(fileId, expected, next, now) {
      const current = live(fileId, now)
      if ((current?.lockId ?? null) !== expected) return { done: false, current }
      if (next) locks.set(fileId, next)
      else locks.delete(fileId)
      if (current && !next) released.set(fileId, { lockId: current.lockId, releasedAt: now })
      return { done: true }
    },
    async lastReleased(fileId) {
      return released.get(fileId) ?? null
    },
  }
}
