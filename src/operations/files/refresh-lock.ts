import { filePage, type Operation } from '../operation.js'
import { refresh, requiredLockId } from './lock-rules.js'

/** Restarts the 30 minutes after which a lock expires. Clients also send a wrong lock on purpose, to learn the current one from the 409. */
export const refreshLock: Operation = {
  name: 'RefreshLock',
  method: 'POST',
  path: '/files/:fileId',
  override: 'REFRESH_LOCK',
  needs: 'lock',
  refusal: 'not-found',
  exclusive: true,
  spec: filePage('refreshlock'),
  run: (call) => refresh(call, requiredLockId(call.request)),
}
