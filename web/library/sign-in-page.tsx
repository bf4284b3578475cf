import { useState } from 'preact/hooks'
import { api, session } from '../shared/api.js'
import type { Session } from '../shared/api-types.js'
import { base, pages } from '../shared/place.js'
import { words } from '../shared/words/words.js'
import { Gate, TextField } from './gate.js'

export function SignInPage() {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  return (
    <Gate
      title={words.signIn.title}
      submit={words.signIn.submit}
      onSubmit={async () => {
        session.value = await api<Session>('/session', { method: 'POST', body: { name, password } })
        location.replace(whereTo(location.search))
      }}
    >
      <TextField label={words.signIn.name} autocomplete="username" value={name} onChange={setName} first />
      <TextField
        label={words.signIn.password}
        type="password"
        autocomplete="current-password"
        value={password}
        onChange={setPassword}
      />
      <p class="quiet">{words.signIn.forgotten}</p>
    </Gate>
  )
}

/** The page somebody wanted before they were asked to sign in. Only ever one of ours: another address may have been put there by a stranger. */
export function whereTo(query: string): string {
  const next = new URLSearchParams(query).get('next') ?? ''
  if (!next.startsWith('/') || !URL.canParse(next, location.origin)) return pages.root()
  const { origin, pathname, search } = new URL(next, location.origin)
  return origin === location.origin && pathname.startsWith(`${base}/`) ? pathname + search : pages.root()
}
