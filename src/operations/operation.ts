import type { AccessTokens, Grant } from '../ports/access-tokens.js'
import type { FileInfo, FileStore, Refusal } from '../ports/file-store.js'
import type { LockStore } from '../ports/lock-store.js'
import type { UserInfoStore } from '../ports/user-info-store.js'
import type { CheckFileInfo } from '../protocol/check-file-info.js'
import type { Ability, Permission, Rights } from '../protocol/permission.js'
import type { HostEvent } from './event.js'
import type { WopiRequest, WopiResponse } from './message.js'

/** Addresses of the host's own pages for one file, absolute, without a token. */
export interface FilePages {
  readonly edit?: string
  readonly view?: string
  /** Where closing the editor leads. */
  readonly close?: string
  /** The folder the file is in, to be shown beside its name. */
  readonly folder?: { readonly name: string; readonly url: string }
  readonly download?: string
}

/** Where more is let in than the protocol demands, to save somebody's work. Decided by marks of the request; each use is reported. */
export interface Leniency {
  /** A save repeated after a lost answer (same bytes, stale `X-COOL-WOPI-Timestamp`) is a success. */
  readonly repeatedSave: boolean
  /** A save that follows its own Unlock by a few seconds, with a fitting `X-COOL-WOPI-Timestamp`, is taken. */
  readonly saveAfterUnlock: boolean
  /** How long after its expiry a token may still bring the last save (and Unlock) of the live lock, in milliseconds; 0 = not at all. */
  readonly lastSaveGraceMs: number
}

/** What the operations work with: the ports, and the settings that answers are made of. */
export interface Services {
  /** Base of every WOPISrc: where clients reach the host, without a trailing slash. */
  readonly url: string
  readonly files: FileStore
  readonly locks: LockStore
  readonly tokens: AccessTokens
  readonly users: UserInfoStore | null
  /** Largest body that is taken, in bytes. */
  readonly maxFileSize: number
  readonly ownerId: string
  /** Origin of the host pages, for PostMessage; null when there are none. */
  readonly pageOrigin: string | null
  pages(fileId: string, grant: Grant): FilePages
  /** Properties an embedder adds to CheckFileInfo, or overrides. */
  fileInfo(grant: Grant, file: FileInfo): Partial<CheckFileInfo>
  /** What this person may do with this file now; null = it does not exist for them. */
  permission(grant: Grant, file: FileInfo): Permission | Rights | null | Promise<Permission | Rights | null>
  readonly leniency: Leniency
  report(event: HostEvent): void
  /** Milliseconds since 1970. */
  now(): number
  /** Runs a step on a file in its turn, within this process; default `alone`. */
  turn<T>(fileId: string, step: () => Promise<T>, turn?: 'alone' | 'shared'): Promise<T>
}

/** One call of an operation: who, on which file, with what. The token has been verified and the permission judged. */
export interface Call {
  readonly request: WopiRequest
  readonly host: Services
  readonly grant: Grant
  readonly permission: Permission
  readonly file: FileInfo
  /** Whether the person may use an ability: what the permission carries, less what was taken out of it. */
  may(ability: Ability): boolean
  /** When the call's turn came, in milliseconds since 1970. */
  readonly now: number
}

/** A call that is refused whatever it brings: of its file nothing need be left but the id. */
export type RefusedCall = Pick<Call, 'request' | 'host' | 'grant'> & {
  readonly file: Pick<FileInfo, 'fileId'>
}

/** An operation of the protocol, as a value. Routing, 405, 501, permissions, the operations page and its test follow from the table of them. */
export interface Operation {
  /** As in the specification. */
  readonly name: string
  readonly method: 'GET' | 'POST'
  /** Under `/wopi`. */
  readonly path: '/files/:fileId' | '/files/:fileId/contents'
  /** Value of `X-WOPI-Override`; null for GET. */
  readonly override: string | null
  /** Tells apart two operations that share an override. The first in the table that fits is taken. */
  readonly when?: (request: WopiRequest) => boolean
  readonly needs: Ability
  /** What is answered to a valid token that lacks the ability. */
  readonly refusal: 'not-found' | 'not-implemented'
  /** Whether this host can do it at all; absent = always. */
  readonly offered?: (host: Services) => boolean
  /**
   * How calls on the same file wait for each other: `alone` for all before; `shared` only for those that are alone, for a call that changes
   * the lock and nothing else, which the store does in one go. Absent = not at all.
   */
  readonly turn?: 'alone' | 'shared'
  /** The page of the specification. */
  readonly spec: string
  run(call: Call): Promise<WopiResponse>
  /**
   * Keeps what a request brings that is refused because the file is gone or the person lacks the ability, although the token was made for an
   * editing session. Absent = there is nothing to lose. Never throws.
   */
  keep?(call: RefusedCall, why: Pick<Refusal, 'code' | 'reason'>): Promise<void>
}

const microsoftFiles = 'https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/files/'

/** Microsoft's page of a file operation. */
export function filePage(name: string): string {
  return microsoftFiles + name
}
