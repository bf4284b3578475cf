// biome-ignore-all lint/a11y/useKeyWithClickEvents: a shortcut for pointers; the keyboard has its own way.
// biome-ignore-all lint/a11y/noStaticElementInteractions: a shortcut for pointers; the keyboard has its own way.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { session } from '../shared/api.js'
import { Icon, type IconName } from '../shared/icons.js'
import { pages } from '../shared/place.js'
import { words } from '../shared/words/words.js'
import { type Route, route } from './routes.js'

/** Whether the navigation lies over the page, where there is no room beside it. */
export const navigationOpen = signal(false)

interface Place {
  readonly label: string
  readonly href: string
  readonly icon: IconName
  readonly page: Route['page']
}

/** The parts of the app this person may see. */
function places(): Place[] {
  const { documents, rescued, bin, people, admin } = words.app
  const { person, mode } = session.value ?? {}
  const all: Place[] = [{ label: documents, href: pages.root(), icon: 'documents', page: 'folder' }]
  if (person?.guest) return all
  all.push(
    { label: rescued, href: pages.rescued(), icon: 'rescued', page: 'rescued' },
    { label: bin, href: pages.bin(), icon: 'bin', page: 'bin' },
  )
  if (!person?.admin) return all
  if (mode === 'accounts') all.push({ label: people, href: pages.people(), icon: 'people', page: 'people' })
  all.push({ label: admin, href: pages.admin(), icon: 'admin', page: 'admin' })
  return all
}

export function Navigation() {
  const here = route.value
  const open = navigationOpen.value
  useEffect(() => {
    navigationOpen.value = false
  }, [here])
  return (
    <>
      {open && (
        <div
          class="navigation-shade"
          onClick={() => {
            navigationOpen.value = false
          }}
        />
      )}
      <nav
        id="navigation"
        class={open ? 'navigation open' : 'navigation'}
        aria-label={words.app.menu}
        onKeyDown={(event) => {
          if (event.key === 'Escape') navigationOpen.value = false
        }}
      >
        <ul>
          {places().map(({ label, href, icon, page }) => (
            <li key={page}>
              <a href={href} aria-current={here.page === page ? 'page' : undefined}>
                <Icon name={icon} />
                {label}
              </a>
            </li>
          ))}
        </ul>
        <p class="quiet">{words.admin.version(session.value?.version ?? '')}</p>
      </nav>
    </>
  )
}
