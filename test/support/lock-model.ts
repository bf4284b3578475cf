import type { Model, ObservedCall } from './linearizability.js'

/** What a client asks of one file. */
export type FileCall =
  | { readonly name: 'Lock' | 'Unlock' | 'RefreshLock'; readonly lockId: string }
  | { readonly name: 'UnlockAndRelock'; readonly oldLockId: string; readonly lockId: string }
  | {
      readonly name: 'PutFile'
      readonly lockId: string
      readonly content: string
      /** As `X-COOL-WOPI-Timestamp`: save only if the content is still the one of that time. */
      readonly timestamp?: string
    }
  | { readonly name: 'GetLock' | 'GetFile' | 'CheckFileInfo' }

/** What it is told. `lockId` of a refusal is the lock there is, '' for none; `outdated` when the content is newer than the save knows. */
export type FileAnswer =
  | {
      readonly done: true
      readonly version?: number
      readonly lockId?: string
      readonly content?: string
      /** `LastModifiedTime`. */
      readonly modified?: string
    }
  | { readonly done: false; readonly lockId: string; readonly outdated?: true }

export type FileHistory = readonly ObservedCall<FileCall, FileAnswer>[]

/** A file as its clients know it. Locks live far longer than any history that is checked. */
export interface FileState {
  /** '' = unlocked. */
  readonly lockId: string
  readonly content: string
  readonly version: number
  /** False after a save whose answer nobody saw: the version is then some greater one. */
  readonly versionKnown: boolean
  /** When the content changed last; '' = nobody has seen it yet. */
  readonly modified: string
}

/**
 * One file with its lock, as the state table of the protocol has it. A save on an unlocked file is refused, so the content to begin with must not
 * be empty. Versions grow; a read gives the very version and content that are there.
 *
 * The version in the answer to a lock operation may be newer than the moment of the lock, never older: a client that holds the lock takes it
 * for what it now edits.
 *
 * A save that names the time of the content it was made from is refused when there is a newer one.
 */
export function lockModel(content: string, version: number): Model<FileState, FileCall, FileAnswer> {
  return {
    initial: { lockId: '', content, version, versionKnown: true, modified: '' },
    step,
    key: (state) =>
      `${state.lockId}|${state.content}|${state.version}|${state.versionKnown}|${state.modified}`,
  }
}

function step(state: FileState, call: FileCall, answer: FileAnswer | null): FileState | null {
  switch (call.name) {
    case 'Lock':
      return locking(state, state.lockId === '' || state.lockId === call.lockId, call.lockId, answer)
    case 'RefreshLock':
      return locking(state, state.lockId === call.lockId, call.lockId, answer)
    case 'Unlock':
      return locking(state, state.lockId === call.lockId, '', answer)
    case 'UnlockAndRelock':
      return locking(state, state.lockId !== '' && state.lockId === call.oldLockId, call.lockId, answer)
    case 'PutFile':
      return saving(state, call, answer)
    case 'GetLock':
      return answer === null || (answer.done && answer.lockId === state.lockId) ? state : null
    case 'GetFile':
    case 'CheckFileInfo':
      return reading(state, answer)
  }
}

function locking(
  state: FileState,
  allowed: boolean,
  lockId: string,
  answer: FileAnswer | null,
): FileState | null {
  if (answer === null) return allowed ? { ...state, lockId } : state
  if (!answer.done) return allowed || answer.lockId !== state.lockId ? null : state
  return allowed && (answer.version ?? 0) >= state.version ? { ...state, lockId } : null
}

function saving(
  state: FileState,
  call: Extract<FileCall, { readonly name: 'PutFile' }>,
  answer: FileAnswer | null,
): FileState | null {
  const { lockId, content, timestamp } = call
  const holdsLock = state.lockId !== '' && state.lockId === lockId
  const mayBeCurrent = timestamp === undefined || state.modified === '' || timestamp === state.modified
  const mayBeOutdated = timestamp !== undefined && timestamp !== state.modified
  if (answer === null) {
    return holdsLock && mayBeCurrent ? { ...state, content, versionKnown: false, modified: '' } : state
  }
  if (!answer.done) {
    if (answer.lockId !== state.lockId) return null
    return (answer.outdated ? holdsLock && mayBeOutdated : !holdsLock) ? state : null
  }
  const { version = 0, modified = '' } = answer
  if (!holdsLock || !mayBeCurrent || version <= state.version) return null
  return { ...state, content, version, versionKnown: true, modified }
}

function reading(state: FileState, answer: FileAnswer | null): FileState | null {
  if (answer === null) return state
  if (!answer.done || answer.version === undefined) return null
  if (answer.content !== undefined && answer.content !== state.content) return null
  const { version, modified = state.modified } = answer
  if (state.versionKnown ? version !== state.version : version <= state.version) return null
  if (state.modified !== '' && modified !== state.modified) return null
  return { ...state, version, versionKnown: true, modified }
}
