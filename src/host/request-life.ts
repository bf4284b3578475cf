import type { WopiRequest, WopiResponse } from '../operations/message.js'
import type { Call, Operation, RefusedCall, Services } from '../operations/operation.js'
import type { Grant } from '../ports/access-tokens.js'
import type { Refusal } from '../ports/file-store.js'
import { WopiError } from '../protocol/errors.js'
import { Header, headerText } from '../protocol/headers.js'
import { type Ability, allows } from '../protocol/permission.js'
import type { Clients } from './clients.js'
import type { Route } from './route.js'

/** What comes to light about a request while it lives, for the event at its end. */
interface Findings {
  operation: Operation | null
  fileId: string | null
  userId: string | null
}

/**
 * The life of a request: find the operation, verify proof and token, load the file, judge permission, run, encode. The order is that of the
 * specification, so that each refusal tells the client what it has to change first.
 */
export async function answer(
  request: WopiRequest,
  host: Services,
  clients: Clients,
  route: (request: WopiRequest) => Route,
): Promise<WopiResponse> {
  const startedAt = host.now()
  const findings: Findings = { operation: null, fileId: null, userId: null }
  let reason: string | null = null
  let response: WopiResponse
  try {
    const found = route(request)
    findings.operation = found.operation
    findings.fileId = found.fileId
    response = await live(request, found, host, clients, findings, startedAt)
  } catch (error) {
    const known = error instanceof WopiError ? error : fault(host, findings, error)
    reason = known.message
    response = refusal(known)
  }
  host.report({
    type: 'request',
    operation: findings.operation?.name ?? null,
    fileId: findings.fileId,
    userId: findings.userId,
    status: response.status,
    reason,
    durationMs: host.now() - startedAt,
    correlationId: request.header(Header.CorrelationId) ?? null,
    sessionId: request.header(Header.SessionId) ?? null,
  })
  return {
    status: response.status,
    headers: Object.assign(commonHeaders(), response.headers),
    body: response.body,
  }
}

async function live(
  request: WopiRequest,
  found: Route,
  host: Services,
  clients: Clients,
  findings: Findings,
  now: number,
): Promise<WopiResponse> {
  // Whose keys must fit is written in the token, so it is read before the proof is judged; whether it is any good is said afterwards.
  const token = accessToken(request.target)
  const grant = token === null ? null : await host.tokens.verify(token)
  await requireProof(request, found.url, token, grant, host, clients)

  if (!grant)
    throw new WopiError('invalid-token', 'The access token is missing or was not issued by this host.')
  findings.userId = grant.userId
  if (grant.expiresAt <= now && !(await isLastSave(request, found.operation, grant, host, now))) {
    throw new WopiError(
      'invalid-token',
      'The access token has expired. Open the document again from its folder.',
    )
  }
  const { fileId, operation } = found
  if (fileId === null) throw new WopiError('not-implemented', 'This host has no containers and no ecosystem.')
  if (grant.resource.kind !== 'file' || grant.resource.id !== fileId) throw notFound()

  const perform = () => permitted(request, fileId, operation, grant, host)
  // What is known of the file is looked up in its turn: the call before may have changed it.
  return operation?.turn ? host.turn(fileId, perform, operation.turn) : perform()
}

async function permitted(
  request: WopiRequest,
  fileId: string,
  operation: Operation | null,
  grant: Grant,
  host: Services,
): Promise<WopiResponse> {
  const file = await host.files.stat(fileId)
  const rights = file && (await host.permission(grant, file))
  if (!file || !rights || !allows(rights, 'read')) {
    await keepWork(
      operation,
      { request, host, grant, file: { fileId } },
      file
        ? { code: 'not-allowed', reason: 'The person has no access to the file any more.' }
        : { code: 'not-found', reason: 'The file was deleted before this save arrived.' },
    )
    throw notFound()
  }
  const permission = typeof rights === 'string' ? rights : rights.permission

  if (!operation) {
    throw new WopiError('not-implemented', `This host does not know the operation ${named(request)}.`)
  }
  if (operation.offered && !operation.offered(host)) {
    throw new WopiError('not-implemented', `This host does not offer ${operation.name}.`)
  }
  const may = (ability: Ability) => allows(rights, ability)
  const call: Call = { request, host, grant, permission, may, file, now: host.now() }
  if (may(operation.needs)) return operation.run(call)
  const reason = `The permission "${permission}" does not include ${operation.name}.`
  await keepWork(operation, call, { code: 'not-allowed', reason })
  throw new WopiError(operation.refusal, reason)
}

/** Who has lost the file or a permission in the middle of a session has work that is nowhere else. Who only ever looked has none. */
async function keepWork(
  operation: Operation | null,
  call: RefusedCall,
  why: Pick<Refusal, 'code' | 'reason'>,
): Promise<void> {
  if (!allows(call.grant.permission, 'lock')) return
  if (operation?.offered?.(call.host) !== false) await operation?.keep?.(call, why)
}

async function requireProof(
  request: WopiRequest,
  url: string,
  token: string | null,
  grant: Grant | null,
  host: Services,
  clients: Clients,
): Promise<void> {
  const signed = {
    token: token ?? '',
    url,
    timestamp: request.header(Header.TimeStamp),
    proof: request.header(Header.Proof),
    proofOld: request.header(Header.ProofOld),
  }
  const verdict = await clients.checkProof(signed, grant?.client)
  if (verdict.pass) return
  host.report({ type: 'proof-failed', explain: verdict.explain })
  throw new WopiError(
    'proof-failed',
    `The proof of this request does not fit any known client (${verdict.reason}).`,
  )
}

/**
 * Deviation: a token that ended a short while ago still brings the last save, and the Unlock after it, when the request carries the live
 * lock of the file. ONLYOFFICE tries the save at the end of a session once, with a token it cannot renew.
 */
async function isLastSave(
  request: WopiRequest,
  operation: Operation | null,
  grant: Grant,
  host: Services,
  now: number,
): Promise<boolean> {
  if (operation?.name !== 'PutFile' && operation?.name !== 'Unlock') return false
  if (now - grant.expiresAt >= host.leniency.lastSaveGraceMs) return false
  const lock = await host.locks.get(grant.resource.id, now)
  if (!lock || lock.lockId !== request.header(Header.Lock)) return false
  host.report({ type: 'leniency', name: 'last-save-grace', fileId: grant.resource.id, userId: grant.userId })
  return true
}

/** The decoded value of `access_token`, or null. The query alone decides: ONLYOFFICE puts a token of its own in `Authorization`. */
function accessToken(target: string): string | null {
  const value = /^[^?]*\?(?:[^&]*&)*?access_token=([^&]*)/.exec(target)?.[1]
  if (!value) return null
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}

/** Also for a file of somebody else's: whether it exists is nobody's business. */
function notFound(): WopiError {
  return new WopiError('not-found', 'There is no such file, or this access token is not for it.')
}

function named(request: WopiRequest): string {
  const override = request.header(Header.Override)
  return override && /^[A-Za-z_]{1,64}$/.test(override) ? override : 'asked for'
}

/** Whatever is thrown and is not a refusal is our own fault: 500, told to the log and not to the client. */
function fault(host: Services, findings: Findings, error: unknown): WopiError {
  host.report({ type: 'fault', operation: findings.operation?.name ?? null, error })
  return new WopiError('internal', 'The host failed. Its log says why.', { cause: error })
}

function refusal(error: WopiError): WopiResponse {
  const headers: Record<string, string> = { ...error.headers }
  if (error.status >= 500) headers[Header.ServerError] = headerText(error.message)
  if (error.code === 'unavailable') headers['Retry-After'] = '5'
  if (error.body) headers['Content-Type'] = 'application/json'
  return { status: error.status, headers, body: error.body ? JSON.stringify(error.body) : null }
}

function commonHeaders(): Record<string, string> {
  return { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
}
