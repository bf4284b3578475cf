import { closeSync, existsSync, openSync } from 'node:fs'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Database as SqliteDatabase } from 'better-sqlite3'
import { WopiError } from '../../protocol/errors.js'
import { diskFull, flushFile, isDiskFull } from './durable.js'
import { reach } from './faults.js'
import { Sqlite } from './sqlite.js'

/**
 * How long an answered change of the index survives. `process-crash`: a kill at any moment; saves and whatever else calls `flush` also survive
 * the loss of power. `power-cut`: everything survives both, locks too, at the price of a flush of the disk for every group of changes.
 */
export type Durability = 'process-crash' | 'power-cut'

/** A step that reads and writes in one transaction. It runs synchronously, once. */
export type Step<T> = () => T

/** What a step changes: as much as it likes, or all by `one-statement`, which SQLite undoes by itself, so that it is quicker. */
export type StepKind = 'any' | 'one-statement'

/** The index of a library: one SQLite database, shared by every process that serves the folder. */
export interface Database {
  /** For reading; writes go through `write`. */
  readonly sqlite: SqliteDatabase
  /**
   * A number that is another one after another process has changed the index, up to the moment of the call. It is looked up once for the present
   * callback of the event loop with the promises it settles, and no longer, so that whoever asks after another process has answered somebody
   * sees what that process did.
   */
  foreignChanges(): number
  /**
   * Runs a step in a transaction that no other process can interleave. Steps that are asked for at the same time share one transaction,
   * so that a flush of the disk serves them all; a step that throws is undone alone.
   *
   * @throws WopiError `unavailable` when another process keeps the database locked for longer than `BUSY_MS`, `storage-full` when the disk is full.
   */
  write<T>(step: Step<T>, kind?: StepKind): Promise<T>
  /** Within a step: what is still to be written once all steps of the transaction have run. Asked for twice, it is done once. */
  beforeCommit(task: () => void): void
  /** Within a step: what is to be done once its transaction has been committed, and not at all if it is undone. */
  afterCommit(task: () => void): void
  /** Within a step, after it changed something beside the database: how to take that back if the step or its transaction is undone. */
  onUndo(task: () => void): void
  /** Returns when all that was committed before is on the disk itself. */
  flush(): Promise<void>
  close(): void
}

/** How long a database that another process has locked is waited for. */
const BUSY_MS = 10_000

/**
 * Opens or creates the database file.
 *
 * @param layout what the database consists of: each entry is SQL that is applied once, in order; entries are only ever added.
 * @throws Error saying what is wrong with the file and what to do, when it is not a database, is damaged, or was made by a newer version.
 */
export function openDatabase(file: string, layout: readonly string[], durability: Durability): Database {
  const sqlite = open(file, layout, durability)
  const dataVersion = sqlite.prepare<[], number>('PRAGMA data_version').pluck()
  const begin = sqlite.prepare('BEGIN IMMEDIATE')
  const commit = sqlite.prepare('COMMIT')
  const rollback = sqlite.prepare('ROLLBACK')
  const savepoint = sqlite.prepare('SAVEPOINT step')
  const undoStep = sqlite.prepare('ROLLBACK TO step')
  const release = sqlite.prepare('RELEASE step')
  // A reader waits, which is needed only after a crash; a writer does not, see `start`.
  const wait = sqlite.prepare(`PRAGMA busy_timeout = ${BUSY_MS}`)
  const doNotWait = sqlite.prepare('PRAGMA busy_timeout = 0')

  let foreignChanges: number | null = null
  let waiting: Waiting[] = []
  let writing = false
  const closing = new Set<() => void>()
  const done: (() => void)[] = []
  const undone: (() => void)[] = []

  return {
    sqlite,
    foreignChanges() {
      if (foreignChanges === null) {
        foreignChanges = dataVersion.get() ?? 0
        process.nextTick(lookAgain)
      }
      return foreignChanges
    },
    write<T>(step: Step<T>, kind: StepKind = 'any') {
      return new Promise<T>((resolve, reject) => {
        waiting.push({ step, kind, resolve: resolve as (value: unknown) => void, reject })
        if (writing) return
        writing = true
        // Everything that arrives in this turn of the event loop goes into one transaction.
        setImmediate(() => void writeAll())
      })
    },
    beforeCommit: (task) => void closing.add(task),
    afterCommit: (task) => void done.push(task),
    onUndo: (task) => void undone.push(task),
    async flush() {
      // With the other setting SQLite has flushed at every commit.
      if (durability === 'process-crash') await flushFile(`${file}-wal`)
    },
    close: () => void sqlite.close(),
  }

  function lookAgain(): void {
    foreignChanges = null
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      let group: Waiting[] = []
      try {
        await start()
        group = waiting
        waiting = []
        const settle = group.map(run)
        for (const task of closing) task()
        reach('index:before-commit')
        commit.run()
        reach('index:after-commit')
        finish(done)
        for (const tell of settle) tell()
      } catch (error) {
        takeBack(0)
        if (sqlite.open && sqlite.inTransaction) rollback.run()
        // Without a transaction, nobody who waits for one can be served.
        if (group.length === 0) group = waiting.splice(0)
        for (const { reject } of group) reject(explained(error))
      }
      closing.clear()
      done.length = 0
      undone.length = 0
      // A moment in which others, in other processes too, can have their turn.
      if (waiting.length > 0) await nextTurn()
    }
    writing = false
  }

  /** Begins the transaction. Waits between tries instead of inside SQLite, so that this process goes on answering and others get their turn. */
  async function start(): Promise<void> {
    const deadline = Date.now() + BUSY_MS
    for (;;) {
      doNotWait.get()
      try {
        begin.run()
        // The transaction may see what was not there before.
        lookAgain()
        return
      } catch (error) {
        if (!isBusy(error) || Date.now() > deadline) throw error
      } finally {
        wait.get()
      }
      await sleep(1 + Math.random() * 4)
    }
  }

  /** Runs one step; what it led to is told only after the commit. */
  function run({ step, kind, resolve, reject }: Waiting): () => void {
    if (kind === 'any') savepoint.run()
    const doneBefore = done.length
    const undoneBefore = undone.length
    try {
      const value = step()
      if (kind === 'any') release.run()
      return () => resolve(value)
    } catch (error) {
      // A full disk or a broken one ends the whole transaction; then there is no step to go back to.
      if (!sqlite.inTransaction) throw error
      done.length = doneBefore
      takeBack(undoneBefore)
      if (kind === 'any') {
        undoStep.run()
        release.run()
      }
      return () => reject(explained(error))
    }
  }

  /** Takes back what steps changed beside the database, the last change first. */
  function takeBack(from: number): void {
    finish(undone.splice(from).reverse())
  }
}

interface Waiting {
  readonly step: Step<unknown>
  readonly kind: StepKind
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** Does every task, also after one that failed: what is left behind then is found by `verify`. */
function finish(tasks: readonly (() => void)[]): void {
  for (const task of tasks) {
    try {
      task()
    } catch {
      // The transaction is over; its outcome stands.
    }
  }
}

function open(file: string, layout: readonly string[], durability: Durability): SqliteDatabase {
  let sqlite: SqliteDatabase | undefined
  try {
    if (!existsSync(file)) createPrivately(file)
    sqlite = new Sqlite(file, { timeout: BUSY_MS })
    sqlite.pragma('journal_mode = WAL')
    sqlite.pragma(`synchronous = ${durability === 'power-cut' ? 'FULL' : 'NORMAL'}`)
    migrate(sqlite, file, layout)
    return sqlite
  } catch (error) {
    sqlite?.close()
    throw new Error(problemOf(file, error), { cause: error })
  }
}

/** Lock ids are keys to saving: nobody else may read the index, also in a data folder that others can look into. SQLite gives its other files the same mode. */
function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch {
    // Another process was faster; and if nothing can be made there, SQLite says why.
  }
}

function migrate(sqlite: SqliteDatabase, file: string, layout: readonly string[]): void {
  sqlite
    .transaction(() => {
      const known = Number(sqlite.pragma('user_version', { simple: true }))
      if (known > layout.length) {
        throw new Error(
          `The index ${file} was made by a newer version of wopikit (layout ${known}; this one knows ${layout.length}). Start that version, or a newer one.`,
        )
      }
      for (const migration of layout.slice(known)) sqlite.exec(migration)
      sqlite.pragma(`user_version = ${layout.length}`)
    })
    .immediate()
}

function problemOf(file: string, error: unknown): string {
  const code = sqliteCodeOf(error)
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
  if (code === 'SQLITE_FULL')
    return `The index ${file} cannot be written: the disk is full. Make room and try again.`
  return error instanceof Error ? error.message : `The index ${file} cannot be opened.`
}

/** Refusals that a client can understand; everything else stays as it is. */
function explained(error: unknown): unknown {
  if (isBusy(error))
    return new WopiError('unavailable', 'The index is busy. Try again in a moment.', { cause: error })
  return sqliteCodeOf(error) === 'SQLITE_FULL' || isDiskFull(error) ? diskFull(error) : error
}

function isBusy(error: unknown): boolean {
  return sqliteCodeOf(error).startsWith('SQLITE_BUSY')
}

function sqliteCodeOf(error: unknown): string {
  return error instanceof Sqlite.SqliteError ? error.code : ''
}
