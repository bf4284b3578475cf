import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { sentenceFor } from '../shared/api.js'
import { showPreferences } from '../shared/preferences.js'
import { words } from '../shared/words/words.js'
import { Brand } from './top-bar.js'

/** A form in front of the library: for those who are not signed in. */
export function Gate(props: {
  readonly title: string
  readonly submit?: string
  readonly onSubmit?: () => Promise<void>
  readonly children: ComponentChildren
}) {
  const { title, submit, onSubmit, children } = props
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    document.title = `${title} – ${words.app.name}`
  }, [title])
  return (
    <form
      class="gate"
      onSubmit={async (event) => {
        event.preventDefault()
        if (busy || !onSubmit) return
        setBusy(true)
        setProblem('')
        await onSubmit().catch((error: unknown) => setProblem(sentenceFor(error)))
        setBusy(false)
      }}
    >
      <Brand />
      <h1>{title}</h1>
      {children}
      {problem !== '' && (
        <p class="dialog-note error" role="alert">
          {problem}
        </p>
      )}
      {submit && (
        <button type="submit" class="button primary" disabled={busy}>
          {submit}
        </button>
      )}
      <button
        type="button"
        class="button plain"
        aria-haspopup="menu"
        onClick={({ currentTarget }) => showPreferences(currentTarget)}
      >
        {words.app.language} · {words.app.theme}
      </button>
    </form>
  )
}

export function TextField(props: {
  readonly label: string
  readonly help?: string
  readonly type?: 'text' | 'password'
  readonly autocomplete: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly required?: boolean
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly first?: boolean
}) {
  const { label, help, type = 'text', autocomplete, value, onChange, required = true, first = false } = props
  return (
    <label class="field">
      {label}
      <input
        class="input"
        // The types of fields know no field that is either.
        type={type as 'text'}
        autocomplete={autocomplete as 'on'}
        autocapitalize="none"
        spellcheck={false}
        required={required}
        minLength={props.minLength}
        maxLength={props.maxLength}
        pattern={props.pattern}
        // Browsers say it where the pattern is not kept.
        title={props.pattern && help}
        value={value}
        ref={(field) => {
          if (first && field && document.activeElement === document.body) field.focus()
        }}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {help && <small>{help}</small>}
    </label>
  )
}
