import { randomBytes } from 'node:crypto'

const MARK_BYTES = 16

let marks = 0

/**
 * Makes contents of one size that all differ: a mark that counts up, and random bytes they share. Content that is known already would be
 * saved more cheaply, and none of it is to be compressible.
 */
export function contentsOf(size: number): () => readonly Buffer[] {
  const rest = randomBytes(size - MARK_BYTES)
  return () => [Buffer.from(String(marks++).padStart(MARK_BYTES, '0'), 'latin1'), rest]
}
