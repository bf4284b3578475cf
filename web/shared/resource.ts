import { useEffect, useState } from 'preact/hooks'
import type { LiveEvent } from './api-types.js'
import { onLive } from './live.js'

export interface Resource<Value> {
  /** Null until it is there; the old one stays while it is loaded again. */
  readonly value: Value | null
  readonly error: unknown
  reload(): Promise<void>
}

const PAUSE_MS = 150

/**
 * Loads something for a component, and again whenever an event says that it has changed.
 *
 * @param key loads anew when it changes.
 */
export function useResource<Value>(
  key: string,
  load: () => Promise<Value>,
  concerns: (event: LiveEvent) => boolean = () => false,
): Resource<Value> {
  const [state, setState] = useState<{ value: Value | null; error: unknown }>({ value: null, error: null })
  const reload = () =>
    load().then(
      (value) => setState({ value, error: null }),
      (error: unknown) => setState((before) => ({ ...before, error })),
    )
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    void reload()
    const stop = onLive((event) => {
      if (event.type !== 'stream-restart' && !concerns(event)) return
      clearTimeout(timer)
      timer = setTimeout(reload, PAUSE_MS)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [key])
  return { ...state, reload }
}
