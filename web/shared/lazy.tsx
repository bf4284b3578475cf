import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { words } from './words/words.js'

/** A component whose code comes when it is first shown. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null
  return function Lazy(props: Props) {
    const [, setLoaded] = useState(loaded !== null)
    useEffect(() => {
      if (loaded) return
      void load().then((component) => {
        loaded = component
        setLoaded(true)
      })
    }, [])
    const Component = loaded
    return Component ? <Component {...props} /> : <p class="unseen">{words.app.loading}</p>
  }
}
