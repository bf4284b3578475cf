import { join } from 'node:path'
import type { FileStore } from '../../ports/file-store.js'
import type { UserInfoStore } from '../../ports/user-info-store.js'
import { type BinLimits, createBin } from './bin.js'
import { type Catalog, createCatalog } from './catalog.js'
import { type Durability, openDatabase } from './database.js'
import { createEvents, type LibraryEvent } from './events.js'
import { folderFileStore } from './file-store.js'
import { createGuard, type GuardOptions } from './guard.js'
import { createHistory } from './history.js'
import { indexLayout } from './index-layout.js'
import { startInstance } from './instance.js'
import { createItems, type Item } from './items.js'
import { type FolderLockStore, sqliteLockStore } from './lock-store.js'
import { startMaintenance } from './maintenance.js'
import { createMoves } from './moves.js'
import { createOffload, type Offload } from './offload.js'
import { createOutsideKeeper } from './outside.js'
import { openRoot } from './paths.js'
import { openPlaces } from './places.js'
import { createRefusals } from './refusals.js'
import { createRemovals } from './removals.js'
import { type RepairReport, repair } from './repair.js'
import { createRescuedStore, type RescuedLimits } from './rescued.js'
import { createRescuedSaves, type RescuedSaves } from './rescued-saves.js'
import { createRetention, type VersionLimits } from './retention.js'
import { createSaves } from './saves.js'
import { openStaging } from './staging.js'
import { type StorageUse, storageUse } from './storage.js'
import { createTree, type DocumentTree } from './tree.js'
import { sqliteUserInfoStore } from './user-info-store.js'
import { type VerifyOptions, type VerifyReport, verifyLibrary } from './verify.js'
import { createVersions, type Versions } from './versions.js'
import { type Watching, watchFolder } from './watch.js'

export type { BinnedItem } from './bin.js'
export { itemName } from './items.js'
export type { ListQuery } from './listing.js'
export type { HeldLock, LockSession } from './lock-store.js'
export type { RescuedSave } from './rescued.js'
export type { Author, TreeRefusal, TreeResult, WalkedItem } from './tree.js'
export type { VersionInfo } from './versions.js'
export type { Item, LibraryEvent }

/** Where a library is, and how it keeps what it keeps. */
export interface FolderLibraryOptions {
  /** The folder of documents. It must exist and be writable. */
  readonly folder: string
  /** Where index, versions, rescued saves and everything else of ours goes. Default `<folder>/.wopikit`. Created with mode 0700. */
  readonly data?: string
  /** Default `process-crash`. */
  readonly durability?: Durability
  /** How much history is kept. */
  readonly versions?: Partial<VersionLimits>
  /** Autosaves of one session closer together than this make one version, in milliseconds. Default 10 minutes; 0 = every one is kept. */
  readonly autosaveStepMs?: number
  /** How much is kept of what was refused. */
  readonly rescued?: Partial<RescuedLimits>
  /** How much is kept of what was deleted. What other programs deleted is remembered as long as `bin.maxAgeMs` says. */
  readonly bin?: Partial<BinLimits>
  /** How saves are watched for damage. */
  readonly guard?: GuardOptions
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** A folder of plain files as a document library. Several processes may open the same one. */
export interface FolderLibrary {
  readonly files: Required<FileStore>
  readonly locks: FolderLockStore
  readonly users: UserInfoStore
  /** Which id belongs to which path, kept in agreement with what other programs do. */
  readonly catalog: Catalog
  /** The library as people see it. */
  readonly tree: DocumentTree
  readonly versions: Versions
  readonly rescued: RescuedSaves
  /** Lets other programs, such as a reverse proxy, read contents. */
  readonly offload: Offload
  /** What had to be repaired when it was opened. */
  readonly repaired: RepairReport
  /** Tells what happens in the library from now on, also by other processes and programs, until the returned function is called. */
  subscribe(listener: (event: LibraryEvent) => void): () => void
  /** Notices within a second what other programs do in the folder; otherwise that is noticed when somebody looks. */
  watch(): Watching
  /** Compares the index with what is on disk, and says in sentences what is wrong. */
  verify(options?: VerifyOptions): Promise<VerifyReport>
  /** How much of the disk things take. */
  storage(): StorageUse
  /** How many bodies have arrived and are nobody's yet, in all processes. */
  stagedCount(): number
  /** Removes at once what is over the limits; otherwise that happens a little after something was added. */
  tidy(): Promise<void>
  /** Ends everything; nothing may be in progress. */
  close(): void
}

const DAY_MS = 24 * 60 * 60 * 1000
const GIB = 1024 ** 3
const DEFAULT_VERSIONS: VersionLimits = {
  perFile: 500,
  maxAgeMs: Number.POSITIVE_INFINITY,
  totalBytes: 20 * GIB,
}
const DEFAULT_RESCUED: RescuedLimits = { perFile: 20, totalBytes: 2 * GIB, maxAgeMs: 90 * DAY_MS }
const DEFAULT_BIN: BinLimits = { totalBytes: 10 * GIB, maxAgeMs: 60 * DAY_MS }
const DEFAULT_AUTOSAVE_STEP_MS = 10 * 60 * 1000

/**
 * Opens a folder as a library: file store, lock store and user infos over one index in SQLite, so that a save compares the lock and switches
 * the file in one step. What a killed process has left is repaired first.
 *
 * @throws Error naming the folder or file that is missing, not writable, locked or damaged, and what to do about it.
 */
export async function openFolderLibrary(options: FolderLibraryOptions): Promise<FolderLibrary> {
  const limits = {
    versions: within('versions', DEFAULT_VERSIONS, options.versions),
    rescued: within('rescued', DEFAULT_RESCUED, options.rescued),
    bin: within('bin', DEFAULT_BIN, options.bin),
  }
  const autosaveStepMs = atLeast(0, 'autosaveStepMs', options.autosaveStepMs ?? DEFAULT_AUTOSAVE_STEP_MS)
  const places = await openPlaces(options.folder, options.data)
  const { data, bin: binFolder } = places
  const now = options.now ?? Date.now
  const database = openDatabase(
    join(data, 'index.sqlite'),
    indexLayout,
    options.durability ?? 'process-crash',
  )
  const root = openRoot(places.folder, [data, places.near])
  const items = createItems(database)
  const instance = startInstance(join(data, 'run'))
  const events = createEvents(database, items, instance.id)
  const removals = createRemovals(database, data)
  const history = createHistory(database, root, removals, join(data, 'versions'), autosaveStepMs)
  const staging = openStaging(database, instance, places.staging, places.copies)
  const locks = sqliteLockStore(database, items, events)
  const rescued = createRescuedStore(database, items, events, removals, join(data, 'rescued'), limits.rescued)
  const base = { database, root, items, history, events, removals, staging, locks, rescued, instance, now }

  const outside = createOutsideKeeper(base)
  const catalog = createCatalog({ ...base, onOutsideChange })
  const guard = createGuard(options.guard ?? {})
  const offload = createOffload({ ...base, folder: join(data, 'offload') })
  const saves = createSaves({ ...base, catalog, guard, onNewVersion })
  const moves = createMoves(database, root, items, events, instance, binFolder)
  const bin = createBin({ ...base, moves }, limits.bin)
  const retention = createRetention(database, history, limits.versions)
  const refusals = createRefusals(base)
  const maintenance = startMaintenance({
    ...base,
    catalog,
    refusals,
    retention,
    bin,
    offload,
    forgetGoneMs: limits.bin.maxAgeMs,
  })
  const parts = { ...base, catalog, saves, moves, bin, refusals, data }
  const files = folderFileStore(parts)
  const repaired = await repair(parts)
  const top = await catalog.at('')
  if (!top)
    throw new Error(`The folder of documents ${places.folder} has disappeared while it was being opened.`)
  const watching = new Set<Watching>()

  return {
    files,
    locks,
    users: sqliteUserInfoStore(database),
    catalog,
    tree: createTree({ ...parts, read: files.read }, top.id),
    versions: createVersions(parts),
    rescued: createRescuedSaves(parts),
    offload,
    repaired,
    subscribe: events.subscribe,
    watch() {
      const watcher = watchFolder(root, items, catalog)
      watching.add(watcher)
      return watcher
    },
    verify: (how = {}) => verifyLibrary({ ...parts, bin: binFolder }, how),
    storage: storageUse(database),
    stagedCount: staging.count,
    tidy: maintenance.run,
    close() {
      for (const watcher of watching) watcher.close()
      maintenance.close()
      events.close()
      outside.close()
      staging.close()
      instance.close()
      database.close()
    },
  }

  function onNewVersion(fileId: string): void {
    database.afterCommit(() => maintenance.onNewVersion(fileId))
  }

  function onOutsideChange(item: Item): void {
    outside.keep(item)
    maintenance.onNewVersion(item.id)
  }
}

/** Limits with their defaults. */
function within<Limits extends object>(
  setting: string,
  defaults: Limits,
  given: Partial<Limits> = {},
): Limits {
  const limits = { ...defaults, ...given }
  for (const [name, value] of Object.entries(limits))
    atLeast(name === 'perFile' ? 1 : 0, `${setting}.${name}`, value)
  return limits
}

function atLeast(least: number, setting: string, value: unknown): number {
  if (typeof value === 'number' && value >= least) return value
  throw new TypeError(
    `openFolderLibrary: ${setting} is ${String(value)}; expected a number of at least ${least}.`,
  )
}
