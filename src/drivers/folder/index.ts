import { mkdirSync, statSync } from 'node:fs'
import { mkdir, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { FileStore } from '../../ports/file-store.js'
import type { UserInfoStore } from '../../ports/user-info-store.js'
import { type Catalog, createCatalog } from './catalog.js'
import { type Durability, openDatabase } from './database.js'
import { folderFileStore } from './file-store.js'
import { createHistory, type History } from './history.js'
import { indexLayout } from './index-layout.js'
import { type FolderLockStore, sqliteLockStore } from './lock-store.js'
import { openRoot } from './paths.js'
import { type RepairReport, repair } from './repair.js'
import { createRescuedSaves, type RescuedLimits, type RescuedSaves } from './rescued.js'
import { openStaging } from './staging.js'
import { sqliteUserInfoStore } from './user-info-store.js'

/** Where a library is, and how it keeps what it keeps. */
export interface FolderLibraryOptions {
  /** The folder of documents. It must exist and be writable. */
  readonly folder: string
  /** Where index, versions, rescued saves and everything else of ours goes. Default `<folder>/.wopikit`. Created with mode 0700. */
  readonly data?: string
  /** Default `process-crash`. */
  readonly durability?: Durability
  /** Default: 20 per file, 2 GiB in all, 90 days. */
  readonly rescued?: Partial<RescuedLimits>
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** A folder of plain files as a document library. Several processes may open the same one. */
export interface FolderLibrary {
  readonly files: Required<FileStore>
  readonly locks: FolderLockStore
  readonly users: UserInfoStore
  readonly catalog: Catalog
  readonly history: History
  readonly rescued: RescuedSaves
  /** What had to be repaired when it was opened. */
  readonly repaired: RepairReport
  /** Ends everything; nothing may be in progress. */
  close(): void
}

const DEFAULT_RESCUED: RescuedLimits = {
  perFile: 20,
  totalBytes: 2 * 1024 ** 3,
  maxAge: 90 * 24 * 60 * 60 * 1000,
}

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
  const staged = sameDevice(folder, data) ? join(data, 'staging') : join(folder, '.wopikit-staging')
  const bin = join(data, 'bin')
  for (const place of [staged, bin, join(data, 'versions')]) await makeOwnFolder(place)

  const now = options.now ?? Date.now
  const database = openDatabase(
    join(data, 'index.sqlite'),
    indexLayout,
    options.durability ?? 'process-crash',
  )
  const root = openRoot(folder, [data, staged])
  const history = createHistory(database, root, join(data, 'versions'))
  const catalog = createCatalog(database, root, history.recordOutside)
  const locks = sqliteLockStore(database)
  const rescued = createRescuedSaves(database, join(data, 'rescued'), {
    ...DEFAULT_RESCUED,
    ...options.rescued,
  })
  const staging = openStaging(database, staged, join(data, 'run'))
  const parts = { database, root, catalog, history, rescued, staging, locks, bin, now }
  const repaired = await repair(parts)

  return {
    files: folderFileStore(parts),
    locks,
    users: sqliteUserInfoStore(database),
    catalog,
    history,
    rescued,
    repaired,
    close() {
      staging.close()
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

async function makeOwnFolder(place: string): Promise<void> {
  try {
    await mkdir(place, { recursive: true, mode: 0o700 })
    // Writable now, not only when the first save comes.
    const probe = join(place, '.writable')
    mkdirSync(probe, { recursive: true })
    await rmdir(probe)
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
