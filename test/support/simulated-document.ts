import { createHash } from 'node:crypto'
import type { FileOracle, SaveMarks } from './file-oracle.js'
import { markedContent } from './marked-content.js'
import { type Answer, type Headers, type WopiClient, wopiClient } from './wopi-client.js'

/** A request whose answer was not what the protocol demands. */
export interface Surprise {
  readonly at: number
  readonly who: string
  readonly what: string
}

/** What happened to all documents of a day. */
export interface DayRecord {
  readonly surprises: Surprise[]
  requests: number
  /** 409s, all of them demanded. */
  conflicts: number
}

/**
 * A document through the eyes of an editing session: every request is foretold by the oracle of the file and compared with the answer.
 * Each method tells whether it succeeded.
 */
export interface SimulatedDocument {
  readonly fileId: string
  readonly now: number
  readonly oracle: FileOracle
  checkFileInfo(): Promise<Record<string, unknown>>
  getFile(headers?: Headers): Promise<void>
  lock(lockId: string): Promise<boolean>
  refresh(lockId: string): Promise<boolean>
  relock(oldLockId: string, lockId: string): Promise<boolean>
  unlock(lockId: string): Promise<boolean>
  /** Saves new content, or the same again. */
  save(lockId: string | null, marks: SaveMarks, headers: Headers, content?: Buffer): Promise<boolean>
  saveAs(target: string, headers?: Headers): Promise<void>
  rename(name: string, lockId: string, body?: Buffer): Promise<boolean>
  getLock(): Promise<void>
  putUserInfo(): Promise<void>
  newContent(): Buffer
  /** From 0 to 1. */
  random(): number
}

/** What a document is made of. */
export interface DocumentParts {
  readonly who: string
  readonly fileId: string
  readonly client: WopiClient
  readonly oracle: FileOracle
  readonly record: DayRecord
  /** The simulated time. */
  now(): number
  /** When the session's token ends. */
  readonly tokenEnds: number
  /** From 0 to 1. */
  random(): number
  /** Saves that must be found in the history, by hash in base64. */
  readonly kept: Set<string>
}

/** How long after its token has ended a session may still save. */
const GRACE_MS = 60 * 60_000

let contents = 0

export function simulatedDocument(parts: DocumentParts): SimulatedDocument {
  const { who, fileId, client, oracle, record, kept } = parts

  function expectStatus(answer: Answer, expected: number, what: string): boolean {
    record.requests++
    if (answer.status === 409) record.conflicts++
    if (answer.status !== expected) {
      const why = answer.header('X-WOPI-LockFailureReason') ?? answer.header('X-WOPI-ServerError') ?? ''
      surprise(`${what} was answered ${answer.status} instead of ${expected}. ${why}`)
    }
    if (answer.status === 409) {
      const told = answer.header('X-WOPI-Lock')
      const held = oracle.lockId(parts.now())
      if (told !== held) surprise(`${what}: the 409 names the lock "${told}" instead of "${held}"`)
    }
    return answer.status === 200 && expected === 200
  }

  function surprise(what: string): void {
    record.surprises.push({ at: parts.now(), who, what })
  }

  /** The status that a token which has ended leads to; null while it is good. */
  function refusedToken(lockId: string | null, isLastCall: boolean): number | null {
    const over = parts.now() - parts.tokenEnds
    if (over < 0) return null
    const mayFinish =
      isLastCall && over < GRACE_MS && lockId !== null && oracle.lockId(parts.now()) === lockId
    return mayFinish ? null : 401
  }

  async function lockCall(
    what: string,
    call: Promise<Answer>,
    decide: () => boolean,
    last: string | null = null,
  ): Promise<boolean> {
    const status = refusedToken(last, last !== null) ?? (decide() ? 200 : 409)
    return expectStatus(await call, status, what)
  }

  return {
    fileId,
    oracle,
    get now() {
      return parts.now()
    },
    async checkFileInfo() {
      const answer = await client.checkFileInfo()
      if (!expectStatus(answer, refusedToken(null, false) ?? 200, 'CheckFileInfo')) return {}
      const info = answer.json()
      const time = String(info.LastModifiedTime)
      if (oracle.lastModifiedTime !== '' && time !== oracle.lastModifiedTime)
        surprise(
          `LastModifiedTime moved from ${oracle.lastModifiedTime} to ${time} without a change of content`,
        )
      oracle.told(time)
      if (info.Size !== oracle.content.length) surprise(`Size is ${info.Size}, not ${oracle.content.length}`)
      return info
    },
    async getFile(headers = {}) {
      const answer = await client.getFile(headers)
      if (!expectStatus(answer, refusedToken(null, false) ?? 200, 'GetFile')) return
      if (!answer.body.equals(oracle.content)) surprise('GetFile gave something else than was saved last')
    },
    lock: (lockId) => lockCall('Lock', client.lock(lockId), () => oracle.lock(lockId, parts.now())),
    refresh: (lockId) =>
      lockCall('RefreshLock', client.refreshLock(lockId), () => oracle.refresh(lockId, parts.now())),
    relock: (oldLockId, lockId) =>
      lockCall('UnlockAndRelock', client.unlockAndRelock(oldLockId, lockId), () =>
        oracle.relock(oldLockId, lockId, parts.now()),
      ),
    unlock: (lockId) =>
      lockCall('Unlock', client.unlock(lockId), () => oracle.unlock(lockId, parts.now()), lockId),
    async save(lockId, marks, headers, content = newContent()) {
      const badToken = refusedToken(lockId, true)
      const verdict = badToken ?? oracle.save(lockId, content, marks, parts.now())
      const answer = await client.putFile(content, lockId, headers)
      const status = typeof verdict === 'number' ? verdict : verdict === 'refused' ? 409 : 200
      if (!expectStatus(answer, status, 'PutFile') || answer.status !== 200) return false
      const isAutosave = Object.entries(headers).some(
        ([name, value]) => /IsAutosave$/.test(name) && value === 'true',
      )
      if (verdict === 'written' && !isAutosave) kept.add(hashOf(content))
      oracle.told(String(answer.json().LastModifiedTime))
      return true
    },
    async saveAs(target, headers = {}) {
      const answer = await client.putRelativeFile(oracle.content, {
        'X-WOPI-SuggestedTarget': target,
        ...headers,
      })
      if (!expectStatus(answer, refusedToken(null, false) ?? 200, 'PutRelativeFile')) return
      // Collabora goes on with the copy at once, by the address and the token it was given.
      const { origin, pathname, searchParams } = new URL(String(answer.json().Url))
      const access = { wopiSrc: origin + pathname, accessToken: searchParams.get('access_token') ?? '' }
      const copy = await wopiClient(access).getFile()
      if (!copy.body.equals(oracle.content)) surprise(`the copy ${answer.json().Name} is not what was saved`)
    },
    async rename(name, lockId, body) {
      const status = refusedToken(null, false) ?? (oracle.mayRename(lockId, parts.now()) ? 200 : 409)
      return expectStatus(await client.renameFile(name, lockId, body), status, 'RenameFile')
    },
    async getLock() {
      const answer = await client.getLock()
      if (!expectStatus(answer, refusedToken(null, false) ?? 200, 'GetLock')) return
      if (answer.header('X-WOPI-Lock') !== oracle.lockId(parts.now())) surprise('GetLock names another lock')
    },
    async putUserInfo() {
      const answer = await client.post('PUT_USER_INFO', {}, Buffer.from('seen the tour'))
      expectStatus(answer, refusedToken(null, false) ?? 200, 'PutUserInfo')
    },
    newContent,
    random: parts.random,
  }

  function newContent(): Buffer {
    const size = 201 + Math.floor(parts.random() * 20_000)
    return markedContent({ file: fileId, client: who, sequence: ++contents, size })
  }
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('base64')
}
