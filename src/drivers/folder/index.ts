import { realpathSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rmdir } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import type { FileStore } from '../../ports/file-store.js'
import type { UserInfoStore } from '../../ports/user-info-store.js'
import { type Catalog, createCatalog } from './catalog.js'
import { type Durability, openDatabase } from './database.js'
import { createEvents, type LibraryEvent } from './events.js'
import { folderFileStore } from './file-store.js'
import { createGuard, type GuardOptions } from './guard.js'
import { createHistory } from './history.js'
import { indexLayout } from './index-layout.js'
import { startInstance } from './instance.js'
import { createItems } from './items.js'
import { type FolderLockStore, sqliteLockStore } from './lock-store.js'
import { createMoves } from './moves.js'
import { createOutsideKeeper } from './outside.js'
import { openRoot } from './paths.js'
import { type RepairReport, repair } from './repair.js'
import { createRescuedStore, type RescuedLimits } from './rescued.js'
import { createSaves } from './saves.js'
import { openStaging } from './staging.js'
import { sqliteUserInfoStore } from './user-info-store.js'

export { type Item, itemName } from './items.js'
export type { LibraryEvent }

/** Where a library is, and how it keeps what it keeps. */
export interface FolderLibraryOptions {
  /** The folder of documents. It must exist and be writable. */
  readonly folder: string
  /** Where index, versions, rescued saves and everything else of ours goes. Default `<folder>/.wopikit`. Created with mode 0700. */
  readonly data?: string
  /** Default `process-crash`. */
  readonly durability?: Durability
  /** How much is kept of what was refused. */
  readonly rescued?: Partial<RescuedLimits>
  /** How saves are watched for damage. */
  readonly guard?: GuardOptions
  /** Autosaves of one session closer together than this make one version, in milliseconds. Default 10 minutes; 0 = every one is kept. */
  readonly autosaveStepMs?: number
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** A folder of plain files as a document library. Several processes may open the same one. */
export interface FolderLibrary {
  readonly files: Required<FileStore>
  readonly locks: FolderLockStore
  readonly users: UserInfoStore
  readonly catalog: Catalog
  /** How many bodies have arrived and are nobody's yet, in all processes. */
  stagedCount(): number
  /** What had to be repaired when it was opened. */
  readonly repaired: RepairReport
  /** Tells what happens in the library from now on, also by other processes and programs, until the returned function is called. */
  subscribe(listener: (event: LibraryEvent) => void): () => void
  /** Ends everything; nothing may be in progress. */
  close(): void
}

const DEFAULT_RESCUED: RescuedLimits = {
  perFile: 20,
  totalBytes: 2 * 1024 ** 3,
  maxAgeMs: 90 * 24 * 60 * 60 * 1000,
}

const DEFAULT_AUTOSAVE_STEP_MS = 10 * 60 * 1000

/**
 * Opens a folder as a library: file store, lock store and user infos over one index in SQLite, so that a save compares the lock and switches
 * the file in one step. What a killed process has left is repaired first.
 *
 * @throws Error naming the folder or file that is missing, not writable, locked or damaged, and what to do about it.
 */
export async function openFolderLibrary(options: FolderLibraryOptions): Promise<FolderLibrary> {
  const folder = resolve(options.folder)
  const data = resolve(options.data ?? join(folder, '.wopikit'))
  requireFolder(folder)
  await makeOwnFolder(data)
  requireApart(folder, data)
  // What is renamed to or from documents must be on their file system.
  const near = sameDevice(folder, data) ? data : join(folder, '.wopikit')
  const [staged, bin, copies] = [join(near, 'staging'), join(near, 'bin'), join(data, 'staging')]
  for (const place of new Set([near, staged, bin, copies])) await makeOwnFolder(place)

  const now = options.now ?? Date.now
  const database = openDatabase(
    join(data, 'index.sqlite'),
    indexLayout,
    options.durability ?? 'process-crash',
  )
  const root = openRoot(folder, [data, near])
  const items = createItems(database)
  const instance = startInstance(join(data, 'run'))
  const events = createEvents(database, items, instance.id)
  const history = createHistory(
    database,
    root,
    join(data, 'versions'),
    options.autosaveStepMs ?? DEFAULT_AUTOSAVE_STEP_MS,
  )
  const staging = openStaging(database, instance, staged, copies)
  const locks = sqliteLockStore(database, events)
  const rescued = createRescuedStore(database, items, events, join(data, 'rescued'), {
    ...DEFAULT_RESCUED,
    ...options.rescued,
  })
  const outside = createOutsideKeeper({ database, root, items, history, staging })
  const catalog = createCatalog({ database, root, items, history, events, onOutsideChange: outside.keep })
  const guard = createGuard(options.guard ?? {})
  const saves = createSaves({
    database,
    root,
    items,
    catalog,
    history,
    staging,
    locks,
    guard,
    events,
    onNewVersion: () => {},
  })
  const moves = createMoves(database, root, items, events, instance, bin)
  const parts = { database, root, items, catalog, history, rescued, staging, saves, moves, instance, now }
  const repaired = await repair(parts)
  await catalog.at('')

  return {
    files: folderFileStore(parts),
    locks,
    users: sqliteUserInfoStore(database),
    catalog,
    stagedCount: staging.count,
    repaired,
    subscribe: events.subscribe,
    close() {
      events.close()
      outside.close()
      staging.close()
      instance.close()
      database.close()
    },
  }
}

function requireFolder(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (!stats)
    throw new Error(`The folder of documents ${folder} does not exist. Create it, or name another one.`)
  if (!stats.isDirectory()) throw new Error(`${folder} is not a folder. Name the folder of documents.`)
}

/** The data folder may lie in the folder of documents, but not around it: everything in it is hidden. */
function requireApart(folder: string, data: string): void {
  const [documents, ours] = [realpathSync.native(folder), realpathSync.native(data)]
  if (documents !== ours && !documents.startsWith(ours + sep)) return
  throw new Error(
    `The folder of documents ${folder} lies in the data folder ${data}. Choose a data folder beside it, or inside it such as ${join(folder, '.wopikit')}.`,
  )
}

async function makeOwnFolder(place: string): Promise<void> {
  try {
    await mkdir(place, { recursive: true, mode: 0o700 })
    // Writable now, not only when the first save comes. A name of its own: several processes may start at once.
    await rmdir(await mkdtemp(join(place, '.writable-')))
  } catch (error) {
    throw new Error(
      `${place} cannot be created or written: ${error instanceof Error ? error.message : 'unknown reason'}. ` +
        'Give this user the right to write there, or choose another data folder.',
      { cause: error },
    )
  }
}

function sameDevice(a: string, b: string): boolean {
  return statSync(a).dev === statSync(b).dev
}
