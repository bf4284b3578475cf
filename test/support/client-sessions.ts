import type { SaveMarks } from './file-oracle.js'
import type { SimulatedDocument } from './simulated-document.js'
import type { Headers } from './wopi-client.js'

/** An editing session, step by step: each value is the time until its next step, in milliseconds. */
export type Session = AsyncGenerator<number, void>

const SECOND = 1000
const MINUTE = 60 * SECOND

/** Users come and go for this long at most. */
const LONGEST = 100 * MINUTE

/** What goes wrong in a session. */
export type Mishap =
  | 'none'
  /** The document server dies: no last save, no Unlock. */
  | 'crash'
  /** The machine sleeps for longer than a lock lives. */
  | 'sleep'
  /** The answers to saves are lost, and the client tries again if it is one that does. */
  | 'lost answers'

/** ONLYOFFICE leaves out a flag that is false. */
function onlyofficeHeaders(
  time: string,
  flags: Partial<Record<'IsModifiedByUser' | 'IsAutosave' | 'IsExitSave', true>>,
): Headers {
  const names = Object.keys(flags).map((flag) => [`X-LOOL-WOPI-${flag}`, 'true'] as const)
  return { 'X-WOPI-Editors': 'alice', 'X-LOOL-WOPI-Timestamp': time, ...Object.fromEntries(names) }
}

/** ONLYOFFICE Docs: one lock id for all, RefreshLock every ten minutes, one try for the last save, and then Unlock whatever the answer was. */
export async function* onlyoffice(document: SimulatedDocument, mishap: Mishap): Session {
  const lockId = document.fileId
  const info = await document.checkFileInfo()
  const opened = String(info.LastModifiedTime)
  if (info.Size === 0) await document.save(null, {}, { 'X-WOPI-Editors': 'alice' })
  const isLocked = await document.lock(lockId)
  yield SECOND
  await document.getFile({ 'X-WOPI-MaxExpectedSize': '104857600' })
  if (!isLocked) return

  let unsaved = false
  let time = opened
  let sinceRefresh = 0
  const until = document.now + document.random() * LONGEST
  while (document.now < until) {
    const step = MINUTE + document.random() * 4 * MINUTE
    yield step
    sinceRefresh += step
    if (sinceRefresh >= 10 * MINUTE) {
      await document.refresh(lockId)
      sinceRefresh = 0
    }
    unsaved ||= document.random() < 0.5
    if (document.random() < 0.08) {
      // Somebody else opens the same document: the same lock id again.
      await document.checkFileInfo()
      await document.lock(lockId)
      sinceRefresh = 0
    }
    if (document.random() < 0.15) {
      await document.save(lockId, {}, onlyofficeHeaders(time, { IsModifiedByUser: true }))
      time = document.oracle.lastModifiedTime
    }
    if (document.random() < 0.03) await document.saveAs('Copy+ACAA/A-.docx')
    if (document.random() < 0.03) await document.rename('Gr+APYA3w-e', lockId)
  }
  if (mishap === 'crash') return
  if (mishap === 'sleep') yield 45 * MINUTE
  if (unsaved) {
    yield 5 * SECOND
    await document.save(lockId, {}, onlyofficeHeaders(time, { IsModifiedByUser: true, IsExitSave: true }))
  } else if (document.random() < 0.3) {
    // Repeats what the last Save button has sent.
    await document.save(lockId, {}, onlyofficeHeaders(time, { IsExitSave: true }), document.oracle.content)
  }
  await document.unlock(lockId)
}

function collaboraHeaders(
  timestamp: string,
  flags: Partial<Record<'IsModifiedByUser' | 'IsAutosave' | 'IsExitSave', boolean>>,
  legacy: boolean,
): Headers {
  const values = {
    IsModifiedByUser: String(flags.IsModifiedByUser ?? false),
    IsAutosave: String(flags.IsAutosave ?? false),
    IsExitSave: String(flags.IsExitSave ?? false),
    Timestamp: timestamp,
    ExtendedData: 'undefined',
  }
  const prefixes = legacy ? ['X-COOL-WOPI-', 'X-LOOL-WOPI-'] : ['X-COOL-WOPI-']
  return Object.fromEntries(
    prefixes.flatMap((prefix) => Object.entries(values).map(([name, value]) => [prefix + name, value])),
  )
}

let coolLocks = 0

/**
 * Collabora Online: locks again instead of refreshing, compares timestamps, saves by itself every five minutes, and tries again after an error.
 * 22.05 sends Unlock some milliseconds before its last save.
 */
export function collabora(version: '22.05' | '23.05' | '25.04') {
  return async function* session(document: SimulatedDocument, mishap: Mishap): Session {
    const legacy = version !== '25.04'
    const newLockId = () => `cool-lock${(++coolLocks).toString(16).padStart(8, '0')}`
    let lockId = newLockId()
    let time = String((await document.checkFileInfo()).LastModifiedTime)
    await document.getFile()
    const isLocked = await document.lock(lockId)

    async function* save(
      flags: Parameters<typeof collaboraHeaders>[1],
      timestamp = time,
    ): AsyncGenerator<number, void> {
      const content = document.newContent()
      const marks: SaveMarks = { timestamp }
      const headers = collaboraHeaders(timestamp, flags, legacy)
      const isSaved = await document.save(lockId, marks, headers, content)
      if (mishap === 'lost answers' && !legacy) {
        // It looks for its own bytes by their size.
        await document.checkFileInfo()
      } else if (mishap === 'lost answers') {
        yield 5 * SECOND
        // The same bytes with the timestamp from before: their own save is no conflict.
        await document.save(lockId, marks, headers, content)
      }
      if (isSaved) time = document.oracle.lastModifiedTime
    }

    if (!isLocked) {
      // Read-only from here on; but what was typed before the refusal came is sent at the end.
      yield 10 * MINUTE
      if (document.random() < 0.3) yield* save({ IsModifiedByUser: true, IsExitSave: true })
      return
    }
    let unsaved = false
    let sinceLock = 0
    const until = document.now + document.random() * LONGEST
    while (document.now < until) {
      yield 5 * MINUTE
      sinceLock += 5 * MINUTE
      if (sinceLock >= 15 * MINUTE) {
        await document.lock(lockId)
        sinceLock = 0
      }
      if (document.random() < 0.1) await document.checkFileInfo()
      if (unsaved) yield* save({ IsModifiedByUser: true, IsAutosave: true })
      unsaved = document.random() < 0.6
      if (document.random() < 0.15) yield* save({ IsModifiedByUser: true })
      if (document.random() < 0.04) {
        await document.saveAs('Copy +APw-.odt', { 'X-WOPI-Size': String(document.oracle.content.length) })
        yield* save({ IsModifiedByUser: false }, '')
      }
      if (document.random() < 0.04) {
        yield* save({ IsModifiedByUser: true })
        await document.rename('wk3 +ANw-berblick', lockId, document.oracle.content)
        await document.unlock(lockId)
        time = String((await document.checkFileInfo()).LastModifiedTime)
        await document.getFile()
        lockId = newLockId()
        await document.lock(lockId)
        sinceLock = 0
      }
    }
    if (mishap === 'crash') return
    if (mishap === 'sleep') yield 45 * MINUTE
    const exit = { IsModifiedByUser: unsaved, IsExitSave: true }
    if (version === '22.05') {
      await document.unlock(lockId)
      yield 10
      if (unsaved) yield* save(exit)
      return
    }
    if (unsaved) yield* save(exit)
    await document.unlock(lockId)
  }
}

let officeLocks = 0

/** Microsoft 365 for the web: a new lock id by UnlockAndRelock now and then, many saves, GetLock to look. */
export async function* microsoft(document: SimulatedDocument, mishap: Mishap): Session {
  const newLockId = () =>
    JSON.stringify({ S: `session-${++officeLocks}`, F: 4, E: 2, M: 'M', P: '1'.repeat(200) })
  let lockId = newLockId()
  await document.checkFileInfo()
  await document.putUserInfo()
  const isLocked = await document.lock(lockId)
  await document.getFile()
  if (!isLocked) return
  const until = document.now + document.random() * LONGEST
  while (document.now < until) {
    yield 2 * MINUTE + document.random() * 6 * MINUTE
    if (document.random() < 0.5) await document.refresh(lockId)
    if (document.random() < 0.5) await document.save(lockId, {}, { 'X-WOPI-Editors': 'alice,bob' })
    if (document.random() < 0.1) await document.getLock()
    if (document.random() < 0.1) {
      const next = newLockId()
      if (await document.relock(lockId, next)) lockId = next
    }
    // A lock is refreshed at the latest after some twenty minutes.
    await document.refresh(lockId)
  }
  if (mishap === 'crash') return
  if (mishap === 'sleep') yield 45 * MINUTE
  await document.save(lockId, {}, { 'X-WOPI-Editors': 'alice,bob' })
  await document.unlock(lockId)
}

/** Somebody only looks. */
export async function* viewer(document: SimulatedDocument): Session {
  await document.checkFileInfo()
  yield SECOND
  await document.getFile()
}
