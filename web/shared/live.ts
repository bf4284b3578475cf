import { signal } from '@preact/signals'
import type { LiveEvent } from './api-types.js'
import { apiAddress } from './place.js'

/** Whether changes by others reach this page. `resting`: the page is in the background and lets its connection go. */
export const connection = signal<'connecting' | 'open' | 'broken' | 'resting'>('connecting')

const handlers = new Set<(event: LiveEvent) => void>()

/** Browsers allow a site a handful of connections for all its tabs: those that nobody looks at give theirs back. */
const REST_AFTER_MS = 20_000
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
  }

  function rest() {
    source?.close()
    source = null
    connection.value = 'resting'
  }

  window.document.addEventListener('visibilitychange', () => {
    clearTimeout(timer)
    if (window.document.visibilityState === 'hidden') timer = setTimeout(rest, REST_AFTER_MS)
    else open()
  })
  addEventListener('pagehide', () => source?.close())
  addEventListener('pageshow', (event) => event.persisted && open())
  open()
}

function tell(event: LiveEvent) {
  for (const handler of handlers) handler(event)
}
