import { lstatSync, realpathSync, type Stats } from 'node:fs'
import { sep } from 'node:path'
import { codeOf } from './durable.js'

/** What tells one state of a file or folder on disk from another. */
export interface DiskState {
  /** With `born`, which object on disk it is, whatever its name. */
  readonly inode: number
  /** When it was made, in milliseconds since 1970; 0 where the file system does not know. */
  readonly born: number
  /** Bytes; 0 for a folder. */
  readonly size: number
  /** When it last changed, in milliseconds since 1970, with fractions. */
  readonly mtime: number
}

/** A state with what it is a state of. */
export interface Sight extends DiskState {
  readonly kind: 'file' | 'folder'
}

/** The folder that is served: turns paths inside it, as the index keeps them, into places on disk that cannot lie outside. */
export interface Root {
  /** The real path of the folder. */
  readonly path: string
  /** The place of a library path (segments joined by `/`, '' = the folder itself). For paths from the index. */
  locate(path: string): string
  /** What is at a library path now; null when nothing is, or a link is on the way there. */
  look(path: string): Sight | null
  /** Whether a folder is where its path says, with no link on the way; '' = the folder that is served. */
  isPlainFolder(path: string): boolean
  /** The library path of what really is at a place once links are followed; null when that is outside, hidden, or nothing. */
  resolve(path: string): string | null
  /** Whether a library path is the data folder or another place of ours. */
  isOurs(path: string): boolean
  /** Whether a name is one that people see: not ours, not hidden, not another program's scratch file. */
  isVisible(name: string): boolean
}

/** For so long a folder that was found free of links is believed to be so still. */
const TRUST_FOLDER_MS = 1000

/**
 * @param folder the folder that is served; it must exist.
 * @param hidden places inside it that are ours, such as the data folder.
 */
export function openRoot(folder: string, hidden: readonly string[]): Root {
  const path = realpathSync.native(folder)
  const ours = hidden.map((place) => realpathSync.native(place))
  const plain = new Map<string, number>()

  function locate(libraryPath: string): string {
    if (libraryPath === '') return path
    return path + sep + (sep === '/' ? libraryPath : libraryPath.replaceAll('/', sep))
  }

  function isOurs(place: string): boolean {
    return ours.some((hiddenPlace) => place === hiddenPlace || place.startsWith(hiddenPlace + sep))
  }

  function isPlainFolder(libraryPath: string): boolean {
    if (libraryPath === '') return true
    const now = Date.now()
    const seen = plain.get(libraryPath)
    if (seen !== undefined && Math.abs(now - seen) < TRUST_FOLDER_MS) return true
    const place = locate(libraryPath)
    if (realOf(place) !== place) return false
    if (plain.size > 10_000) plain.clear()
    plain.set(libraryPath, now)
    return true
  }

  return {
    path,
    locate,
    isOurs: (libraryPath) => isOurs(locate(libraryPath)),
    look: (libraryPath) => (isPlainFolder(parentOf(libraryPath)) ? sightOf(locate(libraryPath)) : null),
    resolve(libraryPath) {
      if (!isPlain(libraryPath)) return null
      const real = realOf(locate(libraryPath))
      if (real === path) return ''
      if (!real?.startsWith(path + sep) || isOurs(real)) return null
      const inside = real.slice(path.length + 1).split(sep)
      return inside.every(isVisible) ? inside.join('/') : null
    },
    isPlainFolder,
    isVisible,
  }
}

function realOf(place: string): string | null {
  try {
    return realpathSync.native(place)
  } catch {
    return null
  }
}

/**
 * Names starting with a dot are hidden on every system we run on, and no client accepts them; `~$` is what office programs put beside a file in
 * use; the replacement character stands in names that are not Unicode, which nothing can be opened by.
 */
function isVisible(name: string): boolean {
  return !name.startsWith('.') && !name.startsWith('~$') && !name.includes('\uFFFD')
}

/** Whether a text is a library path: no empty, upward or oddly separated segment. */
function isPlain(path: string): boolean {
  if (path === '') return true
  if (path.includes('\0') || (sep === '\\' && path.includes('\\'))) return false
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
}

/** What is at a place; null when nothing is, or something that is neither file nor folder, such as a link. */
export function sightOf(place: string): Sight | null {
  const stats = statsOf(place)
  return stats ? toSight(stats) : null
}

/** What the system says of a place; undefined when nothing is there. */
export function statsOf(place: string): Stats | undefined {
  try {
    return lstatSync(place, { throwIfNoEntry: false })
  } catch (error) {
    // A file where a folder was, or a name that no file can have.
    if (['ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes(codeOf(error))) return undefined
    throw error
  }
}

function toSight(stats: Stats): Sight | null {
  if (stats.isFile()) return { kind: 'file', ...stateOf(stats) }
  return stats.isDirectory() ? { kind: 'folder', ...stateOf(stats), size: 0 } : null
}

export function stateOf(stats: Stats): DiskState {
  return { inode: stats.ino, born: stats.birthtimeMs, size: stats.size, mtime: stats.mtimeMs }
}

/** Whether nothing has happened between two looks at a file. */
export function sameState(a: DiskState, b: DiskState): boolean {
  return a.inode === b.inode && a.size === b.size && a.mtime === b.mtime
}

/** Whether two looks were at one object, which may have got another name or content since. Numbers alone are given again soon. */
export function sameObject(a: Sight, b: Sight): boolean {
  if (a.kind !== b.kind || a.inode !== b.inode) return false
  return (a.born === b.born && a.born > 0) || (a.kind === 'file' && sameState(a, b))
}

/** Whether there is anything at a place, even a broken link. */
export function isTaken(place: string): boolean {
  return statsOf(place) !== undefined
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '' : path.slice(0, slash)
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function childOf(folderPath: string, name: string): string {
  return folderPath === '' ? name : `${folderPath}/${name}`
}
