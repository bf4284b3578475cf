import type { FileInfo, SaveInfo, Staged } from '../../ports/file-store.js'
import { conflict, WopiError } from '../../protocol/errors.js'
import { nameProblem, suggestedName, uniqueNames } from '../../protocol/file-name.js'
import { Header } from '../../protocol/headers.js'
import { allows } from '../../protocol/permission.js'
import { decodeUtf7, encodeUtf7 } from '../../protocol/utf7.js'
import { headerFlag, headerValue, json, type WopiResponse } from '../message.js'
import { type Call, filePage, type Operation } from '../operation.js'
import { isWritable, saveInfo, withStagedBody, writable } from './incoming.js'
import { lockMismatch } from './lock-rules.js'

/** How many names are tried before a folder is taken for one in which none is free. */
const MAX_NAMES = 10_000

/** How often an overwrite is decided anew because the target changed meanwhile. */
const MAX_DECISIONS = 50

/**
 * Makes a new file beside this one: Save As, a conversion, a filled-in form. A suggested name may be changed and always succeeds;
 * a specific one is used exactly or refused.
 */
export const putRelativeFile: Operation = {
  name: 'PutRelativeFile',
  method: 'POST',
  path: '/files/:fileId',
  override: 'PUT_RELATIVE',
  needs: 'save-copy',
  // `UserCanNotWriteRelative` is how CheckFileInfo says it.
  refusal: 'not-implemented',
  offered: (host) => isWritable(host.files) && host.files.create !== undefined,
  spec: filePage('putrelativefile'),
  async run(call) {
    const target = await requestedTarget(call)
    // Presence counts, whatever the value.
    const conversion = call.request.header(Header.FileConversion) !== undefined
    const save = saveInfo(call, conversion ? 'conversion' : 'save-as')
    return withStagedBody(call, save, {
      requireLock: () => checkSourceLock(call),
      async decide(staged) {
        await checkSourceLock(call)
        const file =
          target.mode === 'suggested'
            ? await createSuggested(call, target.name, staged, save)
            : await createSpecific(call, target.name, target.overwrite, staged, save)
        return pointer(call, file)
      },
    })
  },
}

type Target =
  | { readonly mode: 'suggested'; readonly name: string }
  | { readonly mode: 'specific'; readonly name: string; readonly overwrite: boolean }

async function requestedTarget(call: Call): Promise<Target> {
  const suggested = headerValue(call.request, Header.SuggestedTarget)
  const specific = headerValue(call.request, Header.RelativeTarget)
  if (suggested !== undefined && specific !== undefined) {
    throw new WopiError(
      'bad-request',
      `Send ${Header.SuggestedTarget} or ${Header.RelativeTarget}, not both.`,
    )
  }
  if (suggested !== undefined) return { mode: 'suggested', name: suggestedName(suggested, call.file.name) }
  if (specific === undefined) {
    throw new WopiError(
      'bad-request',
      `Name the new file in ${Header.SuggestedTarget} or ${Header.RelativeTarget}.`,
    )
  }
  return {
    mode: 'specific',
    name: await specificName(call, specific),
    overwrite: headerFlag(call.request, Header.OverwriteRelativeTarget),
  }
}

async function specificName(call: Call, value: string): Promise<string> {
  const decoded = decodeUtf7(value)
  const problem = decoded === null ? 'The name is not valid UTF-7.' : nameProblem(decoded)
  if (decoded !== null && problem === null) return decoded.normalize('NFC')
  throw new WopiError('bad-request', problem ?? 'The name is not legal.', {
    headers: await validTarget(call, decoded ?? call.file.name),
  })
}

/**
 * Only a lock that is sent is compared. Deviation from the letter of ONLYOFFICE's page: no real client sends one here, and all of them
 * call this while the source is locked by the very session that calls, so a missing lock must not be a mismatch.
 */
async function checkSourceLock(call: Call): Promise<void> {
  const sent = headerValue(call.request, Header.Lock)
  if (sent === undefined) return
  const current = await call.host.locks.get(call.file.fileId, call.host.now())
  if (current && current.lockId !== sent) throw lockMismatch(current)
}

async function createSuggested(call: Call, name: string, staged: Staged, save: SaveInfo): Promise<FileInfo> {
  const { file } = await createUnderFreeName(call, name, staged, save)
  return file
}

async function createUnderFreeName(
  call: Call,
  name: string,
  staged: Staged,
  save: SaveInfo,
): Promise<{ file: FileInfo }> {
  let tried = 0
  for (const candidate of uniqueNames(name)) {
    const created = await create(call, candidate, staged, save)
    if (created.done) return created
    if (++tried >= MAX_NAMES) break
  }
  throw new WopiError('unavailable', 'No free name was found for the new file.')
}

async function createSpecific(
  call: Call,
  name: string,
  overwrite: boolean,
  staged: Staged,
  save: SaveInfo,
): Promise<FileInfo> {
  for (let decisions = 0; decisions < MAX_DECISIONS; decisions++) {
    const created = await create(call, name, staged, save)
    if (created.done) return created.file
    const { existing } = created
    if (!existing) throw await nameTaken(call, name, null)
    const replaced = await call.host.turn(existing.fileId, async () => {
      const lock = await call.host.locks.get(existing.fileId, call.host.now())
      if (!overwrite) throw await nameTaken(call, name, lock?.lockId ?? null)
      if (lock) throw lockMismatch(lock)
      await requireWritePermission(call, existing)
      const expected = { version: existing.version, lockId: null, now: call.host.now() }
      return writable(call.host).commit(existing.fileId, staged, expected, save)
    })
    if (replaced.done) return replaced.file
  }
  throw new WopiError('unavailable', 'The target was changed again and again while it was to be replaced.')
}

function create(call: Call, name: string, staged: Staged, save: SaveInfo) {
  const files = writable(call.host)
  if (!files.create) throw new WopiError('not-implemented', 'This host does not create files.')
  return files.create(call.file.fileId, name, staged, save)
}

async function nameTaken(call: Call, name: string, targetLockId: string | null): Promise<WopiError> {
  return conflict('name-taken', targetLockId, 'A file of this name exists already.', {
    headers: await validTarget(call, name),
  })
}

/** The header that offers a name like a refused one; none when the store cannot say whether it would do. */
async function validTarget(call: Call, name: string): Promise<Record<string, string>> {
  const { files } = call.host
  let tried = 0
  for (const candidate of files.isFree ? uniqueNames(name) : []) {
    if (await files.isFree?.(call.file.fileId, candidate))
      return { [Header.ValidRelativeTarget]: encodeUtf7(candidate) }
    if (++tried >= MAX_NAMES) break
  }
  return {}
}

async function requireWritePermission(call: Call, target: FileInfo): Promise<void> {
  const grant = { ...call.grant, resource: { kind: 'file' as const, id: target.fileId } }
  const permission = await call.host.permission(grant, target)
  if (!permission || !allows(permission, 'save')) {
    throw new WopiError('not-implemented', 'You may not replace the file of this name.')
  }
}

/** No property beside these: Collabora would take a `LastModifiedTime` here for that of the file that is open. */
async function pointer(call: Call, file: FileInfo): Promise<WopiResponse> {
  const { host, grant } = call
  // The same expiry: a token cannot be made to live longer by trading it.
  const token = await host.tokens.issue({ ...grant, resource: { kind: 'file', id: file.fileId } })
  const pages = host.pages(file.fileId, grant)
  return json({
    Name: file.name,
    Url: `${host.url}/wopi/files/${encodeURIComponent(file.fileId)}?access_token=${encodeURIComponent(token)}`,
    ...(pages.view === undefined ? {} : { HostViewUrl: pages.view }),
    ...(pages.edit === undefined ? {} : { HostEditUrl: pages.edit }),
  })
}
