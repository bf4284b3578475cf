import { signal } from '@preact/signals'
import type { LiveEvent } from './api-types.js'
import { type OpenPage, shouldRest } from './connection-room.js'
import { apiAddress, base } from './place.js'

/** Whether changes by others reach this page. `resting`: nobody looks at it, and it has made room for others. */
export const connection = signal<'connecting' | 'open' | 'broken' | 'resting'>('connecting')

const handlers = new Set<(event: LiveEvent) => void>()

const RETRY_MS = 3_000

/** Calls back with everything that happens; returns how to stop. After a break comes a `stream-restart`. */
export function onLive(handler: (event: LiveEvent) => void): () => void {
  handlers.add(handler)
  return () => handlers.delete(handler)
}

/** Listens to the server for as long as the page lives. With a document, others see that this person is in it. */
export function connectLive(document?: { readonly fileId: string; readonly editing: boolean }): void {
  const address = apiAddress(
    document ? `/events?file=${encodeURIComponent(document.fileId)}&editing=${document.editing}` : '/events',
  )
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let wasOpen = false
  const room = joinRoom(() => source !== null, rest)

  function open() {
    clearTimeout(timer)
    if (source && source.readyState !== EventSource.CLOSED) return
    source = new EventSource(address)
    source.onopen = () => {
      connection.value = 'open'
      if (wasOpen) tell({ type: 'stream-restart' })
      wasOpen = true
    }
    source.onerror = () => {
      connection.value = 'broken'
      // The browser tries again by itself, unless the server refused.
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY_MS)
    }
    source.onmessage = ({ data }) => {
      try {
        tell(JSON.parse(data) as LiveEvent)
      } catch {
        // A page older than the server does not know everything it says.
      }
    }
    room.say(true)
  }

  function rest() {
    clearTimeout(timer)
    source?.close()
    source = null
    connection.value = 'resting'
    room.say(false)
  }

  window.document.addEventListener('visibilitychange', () => {
    if (window.document.visibilityState === 'visible') open()
    else room.say(true)
  })
  addEventListener('pagehide', () => {
    source?.close()
    source = null
    room.say(false)
  })
  addEventListener('pageshow', (event) => event.persisted && open())
  open()
}

/** Lets the pages of this browser know of one another. */
function joinRoom(isConnected: () => boolean, rest: () => void) {
  const id = crypto.getRandomValues(new Uint32Array(2)).join('-')
  const others = new Map<string, OpenPage>()
  const channel = new BroadcastChannel(`wopikit live ${base}`)
  let hiddenSince: number | null = null

  function own(): OpenPage {
    const isHidden = document.visibilityState === 'hidden'
    hiddenSince = isHidden ? (hiddenSince ?? Date.now()) : null
    return { id, hiddenSince, connected: isConnected() }
  }

  /** @param asks whether the others should say how they are, too. */
  function say(asks: boolean) {
    channel.postMessage({ ...own(), asks })
    judge()
  }

  function judge() {
    if (shouldRest(own(), [...others.values()])) rest()
  }

  channel.onmessage = ({ data }: MessageEvent<OpenPage & { asks: boolean }>) => {
    others.set(data.id, data)
    if (data.asks) channel.postMessage({ ...own(), asks: false })
    judge()
  }
  return { say }
}

function tell(event: LiveEvent) {
  for (const handler of handlers) handler(event)
}
