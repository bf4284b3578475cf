import type { Bytes, FileStore, Refusal, SaveInfo, Staged } from '../../ports/file-store.js'
import { WopiError } from '../../protocol/errors.js'
import { Header, SaveHeader } from '../../protocol/headers.js'
import { headerValue } from '../message.js'
import type { Call, RefusedCall, Services } from '../operation.js'

/** The methods a store needs so that content can be saved. */
export type WritableStore = FileStore & Required<Pick<FileStore, 'stage' | 'commit' | 'discard'>>

/** Whether saves are possible at all: what `SupportsUpdate` announces. */
export function isWritable(files: FileStore): files is WritableStore {
  return Boolean(files.stage && files.commit && files.discard)
}

/** The store, for an operation that is only offered when saves are possible. */
export function writable(host: Services): WritableStore {
  if (!isWritable(host.files)) throw new WopiError('not-implemented', 'This host does not take saves.')
  return host.files
}

/** How content that arrives is judged. */
export interface Judgement<T> {
  /** Throws the 409 when a lock stands in the way: told before the size of a body that is too large to be taken in and judged. */
  requireLock(): Promise<unknown>
  /** Applies all rules over the whole body, and throws the refusal. */
  decide(staged: Staged): Promise<T>
}

/**
 * Takes in the body before any rule is judged, and then decides over it. Whatever the decision refuses is kept as a rescued save if the
 * store can, so that a person's work is never gone because a rule of the protocol turned it away.
 */
export async function withStagedBody<T>(
  call: Call,
  save: SaveInfo,
  { requireLock, decide }: Judgement<T>,
): Promise<T> {
  const files = writable(call.host)
  let staged: Staged
  try {
    staged = await files.stage(call.file.fileId, measured(call), save)
  } catch (error) {
    if (error instanceof WopiError && error.code === 'too-large') await requireLock()
    throw error
  }
  let result: T
  try {
    result = await decide(staged)
  } catch (error) {
    await tidyUp(call, () => keepOrForget(call, files, staged, save, whyRefused(error)))
    throw error
  }
  await tidyUp(call, () => files.discard(staged))
  return result
}

/** Takes in the body of a save that is refused whatever it brings, and keeps it as a rescued save if the store can. Never throws. */
export async function keepBody(
  call: RefusedCall,
  save: SaveInfo,
  why: Pick<Refusal, 'code' | 'reason'>,
): Promise<void> {
  const files = writable(call.host)
  if (!files.rescue) return
  try {
    const staged = await files.stage(call.file.fileId, measured(call), save)
    await keepOrForget(call, files, staged, save, why)
  } catch (error) {
    // A body that is too large or ends early is nothing to keep; the refusal stands.
    if (!(error instanceof WopiError)) call.host.report({ type: 'fault', operation: null, error })
  }
}

/** Runs a step that comes after the decision: if it fails, that is for the log, and the answer stays what was decided. */
async function tidyUp(call: Call, step: () => Promise<void>): Promise<void> {
  try {
    await step()
  } catch (error) {
    call.host.report({ type: 'fault', operation: null, error })
  }
}

async function keepOrForget(
  call: RefusedCall,
  files: WritableStore,
  staged: Staged,
  save: SaveInfo,
  why: Pick<Refusal, 'code' | 'reason'>,
): Promise<void> {
  if (!files.rescue) return files.discard(staged)
  const { fileId } = call.file
  const version = (await files.stat(fileId))?.version ?? null
  await files.rescue(staged, { fileId, ...why, save, version })
  call.host.report({ type: 'rescued', fileId, userId: save.userId, reason: why.reason })
}

function whyRefused(error: unknown): Pick<Refusal, 'code' | 'reason'> {
  return error instanceof WopiError
    ? { code: error.code, reason: error.message }
    : { code: 'internal', reason: 'The host failed while it stored the save.' }
}

/** The body, counted: refused as soon as it is over the limit, and when it ends before the length it announced. */
async function* measured(call: RefusedCall): Bytes {
  const { request, host } = call
  const expected = announcedSize(call, 'Content-Length')
  // PutRelativeFile may say it in a header of its own, which is no more than an announcement.
  const announced = Math.max(expected ?? 0, announcedSize(call, Header.Size) ?? 0)
  if (announced > host.maxFileSize) throw tooLarge(host.maxFileSize)
  let size = 0
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength
      if (size > host.maxFileSize) throw tooLarge(host.maxFileSize)
      yield chunk
    }
  } catch (error) {
    throw error instanceof WopiError ? error : cutOff(size, error)
  }
  if (expected !== null && size !== expected) {
    throw new WopiError(
      'bad-request',
      `The body ended after ${size} of ${expected} bytes. Nothing was stored.`,
    )
  }
}

function announcedSize(call: RefusedCall, header: string): number | null {
  const text = headerValue(call.request, header)
  return text && /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** What a body that ends on the way is: the doing of the client, or of the network, and no fault of ours. */
export function cutOff(size: number, cause: unknown): WopiError {
  return new WopiError(
    'bad-request',
    `The connection ended after ${size} bytes of the body. Nothing was stored.`,
    {
      cause,
    },
  )
}

function tooLarge(limit: number): WopiError {
  return new WopiError('too-large', `The file is larger than this host accepts (${limit} bytes).`)
}

/** What a request says about the save it carries. Collabora's headers come first; ONLYOFFICE leaves out a flag that is false. */
export function saveInfo(call: RefusedCall, fixed?: 'save-as' | 'conversion'): SaveInfo {
  const { request, grant } = call
  const flag = (name: string) => saveHeader(call, name)?.toLowerCase() === 'true'
  const editors = (headerValue(request, Header.Editors) ?? '')
    .split(',')
    .map((editor) => editor.trim())
    .filter((editor) => editor !== '')
  return {
    userId: grant.userId,
    userName: grant.userName,
    editors: [...new Set(editors)].slice(0, 100),
    origin:
      fixed ??
      (flag(SaveHeader.IsExitSave) ? 'exit-save' : flag(SaveHeader.IsAutosave) ? 'autosave' : 'save'),
    modifiedByUser: flag(SaveHeader.IsModifiedByUser),
    at: call.host.now(),
  }
}

function saveHeader(call: RefusedCall, name: string): string | undefined {
  return headerValue(call.request, `X-COOL-${name}`) ?? headerValue(call.request, `X-LOOL-${name}`)
}
