import { api, loadSession, session } from './api.js'
import type { Language } from './api-types.js'
import { chooseTheme, type Theme, theme } from './appearance.js'
import { Dialog, showDialog } from './dialogs.js'
import { type MenuEntry, showMenu } from './menus.js'
import { pages } from './place.js'
import { toast, toastProblem } from './toasts.js'
import { language, words } from './words/words.js'

/** Each language by its own name. */
const languages: readonly [Language, string][] = [
  ['en', 'English'],
  ['zh-CN', '简体中文'],
]
const themes: readonly Theme[] = ['system', 'light', 'dark']

/** Colours, language and what belongs to the account. */
export function showPreferences(opener: Element): void {
  const { mode, person } = session.value ?? {}
  const account: MenuEntry[] =
    mode !== 'accounts' || !person
      ? []
      : [
          { heading: person.guest ? `${person.name} · ${words.app.guest}` : person.name },
          ...(person.guest
            ? []
            : [{ label: words.password.title, icon: 'key' as const, run: changePassword }]),
          { label: words.app.signOut, icon: 'signOut', run: signOut },
          'line',
        ]
  showMenu(
    words.app.account,
    [
      ...account,
      { heading: words.app.theme },
      ...themes.map(
        (one): MenuEntry => ({
          label: words.app.themes[one],
          checked: theme.value === one,
          run: () => chooseTheme(one),
        }),
      ),
      { heading: words.app.language },
      ...languages.map(
        ([one, name]): MenuEntry => ({
          label: name,
          checked: language === one,
          run: () => chooseLanguage(one),
        }),
      ),
    ],
    opener,
  )
}

async function chooseLanguage(chosen: Language) {
  if (chosen === language) return
  try {
    await api('/session/language', { method: 'PUT', body: { language: chosen } })
    location.reload()
  } catch (error) {
    toastProblem(error)
  }
}

async function signOut() {
  try {
    await api('/session', { method: 'DELETE' })
    location.assign(pages.signIn())
  } catch (error) {
    toastProblem(error)
  }
}

async function changePassword() {
  const fields = { current: '', next: '' }
  const changed = await showDialog<true>((close) => (
    <Dialog
      title={words.password.title}
      onClose={() => close(null)}
      onSubmit={async () => {
        await api('/session/password', { method: 'PUT', body: fields })
        await loadSession()
        close(true)
      }}
    >
      <label class="field">
        {words.password.current}
        <input
          class="input"
          type="password"
          required
          data-focus
          autocomplete="current-password"
          onInput={({ currentTarget }) => {
            fields.current = currentTarget.value
          }}
        />
      </label>
      <label class="field">
        {words.password.next}
        <input
          class="input"
          type="password"
          required
          minLength={8}
          autocomplete="new-password"
          onInput={({ currentTarget }) => {
            fields.next = currentTarget.value
          }}
        />
        <small>{words.setup.passwordHelp}</small>
      </label>
    </Dialog>
  ))
  if (changed) toast(words.password.changed)
}
