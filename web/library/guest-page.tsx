import { useEffect, useState } from 'preact/hooks'
import { ApiError, api, session } from '../shared/api.js'
import type { Item, Session } from '../shared/api-types.js'
import { Notice } from '../shared/notice.js'
import { pages } from '../shared/place.js'
import { words } from '../shared/words/words.js'
import { Gate, TextField } from './gate.js'

interface Entered {
  readonly session: Session
  readonly item: Item
}

/** Where a share link leads: asks strangers for a name, and for the link's password if it has one. */
export function GuestPage({ secret }: { secret: string }) {
  const [ended, setEnded] = useState(false)
  const [locked, setLocked] = useState(false)
  const [password, setPassword] = useState('')
  const [displayName, setDisplayName] = useState('')
  const known = session.value?.person ?? null

  async function enter() {
    const body = {
      secret,
      ...(password === '' ? {} : { password }),
      ...(displayName.trim() === '' ? {} : { displayName: displayName.trim() }),
    }
    try {
      const entered = await api<Entered>('/shares/enter', { method: 'POST', body })
      session.value = entered.session
      const { item } = entered
      location.replace(item.kind === 'folder' ? pages.folder(item.id) : pages.document(item.id))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.code === 'link-ended' || error.code === 'not-found') return setEnded(true)
      const first = error.code === 'password-required' && !locked
      if (error.code === 'password-required') setLocked(true)
      if (!first) throw error
    }
  }
  useEffect(() => {
    // Whoever is somebody already need not say so again.
    if (known) void enter().catch(() => setLocked(true))
  }, [])

  if (ended) return <Notice icon="link" title={words.guest.ended} sentence={words.guest.endedHelp} />
  return (
    <Gate title={words.guest.title} submit={words.guest.enter} onSubmit={enter}>
      {!known && (
        <TextField
          label={words.guest.name}
          autocomplete="name"
          value={displayName}
          onChange={setDisplayName}
          required={false}
          first
        />
      )}
      {locked && (
        <TextField
          label={words.guest.password}
          type="password"
          autocomplete="off"
          value={password}
          onChange={setPassword}
          first={known !== null}
        />
      )}
    </Gate>
  )
}
