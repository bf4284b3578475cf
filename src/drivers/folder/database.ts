import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { WopiError } from '../../protocol/errors.js'

/**
 * How long an answered change survives. `process-crash`: a kill at any moment. `power-cut`: also the loss of power, at the price of a flush
 * of the disk for every group of changes.
 */
export type Durability = 'process-crash' | 'power-cut'

/** A step that reads and writes in one transaction. It runs synchronously and may be run again if the transaction could not start. */
export type Step<T> = () => T

/** The index of a library: one SQLite database, shared by every process that serves the folder. */
export interface Database {
  /** For reading; writes go through `write`. */
  readonly sqlite: Sqlite.Database
  /**
   * Runs a step in a transaction that no other process can interleave. Steps that are asked for at the same time share one transaction,
   * so that a flush of the disk serves them all; a step that throws is undone alone.
   *
   * @throws WopiError `unavailable` when another process keeps the database locked for longer than `BUSY_MS`.
   */
  write<T>(step: Step<T>): Promise<T>
  /** Within a step: what is to be done once its transaction has been committed, and not at all if it is undone. */
  afterCommit(task: () => void): void
  close(): void
}

/** How long a locked database is waited for. */
const BUSY_MS = 10_000

/**
 * Opens or creates the database file.
 *
 * @param layout what the database consists of: each entry is SQL that is applied once, in order; entries are only ever added.
 * @throws Error saying what is wrong with the file and what to do, when it is not a database, is damaged, or was made by a newer version.
 */
export function openDatabase(file: string, layout: readonly string[], durability: Durability): Database {
  const sqlite = open(file, layout, durability)
  const begin = sqlite.prepare('BEGIN IMMEDIATE')
  const commit = sqlite.prepare('COMMIT')
  const rollback = sqlite.prepare('ROLLBACK')
  const savepoint = sqlite.prepare('SAVEPOINT step')
  const undo = sqlite.prepare('ROLLBACK TO step')
  const release = sqlite.prepare('RELEASE step')
  let waiting: Waiting[] = []
  let flushing = false
  let tasks: (() => void)[] = []

  return {
    sqlite,
    write<T>(step: Step<T>) {
      return new Promise<T>((resolve, reject) => {
        waiting.push({ step, resolve: resolve as (value: unknown) => void, reject })
        if (flushing) return
        flushing = true
        // Everything that arrives in this turn of the event loop goes into one transaction.
        setImmediate(() => void flush())
      })
    },
    afterCommit(task) {
      tasks.push(task)
    },
    close() {
      sqlite.close()
    },
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        await start()
        const done = group.map(run)
        commit.run()
        for (const task of tasks) task()
        for (const settle of done) settle()
      } catch (error) {
        if (sqlite.open && sqlite.inTransaction) rollback.run()
        for (const { reject } of group) reject(explained(error))
      }
      tasks = []
    }
    flushing = false
  }

  /** Begins the transaction. Waits between tries instead of inside SQLite, so that this process goes on answering and others get their turn. */
  async function start(): Promise<void> {
    const deadline = Date.now() + BUSY_MS
    for (;;) {
      try {
        begin.run()
        return
      } catch (error) {
        if (!isBusy(error) || Date.now() > deadline) throw error
      }
      await sleep(1 + Math.random() * 4)
    }
  }

  /** Runs one step; what it led to is told only after the commit. */
  function run({ step, resolve, reject }: Waiting): () => void {
    savepoint.run()
    const before = tasks.length
    try {
      const value = step()
      release.run()
      return () => resolve(value)
    } catch (error) {
      tasks.length = before
      undo.run()
      release.run()
      return () => reject(explained(error))
    }
  }
}

interface Waiting {
  readonly step: Step<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}

function open(file: string, layout: readonly string[], durability: Durability): Sqlite.Database {
  let sqlite: Sqlite.Database | undefined
  try {
    sqlite = new Sqlite(file, { timeout: BUSY_MS })
    sqlite.pragma('journal_mode = WAL')
    sqlite.pragma(`synchronous = ${durability === 'power-cut' ? 'FULL' : 'NORMAL'}`)
    migrate(sqlite, file, layout)
    sqlite.pragma('busy_timeout = 0')
    return sqlite
  } catch (error) {
    sqlite?.close()
    throw new Error(problemOf(file, error), { cause: error })
  }
}

function migrate(sqlite: Sqlite.Database, file: string, layout: readonly string[]): void {
  sqlite
    .transaction(() => {
      const done = Number(sqlite.pragma('user_version', { simple: true }))
      if (done > layout.length) {
        throw new Error(
          `${file} was made by a newer version of wopikit (layout ${done}, this one knows ${layout.length}).`,
        )
      }
      for (const migration of layout.slice(done)) sqlite.exec(migration)
      sqlite.pragma(`user_version = ${layout.length}`)
    })
    .immediate()
}

function problemOf(file: string, error: unknown): string {
  const code = codeOf(error)
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return (
      `The index ${file} is damaged or not a database. Your documents are not in it and are safe. ` +
      'Restore the file from a backup, or move it away: the server then makes a new one, without the history of versions and with new file ids.'
    )
  }
  if (isBusy(error))
    return `The index ${file} is kept locked by another program. Close that program and try again.`
  if (code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY') {
    return `The index ${file} cannot be opened for writing. Check that its folder exists and that this user may write there.`
  }
  return error instanceof Error ? error.message : `The index ${file} cannot be opened.`
}

/** Refusals of the database that a client can understand; everything else stays as it is. */
function explained(error: unknown): unknown {
  if (isBusy(error))
    return new WopiError('unavailable', 'The index is busy. Try again in a moment.', { cause: error })
  if (codeOf(error) === 'SQLITE_FULL')
    return new WopiError('storage-full', 'The disk of this host is full.', { cause: error })
  return error
}

function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY')
}

function codeOf(error: unknown): string {
  return error instanceof Sqlite.SqliteError ? error.code : ''
}
