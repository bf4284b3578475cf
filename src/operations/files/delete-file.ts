import { WopiError } from '../../protocol/errors.js'
import { ok } from '../message.js'
import { filePage, type Operation } from '../operation.js'
import { lockMismatch } from './lock-rules.js'

/** Deletes a file that nobody has locked. */
export const deleteFile: Operation = {
  name: 'DeleteFile',
  method: 'POST',
  path: '/files/:fileId',
  override: 'DELETE',
  needs: 'delete',
  refusal: 'not-implemented',
  offered: (host) => host.files.delete !== undefined,
  turn: 'alone',
  spec: filePage('deletefile'),
  async run(call) {
    const { files, locks } = call.host
    let { file } = call
    for (;;) {
      const lock = await locks.get(file.fileId, call.now)
      if (lock) throw lockMismatch(lock)
      const deleted = await files.delete?.(file.fileId, {
        version: file.version,
        lockId: null,
        now: call.now,
      })
      if (deleted?.done) return ok()
      const present = await files.stat(file.fileId)
      if (!present) throw new WopiError('not-found', 'The file was deleted a moment ago.')
      file = present
    }
  },
}
