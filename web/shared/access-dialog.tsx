import { useState } from 'preact/hooks'
import { api, sentenceFor, session } from './api.js'
import type { Access, Item, Role } from './api-types.js'
import { CopyLink } from './copy-link.js'
import { confirm, Dialog, showDialog } from './dialogs.js'
import { fullTimeText, readableName } from './format.js'
import { placeName } from './place-name.js'
import { type Resource, useResource } from './resource.js'
import { toastProblem } from './toasts.js'
import { words } from './words/words.js'

const roles: readonly Role[] = ['viewer', 'commenter', 'reviewer', 'editor', 'owner']
/** A link never gives the right to let others in. */
const shareRoles = roles.filter((role) => role !== 'owner')

/** Who may do what with an item, and the links to it. */
export async function showAccess(item: Item): Promise<void> {
  await showDialog<null>((close) => (
    <Dialog
      title={words.access.title(readableName(item.name))}
      width="wide"
      onClose={() => close(null)}
      commands={
        <button type="button" class="button primary" onClick={() => close(null)}>
          {words.actions.done}
        </button>
      }
    >
      {session.value?.mode === 'single' ? <SinglePerson /> : <Sharing item={item} />}
    </Dialog>
  ))
}

function SinglePerson() {
  return (
    <>
      <p class="strong">{words.access.single}</p>
      <p>{words.access.singleHelp}</p>
    </>
  )
}

type Loaded = Resource<Access>

function Sharing({ item }: { item: Item }) {
  const loaded: Loaded = useResource(item.id, () => api<Access>(`/items/${item.id}/access`))
  if (loaded.error) return <p class="dialog-note error">{sentenceFor(loaded.error)}</p>
  if (!loaded.value) return <p class="quiet">{words.app.loading}</p>
  return (
    <>
      <People item={item} loaded={loaded} access={loaded.value} />
      {loaded.value.canManage && <Links item={item} loaded={loaded} access={loaded.value} />}
    </>
  )
}

async function attempt(loaded: Loaded, act: () => Promise<unknown>) {
  try {
    await act()
  } catch (error) {
    toastProblem(error)
  }
  await loaded.reload()
}

function People({ item, loaded, access }: { item: Item; loaded: Loaded; access: Access }) {
  const { canManage } = access
  const [adding, setAdding] = useState('')
  const [role, setRole] = useState<Role>('editor')
  const entries = access.entries.filter((entry) => entry.role !== 'none')
  const others = access.people.filter(({ id }) => !entries.some(({ person }) => person.id === id))
  const give = (personId: string, to: Role | 'none' | null) =>
    attempt(loaded, () => api(`/items/${item.id}/access/${personId}`, { method: 'PUT', body: { role: to } }))
  return (
    <section class="access">
      <h3>{words.access.people}</h3>
      <ul class="lines">
        {entries.map(({ person, role: has, inheritedFrom, admin }) => (
          <li key={person.id}>
            <span class="main">
              <bdi>{person.name}</bdi>
              <small class="quiet">
                {' '}
                {admin
                  ? words.people.admin
                  : inheritedFrom && words.access.inherited(placeName(inheritedFrom))}
              </small>
            </span>
            <select
              class="input role"
              aria-label={words.access.roleOf(person.name)}
              disabled={!canManage || admin}
              value={has}
              onChange={({ currentTarget }) => {
                const chosen = currentTarget.value as Role | 'none'
                // What comes from a folder above can only be hidden; what was said here can be taken back.
                void give(person.id, chosen === 'none' && !inheritedFrom ? null : chosen)
              }}
            >
              {roles.map((one) => (
                <option key={one} value={one}>
                  {words.roles[one]}
                </option>
              ))}
              <option value="none">{words.access.noAccess}</option>
            </select>
          </li>
        ))}
      </ul>
      {!canManage ? (
        <p class="quiet">{words.access.viewOnly}</p>
      ) : others.length === 0 ? (
        <p class="quiet">{words.access.nobodyLeft}</p>
      ) : (
        <div class="form-row">
          <label class="field">
            {words.access.add}
            <select
              class="input"
              value={adding}
              onChange={({ currentTarget }) => setAdding(currentTarget.value)}
            >
              <option value="">—</option>
              {others.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <RoleField label={words.access.role} roles={roles} value={role} onChange={setRole} />
          <button
            type="button"
            class="button"
            disabled={adding === ''}
            onClick={() => {
              void give(adding, role)
              setAdding('')
            }}
          >
            {words.access.give}
          </button>
        </div>
      )}
    </section>
  )
}

function Links({ item, loaded, access }: { item: Item; loaded: Loaded; access: Access }) {
  const [role, setRole] = useState<Role>('viewer')
  const [password, setPassword] = useState('')
  const [ends, setEnds] = useState('')
  const create = () =>
    attempt(loaded, async () => {
      const expiresAt = ends === '' ? undefined : endOfDay(ends)
      await api(`/items/${item.id}/shares`, {
        method: 'POST',
        body: { role, ...(password === '' ? {} : { password }), ...(expiresAt ? { expiresAt } : {}) },
      })
      setPassword('')
    })
  const end = (id: string) =>
    attempt(loaded, async () => {
      const sure = await confirm({
        title: words.access.endLink,
        sentence: words.access.endQuestion,
        submit: words.access.endLink,
        danger: true,
      })
      if (sure) await api(`/shares/${id}`, { method: 'DELETE' })
    })
  return (
    <section class="access">
      <h3>{words.access.links}</h3>
      <p class="quiet">{words.access.linksHelp}</p>
      <ul class="lines">
        {access.shares.map((share) => (
          <li key={share.id}>
            <div class="main">
              <CopyLink url={share.url} />
              <small class="quiet">
                {words.roles[share.role]}
                {share.hasPassword && ` · ${words.access.withPassword}`}
                {' · '}
                {share.expiresAt === null
                  ? words.access.noExpiry
                  : words.access.until(fullTimeText(share.expiresAt))}
              </small>
            </div>
            <button type="button" class="button plain" onClick={() => end(share.id)}>
              {words.access.endLink}
            </button>
          </li>
        ))}
      </ul>
      <div class="form-row">
        <RoleField label={words.access.role} roles={shareRoles} value={role} onChange={setRole} />
        <label class="field">
          {words.access.linkPassword}
          <input
            class="input"
            type="password"
            autocomplete="new-password"
            maxLength={256}
            value={password}
            onInput={({ currentTarget }) => setPassword(currentTarget.value)}
          />
        </label>
        <label class="field">
          {words.access.linkExpiry}
          <input
            class="input"
            type="date"
            min={new Date().toISOString().slice(0, 10)}
            value={ends}
            onInput={({ currentTarget }) => setEnds(currentTarget.value)}
          />
        </label>
        <button type="button" class="button" onClick={create}>
          {words.access.createLink}
        </button>
      </div>
    </section>
  )
}

function RoleField(props: {
  readonly label: string
  readonly roles: readonly Role[]
  readonly value: Role
  readonly onChange: (role: Role) => void
}) {
  return (
    <label class="field">
      {props.label}
      <select
        class="input"
        value={props.value}
        onChange={({ currentTarget }) => props.onChange(currentTarget.value as Role)}
      >
        {props.roles.map((role) => (
          <option key={role} value={role}>
            {words.roles[role]}
          </option>
        ))}
      </select>
    </label>
  )
}

/** A link that ends on a day is good for all of it, where the person is. */
function endOfDay(day: string): number {
  return new Date(`${day}T23:59:59`).getTime()
}
