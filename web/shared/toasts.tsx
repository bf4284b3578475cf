import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { sentenceFor } from './api.js'
import { Icon } from './icons.js'
import { words } from './words/words.js'

interface Toast {
  readonly key: number
  readonly text: string
  readonly error: boolean
  readonly action?: ToastAction
}

export interface ToastAction {
  readonly label: string
  readonly run: () => unknown
}

const toasts = signal<readonly Toast[]>([])
let lastKey = 0

const SHOWN_MS = 6_000
const SHOWN_WITH_ACTION_MS = 12_000
const MOST = 3

/** Says shortly what has happened, with one thing to do about it. */
export function toast(text: string, action?: ToastAction): void {
  add({ text, error: false, ...(action ? { action } : {}) })
}

/** Says what went wrong; stays until it is dismissed. */
export function toastProblem(error: unknown, before = ''): void {
  const sentence = sentenceFor(error)
  add({ text: before === '' ? sentence : `${before}: ${sentence}`, error: true })
}

function add(given: Omit<Toast, 'key'>) {
  lastKey += 1
  const one = { ...given, key: lastKey }
  toasts.value = [...toasts.value, one].slice(-MOST)
  if (!one.error) setTimeout(() => remove(one.key), one.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS)
}

function remove(key: number) {
  toasts.value = toasts.value.filter((one) => one.key !== key)
}

/** Where the messages appear; once in every page. It lies above dialogs too, and is read out by screen readers. */
export function Toasts() {
  const place = useRef<HTMLDivElement>(null)
  const count = toasts.value.length
  useEffect(() => {
    const element = place.current
    if (!element?.showPopover) return
    if (element.matches(':popover-open')) element.hidePopover()
    if (count > 0) element.showPopover()
  }, [count])
  return (
    <div ref={place} class="toasts" popover="manual" role="status">
      {toasts.value.map(({ key, text, error, action }) => (
        <div key={key} class={error ? 'toast error' : 'toast'}>
          <span>{text}</span>
          {action && (
            <button
              type="button"
              class="button main"
              onClick={() => {
                remove(key)
                action.run()
              }}
            >
              {action.label}
            </button>
          )}
          <button
            type="button"
            class="button square"
            aria-label={words.actions.dismiss}
            onClick={() => remove(key)}
          >
            <Icon name="close" small />
          </button>
        </div>
      ))}
    </div>
  )
}
