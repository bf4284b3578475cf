import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  unlinkSync,
  utimesSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { WopiError } from '../../protocol/errors.js'
import { codeOf, giveTo, NEW_FILE_MODE } from './durable.js'
import { reach } from './faults.js'
import { type DiskState, isTaken, stateOf } from './paths.js'

/** What systems say when a second name cannot be given to a file. */
const CANNOT_LINK = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS']

/**
 * Moves a file to a place where nothing is, in one step that others see. False when something is there: unlike a rename, this never replaces
 * what another program has put there a moment ago. Otherwise the state in which it got there: a look afterwards might be at what others made of it.
 */
export function moveToNew(from: string, to: string): DiskState | false {
  const state = stateOf(lstatSync(from))
  try {
    linkSync(from, to)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return false
    if (code === 'EXDEV') return acrossDisks(from, to, moveToNew)
    if (!CANNOT_LINK.includes(code)) throw error
    if (!claim(to)) return false
    renameSync(from, to)
    return state
  }
  try {
    reach('move:linked')
    unlinkSync(from)
  } catch (error) {
    rmSync(to, { force: true })
    throw error
  }
  return state
}

/** Moves a folder to a place where nothing is. False when something is there; only an empty folder made this very moment would be replaced. */
export function moveFolderToNew(from: string, to: string): boolean {
  if (isTaken(to)) return false
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if (['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return false
    if (codeOf(error) !== 'EXDEV') throw error
    throw new WopiError(
      'bad-request',
      'The folder cannot be moved there in one step, because that lies on another disk. Move it with a file manager.',
      { cause: error },
    )
  }
}

/** What an attempt gives, or null when the file or the folder it is to go to has vanished. */
export function ifThere<T>(attempt: () => T): T | null {
  try {
    return attempt()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null
    throw error
  }
}

/** Moves a file over another one, in one step that others see. The state in which it got there, as `moveToNew`. */
export function moveOver(from: string, to: string): DiskState {
  const state = stateOf(lstatSync(from))
  try {
    renameSync(from, to)
    return state
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error
    return acrossDisks(from, to, moveOver)
  }
}

/** Gives a file a second name; false where that is not possible. */
export function linkTo(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EXDEV' || CANNOT_LINK.includes(codeOf(error))) return false
    throw error
  }
}

/** Makes an empty file at a place where nothing is, so that the name is ours; false when something is there. */
function claim(place: string): boolean {
  try {
    closeSync(openSync(place, 'wx'))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Copies a file to a hidden name in the folder of its target, for when that is on another file system, and goes on from there. */
function acrossDisks<T>(from: string, to: string, move: (near: string, to: string) => T): T {
  const near = join(dirname(to), nearbyName(basename(from)))
  try {
    copyFileSync(from, near, constants.COPYFILE_FICLONE)
    const file = openSync(near, 'r+')
    fsyncSync(file)
    closeSync(file)
    const moved = move(near, to)
    if (moved) rmSync(from)
    return moved
  } finally {
    rmSync(near, { force: true })
  }
}

/** The name that content has beside its target for as long as it has to be copied there. */
export function nearbyName(name: string): string {
  return `.wopikit-${name}`
}

/**
 * Gives new content the mode and time it will have as the document. The time is whole milliseconds, which the clock of the file system hardly
 * ever gives, so that a write by another program right after never looks like nothing happened.
 */
export function dress(place: string, mode: number, owner: Stats, modifiedAt: number): void {
  giveTo(place, owner)
  if (mode !== NEW_FILE_MODE) chmodSync(place, mode)
  utimesSync(place, modifiedAt / 1000, modifiedAt / 1000)
}
