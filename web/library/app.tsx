import { useEffect } from 'preact/hooks'
import { loadSession, session } from '../shared/api.js'
import { Dialogs } from '../shared/dialogs.js'
import { lazy } from '../shared/lazy.js'
import { connection, connectLive } from '../shared/live.js'
import { Menus } from '../shared/menus.js'
import { Notice } from '../shared/notice.js'
import { pages } from '../shared/place.js'
import { Toasts } from '../shared/toasts.js'
import { words } from '../shared/words/words.js'
import { FolderPage } from './folder-page.js'
import { Navigation } from './navigation.js'
import { NothingHere } from './nothing-here.js'
import { goTo, type Route, route } from './routes.js'
import { TopBar } from './top-bar.js'
import { Uploads } from './uploads.js'

const BinPage = lazy(async () => (await import('./bin-page.js')).BinPage)
const RescuedPage = lazy(async () => (await import('./rescued-page.js')).RescuedPage)
const PeoplePage = lazy(async () => (await import('./people-page.js')).PeoplePage)
const AdminPage = lazy(async () => (await import('./admin-page.js')).AdminPage)
const NoClientPage = lazy(async () => (await import('./no-client-page.js')).NoClientPage)
const SignInPage = lazy(async () => (await import('./sign-in-page.js')).SignInPage)
const SetupPage = lazy(async () => (await import('./setup-page.js')).SetupPage)
const GuestPage = lazy(async () => (await import('./guest-page.js')).GuestPage)

/** Pages for people who are not signed in: nothing around them. */
const outside: ReadonlySet<Route['page']> = new Set(['sign-in', 'setup', 'guest'])

const RETRY_MS = 3_000

export function App() {
  const here = route.value
  const known = session.value
  const inside = !outside.has(here.page)
  const person = known?.person ?? null

  useEffect(() => {
    if (!known) {
      const timer = setInterval(() => void loadSession().catch(() => {}), RETRY_MS)
      return () => clearInterval(timer)
    }
    if (inside && !person) goTo(pages.signIn(location.pathname + location.search), { replace: true })
    return undefined
  }, [known, inside, person])
  useEffect(() => {
    if (person) connectLive()
  }, [person?.id])

  return (
    <>
      {known ? <Page here={here} inside={inside && person !== null} /> : <Unreachable />}
      <Menus />
      <Dialogs />
      <Toasts />
    </>
  )
}

function Page({ here, inside }: { here: Route; inside: boolean }) {
  if (outside.has(here.page)) return <main class="outside">{pageFor(here)}</main>
  if (!inside) return null
  return (
    <div class="app">
      <a class="skip button primary" href="#content">
        {words.app.skip}
      </a>
      <TopBar />
      {connection.value === 'broken' && (
        <p class="banner warning" role="status">
          {words.app.broken}
        </p>
      )}
      <Navigation />
      <main id="content" class="content" tabIndex={-1}>
        {pageFor(here)}
      </main>
      <Uploads />
    </div>
  )
}

function pageFor(here: Route) {
  switch (here.page) {
    case 'folder':
      return <FolderPage id={here.id} search={here.search} />
    case 'bin':
      return <BinPage />
    case 'rescued':
      return <RescuedPage />
    case 'people':
      return <PeoplePage />
    case 'admin':
      return <AdminPage />
    case 'document':
      return <NoClientPage key={here.id} id={here.id} />
    case 'version':
      return (
        <Notice
          first
          icon="history"
          title={words.versions.notShown}
          sentence={words.versions.notShownHelp}
          children={
            <a class="button primary" href={pages.document(here.id)}>
              {words.versions.toCurrent}
            </a>
          }
        />
      )
    case 'sign-in':
      return <SignInPage />
    case 'setup':
      return <SetupPage />
    case 'guest':
      return <GuestPage secret={here.secret} />
    case 'not-found':
      return <NothingHere />
  }
}

function Unreachable() {
  return (
    <main class="outside">
      <Notice first icon="alert" title={words.problems.title} sentence={words.problems.offline} />
    </main>
  )
}
