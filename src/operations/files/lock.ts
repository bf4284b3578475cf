import { filePage, type Operation } from '../operation.js'
import { lockMismatch, newLock, refresh, requiredLockId, withItemVersion } from './lock-rules.js'

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
  exclusive: true,
  spec: filePage('lock'),
  async run(call) {
    const lockId = requiredLockId(call.request)
    const swap = await call.host.locks.swap(call.file.fileId, null, newLock(call, lockId), call.now)
    if (swap.done) return withItemVersion(call)
    if (swap.current?.lockId === lockId) return refresh(call, lockId)
    throw lockMismatch(swap.current)
  },
}
