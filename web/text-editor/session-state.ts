import type { DocumentInfo, Failure, FailureCode } from '../../src/editor/editor-api.js'

/** What the person may do with the document just now. */
export type Access =
  /** This page may save, and holds the lock where the host has locks. */
  | 'edit'
  /** Only to be read: opened so, no right to write, or bytes the editor cannot write back. */
  | 'view'
  /** Meant to be edited, but somebody else holds the lock. */
  | 'locked'
  /** As `locked`, while an earlier page of this browser finishes with the same document. */
  | 'waiting'

/** Everything the page shows of an editing session. */
export interface SessionState {
  readonly phase: 'opening' | 'open' | 'failed' | 'closed'
  readonly document: DocumentInfo | null
  readonly access: Access
  /** The host's own words about who holds the lock, or empty. */
  readonly lockReason: string
  /** The text differs from what the host is known to have. */
  readonly unsaved: boolean
  readonly saving: boolean
  /** Why the last thing that was tried did not work. */
  readonly problem: Problem | null
}

export interface Problem {
  readonly code: FailureCode
  /** The host's own words, or empty. */
  readonly reason: string
  /** The session tries again by itself. */
  readonly retrying: boolean
}

export const atFirst: SessionState = {
  phase: 'opening',
  document: null,
  access: 'view',
  lockReason: '',
  unsaved: false,
  saving: false,
  problem: null,
}

/** Whether typing makes sense: what is typed now can still be saved, as far as anybody knows. */
export function isEditable({ phase, access, problem }: SessionState): boolean {
  return phase === 'open' && access === 'edit' && problem?.code !== 'expired' && problem?.code !== 'not-found'
}

/** Whether the same request may well succeed a little later. */
export function isPassing({ code }: Pick<Failure, 'code'>): boolean {
  return code === 'unreachable' || code === 'host-error'
}

/** Whether two contents are the same bytes. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
