import { computed, signal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { sentenceFor } from './api.js'
import { words } from './words/words.js'

interface Shown {
  readonly key: number
  readonly element: JSX.Element
}

const shown = signal<readonly Shown[]>([])
let lastKey = 0

/** How many dialogs are open: meanwhile a frame with an editor should step back. */
export const dialogsOpen = computed(() => shown.value.length)

/** Shows a dialog until it closes itself with a result; null when the person gave up. */
export function showDialog<Result>(
  make: (close: (result: Result | null) => void) => JSX.Element,
): Promise<Result | null> {
  return new Promise((resolve) => {
    lastKey += 1
    const key = lastKey
    const element = make((result) => {
      if (!shown.value.some((one) => one.key === key)) return
      shown.value = shown.value.filter((one) => one.key !== key)
      resolve(result)
    })
    shown.value = [...shown.value, { key, element }]
  })
}

/** Where dialogs appear; once in every page. */
export function Dialogs() {
  return (
    <>
      {shown.value.map(({ key, element }) => (
        <div key={key}>{element}</div>
      ))}
    </>
  )
}

export interface DialogProps {
  readonly title: ComponentChildren
  readonly onClose: () => void
  /** With one, the dialog is a form. Answers with a sentence when it did not work; it then stays open. */
  readonly onSubmit?: () => Promise<void> | void
  readonly submit?: string
  /** What is chosen cannot be submitted. */
  readonly blocked?: boolean
  readonly danger?: boolean
  readonly width?: 'wide' | 'huge'
  readonly children?: ComponentChildren
  /** Commands of its own, instead of cancel and submit. */
  readonly commands?: ComponentChildren
}

/** A question or a form over the page. It takes the focus, keeps it, and gives it back. */
export function Dialog(props: DialogProps) {
  const {
    title,
    onClose,
    onSubmit,
    submit,
    blocked = false,
    danger = false,
    width,
    children,
    commands,
  } = props
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')

  useEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    element.current?.querySelector<HTMLElement>('[data-focus]')?.focus()
    const field = document.activeElement
    if (field instanceof HTMLInputElement && field.dataset.stem !== undefined)
      field.setSelectionRange(0, Number(field.dataset.stem))
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])

  async function finish(event: Event) {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setProblem('')
    try {
      await onSubmit?.()
    } catch (error) {
      setProblem(sentenceFor(error))
    }
    setBusy(false)
  }

  return (
    <dialog
      ref={element}
      class={`dialog ${width ?? ''}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <form class="dialog-body" method="dialog" noValidate={false} onSubmit={finish}>
        <h2 id={titleId}>{title}</h2>
        {children}
        {problem !== '' && (
          <p class="dialog-note error" role="alert">
            {problem}
          </p>
        )}
        <div class="dialog-commands">
          {commands ?? (
            <>
              <button type="button" class="button" onClick={onClose}>
                {words.actions.cancel}
              </button>
              {onSubmit && (
                <button
                  type="submit"
                  class={danger ? 'button danger' : 'button primary'}
                  disabled={busy || blocked}
                >
                  {submit ?? words.actions.save}
                </button>
              )}
            </>
          )}
        </div>
      </form>
    </dialog>
  )
}

/** Asks before something that cannot be taken back, or touches others. */
export async function confirm(question: {
  readonly title: string
  readonly sentence: string
  readonly submit: string
  readonly danger?: boolean
}): Promise<boolean> {
  const answer = await showDialog<true>((close) => (
    <Dialog
      title={question.title}
      submit={question.submit}
      danger={question.danger ?? false}
      onClose={() => close(null)}
      onSubmit={() => close(true)}
    >
      <p>{question.sentence}</p>
    </Dialog>
  ))
  return answer === true
}
