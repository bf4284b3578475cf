import { initials } from './initials.js'

/** A person at a glance; the name stands beside it or is told otherwise. */
export function Initials({ name }: { name: string }) {
  return (
    <span class="initials" aria-hidden="true">
      {initials(name)}
    </span>
  )
}
