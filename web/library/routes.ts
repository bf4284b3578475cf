import { signal } from '@preact/signals'
import { base } from '../shared/place.js'

export type Route =
  | { readonly page: 'folder'; readonly id: string | null; readonly search: string }
  | { readonly page: 'bin' | 'rescued' | 'people' | 'admin' | 'sign-in' | 'setup' | 'not-found' }
  | { readonly page: 'guest'; readonly secret: string }
  /** A document that no client opens. */
  | { readonly page: 'document'; readonly id: string }
  /** A version of a document that cannot be shown. */
  | { readonly page: 'version'; readonly id: string }

/** Which page an address of ours means. */
function routeOf(path: string, query: string): Route {
  const [, area = '', id = '', ...more] = path.split('/')
  const parameters = new URLSearchParams(query)
  const search = parameters.get('q') ?? ''
  if (more.length > 0) return { page: 'not-found' }
  if (area === '') return { page: 'folder', id: null, search }
  if (area === 'folder' && id !== '') return { page: 'folder', id, search }
  if (area === 'open' && id !== '') return { page: parameters.has('version') ? 'version' : 'document', id }
  if (area === 's' && id !== '') return { page: 'guest', secret: id }
  if (id === '' && isPlain(area)) return { page: area }
  return { page: 'not-found' }
}

const plain = ['bin', 'rescued', 'people', 'admin', 'sign-in', 'setup'] as const

function isPlain(area: string): area is (typeof plain)[number] {
  return (plain as readonly string[]).includes(area)
}

export const route = signal<Route>(here())

function here(): Route {
  return routeOf(location.pathname.slice(base.length), location.search)
}

/** Goes to another page of the app without loading a document. */
export function goTo(address: string, { replace = false } = {}): void {
  if (address === location.pathname + location.search) return
  history[replace ? 'replaceState' : 'pushState'](null, '', address)
  route.value = here()
}

/** Follows links between our own pages in place; a document is a page of its own, as is everything the API gives. */
export function followLinks(): void {
  addEventListener('popstate', () => {
    route.value = here()
  })
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    if (link.origin !== location.origin || link.hasAttribute('download') || link.target !== '') return
    const path = link.pathname.slice(base.length)
    // Within this page: the browser's own matter.
    if (link.hash !== '' && link.pathname === location.pathname) return
    if (!link.pathname.startsWith(`${base}/`) || /^\/(open|api|text-editor)\//.test(path)) return
    event.preventDefault()
    goTo(link.pathname + link.search)
  })
}
