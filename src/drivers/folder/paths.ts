import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join, sep } from 'node:path'

/** What tells one state of a file on disk from another. */
export interface DiskState {
  readonly inode: number
  readonly size: number
  /** Milliseconds since 1970, with fractions. */
  readonly mtime: number
}

/** The folder that is served: turns paths inside it, as the index keeps them, into places on disk that cannot lie outside. */
export interface Root {
  /** The real path of the folder. */
  readonly path: string
  /** The place of a library path (segments joined by `/`, '' = the folder itself). For paths from the index. */
  locate(path: string): string
  /** The library path of what really is at a place once links are followed; null when that is outside, hidden, or nothing. */
  resolve(path: string): string | null
  /** Whether a library path is the data folder or another place of ours. */
  isOurs(path: string): boolean
  /** Whether a name is one that people see: not ours, not hidden, not another program's scratch file. */
  isVisible(name: string): boolean
}

/**
 * @param folder the folder that is served; it must exist.
 * @param hidden places inside it that are ours, such as the data folder.
 */
export function openRoot(folder: string, hidden: readonly string[]): Root {
  const path = realpathSync(folder)
  const ours = hidden.map((place) => realpathSync(place))
  const locate = (libraryPath: string) => (libraryPath === '' ? path : join(path, ...libraryPath.split('/')))
  const isOurs = (place: string) =>
    ours.some((hiddenPlace) => place === hiddenPlace || place.startsWith(hiddenPlace + sep))

  return {
    path,
    locate,
    isOurs: (libraryPath) => isOurs(locate(libraryPath)),
    resolve(libraryPath) {
      if (!isPlain(libraryPath)) return null
      let real: string
      try {
        real = realpathSync(locate(libraryPath))
      } catch {
        return null
      }
      if (real === path) return ''
      if (!real.startsWith(path + sep) || isOurs(real)) return null
      const inside = real.slice(path.length + 1).split(sep)
      return inside.every(isVisible) ? inside.join('/') : null
    },
    isVisible,
  }
}

/** Names starting with a dot are hidden on every system we run on, and no client accepts them; `~$` is what office programs put beside a file in use. */
function isVisible(name: string): boolean {
  return !name.startsWith('.') && !name.startsWith('~$') && !name.includes('\uFFFD')
}

/** Whether a text is a library path: no empty, upward or oddly separated segment. */
function isPlain(path: string): boolean {
  if (path === '') return true
  return path
    .split('/')
    .every((segment) => segment !== '' && segment !== '.' && segment !== '..' && !/[\0\\]/.test(segment))
}

/** The state of what is at a place, links followed; null when nothing is. */
export function diskState(place: string): (DiskState & { readonly kind: 'file' | 'folder' }) | null {
  const stats = statSync(place, { throwIfNoEntry: false })
  if (!stats || !(stats.isFile() || stats.isDirectory())) return null
  return { ...stateOf(stats), kind: stats.isFile() ? 'file' : 'folder' }
}

export function stateOf(stats: Stats): DiskState {
  return { inode: stats.ino, size: stats.size, mtime: stats.mtimeMs }
}

export function sameState(a: DiskState, b: DiskState): boolean {
  return a.inode === b.inode && a.size === b.size && a.mtime === b.mtime
}

/** Whether there is anything at a place, even a broken link. */
export function isTaken(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false }) !== undefined
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
