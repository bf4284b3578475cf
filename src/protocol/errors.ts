import { Header, headerText } from './headers.js'

/** Every way in which an operation can refuse. Closed: a new refusal starts with a line here and one in the table below. */
export type WopiErrorCode =
  | 'bad-request'
  | 'invalid-token'
  | 'not-found'
  | 'method-not-allowed'
  | 'lock-mismatch'
  | 'name-taken'
  | 'changed-outside'
  | 'larger-than-expected'
  | 'too-large'
  | 'storage-full'
  | 'range-not-satisfiable'
  | 'proof-failed'
  | 'internal'
  | 'not-implemented'
  | 'unavailable'

/**
 * The only place where a refusal becomes an HTTP status.
 *
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/wopi-rest-api/
 */
const statusOf: Record<WopiErrorCode, number> = {
  'bad-request': 400,
  'invalid-token': 401,
  'not-found': 404,
  'method-not-allowed': 405,
  'lock-mismatch': 409,
  'name-taken': 409,
  'changed-outside': 409,
  'larger-than-expected': 412,
  'too-large': 413,
  'storage-full': 413,
  'range-not-satisfiable': 416,
  'proof-failed': 500,
  internal: 500,
  'not-implemented': 501,
  unavailable: 503,
}

/** What accompanies a refusal on the wire, and what stays behind. */
export interface WopiErrorDetails {
  /** Headers the specification wants with this refusal. */
  readonly headers?: Readonly<Record<string, string>>
  /** JSON body; only Collabora reads one. */
  readonly body?: Readonly<Record<string, unknown>>
  /** What really went wrong. Logged, never sent. */
  readonly cause?: unknown
}

/** A refusal the protocol knows. Anything else that is thrown is a fault of the host and answered 500 without details. */
export class WopiError extends Error {
  override readonly name = 'WopiError'
  readonly code: WopiErrorCode
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>> | undefined

  /** @param message one sentence for a person: what happened, and what to do. No token, no lock id, no path of the machine. */
  constructor(code: WopiErrorCode, message: string, details: WopiErrorDetails = {}) {
    // A refusal is an answer and no fault: nobody asks where it was made, and finding that out would take longer than all the rest.
    const engine: typeof Error & { stackTraceLimit?: number | undefined } = Error
    const { stackTraceLimit } = engine
    engine.stackTraceLimit = 0
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    engine.stackTraceLimit = stackTraceLimit
    this.code = code
    this.status = statusOf[code]
    this.headers = details.headers ?? {}
    this.body = details.body
  }
}

/**
 * 409 on a file. Always with `X-WOPI-Lock`: the current lock, or empty when there is none to show.
 * Collabora Online shows the reason to the person at the keyboard word for word.
 */
export function conflict(
  code: 'lock-mismatch' | 'name-taken' | 'changed-outside',
  currentLockId: string | null,
  reason: string,
  more: { headers?: Record<string, string>; body?: Record<string, unknown> } = {},
): WopiError {
  const headers = {
    [Header.Lock]: currentLockId ?? '',
    [Header.LockFailureReason]: headerText(reason),
    ...more.headers,
  }
  return new WopiError(code, reason, more.body === undefined ? { headers } : { headers, body: more.body })
}
