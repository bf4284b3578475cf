import type { Bytes, Content } from '../ports/file-store.js'

/**
 * A request as the operations see it: plain enough to be made from a `Request`, from Node's `IncomingMessage`, or by hand in a test.
 */
export interface WopiRequest {
  readonly method: string
  /** Path and query exactly as in the request line: proofs are signed over these very characters. */
  readonly target: string
  /** A header's value; undefined when it was not sent. Any case. */
  header(name: string): string | undefined
  /** The body as it comes in, or null when the request has none. */
  readonly body: Bytes | null
}

/** An answer as the operations give it. A text body is UTF-8. A stream's length is in its `Content-Length`. */
export interface WopiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Content | null
}

/** A header's value; undefined also when it is empty, since clients do send empty headers they mean to leave out. */
export function headerValue(request: WopiRequest, name: string): string | undefined {
  return request.header(name) || undefined
}

/** Whether a boolean header says true, in any case. Everything else, and absence, is false. */
export function headerFlag(request: WopiRequest, name: string): boolean {
  return request.header(name)?.toLowerCase() === 'true'
}

/** 200 without a body. */
export function ok(headers: Readonly<Record<string, string>> = {}): WopiResponse {
  return { status: 200, headers, body: null }
}

/** An answer with a JSON body. */
export function json(
  body: object,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): WopiResponse {
  return {
    status,
    headers: Object.assign({ 'Content-Type': 'application/json' }, headers),
    body: JSON.stringify(body),
  }
}
