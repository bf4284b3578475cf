import { filePage, type Operation } from '../operation.js'
import { lockMismatch, newLock, refreshed, requiredLockId, withItemVersion } from './lock-rules.js'

/**
 * Locks a file for an editing session. The same lock again restarts its 30 minutes: ONLYOFFICE locks once per person with one id for all,
 * and Collabora refreshes by locking again.
 */
export const lock: Operation = {
  name: 'Lock',
  method: 'POST',
  path: '/files/:fileId',
  override: 'LOCK',
  needs: 'lock',
  refusal: 'not-found',
  turn: 'shared',
  spec: filePage('lock'),
  async run(call) {
    const next = newLock(call, requiredLockId(call.request))
    for (;;) {
      const taken = await call.host.locks.swap(call.file.fileId, null, next, call.now)
      if (taken.done) return withItemVersion(call, taken)
      if (taken.current?.lockId !== next.lockId) throw lockMismatch(taken.current)
      const again = await refreshed(call, taken.current, next)
      if (again.done) return withItemVersion(call, again)
      // Released between the two looks: then it is there to be taken.
      if (again.current) throw lockMismatch(again.current)
    }
  },
}
