import { type FSWatcher, watch as watchPlace } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { sep } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Catalog } from './catalog.js'
import type { Items } from './items.js'
import { childOf, nameOf, parentOf, type Root } from './paths.js'

/** Watches the folder for what other programs do. */
export interface Watching {
  /** Done when everything that was there at the beginning is watched; until then, changes are noticed when somebody looks. */
  readonly ready: Promise<void>
  close(): void
}

/** After the first of several changes the others are waited for: programs save in many small steps. */
const GATHER_MS = 200

/** More changes than this in one folder are taken in by listing it. */
const MANY_NAMES = 200

/** How often folders that cannot be watched, because the system has no more watches to give, are looked at. */
const LOOK_AGAIN_MS = 60_000

/** So many folders are taken under watch before others get their turn. */
const BATCH = 50

/** Linux has no watch for a whole tree; Node's own stand-in looks at every file before it begins. */
const treeIsWatchedAtOnce = process.platform === 'darwin' || process.platform === 'win32'

/**
 * Takes in what other programs do in the folder, a moment after it happened. Starts at once, however large the folder is; does not keep the
 * process alive; and goes on whatever the watch of one folder runs into.
 */
export function watchFolder(root: Root, items: Items, catalog: Catalog): Watching {
  const watchers = new Map<string, FSWatcher>()
  /** Folders without a watch, and when they had last changed. */
  const unwatched = new Map<string, number>()
  /** Names that something happened to, by folder; null = too many, or unknown. */
  let changes = new Map<string, Set<string> | null>()
  let timer: NodeJS.Timeout | null = null
  let taking: Promise<void> = Promise.resolve()
  let closed = false
  const lookAgain = setInterval(() => void lookAtUnwatched(), LOOK_AGAIN_MS).unref()

  const ready = treeIsWatchedAtOnce ? watchTree() : watchBelow('')
  return {
    ready,
    close() {
      closed = true
      clearInterval(lookAgain)
      if (timer) clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }

  async function watchTree(): Promise<void> {
    add('', true, (name) => {
      const path = name?.split(sep).join('/') ?? null
      note(path === null ? '' : parentOf(path), path === null ? null : nameOf(path))
    })
  }

  /** Takes a folder and all folders below it under watch, each before what is in it, so that nothing that comes meanwhile is missed. */
  async function watchBelow(folderPath: string): Promise<void> {
    const folders = [folderPath]
    for (let folder = folders.shift(), count = 1; folder !== undefined; folder = folders.shift(), count++) {
      if (closed) return
      if (count % BATCH === 0) await nextTurn()
      const path = folder
      if (!watchers.has(path)) add(path, false, (name) => note(path, name))
      const entries = await readdir(root.locate(path), { withFileTypes: true }).catch(() => [])
      for (const entry of entries) {
        const below = childOf(path, entry.name)
        if (entry.isDirectory() && root.isVisible(entry.name) && !root.isOurs(below)) folders.push(below)
      }
    }
  }

  function add(path: string, recursive: boolean, onChange: (name: string | null) => void): void {
    if (closed) return
    try {
      const watcher = watchPlace(root.locate(path), { persistent: false, recursive }, (_, name) =>
        onChange(name),
      )
      watcher.on('error', () => drop(path))
      watchers.set(path, watcher)
      unwatched.delete(path)
    } catch {
      // No more watches to give, or gone already.
      const sight = root.look(path)
      if (sight) unwatched.set(path, sight.mtime)
    }
  }

  function drop(path: string): void {
    for (const [other, watcher] of watchers) {
      if (other !== path && !other.startsWith(`${path}/`)) continue
      watcher.close()
      watchers.delete(other)
    }
  }

  function note(folderPath: string, name: string | null): void {
    if (closed || (name !== null && !root.isVisible(name))) return
    const names = changes.get(folderPath)
    if (name === null || names === null || (names && names.size >= MANY_NAMES)) changes.set(folderPath, null)
    else changes.set(folderPath, (names ?? new Set()).add(name))
    timer ??= setTimeout(() => {
      timer = null
      taking = taking.then(takeIn).catch(() => {})
    }, GATHER_MS).unref()
  }

  /** What happened is taken in by looking; what has come is looked at before what has gone, so that a rename is seen as one. */
  async function takeIn(): Promise<void> {
    const taken = changes
    changes = new Map()
    const paths: string[] = []
    for (const [folder, names] of taken) {
      if (closed) return
      if (names === null) await catalog.list(folder)
      else for (const name of names) paths.push(childOf(folder, name))
    }
    for (const path of paths) {
      if (closed) return
      if (root.isOurs(path)) continue
      if (root.look(path)?.kind === 'folder') await watchNewFolder(path)
      else if (watchers.has(path)) drop(path)
    }
    if (!closed) await catalog.look(paths)
  }

  /** What was put into a new folder before it was watched is found by listing, as deep as it goes. */
  async function watchNewFolder(path: string): Promise<void> {
    if (treeIsWatchedAtOnce || watchers.has(path)) return
    await watchBelow(path)
    await catalog.look([path])
    const folder = items.at(path)
    // A folder that another program renamed comes with all that is known of it; a new one is looked into when somebody opens it.
    if (folder && folder.mtime >= 0) await catalog.list(path)
  }

  async function lookAtUnwatched(): Promise<void> {
    for (const [path, mtime] of unwatched) {
      if (closed) return
      const sight = root.look(path)
      if (!sight) unwatched.delete(path)
      else if (sight.mtime !== mtime) {
        unwatched.set(path, sight.mtime)
        await catalog.list(path).catch(() => {})
      }
    }
  }
}
