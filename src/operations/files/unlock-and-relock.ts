import { Header } from '../../protocol/headers.js'
import { filePage, type Operation } from '../operation.js'
import { lockMismatch, newLock, requiredLockId, withItemVersion } from './lock-rules.js'

/** Exchanges a lock for another in one step, so that no moment is left in which somebody else could lock. */
export const unlockAndRelock: Operation = {
  name: 'UnlockAndRelock',
  method: 'POST',
  path: '/files/:fileId',
  override: 'LOCK',
  // Present but empty still means UnlockAndRelock, the one header for which empty is not absent.
  when: (request) => request.header(Header.OldLock) !== undefined,
  needs: 'lock',
  refusal: 'not-found',
  turn: 'shared',
  spec: filePage('unlockandrelock'),
  async run(call) {
    const lockId = requiredLockId(call.request)
    const oldLockId = call.request.header(Header.OldLock)
    const { locks } = call.host
    // An empty old lock is compared like any other; no lock has an empty id, so it never fits.
    const swap = oldLockId
      ? await locks.swap(call.file.fileId, oldLockId, newLock(call, lockId), call.now)
      : { done: false as const, current: await locks.get(call.file.fileId, call.now) }
    if (!swap.done) throw lockMismatch(swap.current)
    return withItemVersion(call, swap)
  },
}
