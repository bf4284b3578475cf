import { Failure } from './check.js'
import type { Answer } from './wire.js'

/** Fails with this sentence unless the condition holds. */
export function expectThat(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Failure(otherwise)
}

/** The answer has one of these statuses. */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): void {
  const reason = answer.header('X-WOPI-ServerError') ?? answer.header('X-WOPI-LockFailureReason')
  const because = reason ? ` ("${reason}")` : ''
  expectThat(
    statuses.includes(answer.status),
    `${answer.request} was answered ${answer.status}${because}, expected ${statuses.join(' or ')}.`,
  )
}

/** The answer is a 409 that names this lock; '' = the header is there and empty. */
export function expectConflict(answer: Answer, lockId: string): void {
  expectStatus(answer, 409)
  const sent = answer.header('X-WOPI-Lock')
  expectThat(
    sent !== undefined,
    `${answer.request} was answered 409 without the header X-WOPI-Lock, expected ${quoted(lockId)}.`,
  )
  expectThat(
    sent === lockId,
    `${answer.request} was answered 409 with X-WOPI-Lock ${quoted(sent)}, expected ${quoted(lockId)}.`,
  )
}

/** Two values are the same. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  expectThat(actual === expected, `${what} is ${quoted(actual)}, expected ${quoted(expected)}.`)
}

/** Two values differ. */
export function expectDifferent(actual: unknown, before: unknown, what: string): void {
  expectThat(actual !== before, `${what} is still ${quoted(actual)}, expected another value.`)
}

/** The body is exactly these bytes. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  const same = actual.length === expected.length && Buffer.compare(actual, expected) === 0
  if (same) return
  const first = actual.findIndex((byte, index) => byte !== expected[index])
  throw new Failure(
    `${what} has ${actual.length} bytes, expected ${expected.length}` +
      `${first === -1 ? '' : `; the first difference is at byte ${first}`}.`,
  )
}

/** The JSON object in the answer. */
export function expectJson(answer: Answer): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(answer.text)
  } catch {
    throw new Failure(`The body of the answer to ${answer.request} is not JSON.`)
  }
  expectThat(
    typeof value === 'object' && value !== null && !Array.isArray(value),
    `The body of the answer to ${answer.request} is not a JSON object.`,
  )
  return value as Readonly<Record<string, unknown>>
}

/** A value for a message: short, and in quotes when it is a text. */
export function quoted(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 100)}… (${text.length} characters)` : text
}
