// biome-ignore-all lint/suspicious/noUnnecessaryConditions: the analysis takes a ref for what it holds at first.
import { useEffect, useRef } from 'preact/hooks'
import { session } from '../shared/api.js'
import { Initials } from '../shared/avatar.js'
import { Icon } from '../shared/icons.js'
import { pages } from '../shared/place.js'
import { showPreferences } from '../shared/preferences.js'
import { words } from '../shared/words/words.js'
import { navigationOpen } from './navigation.js'
import { goTo, route } from './routes.js'

export function TopBar() {
  const open = navigationOpen.value
  const { person, mode } = session.value ?? {}
  const name = mode === 'single' ? words.app.account : (person?.name ?? words.app.account)
  return (
    <header class="top">
      <button
        type="button"
        class="button plain square menu-button"
        aria-label={words.app.menu}
        aria-expanded={open}
        aria-controls="navigation"
        onClick={() => {
          navigationOpen.value = !open
        }}
      >
        <Icon name="menu" />
      </button>
      <a class="brand" href={pages.root()} aria-label={words.app.name}>
        <Brand />
        <span>{words.app.name}</span>
      </a>
      {!person?.guest && <Search />}
      <button
        type="button"
        class="button plain account"
        aria-haspopup="menu"
        aria-label={words.app.account}
        title={name}
        onClick={({ currentTarget }) => showPreferences(currentTarget)}
      >
        {mode === 'single' ? <Icon name="settings" /> : <Initials name={person?.name ?? ''} />}
      </button>
    </header>
  )
}

export function Brand() {
  return (
    <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M7.5 11l3.8 10.5L16 12l4.7 9.5L24.5 11" />
    </svg>
  )
}

const TYPING_PAUSE_MS = 250

function Search() {
  const here = route.value
  const search = here.page === 'folder' ? here.search : ''
  const field = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  useEffect(() => {
    if (field.current && document.activeElement !== field.current) field.current.value = search
  }, [search])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const writing =
        event.target instanceof Element && event.target.closest('input, textarea, select, dialog')
      if (writing || event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      field.current?.select()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  function look() {
    clearTimeout(timer.current)
    const text = field.current?.value.trim() ?? ''
    const folder = here.page === 'folder' && here.id ? pages.folder(here.id) : pages.root()
    goTo(text === '' ? folder : `${folder}?q=${encodeURIComponent(text)}`, { replace: search !== '' })
  }

  return (
    <search class="search">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          look()
        }}
      >
        <Icon name="search" />
        <input
          ref={field}
          class="input"
          type="search"
          enterkeyhint="search"
          autocomplete="off"
          aria-label={words.library.searchLabel}
          placeholder={words.app.search}
          defaultValue={search}
          onInput={() => {
            clearTimeout(timer.current)
            timer.current = setTimeout(look, TYPING_PAUSE_MS)
          }}
        />
      </form>
    </search>
  )
}
