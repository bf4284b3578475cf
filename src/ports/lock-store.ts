/** A lock on a file. It belongs to the file, not to a person: whoever presents the id passes. */
export interface Lock {
  /** The string the client chose: 1 to 1024 printable ASCII characters, compared byte for byte. */
  readonly lockId: string
  /** When the lock was first taken, in milliseconds since 1970. A refresh keeps it. */
  readonly acquiredAt: number
  /** When the lock ends by itself, in milliseconds since 1970. At this instant it is already gone. */
  readonly expiresAt: number
  /** The name of who took it: to be told to others, never compared. */
  readonly userName: string
  /** URL of the client that took it, from the token (`Grant.client`); null = the token named none. Never compared. */
  readonly client: string | null
}

/**
 * The outcome of a swap; a refused one names the lock that stood in the way, or null when the file is unlocked. A store that also keeps the files
 * may say which `version` the file had in that very moment; otherwise it is looked up afterwards.
 */
export type LockSwap =
  | { readonly done: true; readonly version?: string }
  | { readonly done: false; readonly current: Lock | null }

/** A lock that is gone because somebody unlocked. */
export interface ReleasedLock {
  readonly lockId: string
  /** In milliseconds since 1970. */
  readonly releasedAt: number
}

/**
 * Keeps the locks. The rules of the protocol are in the operations; a store only compares and sets, in one atomic step, and never
 * lets a lock that was answered disappear before its time.
 *
 * `now` (milliseconds since 1970) comes from the host. A lock with `expiresAt <= now` does not exist.
 */
export interface LockStore {
  /** The lock on a file, or null when it is unlocked. */
  get(fileId: string, now: number): Promise<Lock | null>
  /**
   * Replaces the lock if its id is still `expected` (null = unlocked). `next` null unlocks.
   * Of two swaps at once with the same expectation exactly one is done.
   */
  swap(fileId: string, expected: string | null, next: Lock | null, now: number): Promise<LockSwap>
  /** The lock that was last taken off by a swap to null (not by expiry), or null. Lets in a save that was sent just before. */
  lastReleased?(fileId: string): Promise<ReleasedLock | null>
}
