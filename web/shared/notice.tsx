import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icons.js'

/** Says why there is nothing else to see, and what one can do. `first`: it is all there is on the page. */
export function Notice(props: {
  readonly icon: IconName
  readonly first?: boolean
  readonly title: ComponentChildren
  readonly sentence?: ComponentChildren
  readonly children?: ComponentChildren
}) {
  const { icon, title, sentence, children, first = false } = props
  return (
    <div class="notice">
      <Icon name={icon} />
      {first ? <h1>{title}</h1> : <h2>{title}</h2>}
      {sentence && <p class="quiet">{sentence}</p>}
      {children && <div class="notice-commands">{children}</div>}
    </div>
  )
}
