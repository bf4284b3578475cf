import type { FileInfo, SaveInfo, Staged } from '../../ports/file-store.js'
import type { Lock, ReleasedLock } from '../../ports/lock-store.js'
import { conflict, WopiError } from '../../protocol/errors.js'
import { Header, SaveHeader } from '../../protocol/headers.js'
import { formatTime, parseTime } from '../../protocol/times.js'
import { headerValue, json, type WopiResponse } from '../message.js'
import { type Call, filePage, type Operation } from '../operation.js'
import { isWritable, keepBody, saveInfo, withStagedBody, writable } from './incoming.js'
import { lockMismatch } from './lock-rules.js'

/** How long after its release a lock still lets in the save that was sent with it. */
const SAVE_AFTER_UNLOCK_MS = 10_000

/** How often a decision is made anew because somebody else was faster. Far more often than it can happen to one save by chance. */
const MAX_DECISIONS = 50

/**
 * Replaces a file's content. The body is taken in first and judged afterwards, at the moment of the switch; what is refused is kept as a
 * rescued save. Every save that is written gets a new version, also one of the same bytes, because ONLYOFFICE tells by it that its cache is old.
 */
export const putFile: Operation = {
  name: 'PutFile',
  method: 'POST',
  path: '/files/:fileId/contents',
  override: 'PUT',
  needs: 'save',
  refusal: 'not-found',
  offered: (host) => isWritable(host.files),
  spec: filePage('putfile'),
  run(call) {
    const save = saveInfo(call)
    return withStagedBody(call, save, {
      requireLock: async () => judgeLock(call, await presentFacts(call)),
      decide: (staged) => call.host.turn(call.file.fileId, () => store(call, staged, save)),
    })
  },
  keep: (call, why) => keepBody(call, saveInfo(call), why),
}

async function store(call: Call, staged: Staged, save: SaveInfo): Promise<WopiResponse> {
  const files = writable(call.host)
  for (let decisions = 0; decisions < MAX_DECISIONS; decisions++) {
    const facts = await presentFacts(call)
    if (judge(call, facts, staged) === 'already-stored') return saved(facts.file)
    const { file, lock, now } = facts
    const expected = { version: file.version, lockId: lock?.lockId ?? null, now }
    const committed = await files.commit(file.fileId, staged, expected, save)
    if (committed.done) return saved(committed.file)
  }
  throw new WopiError('unavailable', 'The file was changed again and again while this save was to be stored.')
}

interface Facts {
  readonly file: FileInfo
  readonly lock: Lock | null
  readonly released: ReleasedLock | null
  /** When they were true, in milliseconds since 1970. */
  readonly now: number
}

/** The state of the file now: taking in the body may have lasted minutes. */
async function presentFacts(call: Call): Promise<Facts> {
  const { files, locks } = call.host
  const { fileId } = call.file
  const now = call.host.now()
  const file = await files.stat(fileId)
  if (!file) throw new WopiError('not-found', 'The file was deleted before this save arrived.')
  const lock = await locks.get(fileId, now)
  const released = lock ? null : ((await locks.lastReleased?.(fileId)) ?? null)
  return { file, lock, released, now }
}

/** The rules, in the order of the specification. Throws the refusal. */
function judge(call: Call, facts: Facts, staged: Staged): 'write' | 'already-stored' {
  const { file, lock } = facts
  judgeLock(call, facts)
  if (sentTimestamp(call) === undefined || isUnchangedSince(call, file)) return 'write'

  // Deviation: Collabora up to 23.05 repeats a save whose answer was lost, with the timestamp from before. Its own bytes are no conflict.
  if (call.host.leniency.repeatedSave && file.sha256 === staged.sha256) {
    call.host.report({
      type: 'leniency',
      name: 'repeated-save',
      fileId: file.fileId,
      userId: call.grant.userId,
    })
    return 'already-stored'
  }
  throw conflict(
    'changed-outside',
    lock?.lockId ?? null,
    'The file was changed by somebody else since it was opened here. Overwrite it, or save under another name.',
    { body: { COOLStatusCode: 1010, LOOLStatusCode: 1010 } },
  )
}

function judgeLock(call: Call, facts: Facts): void {
  const { file, lock } = facts
  const lockId = headerValue(call.request, Header.Lock)
  // 409 must carry the current lock, empty if there is none.
  if (lock && lock.lockId !== lockId) throw lockMismatch(lock)
  // An unlocked file takes a save only while it is empty: that is how clients fill a new document.
  if (lock || file.size === 0) return
  if (!isUnchangedSince(call, file) || !wasJustReleased(call, facts, lockId)) throw lockMismatch(null)
  call.host.report({
    type: 'leniency',
    name: 'save-after-unlock',
    fileId: file.fileId,
    userId: call.grant.userId,
  })
}

/** Only Collabora's own header is enforced. ONLYOFFICE sends the X-LOOL- one and takes every 409 for a lost save. */
function sentTimestamp(call: Call): string | undefined {
  return headerValue(call.request, `X-COOL-${SaveHeader.Timestamp}`)
}

function isUnchangedSince(call: Call, file: FileInfo): boolean {
  const timestamp = sentTimestamp(call)
  return timestamp !== undefined && parseTime(timestamp) === file.modifiedAt
}

/**
 * Deviation: Collabora 22.05 sends Unlock some milliseconds before its exit save. With the lock it has just released, and a timestamp
 * that still fits, the save cannot overwrite anybody, so the last edits are taken in.
 */
function wasJustReleased(call: Call, { released, now }: Facts, lockId: string | undefined): boolean {
  return (
    call.host.leniency.saveAfterUnlock &&
    released !== null &&
    released.lockId === lockId &&
    now - released.releasedAt <= SAVE_AFTER_UNLOCK_MS
  )
}

/** The text of `LastModifiedTime` must be CheckFileInfo's, character for character: Collabora compares strings. */
function saved(file: FileInfo): WopiResponse {
  return json({ LastModifiedTime: formatTime(file.modifiedAt) }, { [Header.ItemVersion]: file.version })
}
