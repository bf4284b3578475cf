import { randomBytes } from 'node:crypto'

const MARK_BYTES = 16

/** How a zip archive begins, how its directory begins, and how its last record begins. */
const BEGINNING = Buffer.from('PK\x03\x04', 'latin1')
const DIRECTORY = Buffer.from('PK\x01\x02', 'latin1')
const END = Buffer.from('PK\x05\x06', 'latin1')
const END_BYTES = 22

let marks = 0

/**
 * Makes contents of one size that all differ: a mark that counts up, and random bytes they share. Content that is known already would be
 * saved more cheaply, and none of it is to be compressible. What is looked at of an office document, beginning and end, is that of one.
 */
export function contentsOf(size: number): () => readonly Buffer[] {
  const rest = randomBytes(size - BEGINNING.length - MARK_BYTES)
  const directoryAt = rest.length - END_BYTES - DIRECTORY.length
  DIRECTORY.copy(rest, directoryAt)
  rest.fill(0, rest.length - END_BYTES)
  END.copy(rest, rest.length - END_BYTES)
  rest.writeUInt32LE(BEGINNING.length + MARK_BYTES + directoryAt, rest.length - END_BYTES + 16)
  return () => {
    const mark = Buffer.from(String(marks++).padStart(MARK_BYTES, '0'), 'latin1')
    return [Buffer.concat([BEGINNING, mark]), rest]
  }
}
