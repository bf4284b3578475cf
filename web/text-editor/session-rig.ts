import { vi } from 'vitest'
import type { Answer, CallName, DocumentInfo, Failure, FailureCode } from '../../src/editor/editor-api.js'
import { createSession } from './session.js'
import type { Call, SessionOptions } from './session-ports.js'
import { atFirst, type SessionState } from './session-state.js'

export const MINE = 'lock-mine'
export const SECOND = 1000
export const MINUTE = 60 * SECOND

const toBytes = (text: string) => new TextEncoder().encode(text)
export const toText = (content: Uint8Array) => new TextDecoder().decode(content)

interface Sent {
  readonly name: CallName
  readonly ask: Record<string, unknown>
  readonly text: string
}

/** One document of a host with locks, as the editor's server shows it to the page, and a person typing into it. */
export function openDocument(options: Partial<Pick<SessionOptions, 'mode' | 'previousLock'>> = {}) {
  const host = {
    name: 'notes.txt',
    content: 'hello',
    version: 1,
    lock: '',
    canWrite: true,
    /** Every content the document ever had. */
    history: ['hello'],
    failing: new Map<CallName, FailureCode>(),
    /** Saves arrive, but their answers do not. */
    losesAnswers: false as boolean,
    sent: [] as Sent[],
    write(content: string) {
      host.content = content
      host.version++
      host.history.push(content)
    },
  }
  const info = (): DocumentInfo => ({
    name: host.name,
    extension: 'txt',
    size: host.content.length,
    version: `v${host.version}`,
    lastModified: `t${host.version}`,
    userId: 'alice',
    canWrite: host.canWrite,
    locks: true,
    canRename: true,
    canSaveCopy: true,
    maxNameLength: 250,
    messageOrigin: '',
    close: { message: false, url: '' },
    share: { message: false, url: '' },
    versions: { message: false, url: '' },
    edit: { message: false, url: '' },
    reportsEdits: false,
  })
  const fail = (code: FailureCode): Failure => ({
    ok: false,
    code,
    reason: code === 'locked' ? 'Bob is here.' : '',
  })
  const conflict = () => fail(host.lock === '' ? 'unlocked' : 'locked')

  function takeLock({ lock, previousLock }: { lock: string; previousLock: string }): Failure | null {
    if (host.lock !== '' && host.lock !== lock && host.lock !== previousLock) return fail('locked')
    host.lock = lock
    return null
  }

  function perform(name: CallName, ask: never, content: string): Answer<CallName> {
    const asked = ask as {
      lock: string
      previousLock: string
      basedOn: string
      name: string
      save: null | { lock: string }
    }
    switch (name) {
      case 'open': {
        const lock = asked.lock === '' || !host.canWrite ? 'none' : (takeLock(asked) ?? 'held')
        return { ok: true, document: info(), lock }
      }
      case 'info':
      case 'read':
        return { ok: true, document: info() }
      case 'takeLock':
        return takeLock(asked) ?? { ok: true, document: info() }
      case 'refreshLock':
        return host.lock === asked.lock ? { ok: true } : conflict()
      case 'save':
        if (host.lock !== asked.lock) return conflict()
        if (asked.basedOn !== '' && asked.basedOn !== `t${host.version}` && content !== host.content)
          return fail('changed')
        host.write(content)
        return { ok: true, version: `v${host.version}`, lastModified: `t${host.version}` }
      case 'close':
        if (asked.save && host.lock === asked.save.lock) host.write(content)
        if (host.lock === asked.lock) host.lock = ''
        return { ok: true }
      case 'rename':
        return { ok: true, name: asked.name }
      case 'saveCopy':
        return { ok: true, name: asked.name, url: '' }
    }
  }

  const call = (async (name: CallName, ask: never, content = new Uint8Array()) => {
    host.sent.push({ name, ask, text: toText(content) })
    // Everything takes a moment, so that things can happen meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 10))
    const failing = host.failing.get(name)
    const answer = failing ? fail(failing) : perform(name, ask, toText(content))
    const lost = name === 'save' && host.losesAnswers
    return { answer: lost ? fail('unreachable') : answer, content: toBytes(host.content) }
  }) as unknown as Call

  const text = { value: '', readable: true }
  const states: SessionState[] = [atFirst]
  const session = createSession({
    mode: options.mode ?? 'edit',
    lock: MINE,
    previousLock: options.previousLock ?? '',
    text: {
      read: () => toBytes(text.value),
      show: (content) => {
        text.value = toText(content)
        return text.readable
      },
    },
    call,
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds)
      return () => clearTimeout(timer)
    },
    now: () => Date.now(),
    onChange: (state) => states.push(state),
  })
  return {
    host,
    text,
    session,
    state: () => states.at(-1) ?? atFirst,
    wait: (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds),
    type(words: string) {
      text.value += words
      session.edited()
    },
    saves: () => host.sent.filter(({ name }) => name === 'save'),
  }
}

export async function opened(options: Parameters<typeof openDocument>[0] = {}) {
  const page = openDocument(options)
  void page.session.open()
  await page.wait(100)
  return page
}
