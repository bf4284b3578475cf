import { WopiError } from '../../protocol/errors.js'
import { renamedName, splitName, uniqueNames, withoutExtension } from '../../protocol/file-name.js'
import { Header, headerText } from '../../protocol/headers.js'
import { headerValue, json } from '../message.js'
import { type Call, filePage, type Operation } from '../operation.js'
import { lockMismatch } from './lock-rules.js'

/** How many names are tried before a folder is taken for one in which none is free. */
const MAX_NAMES = 10_000

/**
 * Gives a file another name; id, version, lock and extension stay. A taken or partly illegal name is changed until it fits, and only
 * a hopeless one is refused. Collabora sends the whole document along, which is not wanted.
 */
export const renameFile: Operation = {
  name: 'RenameFile',
  method: 'POST',
  path: '/files/:fileId',
  override: 'RENAME_FILE',
  needs: 'rename',
  refusal: 'not-implemented',
  offered: (host) => host.files.rename !== undefined,
  turn: 'alone',
  spec: filePage('renamefile'),
  async run(call) {
    const renamed = renamedName(headerValue(call.request, Header.RequestedName) ?? '', call.file.name)
    if ('problem' in renamed) throw invalidName(renamed.problem)
    const lock = await call.host.locks.get(call.file.fileId, call.now)
    if (lock && lock.lockId !== headerValue(call.request, Header.Lock)) throw lockMismatch(lock)
    const name = await renameToFreeName(call, renamed.name, lock?.lockId ?? null)
    // ONLYOFFICE takes the new title from here; an empty body is a failure for it.
    return json({ Name: withoutExtension(name, splitName(call.file.name).extension) })
  },
}

async function renameToFreeName(call: Call, name: string, lockId: string | null): Promise<string> {
  const { files } = call.host
  let { file } = call
  let tried = 0
  for (const candidate of uniqueNames(name)) {
    if (candidate === file.name) return candidate
    for (;;) {
      const renamed = await files.rename?.(file.fileId, candidate, {
        version: file.version,
        lockId,
        now: call.now,
      })
      if (renamed?.done) return renamed.file.name
      if (renamed?.because !== 'changed') break
      file = await unlessLockChanged(call, lockId)
    }
    if (++tried >= MAX_NAMES) break
  }
  throw invalidName('No free name was found that is like this one.')
}

/** The file again, after something about it changed; throws when that something was the lock, or the file itself is gone. */
async function unlessLockChanged(call: Call, lockId: string | null) {
  const lock = await call.host.locks.get(call.file.fileId, call.now)
  if ((lock?.lockId ?? null) !== lockId) throw lockMismatch(lock)
  const file = await call.host.files.stat(call.file.fileId)
  if (!file) throw new WopiError('not-found', 'The file was deleted a moment ago.')
  return file
}

function invalidName(problem: string): WopiError {
  return new WopiError('bad-request', problem, {
    headers: { [Header.InvalidFileNameError]: headerText(problem) },
  })
}
