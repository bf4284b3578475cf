import { Fragment } from 'preact'
import { useEffect } from 'preact/hooks'
import { api, isGone, session } from '../shared/api.js'
import type { Item } from '../shared/api-types.js'
import { FileIcon } from '../shared/file-icon.js'
import { canPreview, extensionOf, fileKind } from '../shared/file-kinds.js'
import { readableName } from '../shared/format.js'
import { pages } from '../shared/place.js'
import { useResource } from '../shared/resource.js'
import { words } from '../shared/words/words.js'
import { download } from './commands.js'
import { NothingHere } from './nothing-here.js'
import { PageBody } from './page-body.js'

const office: ReadonlySet<string> = new Set(['document', 'sheet', 'slides', 'pdf'])

/** A document that no connected client opens: says which ones would, how to connect one, and gives the file. */
export function NoClientPage({ id }: { id: string }) {
  const { value: item, error } = useResource(id, () => api<Item>(`/items/${id}`))
  const name = item ? readableName(item.name) : ''
  useEffect(() => {
    if (name !== '') document.title = `${name} – ${words.app.name}`
  }, [name])
  if (isGone(error)) return <NothingHere />
  if (!item)
    return <PageBody title={error ? words.problems.title : words.app.loading} error={error} children={null} />
  const { clients = [], person } = session.value ?? {}
  const isOffice = office.has(fileKind(item.name))
  return (
    <PageBody title={words.noClient.title(name)} error={error}>
      <div class="card">
        <div class="rescued-head">
          <FileIcon kind="file" name={item.name} />
          <p>{isOffice ? words.noClient.office : words.noClient.other(extensionOf(item.name))}</p>
        </div>
        <div class="commands">
          <button type="button" class="button primary" onClick={() => download([item])}>
            {words.actions.download}
          </button>
          {canPreview(item.name) && (
            <button
              type="button"
              class="button"
              onClick={async () => (await import('../shared/preview.js')).showPreview(item)}
            >
              {words.actions.preview}
            </button>
          )}
          <a class="button" href={item.folderId ? pages.folder(item.folderId) : pages.root()}>
            {words.actions.back}
          </a>
        </div>
      </div>
      {clients.length > 0 && (
        <section class="card">
          <h2>{words.noClient.connected}</h2>
          <ul class="lines">
            {clients.map(({ name: client, reachable }) => (
              <li key={client}>
                <span class="main">{client}</span>
                <span class={reachable ? 'badge good' : 'badge error'}>
                  {reachable ? words.noClient.reachable : words.noClient.unreachable}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {isOffice &&
        (person?.admin ? (
          <section class="card">
            <h2>{words.noClient.howTitle}</h2>
            <p>{words.noClient.howStart}</p>
            <pre class="command">
              {'wopikit serve ./documents --client https://docs.example.com'.split(' ').map((part) => (
                <Fragment key={part}>
                  <span>{part}</span>{' '}
                </Fragment>
              ))}
            </pre>
            <p>
              {words.noClient.howCheck} <a href={pages.admin()}>{words.admin.title}</a>
            </p>
          </section>
        ) : (
          <p class="quiet">{words.noClient.askAdmin}</p>
        ))}
    </PageBody>
  )
}
