import { Header } from '../../protocol/headers.js'
import { ok } from '../message.js'
import { filePage, type Operation } from '../operation.js'

/** Tells the current lock, without taking or changing one. An unlocked file has an empty `X-WOPI-Lock`. */
export const getLock: Operation = {
  name: 'GetLock',
  method: 'POST',
  path: '/files/:fileId',
  override: 'GET_LOCK',
  needs: 'lock',
  refusal: 'not-found',
  spec: filePage('getlock'),
  async run(call) {
    const current = await call.host.locks.get(call.file.fileId, call.now)
    return ok({ [Header.Lock]: current?.lockId ?? '' })
  },
}
