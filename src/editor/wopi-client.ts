import { Header, SaveHeader } from '../protocol/headers.js'
import { encodeUtf7 } from '../protocol/utf7.js'
import { documentInfoFrom, webUrl } from './document-info.js'
import {
  type DocumentInfo,
  type Failure,
  MAX_DOCUMENT_BYTES,
  type SaveRequest,
  type Target,
} from './editor-api.js'
import {
  failure,
  jsonFrom,
  sendWopiRequest,
  stringIn,
  type WopiRequest,
  type WopiTransport,
} from './wopi-request.js'

export type WopiClient = ReturnType<typeof createWopiClient>

/** A text of the largest size is long on a slow line; everything else is short. */
const CONTENT_TIMEOUT_MS = 120_000

/**
 * The WOPI requests of the editor: signed, never following a redirect, and with every way to fail turned into a value.
 * Keeps no state between calls.
 *
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/wopi-rest-api/
 */
export function createWopiClient(transport: WopiTransport) {
  const send = (request: WopiRequest) => sendWopiRequest(request, transport)

  async function checkFileInfo(target: Target): Promise<{ ok: true; document: DocumentInfo } | Failure> {
    const headers = target.sessionContext ? { 'X-WOPI-SessionContext': target.sessionContext } : {}
    const answer = await send({ operation: 'CheckFileInfo', target, headers })
    if (!answer.ok) return answer
    const document = documentInfoFrom(jsonFrom(answer.bytes))
    return document
      ? { ok: true, document }
      : failure('host-error', 'Its CheckFileInfo answer names no file.')
  }

  async function getFile(
    target: Target,
  ): Promise<{ ok: true; content: Uint8Array; version: string } | Failure> {
    const answer = await send({
      operation: 'GetFile',
      target,
      path: '/contents',
      headers: { [Header.MaxExpectedSize]: String(MAX_DOCUMENT_BYTES) },
      timeoutMs: CONTENT_TIMEOUT_MS,
      maxBytes: MAX_DOCUMENT_BYTES,
    })
    if (!answer.ok) return answer
    return { ok: true, content: answer.bytes, version: answer.headers.get(Header.ItemVersion) ?? '' }
  }

  /** With `previousLock` this is UnlockAndRelock: ours takes the place of a lock left behind by a page that no longer lives. */
  async function lock(target: Target, lockId: string, previousLock = ''): Promise<{ ok: true } | Failure> {
    const headers = {
      [Header.Lock]: lockId,
      ...(previousLock === '' ? {} : { [Header.OldLock]: previousLock }),
    }
    const answer = await send({ operation: 'Lock', target, override: 'LOCK', headers })
    if (answer.ok) return { ok: true }
    // An empty X-WOPI-Lock means for Lock that something without a lock id holds the file.
    return answer.code === 'unlocked' ? { ...answer, code: 'locked' } : answer
  }

  async function lockOperation(operation: string, override: string, target: Target, lockId: string) {
    const answer = await send({ operation, target, override, headers: { [Header.Lock]: lockId } })
    return answer.ok ? ({ ok: true } as const) : answer
  }

  async function putFile(target: Target, save: SaveRequest, content: Uint8Array<ArrayBuffer>) {
    const answer = await send({
      operation: 'PutFile',
      target,
      path: '/contents',
      override: 'PUT',
      headers: saveHeaders(save),
      body: content,
      timeoutMs: CONTENT_TIMEOUT_MS,
    })
    if (!answer.ok) return answer
    const version = answer.headers.get(Header.ItemVersion) ?? ''
    const lastModified = stringIn(jsonFrom(answer.bytes), 'LastModifiedTime')
    if (version !== '' && lastModified !== '') return { ok: true, version, lastModified } as const
    // The next save must name what it is based on, and not every host says it here.
    const now = await checkFileInfo(target)
    if (now.ok)
      return { ok: true, version: now.document.version, lastModified: now.document.lastModified } as const
    return { ok: true, version, lastModified } as const
  }

  /** @param name without extension */
  async function renameFile(target: Target, lockId: string, name: string) {
    const answer = await send({
      operation: 'RenameFile',
      target,
      override: 'RENAME_FILE',
      headers: { ...lockHeader(lockId), [Header.RequestedName]: encodeUtf7(name) },
    })
    if (!answer.ok) return answer
    return { ok: true, name: stringIn(jsonFrom(answer.bytes), 'Name') || name } as const
  }

  /** @param name with extension; the host may choose another one */
  async function putRelativeFile(target: Target, name: string, content: Uint8Array<ArrayBuffer>) {
    const answer = await send({
      operation: 'PutRelativeFile',
      target,
      override: 'PUT_RELATIVE',
      headers: { [Header.SuggestedTarget]: encodeUtf7(name), [Header.Size]: String(content.length) },
      body: content,
      timeoutMs: CONTENT_TIMEOUT_MS,
    })
    if (!answer.ok) return answer
    const copy = jsonFrom(answer.bytes)
    return {
      ok: true,
      name: stringIn(copy, 'Name') || name,
      url: webUrl(stringIn(copy, 'HostEditUrl')),
    } as const
  }

  return {
    checkFileInfo,
    getFile,
    lock,
    refreshLock: (target: Target, lockId: string) =>
      lockOperation('RefreshLock', 'REFRESH_LOCK', target, lockId),
    unlock: (target: Target, lockId: string) => lockOperation('Unlock', 'UNLOCK', target, lockId),
    putFile,
    renameFile,
    putRelativeFile,
  }
}

/** Both families' spellings, so that every host finds its own. A flag that is false is left out, as ONLYOFFICE does. */
function saveHeaders(save: SaveRequest): Record<string, string> {
  const marks: Record<string, string> = {
    ...(save.changed ? { [SaveHeader.IsModifiedByUser]: 'true' } : {}),
    ...(save.autosave ? { [SaveHeader.IsAutosave]: 'true' } : {}),
    ...(save.exit ? { [SaveHeader.IsExitSave]: 'true' } : {}),
    // Deviation: absent means "overwrite", so the person's decision to overwrite needs no header of its own.
    ...(save.basedOn === '' ? {} : { [SaveHeader.Timestamp]: save.basedOn }),
  }
  const headers = lockHeader(save.lock)
  // A list with commas between: an id that cannot stand in it must not cost the person the save.
  if (/^[\x21-\x2b\x2d-\x7e]+$/.test(save.userId)) headers[Header.Editors] = save.userId
  for (const [name, value] of Object.entries(marks)) {
    headers[`X-COOL-${name}`] = value
    headers[`X-LOOL-${name}`] = value
  }
  return headers
}

function lockHeader(lockId: string): Record<string, string> {
  return lockId === '' ? {} : { [Header.Lock]: lockId }
}
