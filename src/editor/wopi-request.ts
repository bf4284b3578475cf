import { randomUUID } from 'node:crypto'
import { Header } from '../protocol/headers.js'
import { proofBytes } from '../protocol/proof-key.js'
import { msToTicks } from '../protocol/times.js'
import { bytesWithin } from './bytes-within.js'
import type { Failure, FailureCode, Target } from './editor-api.js'
import { type ProofKeys, signProof } from './proof-keys.js'

/** One finished WOPI request, for the log. Holds neither token nor lock. */
export interface WopiCall {
  readonly operation: string
  readonly wopiSrc: string
  readonly correlationId: string
  readonly sessionId: string
  /** 0: no answer came. */
  readonly status: number
  readonly milliseconds: number
  /** What went wrong, in the words of the host (`X-WOPI-ServerError`, `X-WOPI-LockFailureReason`) or of the network. */
  readonly problem?: string
}

export interface WopiTransport {
  readonly keys: ProofKeys
  readonly fetch: typeof globalThis.fetch
  readonly onCall: (call: WopiCall) => void
}

export interface WopiRequest {
  readonly operation: string
  readonly target: Target
  readonly path?: '/contents'
  readonly override?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array<ArrayBuffer>
  readonly timeoutMs?: number
  readonly maxBytes?: number
}

export interface WopiAnswer {
  readonly ok: true
  readonly headers: Headers
  readonly bytes: Uint8Array
}

const CLIENT_VERSION = 'wopikit-text-editor'
const SHORT_TIMEOUT_MS = 30_000
const MAX_JSON_BYTES = 1024 * 1024

/**
 * Sends one signed WOPI request and never throws: whatever goes wrong comes back as a value and is reported to `onCall`.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/common-headers
 */
export async function sendWopiRequest(
  request: WopiRequest,
  { keys, fetch, onCall }: WopiTransport,
): Promise<WopiAnswer | Failure> {
  const { operation, target, override, body } = request
  const url = new URL(`${target.wopiSrc}${request.path ?? ''}`)
  url.search = `access_token=${encodeURIComponent(target.token)}`
  const correlationId = randomUUID()
  const started = Date.now()
  const report = (status: number, problem?: string) =>
    onCall({
      operation,
      wopiSrc: target.wopiSrc,
      correlationId,
      sessionId: target.session,
      status,
      milliseconds: Date.now() - started,
      ...(problem ? { problem } : {}),
    })
  try {
    const response = await fetch(url.href, {
      method: override === undefined ? 'GET' : 'POST',
      headers: {
        ...request.headers,
        ...(override === undefined ? {} : { [Header.Override]: override }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/octet-stream' }),
        ...proofHeaders(target.token, url.href, keys),
        [Header.CorrelationId]: correlationId,
        [Header.SessionId]: target.session,
        'X-WOPI-ClientVersion': CLIENT_VERSION,
        'User-Agent': CLIENT_VERSION,
      },
      ...(body === undefined ? {} : { body }),
      // A host never redirects a WOPI request; following one could lead anywhere.
      redirect: 'manual',
      signal: AbortSignal.timeout(request.timeoutMs ?? SHORT_TIMEOUT_MS),
    })
    const bytes = await bytesWithin(response.body, request.maxBytes ?? MAX_JSON_BYTES)
    if (response.status === 200 && bytes) {
      report(200)
      return { ok: true, headers: response.headers, bytes }
    }
    const larger = response.status === 200
    const failed = larger ? failure('too-large', '') : failureFrom(response, bytes, operation)
    report(response.status, response.headers.get(Header.ServerError) ?? (failed.reason || failed.code))
    return failed
  } catch (error) {
    report(0, networkProblem(error))
    return failure('unreachable', '')
  }
}

/** Signed over the very URL that is sent. */
function proofHeaders(token: string, url: string, keys: ProofKeys): Record<string, string> {
  const ticks = msToTicks(Date.now())
  const bytes = proofBytes({ token, url, ticks })
  return {
    [Header.Proof]: signProof(keys.current, bytes),
    [Header.ProofOld]: signProof(keys.old, bytes),
    [Header.TimeStamp]: String(ticks),
  }
}

const codeOf: Readonly<Record<number, FailureCode>> = {
  400: 'refused',
  401: 'expired',
  403: 'refused',
  404: 'not-found',
  409: 'locked',
  412: 'too-large',
  413: 'too-large',
  501: 'not-supported',
}

function failureFrom({ status, headers }: Response, bytes: Uint8Array | null, operation: string): Failure {
  const code = codeOf[status] ?? 'host-error'
  if (code === 'refused') return failure(code, headers.get(Header.InvalidFileNameError) ?? '')
  if (code !== 'locked') return failure(code, '')
  const reason = headers.get(Header.LockFailureReason) ?? ''
  const body = bytes ? jsonFrom(bytes) : null
  if (operation === 'PutFile' && numberIn(body, 'COOLStatusCode', 'LOOLStatusCode') === 1010) {
    return failure('changed', reason)
  }
  return failure(headers.get(Header.Lock) ? 'locked' : 'unlocked', reason)
}

export function failure(code: FailureCode, reason: string): Failure {
  return { ok: false, code, reason }
}

/** The JSON in a body, null when there is none. */
export function jsonFrom(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}

/** A text of a JSON object, empty when there is none. */
export function stringIn(json: unknown, name: string): string {
  if (typeof json !== 'object' || json === null) return ''
  const value: unknown = Reflect.get(json, name)
  return typeof value === 'string' ? value : ''
}

function numberIn(json: unknown, ...names: string[]): number | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  return names.map((name): unknown => Reflect.get(json, name)).find((value) => typeof value === 'number')
}

function networkProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // fetch says only "fetch failed"; the cause knows the address and the reason.
  return error.cause instanceof Error ? error.cause.message : error.message
}
