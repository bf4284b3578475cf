import { badInput } from './bad-input.js'
import type { Check } from './check.js'
import { checkFileInfo } from './check-file-info.js'
import { deleteFile } from './delete-file.js'
import { everyAnswer } from './every-answer.js'
import { getFile } from './get-file.js'
import { locks } from './locks.js'
import { locksByName } from './locks-by-name.js'
import { putFile } from './put-file.js'
import { putFileBodies } from './put-file-bodies.js'
import { putRelativeFile } from './put-relative-file.js'
import { putRelativeNames } from './put-relative-names.js'
import { putUserInfo } from './put-user-info.js'
import { renameFile } from './rename-file.js'
import { tokens } from './tokens.js'

/** Every check, in the order in which they run. The last ones look back on all answers of the run. */
export const checks: readonly Check[] = [
  ...checkFileInfo,
  ...getFile,
  ...locks,
  ...locksByName,
  ...putFile,
  ...putFileBodies,
  ...putRelativeNames,
  ...putRelativeFile,
  ...renameFile,
  ...deleteFile,
  ...putUserInfo,
  ...tokens,
  ...badInput,
  ...everyAnswer,
]
