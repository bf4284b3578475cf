import { createHash } from 'node:crypto'
import { markedContent, nameOfSave } from './marked-content.js'
import { type Answer, NoAnswer, type WopiClient } from './wopi-client.js'

/** A content that was sent, by what it will be recognised. */
export interface SentContent {
  /** As `nameOfContent` gives it. */
  readonly name: string
  /** Base64. */
  readonly sha256: string
}

/** A copy that was to be made by save-as. */
export interface Copy {
  readonly fileName: string
  readonly content: SentContent
}

/** Everything the clients of one file know, and what they do not know since a kill. */
export interface SessionFile {
  readonly client: WopiClient
  readonly fileId: string
  /** The names the file may have: one, unless a rename got no answer. */
  names: readonly string[]
  /** The locks the file may have; '' = none. */
  locks: readonly string[]
  /** The saved content with the highest version that was answered. */
  saved: { readonly content: SentContent; readonly version: number }
  /** Saves that were answered with 200 since the last check. */
  acknowledged: SentContent[]
  /** Saves that were refused with 409 since the last check. */
  refused: SentContent[]
  /** Saves that got no answer since the last check. */
  unanswered: SentContent[]
  /** Copies that were answered, and those that got no answer, since the last check. */
  copies: Copy[]
  unansweredCopies: Copy[]
  /** The next save's number. */
  sequence: number
}

/** What a session does next; a name given twice comes twice as often. */
export type Deed =
  | 'save'
  | 'two saves at once'
  | 'save with a wrong lock'
  | 'lock'
  | 'unlock'
  | 'relock'
  | 'refresh'
  | 'save as'
  | 'rename'

export const usualDeeds: readonly Deed[] = [
  ...Array.from({ length: 12 }, () => 'save' as const),
  'two saves at once',
  'two saves at once',
  'save with a wrong lock',
  'lock',
  'unlock',
  'relock',
  'refresh',
  'save as',
  'rename',
]

/** An answer that neither the protocol nor a kill explains. */
class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer'
}

/** Works on one file after the other until a call gets no answer; tells of each that did. */
export async function runSession(
  session: string,
  files: readonly SessionFile[],
  deeds: readonly Deed[],
  onDone: () => void,
): Promise<void> {
  try {
    for (;;) {
      await work(session, pick(files), pick(deeds))
      onDone()
    }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
  }
}

async function work(session: string, file: SessionFile, deed: Deed): Promise<void> {
  const { client } = file
  const [lockId = ''] = file.locks
  switch (lockId === '' ? 'lock' : deed) {
    case 'lock': {
      const wanted = lockId || `lock-of-${session}-${file.sequence++}`
      await changeLock(file, wanted, () => client.lock(wanted))
      return
    }
    case 'unlock':
      return changeLock(file, '', () => client.unlock(lockId))
    case 'relock': {
      const wanted = `lock-of-${session}-${file.sequence++}`
      return changeLock(file, wanted, () => client.unlockAndRelock(lockId, wanted))
    }
    case 'refresh':
      return changeLock(file, lockId, () => client.refreshLock(lockId))
    case 'save':
      return save(session, file, lockId)
    case 'two saves at once': {
      const both = await Promise.allSettled([save(session, file, lockId), save(session, file, lockId)])
      for (const one of both) if (one.status === 'rejected') throw one.reason
      return
    }
    case 'save with a wrong lock':
      return saveRefused(session, file)
    case 'save as':
      return saveAs(session, file)
    case 'rename':
      return rename(file, lockId)
  }
}

async function changeLock(file: SessionFile, next: string, call: () => Promise<Answer>): Promise<void> {
  const [before = ''] = file.locks
  file.locks = [before, next]
  const answer = await call()
  expectStatus(answer, 200, `${before || 'unlocked'} to ${next || 'unlocked'}`)
  file.locks = [next]
}

async function save(session: string, file: SessionFile, lockId: string): Promise<void> {
  const { content, bytes } = newContent(session, file)
  const answer = await remembered(file.unanswered, content, () => file.client.putFile(bytes, lockId))
  expectStatus(answer, 200, `a save of ${content.name}`)
  const version = Number(answer.header('X-WOPI-ItemVersion'))
  file.acknowledged.push(content)
  if (version > file.saved.version) file.saved = { content, version }
}

async function saveRefused(session: string, file: SessionFile): Promise<void> {
  const { content, bytes } = newContent(session, file)
  const answer = await remembered(file.unanswered, content, () => file.client.putFile(bytes, 'not the lock'))
  expectStatus(answer, 409, `a save of ${content.name} with a wrong lock`)
  file.refused.push(content)
}

async function saveAs(session: string, file: SessionFile): Promise<void> {
  const { content, bytes } = newContent(session, file)
  const fileName = `copy-of-${file.fileId.slice(0, 8)}-${content.name.replace('/', '-')}.bin`
  const copy = { fileName, content }
  const headers = { 'X-WOPI-SuggestedTarget': copy.fileName }
  const answer = await remembered(file.unansweredCopies, copy, () =>
    file.client.putRelativeFile(bytes, headers),
  )
  expectStatus(answer, 200, `a copy ${copy.fileName}`)
  if (answer.json().Name !== copy.fileName) throw new WrongAnswer(`${copy.fileName} got another name`)
  file.copies.push(copy)
}

async function rename(file: SessionFile, lockId: string): Promise<void> {
  const [before = ''] = file.names
  const stem = before.replace(/(-renamed)?\.bin$/, before.includes('-renamed') ? '' : '-renamed')
  file.names = [before, `${stem}.bin`]
  expectStatus(await file.client.renameFile(stem, lockId), 200, `renaming ${before}`)
  file.names = [`${stem}.bin`]
}

/** Keeps something in a list for as long as there is no answer; what nobody heard is not kept. */
async function remembered<T>(list: T[], thing: T, call: () => Promise<Answer>): Promise<Answer> {
  list.push(thing)
  const forget = () => list.splice(list.indexOf(thing), 1)
  try {
    const answer = await call()
    forget()
    return answer
  } catch (error) {
    if (error instanceof NoAnswer && error.unheard) forget()
    throw error
  }
}

function newContent(session: string, file: SessionFile): { content: SentContent; bytes: Buffer } {
  const mark = { file: file.fileId, client: session, sequence: file.sequence++, size: randomSize() }
  const bytes = markedContent(mark)
  const content = { name: nameOfSave(mark), sha256: createHash('sha256').update(bytes).digest('base64') }
  return { content, bytes }
}

/** Mostly small, sometimes up to some megabytes, never a round number. */
function randomSize(): number {
  const most = pick([3_000, 3_000, 3_000, 20_000, 20_000, 90_000, 300_000, 3_000_000])
  return 201 + Math.floor(Math.random() * most)
}

function expectStatus(answer: Answer, status: number, what: string): void {
  if (answer.status === status) return
  const why = answer.header('X-WOPI-LockFailureReason') ?? answer.header('X-WOPI-ServerError') ?? ''
  throw new WrongAnswer(`${what} was answered ${answer.status} instead of ${status}. ${why}`)
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)] as T
}
