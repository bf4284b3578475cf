import { checkFileInfo } from './files/check-file-info.js'
import { deleteFile } from './files/delete-file.js'
import { getFile } from './files/get-file.js'
import { getLock } from './files/get-lock.js'
import { lock } from './files/lock.js'
import { putFile } from './files/put-file.js'
import { putRelativeFile } from './files/put-relative-file.js'
import { putUserInfo } from './files/put-user-info.js'
import { refreshLock } from './files/refresh-lock.js'
import { renameFile } from './files/rename-file.js'
import { unlock } from './files/unlock.js'
import { unlockAndRelock } from './files/unlock-and-relock.js'
import type { Operation } from './operation.js'

/** Every operation the host knows. Of two that share an override, the one with a `when` stands first. */
export const operations: readonly Operation[] = [
  checkFileInfo,
  getFile,
  unlockAndRelock,
  lock,
  getLock,
  refreshLock,
  unlock,
  putFile,
  putRelativeFile,
  renameFile,
  deleteFile,
  putUserInfo,
]
