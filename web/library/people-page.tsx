import { useEffect } from 'preact/hooks'
import { api, session } from '../shared/api.js'
import type { Account } from '../shared/api-types.js'
import { Initials } from '../shared/avatar.js'
import { CopyLink } from '../shared/copy-link.js'
import { confirm, Dialog, showDialog } from '../shared/dialogs.js'
import { agoText } from '../shared/format.js'
import { Icon } from '../shared/icons.js'
import { type MenuEntry, showMenu } from '../shared/menus.js'
import { type Resource, useResource } from '../shared/resource.js'
import { toastProblem } from '../shared/toasts.js'
import { words } from '../shared/words/words.js'
import { PageBody } from './page-body.js'
import { LONGEST_DISPLAY_NAME, SIGN_IN_NAME_PATTERN } from './sign-in-name.js'

/** Accounts, for administrators. */
export function PeoplePage() {
  const list = useResource('people', () => api<{ people: Account[] }>('/people'))
  useEffect(() => {
    document.title = `${words.people.title} – ${words.app.name}`
  }, [])
  return (
    <PageBody
      title={words.people.title}
      error={list.error}
      command={
        <button type="button" class="button primary" onClick={() => invite(list)}>
          <Icon name="plus" small />
          {words.people.add}
        </button>
      }
    >
      <ul class="lines" aria-label={words.people.list}>
        {list.value?.people.map((account) => (
          <li key={account.id} class="person">
            <Initials name={account.displayName} />
            <div class="main">
              <bdi class="strong">{account.displayName}</bdi>
              <p class="quiet">
                {words.people.signInName} <bdi>{account.name}</bdi>
                {' · '}
                {account.lastSeenAt === null
                  ? words.people.never
                  : words.people.lastSeen(agoText(account.lastSeenAt))}
              </p>
            </div>
            <span class="badges">
              {account.admin && <span class="badge info">{words.people.admin}</span>}
              {account.disabled && <span class="badge warning">{words.people.disabled}</span>}
            </span>
            <button
              type="button"
              class="button plain square"
              aria-haspopup="menu"
              aria-label={words.people.actionsFor(account.displayName)}
              onClick={({ currentTarget }) =>
                showMenu(
                  words.people.actionsFor(account.displayName),
                  actionsFor(account, list),
                  currentTarget,
                )
              }
            >
              <Icon name="more" />
            </button>
          </li>
        ))}
      </ul>
    </PageBody>
  )
}

interface WithLink {
  readonly person: Account
  /** Works once. */
  readonly link: string | null
}

type List = Resource<{ readonly people: readonly Account[] }>

function actionsFor(account: Account, list: List): MenuEntry[] {
  const act = async (attempt: () => Promise<unknown>) => {
    try {
      await attempt()
    } catch (error) {
      toastProblem(error)
    }
    await list.reload()
  }
  const change = (to: object) => api<WithLink>(`/people/${account.id}`, { method: 'PATCH', body: to })
  const isMe = account.id === session.value?.person?.id
  return [
    {
      label: words.people.newLink,
      icon: 'key',
      run: () =>
        act(async () => {
          const { link } = await change({ newLink: true })
          if (link) await showLink(account.displayName, link)
        }),
    },
    {
      label: account.admin ? words.people.takeAdmin : words.people.makeAdmin,
      icon: 'admin',
      run: () => act(() => change({ admin: !account.admin })),
    },
    ...(isMe
      ? []
      : [
          {
            label: account.disabled ? words.people.unblock : words.people.block,
            icon: 'lock' as const,
            run: () => act(() => change({ disabled: !account.disabled })),
          },
          'line' as const,
          {
            label: words.people.remove,
            icon: 'bin' as const,
            danger: true,
            run: () =>
              act(async () => {
                const sure = await confirm({
                  title: words.people.remove,
                  sentence: words.people.removeQuestion(account.displayName),
                  submit: words.people.remove,
                  danger: true,
                })
                if (sure) await api(`/people/${account.id}`, { method: 'DELETE' })
              }),
          },
        ]),
  ]
}

async function invite(list: List) {
  const fields = { name: '', displayName: '', role: 'editor', admin: false }
  const made = await showDialog<WithLink>((close) => (
    <Dialog
      title={words.people.add}
      submit={words.people.invite}
      onClose={() => close(null)}
      onSubmit={async () => close(await api('/people', { method: 'POST', body: bodyFor(fields) }))}
    >
      <label class="field">
        {words.people.displayName}
        <input
          class="input"
          data-focus
          required
          maxLength={LONGEST_DISPLAY_NAME}
          autocomplete="off"
          onInput={({ currentTarget }) => {
            fields.displayName = currentTarget.value
          }}
        />
      </label>
      <label class="field">
        {words.setup.name}
        <input
          class="input"
          required
          pattern={SIGN_IN_NAME_PATTERN}
          title={words.setup.nameHelp}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          onInput={({ currentTarget }) => {
            fields.name = currentTarget.value
          }}
        />
        <small>{words.setup.nameHelp}</small>
      </label>
      <label class="field">
        {words.people.roleInLibrary}
        <select
          class="input"
          onChange={({ currentTarget }) => {
            fields.role = currentTarget.value
          }}
        >
          {(['editor', 'reviewer', 'commenter', 'viewer', 'owner'] as const).map((role) => (
            <option key={role} value={role}>
              {words.roles[role]}
            </option>
          ))}
          <option value="">{words.people.noRole}</option>
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          onChange={({ currentTarget }) => {
            fields.admin = currentTarget.checked
          }}
        />
        {words.people.admin}
      </label>
    </Dialog>
  ))
  if (!made) return
  await list.reload()
  if (made.link) await showLink(made.person.displayName, made.link)
}

function bodyFor({ role, ...fields }: { name: string; displayName: string; role: string; admin: boolean }) {
  return role === '' ? fields : { ...fields, role }
}

async function showLink(name: string, link: string) {
  await showDialog<null>((close) => (
    <Dialog
      title={words.people.linkTitle}
      onClose={() => close(null)}
      commands={
        <button type="button" class="button primary" onClick={() => close(null)}>
          {words.actions.done}
        </button>
      }
    >
      <p>{words.people.linkHelp(name)}</p>
      <CopyLink url={link} />
    </Dialog>
  ))
}
