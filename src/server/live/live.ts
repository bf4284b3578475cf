import { randomBytes } from 'node:crypto'
import type { LibraryEvent } from '../../drivers/folder/index.js'
import { type DocumentState, documentState } from '../activity/document-state.js'
import { STAY_MS } from '../activity/presence.js'
import { ApiError } from '../api/api-error.js'
import { lockView } from '../api/item-view.js'
import { reachOf } from '../api/reach.js'
import type { ServerContext } from '../context.js'
import { chainOf } from '../item-chain.js'
import type { Visitor } from '../visitors.js'
import { type LiveEvent, liveEventFor, type Sight } from './live-event.js'

/** Tells open pages what happens, as server-sent events. */
export interface Live {
  /** A stream for one page. */
  open(visitor: Visitor, page: OpenPage, signal: AbortSignal): Promise<Response>
  /** Ends all streams. */
  close(): void
}

export interface OpenPage {
  /** The document the page has open; null = none. Others see that somebody is there. */
  readonly fileId: string | null
  readonly editing: boolean
  /** The last event the page has had, when it comes back after a lost connection. */
  readonly lastEventId: string | null
}

/** Events that are kept for pages that come back. */
const KEPT_EVENTS = 1000

/** What a page may lag behind before it has to begin anew. */
const MAX_QUEUED = 500

/** Streams of one person at once. */
const PER_PERSON = 100

/** Who is where may have changed in another process. */
const LOOK_MS = 1_000

/** For so long what a person may see is not judged again, when much happens at once. */
const SIGHT_MS = 500

const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // A proxy that gathers the answer before it passes it on would make it useless.
  'X-Accel-Buffering': 'no',
}

interface Listener {
  readonly visitor: Visitor
  readonly sight: () => Sight
  send(text: string): void
  end(): void
}

export function createLive(context: ServerContext): Live {
  const { activity, library, people } = context
  const name = randomBytes(6).toString('hex')
  const listeners = new Set<Listener>()
  const kept: { readonly number: number; readonly event: LibraryEvent }[] = []
  const shown = new Map<string, string>()
  let number = 0
  let mark = -1
  let looks = 0

  const unsubscribe = library.subscribe((event) => {
    kept.push({ number: ++number, event })
    if (kept.length > KEPT_EVENTS) kept.shift()
    for (const listener of listeners) tell(listener, number, event)
    if (event.type === 'lock-changed') showPresence([event.id])
  })
  const unsubscribeArrivals = activity.arrivals.subscribe((fileId) => showPresence([fileId]))
  const timer = setInterval(look, LOOK_MS).unref()

  function tell(listener: Listener, at: number, event: LibraryEvent): void {
    const view = liveEventFor(event, listener.sight())
    if (!mayListen(listener.visitor)) listener.end()
    else if (view) listener.send(message(view, `${name}-${at}`))
  }

  /** Signed out, or taken off the list of people: then nothing more is told. */
  function mayListen({ person, session }: Visitor): boolean {
    if (!people) return true
    return session !== null && person !== null && people.sessions.lasts(session)
  }

  function look(): void {
    if (listeners.size === 0) return
    try {
      const now = activity.presence.mark()
      // Whoever has left without a word is noticed only by looking.
      if (now === mark && ++looks < STAY_MS / LOOK_MS) return
      mark = now
      looks = 0
      showPresence([...activity.presence.files(), ...shown.keys()])
    } catch (error) {
      context.log.warn({ err: error }, 'could not look who is where')
    }
  }

  function stateOf(fileId: string): DocumentState {
    const now = context.now()
    return documentState(activity, fileId, library.locks.held(fileId, now), now)
  }

  /** Tells who is at these documents, where that is news. */
  function showPresence(fileIds: readonly string[]): void {
    if (listeners.size === 0) return
    for (const fileId of new Set(fileIds)) {
      const state = stateOf(fileId)
      const text = JSON.stringify(state)
      const isNews = shown.get(fileId) !== text
      const isQuiet = state.people.length === 0 && !state.saving
      if (isQuiet && !shown.has(fileId)) continue
      if (isQuiet) shown.delete(fileId)
      else shown.set(fileId, text)
      if (!isNews) continue
      for (const listener of listeners) {
        const sight = listener.sight()
        const chain = sight.chainOf(fileId)
        if (!chain || sight.roleIn(chain) === null) continue
        if (mayListen(listener.visitor)) listener.send(message({ type: 'presence', fileId, ...state }, null))
        else listener.end()
      }
    }
  }

  function sightOf(visitor: Visitor): () => Sight {
    let seen: { readonly sight: Sight; readonly at: number } | null = null
    return () => {
      if (seen && context.now() - seen.at < SIGHT_MS) return seen.sight
      const roleIn = visitor.person ? reachOf(context, visitor.person).roleIn : () => null
      const lockOf = (fileId: string) => {
        const lock = library.locks.held(fileId, context.now())
        return lock && lockView(lock)
      }
      seen = { sight: { chainOf: (id) => chainOf(library, id), roleIn, lockOf }, at: context.now() }
      return seen.sight
    }
  }

  /** What a page has missed; null when that is no longer known, and it has to look at everything again. */
  function missedSince(lastEventId: string): typeof kept | null {
    const [instance, text] = lastEventId.split('-')
    const last = Number(text)
    const first = kept[0]?.number ?? number + 1
    if (instance !== name || !Number.isInteger(last) || last < first - 1 || last > number) return null
    return kept.filter((event) => event.number > last)
  }

  return {
    async open(visitor, page, signal) {
      const { person } = visitor
      if (!person) throw new ApiError('sign-in-required')
      const own = [...listeners].filter((listener) => listener.visitor.person?.id === person.id)
      if (own.length >= PER_PERSON) throw new ApiError('too-many-tries', { retryAfter: 30 })
      const { fileId, editing } = page
      const visitId =
        fileId === null
          ? null
          : await activity.presence.come({ fileId, personId: person.id, name: person.name, editing })

      function beat(): void {
        if (!mayListen(visitor)) listener.end()
        listener.send(': still here\n\n')
        if (visitId !== null && listeners.has(listener)) activity.presence.stay(visitId).catch(() => {})
      }

      const heartbeat = setInterval(beat, STAY_MS).unref()
      const { body, send, end } = openStream(() => {
        clearInterval(heartbeat)
        listeners.delete(listener)
        if (visitId !== null && fileId !== null) void leave(visitId, fileId)
      })
      const listener: Listener = { visitor, sight: sightOf(visitor), send, end }
      listeners.add(listener)
      signal.addEventListener('abort', listener.end)
      // Browsers that lose the connection come back after so many milliseconds.
      listener.send('retry: 2000\n\n')
      const missed = page.lastEventId === null ? [] : missedSince(page.lastEventId)
      if (missed === null) listener.send(message({ type: 'stream-restart' }, `${name}-${number}`))
      // From here on a page that comes back can say what it has had.
      else if (missed.length === 0) listener.send(`id: ${name}-${number}\n: hello\n\n`)
      else for (const { number: at, event } of missed) tell(listener, at, event)
      if (fileId !== null) {
        const state = stateOf(fileId)
        listener.send(message({ type: 'presence', fileId, ...state }, null))
        showPresence([fileId])
      }
      return new Response(body, { headers: STREAM_HEADERS })
    },
    close() {
      clearInterval(timer)
      unsubscribe()
      unsubscribeArrivals()
      for (const listener of listeners) listener.end()
    },
  }

  async function leave(visitId: string, fileId: string): Promise<void> {
    try {
      await activity.presence.leave(visitId)
      showPresence([fileId])
    } catch (error) {
      // The server is closing, or the list is busy; whoever is silent is forgotten after a while anyway.
      context.log.debug({ err: error }, 'could not note that somebody left')
    }
  }
}

/** The body of a stream of events, until it is ended from here or its reader goes; `onEnd` is told once. */
function openStream(onEnd: () => void): {
  readonly body: ReadableStream<Uint8Array>
  send(text: string): void
  end(): void
} {
  const encoder = new TextEncoder()
  let ended = false
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given
    },
    cancel() {
      controller = undefined
      end()
    },
  })
  return { body, send, end }

  function send(text: string): void {
    if (ended || !controller) return
    // A page that does not keep up comes back and looks at everything again.
    if ((controller.desiredSize ?? 0) < -MAX_QUEUED) end()
    else controller.enqueue(encoder.encode(text))
  }

  function end(): void {
    if (ended) return
    ended = true
    controller?.close()
    onEnd()
  }
}

function message(event: LiveEvent, id: string | null): string {
  return `${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`
}
