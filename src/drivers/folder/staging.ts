import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Bytes, SaveInfo, Staged } from '../../ports/file-store.js'
import type { Database } from './database.js'
import { writeDurably } from './durable.js'
import { diskState } from './paths.js'

/** Content that arrived for a process which is no longer there to decide over it. */
export interface Orphan extends Staged {
  readonly fileId: string
  readonly save: SaveInfo
  readonly inode: number
  /** Where its bytes are, if they have not been moved away. */
  readonly place: string
  /** Where the copy for the history is, if it was made. */
  readonly copyPlace: string
}

/** Where bodies arrive. Each process has a folder of its own, so that another one knows what was left behind by one that died. */
export interface Staging {
  /** Takes in a body: durable, and recorded with who sent it, when this returns. */
  receive(fileId: string, body: Bytes, save: SaveInfo): Promise<Staged>
  place(staged: Staged): string
  copyPlace(staged: Staged): string
  /** Drops the record of staged content whose bytes have been moved, for use inside a `write` step. */
  settle(stagedId: string): void
  discard(staged: Staged): Promise<void>
  /** What processes that died have left, complete bodies only; incomplete ones are removed. */
  orphans(): Orphan[]
  /** Forgets the processes that died, once their orphans are settled. */
  buryDead(): void
  close(): void
}

interface StagedRow {
  readonly staged_id: string
  readonly instance: string
  readonly file_id: string
  readonly inode: number
  readonly size: number
  readonly sha256: string
  readonly save: string
}

/**
 * @param folder where bodies arrive; on the same file system as the documents, so that they can be renamed into place.
 * @param runFolder where each process keeps a sign of life.
 */
export function openStaging(database: Database, folder: string, runFolder: string): Staging {
  const { sqlite } = database
  const insert = sqlite.prepare('INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?, ?)')
  const remove = sqlite.prepare<[string]>('DELETE FROM staged WHERE staged_id = ?')
  const ofInstance = sqlite.prepare<[string], StagedRow>('SELECT * FROM staged WHERE instance = ?')
  mkdirSync(runFolder, { recursive: true, mode: 0o700 })
  const instance = randomUUID()
  const life = signOfLife(join(runFolder, instance))
  const mine = join(folder, instance)
  mkdirSync(mine, { recursive: true, mode: 0o700 })

  const place = (staged: Staged) => join(mine, staged.stagedId)
  const copyPlace = (staged: Staged) => join(mine, `${staged.stagedId}.copy`)
  let dead: string[] = []

  return {
    place,
    copyPlace,
    async receive(fileId, body, save) {
      const stagedId = randomUUID()
      const target = join(mine, stagedId)
      const written = await writeDurably(target, body)
      const { ino } = statSync(target)
      await database.write(() =>
        insert.run(stagedId, instance, fileId, ino, written.size, written.sha256, JSON.stringify(save)),
      )
      return { stagedId, ...written }
    },
    settle(stagedId) {
      remove.run(stagedId)
    },
    async discard(staged) {
      rmSync(copyPlace(staged), { force: true })
      if (!diskState(place(staged))) return
      await database.write(() => remove.run(staged.stagedId))
      rmSync(place(staged), { force: true })
    },
    orphans() {
      dead = readdirSync(folder).filter((other) => other !== instance && !isAlive(join(runFolder, other)))
      return dead.flatMap((other) => {
        const rows = ofInstance.all(other)
        const complete = new Set(rows.flatMap((row) => [row.staged_id, `${row.staged_id}.copy`]))
        for (const name of readdirSync(join(folder, other))) {
          if (!complete.has(name)) rmSync(join(folder, other, name), { force: true })
        }
        return rows.map((row) => toOrphan(row, join(folder, other)))
      })
    },
    buryDead() {
      for (const other of dead) {
        rmSync(join(folder, other), { recursive: true, force: true })
        for (const suffix of ['', '-journal']) rmSync(join(runFolder, other + suffix), { force: true })
      }
      dead = []
    },
    close() {
      life.close()
      rmSync(join(runFolder, instance), { force: true })
      rmSync(mine, { recursive: true, force: true })
    },
  }
}

function toOrphan(row: StagedRow, folder: string): Orphan {
  return {
    stagedId: row.staged_id,
    size: row.size,
    sha256: row.sha256,
    inode: row.inode,
    fileId: row.file_id,
    save: JSON.parse(row.save) as SaveInfo,
    place: join(folder, row.staged_id),
    copyPlace: join(folder, `${row.staged_id}.copy`),
  }
}

/**
 * A small database kept exclusively locked for as long as this process lives. The system releases the lock when the process ends, however it
 * ends, so there is no process number that could be somebody else's by now.
 */
function signOfLife(place: string): Sqlite.Database {
  const life = new Sqlite(place, { timeout: 0 })
  life.pragma('locking_mode = EXCLUSIVE')
  life.pragma('journal_mode = MEMORY')
  life.exec('BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS alive (since TEXT); COMMIT')
  return life
}

function isAlive(place: string): boolean {
  if (!statSync(place, { throwIfNoEntry: false })) return false
  const probe = new Sqlite(place, { timeout: 0 })
  try {
    probe.exec('BEGIN EXCLUSIVE; ROLLBACK')
    return false
  } catch {
    return true
  } finally {
    probe.close()
  }
}
