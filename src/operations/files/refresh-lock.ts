import { filePage, type Operation } from '../operation.js'
import { lockMismatch, newLock, refreshed, requiredLockId, withItemVersion } from './lock-rules.js'

/** Restarts the 30 minutes after which a lock expires. Clients also send a wrong lock on purpose, to learn the current one from the 409. */
export const refreshLock: Operation = {
  name: 'RefreshLock',
  method: 'POST',
  path: '/files/:fileId',
  override: 'REFRESH_LOCK',
  needs: 'lock',
  refusal: 'not-found',
  turn: 'shared',
  spec: filePage('refreshlock'),
  async run(call) {
    const next = newLock(call, requiredLockId(call.request))
    const current = await call.host.locks.get(call.file.fileId, call.now)
    if (current?.lockId !== next.lockId) throw lockMismatch(current)
    const swap = await refreshed(call, current, next)
    if (!swap.done) throw lockMismatch(swap.current)
    return withItemVersion(call, swap)
  },
}
