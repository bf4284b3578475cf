import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = 'token-keys'
const KEY_BYTES = 32

/**
 * The keys access tokens are signed with, the newest first. Made at the first start and kept in a file only its owner can read, one key a line in hex.
 * To replace the key, put a new line in front: tokens that are out stay valid until they end.
 *
 * @throws Error naming the file when it holds something else.
 */
export function loadOrCreateTokenKeys(folder: string): Uint8Array[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const place = join(folder, FILE)
  if (!existsSync(place)) createOnce(place)
  const lines = readFileSync(place, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const keys = lines.map((line) => new Uint8Array(Buffer.from(line.trim(), 'hex')))
  if (keys.length === 0 || keys.some((key) => key.byteLength < KEY_BYTES)) {
    throw new Error(
      `${place} must hold keys of at least ${KEY_BYTES} bytes in hex, one a line. Restore it, or remove it: a new key is made, and whoever edits must open their documents again.`,
    )
  }
  return keys
}

/** Of two processes that start at once one makes the key, and both use it: a link is made whole or not at all. */
function createOnce(place: string): void {
  const draft = `${place}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('hex')}\n`, {
    mode: 0o600,
    flag: 'wx',
    flush: true,
  })
  try {
    linkSync(draft, place)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(draft, { force: true })
  }
}
