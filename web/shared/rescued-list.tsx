import { api } from './api.js'
import type { Item, Rescued } from './api-types.js'
import { confirm } from './dialogs.js'
import { evenIfOpen, forced } from './even-if-open.js'
import { FileIcon } from './file-icon.js'
import { canPreview } from './file-kinds.js'
import { agoText, fullTimeText, readableName, sizeText } from './format.js'
import { Icon } from './icons.js'
import { apiAddress } from './place.js'
import { toast, toastProblem } from './toasts.js'
import { words } from './words/words.js'

interface Props {
  readonly rescued: readonly Rescued[]
  /** Whether the names of the files are part of the list. */
  readonly named: boolean
  readonly onChange: () => unknown
  /** What the address of the page points at. */
  readonly marked?: string | null
}

/** Rescued saves: why each could not become a version, and what can be done with it. */
export function RescuedList({ rescued, named, onChange, marked = null }: Props) {
  return (
    <ul class="rescued-list">
      {rescued.map((save) => (
        <RescuedSave
          key={save.id}
          save={save}
          named={named}
          onChange={onChange}
          marked={save.id === marked}
        />
      ))}
    </ul>
  )
}

function RescuedSave(props: {
  readonly save: Rescued
  readonly named: boolean
  readonly onChange: () => unknown
  readonly marked: boolean
}) {
  const { save, named, onChange, marked } = props
  const name = readableName(save.name)

  async function act(attempt: () => Promise<void>) {
    try {
      await attempt()
    } catch (error) {
      toastProblem(error)
    }
    onChange()
  }

  const restore = () =>
    act(async () => {
      const done = await evenIfOpen((force) =>
        api(`/rescued/${save.id}/restore`, { method: 'POST', ...forced(force) }),
      )
      if (done) toast(words.rescued.restored(name))
    })
  const keep = () =>
    act(async () => {
      const copy = await api<Item>(`/rescued/${save.id}/keep`, { method: 'POST' })
      toast(words.rescued.kept(readableName(copy.name)))
    })
  const discard = () =>
    act(async () => {
      const sure = await confirm({
        title: words.rescued.discard,
        sentence: words.rescued.discardQuestion(name),
        submit: words.rescued.discard,
        danger: true,
      })
      if (sure) await api(`/rescued/${save.id}`, { method: 'DELETE' })
    })

  return (
    <li class={marked ? 'rescued marked' : 'rescued'} id={`rescued-${save.id}`}>
      <div class="rescued-head">
        {named && <FileIcon kind="file" name={save.name} />}
        <div>
          {named && <bdi class="strong">{name}</bdi>}
          <p class="quiet">
            <time dateTime={new Date(save.at).toISOString()} title={fullTimeText(save.at)}>
              {agoText(save.at)}
            </time>{' '}
            {save.user && words.rescued.by(save.user.name)} · {sizeText(save.size)}
          </p>
        </div>
      </div>
      <p>{words.rescued.codes[save.code] ?? save.reason}</p>
      {words.rescued.codes[save.code] !== undefined && save.reason !== '' && (
        <details>
          <summary class="quiet">{words.rescued.technical}</summary>
          <p class="quiet">{save.reason}</p>
        </details>
      )}
      {!save.fileExists && (
        <p>
          <span class="badge warning">{words.rescued.fileGone}</span>
        </p>
      )}
      <div class="rescued-commands">
        {save.fileExists && (
          <button type="button" class="button" onClick={restore}>
            <Icon name="restore" small />
            {words.rescued.restore}
          </button>
        )}
        <button type="button" class="button" onClick={keep}>
          {words.rescued.keep}
        </button>
        {canPreview(save.name) && (
          <button
            type="button"
            class="button"
            onClick={async () => (await import('./preview.js')).showRescued(save)}
          >
            {words.versions.view}
          </button>
        )}
        <a class="button" href={apiAddress(`/rescued/${save.id}/content`)} download>
          {words.actions.download}
        </a>
        <button type="button" class="button plain" onClick={discard}>
          {words.rescued.discard}
        </button>
      </div>
    </li>
  )
}
