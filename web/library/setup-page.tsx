import { useState } from 'preact/hooks'
import { api, session } from '../shared/api.js'
import type { Session, SetupLink } from '../shared/api-types.js'
import { Notice } from '../shared/notice.js'
import { pages } from '../shared/place.js'
import { useResource } from '../shared/resource.js'
import { words } from '../shared/words/words.js'
import { Gate, TextField } from './gate.js'
import { LONGEST_DISPLAY_NAME, SIGN_IN_NAME_PATTERN } from './sign-in-name.js'

const LEAST_PASSWORD_LENGTH = 8

/** Where a one-time link leads: to the first account, or to a password of one's own. */
export function SetupPage() {
  // What is behind the # never leaves the browser but in the body of these requests.
  const token = location.hash.slice(1)
  const { value: link, error } = useResource(token, () =>
    api<SetupLink>('/setup/check', { method: 'POST', body: { token } }),
  )
  const [name, setName] = useState('')
  const [displayName, setDisplayName] = useState('')
  const [password, setPassword] = useState('')
  if (error)
    return (
      <Notice first icon="key" title={words.setup.badLink} sentence={words.setup.badLinkHelp}>
        <a class="button" href={pages.root()}>
          {words.app.toDocuments}
        </a>
      </Notice>
    )
  if (!link) return null
  const first = link.kind === 'owner'
  return (
    <Gate
      title={titleFor(link)}
      submit={first ? words.setup.submit : words.setup.submitReset}
      onSubmit={async () => {
        const body = first ? { token, name, displayName, password } : { token, password }
        session.value = await api<Session>('/setup', { method: 'POST', body })
        location.replace(pages.root())
      }}
    >
      <p class="quiet">{first ? words.setup.ownerIntro : words.setup.invitationIntro}</p>
      {first ? (
        <>
          <TextField
            label={words.setup.displayName}
            autocomplete="name"
            maxLength={LONGEST_DISPLAY_NAME}
            value={displayName}
            onChange={setDisplayName}
            first
          />
          <TextField
            label={words.setup.name}
            help={words.setup.nameHelp}
            autocomplete="username"
            pattern={SIGN_IN_NAME_PATTERN}
            value={name}
            onChange={setName}
          />
        </>
      ) : (
        // So that password managers know whose password it is.
        <input type="hidden" autocomplete="username" value={link.name ?? ''} />
      )}
      <TextField
        label={words.setup.password}
        help={words.setup.passwordHelp}
        type="password"
        autocomplete="new-password"
        minLength={LEAST_PASSWORD_LENGTH}
        value={password}
        onChange={setPassword}
        first={!first}
      />
    </Gate>
  )
}

function titleFor({ kind, displayName }: SetupLink): string {
  if (kind === 'owner') return words.setup.owner
  return kind === 'reset' ? words.setup.reset : words.setup.invitation(displayName ?? '')
}
