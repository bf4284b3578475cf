import type { HostEvent } from '../operations/event.js'
import { operations } from '../operations/index.js'
import type { WopiRequest, WopiResponse } from '../operations/message.js'
import type { FilePages, Leniency, Services } from '../operations/operation.js'
import type { AccessTokens, Grant } from '../ports/access-tokens.js'
import type { FileInfo, FileStore } from '../ports/file-store.js'
import type { LockStore } from '../ports/lock-store.js'
import type { UserInfoStore } from '../ports/user-info-store.js'
import type { CheckFileInfo } from '../protocol/check-file-info.js'
import type { Permission, Rights } from '../protocol/permission.js'
import { type VerifySignature, verifyWithWebCrypto } from '../protocol/proof-key.js'
import { type ClientOptions, type Clients, createClients, type ProofPolicy } from './clients.js'
import { answer } from './request-life.js'
import { createRouter } from './route.js'
import { createTurns } from './turns.js'
import { toRequest, toResponse } from './web-messages.js'

/** What a host is made of. Only `url`, `files`, `locks` and `tokens` must be given. */
export interface WopiHostOptions {
  /**
   * Where clients reach the host: scheme, host, port and an optional path prefix. WOPI is served under `<url>/wopi`. Never guessed from
   * forwarded headers: clients sign the exact URL they were told.
   */
  readonly url: string
  readonly files: FileStore
  readonly locks: LockStore
  readonly tokens: AccessTokens
  /** Where PutUserInfo goes; absent = not supported. */
  readonly users?: UserInfoStore
  /** The clients that are let in; their discovery gives actions and proof keys. */
  readonly clients?: readonly ClientOptions[]
  /** Default `when-offered`. */
  readonly proof?: ProofPolicy
  /** What this person may do with this file now, judged at every request; null = it does not exist for them. Default: what the token carries. */
  readonly permission?: (
    grant: Grant,
    file: FileInfo,
  ) => Permission | Rights | null | Promise<Permission | Rights | null>
  /** The host's own pages for a file, as far as the person may know of them. Default: none. */
  readonly pages?: (fileId: string, grant: Grant) => FilePages
  /** Origin of those pages, e.g. `https://docs.example.com`: where editors send PostMessages. Absent = none. */
  readonly pageOrigin?: string
  /** Properties added to CheckFileInfo, such as restrictions or branding; they win over ours. */
  readonly fileInfo?: (grant: Grant, file: FileInfo) => Partial<CheckFileInfo>
  /** `OwnerId` of files whose store names no owner; ASCII letters and digits. Default `owner`. */
  readonly ownerId?: string
  /** Largest save in bytes. Default 1 GiB. */
  readonly maxFileSize?: number
  /** Default: all on, with one hour of grace for the last save. */
  readonly leniency?: Partial<Leniency>
  /** Told about every request, refusal and fault. Default: nobody. */
  readonly onEvent?: (event: HostEvent) => void
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /** How discovery is fetched. Default: the platform's `fetch`. */
  readonly fetch?: typeof fetch
  /** How RSA signatures are verified. Default: WebCrypto. */
  readonly verifySignature?: VerifySignature
}

/** A WOPI host. */
export interface WopiHost {
  /** Answers a request of the web platform: for Hono, Deno, Bun, service workers, and tests. */
  fetch(request: Request): Promise<Response>
  /** Answers a plain request: for adapters that need no `Request`. */
  handle(request: WopiRequest): Promise<WopiResponse>
  /** Tells an event to `onEvent`: for adapters, when something fails outside the host. Never throws. */
  report(event: HostEvent): void
  readonly clients: Clients
  /** Base of every WOPISrc, as given, normalised. */
  readonly url: string
  /** The WOPISrc of a file. */
  wopiSrc(fileId: string): string
  /**
   * A token for one person and one file, and when it ends, in milliseconds since 1970. Default lifetime: 10 hours.
   *
   * @throws RangeError when the user id cannot be one, or the names are too long for a token.
   */
  issueToken(
    grant: Omit<Grant, 'expiresAt'>,
    lifetimeMs?: number,
  ): Promise<{ accessToken: string; accessTokenTtl: number }>
}

/** Tokens live long, since ONLYOFFICE cannot renew one and saves with it to the end. */
export const TOKEN_LIFETIME_MS = 10 * 60 * 60 * 1000

const DEFAULT_LENIENCY: Leniency = {
  repeatedSave: true,
  saveAfterUnlock: true,
  lastSaveGraceMs: 60 * 60 * 1000,
}

/**
 * Makes a WOPI host over a file store.
 *
 * @throws TypeError naming the option that cannot be used: `url`, `clients`, `pageOrigin`, `ownerId`, `maxFileSize` or `leniency`.
 */
export function createWopiHost(options: WopiHostOptions): WopiHost {
  const url = baseUrl(options.url)
  requireUsable(options)
  const now = options.now ?? Date.now
  const report = reporter(options.onEvent)
  const clients = createClients(options.clients ?? [], {
    policy: options.proof ?? 'when-offered',
    fetch: options.fetch ?? fetch,
    verifySignature: options.verifySignature ?? verifyWithWebCrypto,
    now,
    report,
  })
  const services: Services = {
    url,
    files: options.files,
    locks: options.locks,
    tokens: options.tokens,
    users: options.users ?? null,
    maxFileSize: options.maxFileSize ?? 1024 ** 3,
    ownerId: options.ownerId ?? 'owner',
    pageOrigin: options.pageOrigin ?? null,
    leniency: { ...DEFAULT_LENIENCY, ...options.leniency },
    pages: options.pages ?? (() => ({})),
    fileInfo: options.fileInfo ?? (() => ({})),
    permission: options.permission ?? ((grant) => grant.permission),
    now,
    report,
    turn: createTurns(),
  }
  const route = createRouter(url, operations)
  const handle = (request: WopiRequest) => answer(request, services, clients, route)
  return {
    url,
    clients,
    handle,
    report,
    fetch: async (request) => toResponse(await handle(toRequest(request))),
    wopiSrc: (fileId) => `${url}/wopi/files/${encodeURIComponent(fileId)}`,
    async issueToken(grant, lifetimeMs = TOKEN_LIFETIME_MS) {
      const expiresAt = now() + lifetimeMs
      return { accessToken: await options.tokens.issue({ ...grant, expiresAt }), accessTokenTtl: expiresAt }
    },
  }
}

/** A listener that throws must not turn a stored save into a failure. */
function reporter(onEvent: ((event: HostEvent) => void) | undefined): (event: HostEvent) => void {
  return (event) => {
    try {
      onEvent?.(event)
    } catch {
      // There is nobody left to tell.
    }
  }
}

/** What would otherwise be noticed much later, by a client that does not save or a page that gets no messages. */
function requireUsable({ clients, pageOrigin, ownerId, maxFileSize = 1, leniency }: WopiHostOptions): void {
  for (const { url } of clients ?? []) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      refuse('clients', url, 'the http or https URL of each, such as https://office.example.com')
  }
  if (pageOrigin !== undefined && !(URL.canParse(pageOrigin) && new URL(pageOrigin).origin === pageOrigin))
    refuse('pageOrigin', pageOrigin, 'an origin without a path, such as https://docs.example.com')
  if (ownerId !== undefined && !/^[A-Za-z0-9]+$/.test(ownerId))
    refuse('ownerId', ownerId, 'ASCII letters and digits')
  if (!(maxFileSize > 0)) refuse('maxFileSize', maxFileSize, 'a number of bytes')
  const { lastSaveGraceMs = 0 } = leniency ?? {}
  if (!(lastSaveGraceMs >= 0))
    refuse('leniency.lastSaveGraceMs', lastSaveGraceMs, 'a number of milliseconds, 0 = none')
}

function refuse(option: string, given: unknown, expected: string): never {
  const found = typeof given === 'string' ? JSON.stringify(given) : String(given)
  throw new TypeError(`createWopiHost: ${option} is ${found}; expected ${expected}`)
}

/** The URL in the form every client signs it in: lower-case host, no default port, no trailing slash. */
function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== '' ||
    url.hash !== '' ||
    url.username !== ''
  ) {
    refuse('url', text, 'an absolute http or https URL without query, such as https://docs.example.com')
  }
  return url.origin + url.pathname.replace(/\/+$/, '')
}
