import { signal } from '@preact/signals'
import type { Lock, Session } from './api-types.js'
import { apiAddress, pages } from './place.js'
import { words } from './words/words.js'

/** Who is here and what this server can do; null until it is known. */
export const session = signal<Session | null>(null)

/** A refusal of the API, or no answer at all (`offline`). Its message is a sentence for a person. */
export class ApiError extends Error {
  readonly code: string
  readonly status: number
  /** What came with it, such as the lock in the way. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, status: number, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.code = code
    this.status = status
    this.details = details
  }

  get lock(): Lock | null {
    return (this.details.lock as Lock | undefined) ?? null
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly signal?: AbortSignal
}

/**
 * Asks the API. A token against forged requests that has become stale is renewed once; a session that has ended leads to the sign-in page.
 *
 * @throws ApiError
 */
export async function api<Answer = void>(path: string, call: Call = {}): Promise<Answer> {
  const { method = 'GET' } = call
  try {
    return await attempt<Answer>(path, call)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.code === 'csrf' && method !== 'GET') {
      await loadSession()
      return attempt<Answer>(path, call)
    }
    if (error.code === 'sign-in-required' && session.value?.person) leaveForSignIn()
    throw error
  }
}

async function attempt<Answer>(path: string, call: Call): Promise<Answer> {
  const { method = 'GET', body } = call
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (method !== 'GET') headers['X-Wopikit-CSRF'] = session.value?.csrf ?? ''
  let response: Response
  try {
    response = await fetch(apiAddress(path) + queryText(call.query), {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(call.signal ? { signal: call.signal } : {}),
    })
  } catch (cause) {
    if (call.signal?.aborted) throw cause
    throw new ApiError('offline', 0, words.problems.offline)
  }
  if (!response.ok) throw errorFrom(response.status, await response.text().catch(() => ''))
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}

/** The refusal that a body of the API tells of; also when something between us and the server answered instead. */
export function errorFrom(status: number, body: string): ApiError {
  try {
    const { code, message, ...details } = JSON.parse(body).error
    if (typeof code === 'string' && typeof message === 'string')
      return new ApiError(code, status, message, details)
  } catch {
    // Not our API's words.
  }
  const message = status === 413 ? words.problems.tooLarge : words.problems.unexpected(status)
  return new ApiError(status === 413 ? 'too-large' : 'unexpected', status, message)
}

function queryText(query: Call['query'] = {}): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

export async function loadSession(): Promise<Session> {
  const loaded = await attempt<Session>('/session', {})
  session.value = loaded
  return loaded
}

function leaveForSignIn(): void {
  location.assign(pages.signIn(location.pathname + location.search))
}

/** Whether what was asked for is not there, or not for this person. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404
}

/** The sentence to show for whatever was thrown. */
export function sentenceFor(error: unknown): string {
  return error instanceof ApiError ? error.message : words.problems.unexpected(0)
}
