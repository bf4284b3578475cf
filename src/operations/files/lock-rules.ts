import type { Lock, LockSwap } from '../../ports/lock-store.js'
import { conflict, WopiError } from '../../protocol/errors.js'
import { Header } from '../../protocol/headers.js'
import { parseLockId } from '../../protocol/lock-id.js'
import { headerValue, ok, type WopiRequest, type WopiResponse } from '../message.js'
import type { Call } from '../operation.js'

/** How long a lock lives after Lock or RefreshLock when the client does not say. A save does not extend it. */
const LOCK_LIFETIME_MS = 30 * 60 * 1000

/** The bounds of a life that a client asks for, in seconds, both included. */
const LIFETIME_MIN_S = 60
const LIFETIME_MAX_S = 3600

/** The lock id a lock operation must name; 400 when it is missing, empty, over 1024 characters or not ASCII. */
export function requiredLockId(request: WopiRequest): string {
  const parsed = parseLockId(request.header(Header.Lock))
  if ('problem' in parsed) throw new WopiError('bad-request', parsed.problem)
  return parsed.lockId
}

/** How long the lock is to live; 400 when a client of Microsoft's extended protocol asks for a time out of bounds. */
function lifetimeMs(request: WopiRequest): number {
  const text = headerValue(request, Header.LockExpirationTimeout)
  if (text === undefined) return LOCK_LIFETIME_MS
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (seconds >= LIFETIME_MIN_S && seconds <= LIFETIME_MAX_S) return seconds * 1000
  throw new WopiError(
    'bad-request',
    `${Header.LockExpirationTimeout} must be ${LIFETIME_MIN_S} to ${LIFETIME_MAX_S} whole seconds.`,
  )
}

/** The lock a call would set; 400 like `lifetimeMs`. */
export function newLock(call: Call, lockId: string): Lock {
  return {
    lockId,
    acquiredAt: call.now,
    expiresAt: call.now + lifetimeMs(call.request),
    userName: call.grant.userName,
    client: call.grant.client ?? null,
  }
}

/** Restarts the life of a lock as it was seen, up to the end of the new one; it stays the lock of who took it. */
export function refreshed(call: Call, seen: Lock, { expiresAt }: Lock): Promise<LockSwap> {
  return call.host.locks.swap(call.file.fileId, seen.lockId, { ...seen, expiresAt }, call.now)
}

/** 409 because of the lock as it is: always with that lock's id, empty when there is none. */
export function lockMismatch(current: Lock | null): WopiError {
  if (!current) {
    return conflict(
      'lock-mismatch',
      null,
      'The file is not locked: its lock was released or has expired. Open it again.',
    )
  }
  const holder = /^[\x20-\x7e]+$/.test(current.userName) ? current.userName : 'somebody else'
  const until = new Date(current.expiresAt).toISOString().slice(11, 16)
  return conflict(
    'lock-mismatch',
    current.lockId,
    `The file is open in another editing session, by ${holder}. Its lock ends at ${until} UTC unless it is renewed.`,
  )
}

/**
 * 200 with the version as it is: lock operations never change it. It is that of the moment of the swap or later, because before it somebody may
 * have saved and unlocked through another process; a client that was told the version from then would edit, and save, its outdated copy.
 */
export async function withItemVersion(
  { file, host }: Call,
  { version }: Extract<LockSwap, { done: true }>,
): Promise<WopiResponse> {
  return ok({ [Header.ItemVersion]: version ?? ((await host.files.stat(file.fileId)) ?? file).version })
}
