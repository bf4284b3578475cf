import { useEffect, useState } from 'preact/hooks'
import { ApiError, api, sentenceFor, session } from '../shared/api.js'
import { Notice } from '../shared/notice.js'
import { pages } from '../shared/place.js'
import { useResource } from '../shared/resource.js'
import { words } from '../shared/words/words.js'
import { Gate, TextField } from './gate.js'
import { LONGEST_DISPLAY_NAME } from './sign-in-name.js'

/** What the link leads to. */
interface Entered {
  readonly itemId: string
  readonly kind: 'file' | 'folder'
}

/** Where a share link leads: asks strangers for a name, and for the link's password if it has one. */
export function GuestPage({ secret }: { secret: string }) {
  const { value: link, error } = useResource(secret, () =>
    api<{ needsPassword: boolean }>('/shares/check', { method: 'POST', body: { secret } }),
  )
  const [refusal, setRefusal] = useState<unknown>(null)
  const [password, setPassword] = useState('')
  const [displayName, setDisplayName] = useState('')
  const known = session.value?.person ?? null

  async function enter() {
    const body = {
      secret,
      ...(password === '' ? {} : { password }),
      ...(displayName.trim() === '' ? {} : { displayName: displayName.trim() }),
    }
    const { itemId, kind } = await api<Entered>('/shares/enter', { method: 'POST', body })
    location.replace(kind === 'folder' ? pages.folder(itemId) : pages.document(itemId))
  }
  const nothingToAsk = known !== null && link?.needsPassword === false
  useEffect(() => {
    // Whoever is somebody already need not say so again.
    if (nothingToAsk) void enter().catch(setRefusal)
  }, [nothingToAsk])

  const problem = error ?? refusal
  if (problem) return <Refused problem={problem} />
  if (!link || nothingToAsk) return null
  return (
    <Gate
      title={words.guest.title}
      submit={words.guest.enter}
      onSubmit={() =>
        enter().catch((refused: unknown) => {
          if (!hasEnded(refused)) throw refused
          setRefusal(refused)
        })
      }
    >
      {!known && (
        <TextField
          label={words.guest.name}
          autocomplete="name"
          maxLength={LONGEST_DISPLAY_NAME}
          value={displayName}
          onChange={setDisplayName}
          required={false}
          first
        />
      )}
      {link.needsPassword && (
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

function Refused({ problem }: { problem: unknown }) {
  return hasEnded(problem) ? (
    <Notice first icon="link" title={words.guest.ended} sentence={words.guest.endedHelp} />
  ) : (
    <Notice first icon="alert" title={words.problems.title} sentence={sentenceFor(problem)} />
  )
}

function hasEnded(problem: unknown): boolean {
  return problem instanceof ApiError && (problem.code === 'share-ended' || problem.code === 'not-found')
}
