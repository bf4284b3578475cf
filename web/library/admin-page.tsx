import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { api } from '../shared/api.js'
import type { AdminFacts, LockedFile } from '../shared/api-types.js'
import { confirm } from '../shared/dialogs.js'
import { agoText, fullTimeText, listText, readableName, sizeText, whenText } from '../shared/format.js'
import { pages } from '../shared/place.js'
import { useResource } from '../shared/resource.js'
import { toast, toastProblem } from '../shared/toasts.js'
import { words } from '../shared/words/words.js'
import { PageBody } from './page-body.js'

/** How the server is doing, for administrators. */
export function AdminPage() {
  const { value, error, reload } = useResource(
    'admin',
    async () => {
      const [facts, { locks }] = await Promise.all([
        api<AdminFacts>('/admin'),
        api<{ locks: LockedFile[] }>('/locks'),
      ])
      return { facts, locks }
    },
    ({ type }) => type === 'lock-changed' || type === 'saved' || type === 'save-refused',
  )
  useEffect(() => {
    document.title = `${words.admin.title} – ${words.app.name}`
  }, [])

  async function act(attempt: () => Promise<unknown>) {
    try {
      await attempt()
    } catch (problem) {
      toastProblem(problem)
    }
    await reload()
  }
  const unlock = (lock: LockedFile) =>
    act(async () => {
      const name = readableName(lock.name)
      const sure = await confirm({
        title: words.admin.unlock,
        sentence: words.admin.unlockQuestion(name),
        submit: words.admin.unlock,
        danger: true,
      })
      if (!sure) return
      await api(`/locks/${lock.fileId}`, { method: 'DELETE' })
      toast(words.admin.unlocked(name))
    })
  const endSession = (id: string) => act(() => api(`/admin/sessions/${id}`, { method: 'DELETE' }))

  return (
    <PageBody title={words.admin.title} error={error}>
      {value && (
        <>
          <Clients clients={value.facts.clients} />
          <Locks locks={value.locks} onUnlock={unlock} />
          <Storage storage={value.facts.storage} />
          {value.facts.sessions.length > 0 && <Sessions sessions={value.facts.sessions} onEnd={endSession} />}
          <Refusals refusals={value.facts.refusals} />
          <Settings settings={value.facts.settings} />
        </>
      )}
    </PageBody>
  )
}

function Card({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Clients({ clients }: Pick<AdminFacts, 'clients'>) {
  return (
    <Card title={words.admin.clients}>
      {clients.length === 0 && <p class="quiet">{words.admin.noClients}</p>}
      <ul class="lines">
        {clients.map((client) => (
          <li key={client.url ?? client.name}>
            <div class="main">
              <p>
                <span class="strong">{client.name}</span> <span class="quiet">{client.url}</span>
              </p>
              <p class="quiet">
                {client.readAt === null ? words.admin.neverRead : words.admin.readAt(agoText(client.readAt))}
                {' · '}
                {client.proofKey ? words.admin.proofKey : words.admin.noProofKey}
              </p>
              {client.problem && <p class="dialog-note error">{client.problem}</p>}
              {client.extensions.length > 0 && (
                <details>
                  <summary class="quiet">{words.admin.types(client.extensions.length)}</summary>
                  <ul class="legend">
                    {client.extensions.map(({ ext, actions }) => (
                      <li key={ext}>
                        <code>{ext}</code> <span class="quiet">{actions.join(', ')}</span>
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </div>
            <span class={client.reachable ? 'badge good' : 'badge error'}>
              {client.reachable ? words.admin.reachable : words.admin.unreachable}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Locks({ locks, onUnlock }: { locks: readonly LockedFile[]; onUnlock: (lock: LockedFile) => void }) {
  return (
    <Card title={words.admin.locks}>
      {locks.length === 0 && <p class="quiet">{words.admin.noLocks}</p>}
      <ul class="lines">
        {locks.map((lock) => (
          <li key={lock.fileId}>
            <div class="main">
              <a href={pages.document(lock.fileId)}>
                <bdi>{readableName(lock.name)}</bdi>
              </a>
              <p class="quiet">
                {listText(lock.users.length > 0 ? lock.users : [lock.userName])}
                {' · '}
                {lock.client !== null && `${lock.client} · `}
                {words.admin.since(agoText(lock.since))}
                {' · '}
                {words.admin.lockUntil(whenText(lock.until))}
                {' · '}
                {lock.lastSaveAt === null
                  ? words.admin.noSave
                  : words.admin.lastSave(agoText(lock.lastSaveAt))}
              </p>
            </div>
            <button
              type="button"
              class="button"
              aria-label={`${words.admin.unlock}: ${readableName(lock.name)}`}
              onClick={() => onUnlock(lock)}
            >
              {words.admin.unlock}
            </button>
          </li>
        ))}
      </ul>
    </Card>
  )
}

const parts = ['documents', 'versions', 'rescued', 'bin'] as const

function Storage({ storage }: Pick<AdminFacts, 'storage'>) {
  const total = parts.reduce((sum, part) => sum + storage[part], 0)
  return (
    <Card title={words.admin.storage}>
      <div class="storage-bar" aria-hidden="true">
        {parts.map((part) => (
          <span
            key={part}
            class={`part-${part}`}
            style={{ flex: `${storage[part]} 0 0` }}
            hidden={storage[part] === 0}
          />
        ))}
      </div>
      <ul class="legend">
        {parts.map((part) => (
          <li key={part}>
            <span class={`part-${part}`} />
            <span>
              {words.admin.storageParts[part]} <span class="quiet">{sizeText(storage[part])}</span>
            </span>
          </li>
        ))}
        <li class="quiet">{words.admin.storageTotal(sizeText(total))}</li>
      </ul>
    </Card>
  )
}

function Sessions({ sessions, onEnd }: Pick<AdminFacts, 'sessions'> & { onEnd: (id: string) => void }) {
  return (
    <Card title={words.admin.sessions}>
      <ul class="lines">
        {sessions.map((session) => (
          <li key={session.id}>
            <div class="main">
              <bdi class="strong">{session.person.name}</bdi>
              <p class="quiet">
                {browserText(session.userAgent)}
                {' · '}
                {words.admin.lastSeen(agoText(session.lastSeenAt))}
              </p>
            </div>
            {session.current ? (
              <span class="badge good">{words.admin.thisSession}</span>
            ) : (
              <button
                type="button"
                class="button plain"
                aria-label={words.admin.endSessionOf(session.person.name)}
                onClick={() => onEnd(session.id)}
              >
                {words.admin.endSession}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Refusals({ refusals }: Pick<AdminFacts, 'refusals'>) {
  return (
    <Card title={words.admin.refusals}>
      {refusals.length === 0 && <p class="quiet">{words.admin.noRefusals}</p>}
      <ul class="lines">
        {refusals.map((refusal, index) => (
          <li key={`${refusal.at} ${index}`}>
            <div class="main">
              <p>
                <code>{refusal.operation ?? '–'}</code> <code>{refusal.status}</code>{' '}
                {refusal.name && <bdi>{readableName(refusal.name)}</bdi>}
              </p>
              <p class="quiet">
                {refusal.user && `${refusal.user} · `}
                {refusal.reason}
              </p>
            </div>
            <time
              class="quiet"
              dateTime={new Date(refusal.at).toISOString()}
              title={fullTimeText(refusal.at)}
            >
              {agoText(refusal.at)}
            </time>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Settings({ settings }: Pick<AdminFacts, 'settings'>) {
  return (
    <Card title={words.admin.settings}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.admin.settingNames}</th>
            <th scope="col">{words.admin.settingValues}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(settings).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>{String(value) || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}

/** Browser and system out of what a browser calls itself. */
function browserText(userAgent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\/\d+/.exec(userAgent)?.[1] ?? ''
  const system = /Windows|Android|iPhone|iPad|Mac OS X|Linux/.exec(userAgent)?.[0] ?? ''
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' }
  const known = [browser, system].filter((part) => part !== '').map((part) => names[part] ?? part)
  return known.length > 0 ? known.join(', ') : userAgent.slice(0, 60)
}
