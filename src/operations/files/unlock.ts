import { filePage, type Operation } from '../operation.js'
import { lockMismatch, requiredLockId, withItemVersion } from './lock-rules.js'

/** Releases a file's lock, if the client names the lock it holds. A lock that is already gone stays a 409. */
export const unlock: Operation = {
  name: 'Unlock',
  method: 'POST',
  path: '/files/:fileId',
  override: 'UNLOCK',
  needs: 'lock',
  refusal: 'not-found',
  turn: 'shared',
  spec: filePage('unlock'),
  async run(call) {
    const lockId = requiredLockId(call.request)
    const swap = await call.host.locks.swap(call.file.fileId, lockId, null, call.now)
    if (!swap.done) throw lockMismatch(swap.current)
    return withItemVersion(call, swap)
  },
}
