import { useEffect, useState } from 'preact/hooks'
import { ApiError, api, session } from '../shared/api.js'
import type { Session } from '../shared/api-types.js'
import { Notice } from '../shared/notice.js'
import { pages } from '../shared/place.js'
import { words } from '../shared/words/words.js'
import { Gate, TextField } from './gate.js'

/** A session, and what the link leads to. */
interface Entered extends Session {
  readonly itemId: string
  readonly kind: 'file' | 'folder'
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
      session.value = entered
      location.replace(
        entered.kind === 'folder' ? pages.folder(entered.itemId) : pages.document(entered.itemId),
      )
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.code === 'share-ended' || error.code === 'not-found') return setEnded(true)
      // That a password is needed is no mistake of the person's.
      if (error.code !== 'password-required' || locked) throw error
      setLocked(true)
    }
  }
  useEffect(() => {
    // Whoever is somebody already need not say so again.
    if (known) void enter().catch(() => setLocked(true))
  }, [])

  if (ended) return <Notice first icon="link" title={words.guest.ended} sentence={words.guest.endedHelp} />
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
