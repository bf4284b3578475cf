import type { ComponentChildren } from 'preact'
import { sentenceFor } from '../shared/api.js'

/** A page with a heading, beside the folders. */
export function PageBody(props: {
  readonly title: string
  readonly error: unknown
  readonly command?: ComponentChildren
  readonly children: ComponentChildren
}) {
  const { title, error, command, children } = props
  return (
    <div class="page">
      <div class="page-inner">
        <header class="page-head">
          <h1>{title}</h1>
          {command}
        </header>
        {Boolean(error) && (
          <p class="dialog-note error" role="alert">
            {sentenceFor(error)}
          </p>
        )}
        {children}
      </div>
    </div>
  )
}
