import type { Ask, DocumentInfo, Failure, SaveRequest } from '../../src/editor/editor-api.js'
import type { SessionOptions } from './session-ports.js'
import { atFirst, isPassing, type Problem, type SessionState, sameBytes } from './session-state.js'

interface Known {
  readonly version: string
  readonly lastModified: string
  readonly content: Uint8Array
}

type SaveKind = 'manual' | 'auto' | 'exit'

const AUTOSAVE_MS = 2_000
/** Somebody who types without a pause is saved all the same. */
const AUTOSAVE_AT_LATEST_MS = 15_000
/** Locks live for 30 minutes. */
const REFRESH_LOCK_MS = 10 * 60_000
const REFRESH_AGAIN_MS = 30_000
/** After a sleep of the machine or a hidden tab the lock is looked after when it was not for this long. */
const LOCK_IS_FRESH_MS = 60_000
const ASK_FOR_LOCK_MS = 15_000
/** The page before this one may still be sending its last save: asking often, and only then taking its lock away. */
const HANDOVER_MS = 750
const HANDOVER_TRIES = 8
const RETRY_MS = [2_000, 4_000, 8_000, 15_000, 30_000, 60_000]
const CHANGED: Failure = { ok: false, code: 'changed', reason: '' }
/** The lock can be lost and found again, but not for ever within one save. */
const MAX_SAVE_TRIES = 3

/**
 * One document open in one page: takes the lock and keeps it, saves, and turns everything that can go wrong into a state to show.
 * It never drops the text: what could not be saved stays unsaved until it is saved, copied or given up by the person.
 */
export function createSession({
  mode,
  lock,
  previousLock,
  text,
  call,
  after,
  now,
  onChange,
}: SessionOptions) {
  let state = atFirst
  /** What the host is known to have. */
  let base: Known = { version: '', lastModified: '', content: new Uint8Array() }
  /** A save whose answer never came: the host may have it or not. */
  let uncertain: Uint8Array | null = null
  /** What was found in place of our base, while the person decides. */
  let theirs: { document: DocumentInfo; content: Uint8Array } | null = null
  /** The document may have changed while we had no lock, and could not be read yet. */
  let doubtful = false
  /** Counts edits, to see whether a save covers all of them. */
  let revision = 0
  let savedRevision = 0
  let unsavedSince = 0
  let holdsLock = false
  let lockSeenAt = 0
  let handovers = 0
  let failures = 0
  const timers = { autosave: () => {}, lock: () => {}, retry: () => {} }

  // Requests go one after the other: each one starts from what the one before has learnt.
  let queue: Promise<unknown> = Promise.resolve()
  function inTurn<T>(job: () => Promise<T>): Promise<T> {
    const turn = queue.then(job)
    queue = turn.catch(() => {})
    return turn
  }

  function set(change: Partial<SessionState>) {
    state = { ...state, ...change, unsaved: revision !== savedRevision }
    onChange(state)
  }

  function fail({ code, reason }: Failure, retry?: () => void) {
    const problem: Problem = { code, reason, retrying: retry !== undefined }
    timers.retry()
    if (retry) timers.retry = after(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 0, retry)
    set({ problem })
  }

  function know(document: DocumentInfo, content: Uint8Array) {
    base = { version: document.version, lastModified: document.lastModified, content }
    uncertain = null
    theirs = null
  }

  // --- opening ---------------------------------------------------------------------------------------------------------------

  function open(): Promise<void> {
    return inTurn(async () => {
      set({ phase: 'opening' })
      const { answer, content } = await call('open', { lock: mode === 'edit' ? lock : '', previousLock: '' })
      if (!answer.ok) {
        if (isPassing(answer)) return fail(answer, () => void open())
        return set({ phase: 'failed', problem: { ...answer, retrying: false } })
      }
      failures = 0
      know(answer.document, content)
      const editable = text.show(content, answer.document)
      set({ phase: 'open', document: answer.document, problem: null })
      if (answer.lock === 'held') lockTaken()
      if (mode === 'view' || !answer.document.canWrite || !editable) return lookOnly()
      if (answer.lock === 'held' || answer.lock === 'none') return set({ access: 'edit' })
      lockLost(answer.lock)
    })
  }

  async function lookOnly() {
    set({ access: 'view' })
    await release()
  }

  // --- the lock --------------------------------------------------------------------------------------------------------------

  function lockTaken() {
    holdsLock = true
    handovers = HANDOVER_TRIES
    lockSeenAt = now()
    timers.lock()
    timers.lock = after(REFRESH_LOCK_MS, () => void refreshLock())
  }

  function lockLost(failure: Failure) {
    holdsLock = false
    timers.autosave()
    timers.lock()
    const handover = previousLock !== '' && handovers < HANDOVER_TRIES
    timers.lock = after(handover ? HANDOVER_MS : ASK_FOR_LOCK_MS, () => void askForLock())
    const refused = failure.code === 'locked'
    set({
      access: handover ? 'waiting' : 'locked',
      lockReason: refused ? failure.reason : state.lockReason,
      problem: refused ? null : { code: failure.code, reason: failure.reason, retrying: true },
    })
  }

  /** Takes the lock if it has become free. */
  function askForLock(): Promise<void> {
    return inTurn(async () => {
      if (state.access !== 'locked' && state.access !== 'waiting') return
      const takeOver = ++handovers >= HANDOVER_TRIES ? previousLock : ''
      const { answer } = await call('takeLock', { lock, previousLock: takeOver })
      if (!answer.ok) {
        if (answer.code === 'expired' || answer.code === 'not-found') return fail(answer)
        return lockLost(answer)
      }
      lockTaken()
      set({ problem: null })
      const settled = await settle(answer.document)
      // What the lock's last holder wrote may be something that can only be looked at.
      if (holdsLock) set({ access: 'edit', lockReason: '' })
      if (settled && state.unsaved) await saveNow('auto')
    })
  }

  function refreshLock(): Promise<void> {
    return inTurn(async () => {
      if (!holdsLock) return
      const { answer } = await call('refreshLock', { lock })
      if (answer.ok) {
        lockTaken()
        if (doubtful) await reconcile()
      } else if (answer.code === 'unlocked') {
        await lockAgain()
      } else if (answer.code === 'locked') {
        lockLost(answer)
      } else {
        timers.lock = after(REFRESH_AGAIN_MS, () => void refreshLock())
        if (!isPassing(answer)) fail(answer)
      }
    })
  }

  /** Our lock ran out, and nobody took another: takes it anew. True when editing goes on as if nothing had happened. */
  async function lockAgain(): Promise<boolean> {
    const { answer } = await call('takeLock', { lock, previousLock: '' })
    if (answer.ok) {
      lockTaken()
      set({ problem: null })
      return settle(answer.document)
    }
    if (answer.code === 'locked') lockLost(answer)
    else fail(answer, isPassing(answer) ? () => void retry() : undefined)
    return false
  }

  async function release() {
    timers.lock()
    if (!holdsLock) return
    holdsLock = false
    await call('close', { lock, save: null })
  }

  // --- what the host has -----------------------------------------------------------------------------------------------------

  /** Makes sure that the document is still the one this text is based on. False when the person has to decide. */
  async function settle(document: DocumentInfo): Promise<boolean> {
    set({ document })
    return (document.version === base.version && document.lastModified === base.lastModified) || reconcile()
  }

  /** Reads what the host has now, and goes on from there unless somebody's work would be lost by it. */
  async function reconcile(): Promise<boolean> {
    doubtful = true
    const { answer, content } = await call('read', {})
    if (!answer.ok) {
      fail(answer, isPassing(answer) ? () => void retry() : undefined)
      return false
    }
    doubtful = false
    const ours = text.read()
    const known = sameBytes(content, base.content) || (uncertain !== null && sameBytes(content, uncertain))
    if (sameBytes(content, ours)) {
      savedRevision = revision
    } else if (!known && state.unsaved) {
      theirs = { document: answer.document, content }
      fail(CHANGED)
      return false
    }
    know(answer.document, content)
    set({ document: answer.document, problem: null })
    if (!state.unsaved && !sameBytes(content, ours) && !text.show(content, answer.document)) {
      await lookOnly()
      return false
    }
    return true
  }

  // --- saving ----------------------------------------------------------------------------------------------------------------

  function edited() {
    if (!state.unsaved) unsavedSince = now()
    revision++
    set({})
    autosaveSoon()
  }

  function autosaveSoon() {
    timers.autosave()
    const latest = unsavedSince + AUTOSAVE_AT_LATEST_MS - now()
    timers.autosave = after(Math.max(0, Math.min(AUTOSAVE_MS, latest)), () => void save('auto'))
  }

  function save(kind: SaveKind): Promise<boolean> {
    timers.autosave()
    return inTurn(() => saveNow(kind))
  }

  /** One save, and what is needed to make it succeed. True when the host has all of the text. */
  async function saveNow(kind: SaveKind, basedOn = base.lastModified, tries = 1): Promise<boolean> {
    if (state.phase !== 'open' || state.access !== 'edit') return !state.unsaved
    if (theirs) {
      // The person has to decide first.
      fail(CHANGED)
      return false
    }
    if (doubtful && !(await reconcile())) return false
    if (!state.unsaved && kind !== 'manual') return true

    const content = text.read()
    const covered = revision
    unsavedSince = now()
    set({ saving: true })
    const { answer } = await call('save', saveRequest(kind, basedOn), content)
    set({ saving: false })
    if (answer.ok) {
      base = { version: answer.version, lastModified: answer.lastModified, content }
      uncertain = null
      savedRevision = covered
      failures = 0
      timers.retry()
      set({ problem: null })
      if (state.unsaved) autosaveSoon()
      return !state.unsaved
    }
    if (isPassing(answer)) {
      uncertain = content
      fail(answer, () => void retry())
    } else if (answer.code === 'locked') {
      lockLost(answer)
    } else if (answer.code === 'unlocked' || answer.code === 'changed') {
      // The lock may only have run out, and what "changed" the document may be our own save whose answer was lost.
      if (tries === MAX_SAVE_TRIES) fail(answer)
      else if (answer.code === 'unlocked' ? await lockAgain() : await reconcile()) {
        return saveNow(kind, base.lastModified, tries + 1)
      }
    } else {
      fail(answer)
    }
    return false
  }

  function saveRequest(kind: SaveKind, basedOn: string): SaveRequest {
    return {
      lock: holdsLock ? lock : '',
      basedOn,
      userId: state.document?.userId ?? '',
      changed: state.unsaved,
      autosave: kind === 'auto',
      exit: kind === 'exit',
    }
  }

  async function end() {
    timers.autosave()
    timers.retry()
    await release()
    timers.lock()
    set({ phase: 'closed' })
  }

  /** Tries again at once what failed last. */
  function retry(): Promise<void> {
    timers.retry()
    if (state.phase === 'opening' || state.phase === 'failed') return open()
    if (state.access === 'locked' || state.access === 'waiting') return askForLock()
    if (state.unsaved) return save('auto').then(() => {})
    set({ problem: null })
    return refreshLock()
  }

  return {
    open,
    edited,
    retry,
    save: () => save('manual'),

    /** Saves what is unsaved without waiting for the pause after the last change: the page may be about to go. */
    saveSoon: () => save('auto'),

    /**
     * The person's decision in a conflict: this text replaces what was found, though nothing that came later still. Where a host
     * sees a change and none can be found, it replaces whatever is there.
     */
    overwrite: () =>
      inTurn(() => {
        if (!theirs) return saveNow('manual', '')
        know(theirs.document, theirs.content)
        return saveNow('manual')
      }),

    /** The person's other decision: what is there replaces this text. */
    takeTheirs: () =>
      inTurn(async () => {
        if (!theirs) return
        const { document, content } = theirs
        know(document, content)
        savedRevision = revision
        set({ document, problem: null })
        if (!text.show(content, document)) await lookOnly()
      }),

    /** The token was renewed. */
    renewed() {
      if (state.problem?.code === 'expired') void retry()
    },

    /** The machine woke up, the tab came back, the network is there again. */
    resume() {
      if (state.problem?.retrying || state.access === 'locked') void retry()
      if (holdsLock && now() - lockSeenAt > LOCK_IS_FRESH_MS) void refreshLock()
    },

    /** What the document is called now: the page around the editor, or anybody else, may have renamed it meanwhile. */
    async freshName(): Promise<string> {
      const { answer } = await call('info', {})
      if (answer.ok && state.document) set({ document: { ...state.document, name: answer.document.name } })
      return state.document?.name ?? ''
    },

    rename: (name: string) =>
      inTurn(async () => {
        const { answer } = await call('rename', { lock: holdsLock ? lock : '', name })
        if (answer.ok && state.document) {
          const extension = /\.[^.]*$/.exec(state.document.name)?.[0] ?? ''
          set({ document: { ...state.document, name: answer.name + extension } })
        }
        return answer
      }),

    saveCopy: (name: string) =>
      inTurn(async () => {
        const { answer } = await call('saveCopy', { name }, text.read())
        return answer
      }),

    /** Ends the session in good order. False when something could not be saved: then it goes on. */
    close: () =>
      inTurn(async () => {
        await saveNow('exit')
        if (state.unsaved) return false
        await end()
        return true
      }),

    /** Ends the session although not everything could be saved: the person wants it so. */
    abandon: () => inTurn(end),

    /**
     * The page goes away this moment: what its last request has to carry, null when there is nothing to do. The text is only in it
     * when it fits into `maxBytes`, which is what browsers let a dying page send.
     */
    leave(maxBytes: number): { readonly ask: Ask<'close'>; readonly content: Uint8Array } | null {
      if (mode === 'view' || state.phase === 'closed' || state.phase === 'failed') return null
      const content = text.read()
      const saves = state.unsaved && state.access === 'edit' && !theirs && content.length <= maxBytes
      if (!saves && !holdsLock && state.phase === 'open') return null
      // A save under way may change `LastModifiedTime` any moment, and there is nobody left to sort that out.
      const save = saves ? saveRequest('exit', state.saving ? '' : base.lastModified) : null
      uncertain = saves ? content : uncertain
      return { ask: { lock, save }, content: saves ? content : new Uint8Array() }
    },

    /** The page came back from the browser's memory, after it had left. */
    back() {
      if (!holdsLock) return
      lockSeenAt = 0
      void refreshLock().then(() => save('auto'))
    },
  }
}
