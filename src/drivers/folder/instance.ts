import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isTaken } from './paths.js'
import { Sqlite } from './sqlite.js'

/** One opening of the library. What it leaves unfinished when its process dies is settled by the next one that opens the same folder. */
export interface Instance {
  readonly id: string
  /** Whether another instance is still running. */
  isAlive(id: string): boolean
  /** Forgets an instance that died. */
  bury(id: string): void
  close(): void
}

/**
 * Each instance keeps a small database exclusively locked for as long as it lives. The system releases the lock when the process ends, however it
 * ends, so there is no process number that could be somebody else's by now.
 *
 * @param folder where the signs of life are.
 */
export function startInstance(folder: string): Instance {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const id = randomUUID()
  const life = new Sqlite(join(folder, id), { timeout: 0 })
  life.pragma('locking_mode = EXCLUSIVE')
  life.pragma('journal_mode = MEMORY')
  // With this locking mode the lock stays after the transaction.
  life.exec('BEGIN EXCLUSIVE; CREATE TABLE alive (since TEXT); COMMIT')

  function bury(other: string): void {
    for (const suffix of ['', '-journal']) rmSync(join(folder, other + suffix), { force: true })
  }

  return {
    id,
    isAlive: (other) => isLocked(join(folder, other)),
    bury,
    close() {
      life.close()
      bury(id)
    },
  }
}

function isLocked(place: string): boolean {
  if (!isTaken(place)) return false
  try {
    const probe = new Sqlite(place, { timeout: 0, fileMustExist: true })
    try {
      probe.exec('BEGIN EXCLUSIVE; ROLLBACK')
      return false
    } finally {
      probe.close()
    }
  } catch (error) {
    // A power cut may have left anything in the file; what cannot be looked at is taken for alive, so that nothing of it is touched.
    const code = error instanceof Sqlite.SqliteError ? error.code : ''
    return !(code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT'))
  }
}
