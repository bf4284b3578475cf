export type { Client, ClientOptions, ClientState, Clients, ProofPolicy } from './host/clients.js'
export { createWopiHost, TOKEN_LIFETIME_MS, type WopiHost, type WopiHostOptions } from './host/host.js'
export {
  type HostPage,
  type HostPageContent,
  type HostPageOptions,
  type HostPageScript,
  type HostPageTexts,
  renderHostPage,
} from './host/host-page.js'
export {
  chooseOpening,
  type DocumentToOpen,
  editorAddress,
  type Intent,
  type KnownClients,
  type Opening,
  readClients,
} from './host/opening.js'
export { signedAccessTokens } from './host/signed-access-tokens.js'
export type { HostEvent } from './operations/event.js'
export type { WopiRequest, WopiResponse } from './operations/message.js'
export type { FilePages, Leniency } from './operations/operation.js'
export { type AccessTokens, type Grant, userIdProblem } from './ports/access-tokens.js'
export type {
  ByteRange,
  Bytes,
  Changed,
  Committed,
  Content,
  Created,
  Expected,
  FileContent,
  FileInfo,
  FileStore,
  Refusal,
  Renamed,
  SaveInfo,
  Staged,
} from './ports/file-store.js'
export type { Lock, LockStore, LockSwap, ReleasedLock } from './ports/lock-store.js'
export type { UserInfoStore } from './ports/user-info-store.js'
export { type ActionUrlOptions, buildActionUrl } from './protocol/action-url.js'
export type { CheckFileInfo } from './protocol/check-file-info.js'
export {
  actionsFor,
  clientOrigins,
  type Discovery,
  type DiscoveryAction,
  type FileQuery,
  findAction,
} from './protocol/discovery.js'
export { WopiError, type WopiErrorCode } from './protocol/errors.js'
export { Header } from './protocol/headers.js'
export { type Permission, parsePermission, permissions, type Rights } from './protocol/permission.js'
