import { useEffect, useRef, useState } from 'preact/hooks'
import { api, session } from '../shared/api.js'
import type { Item } from '../shared/api-types.js'
import { Initials } from '../shared/avatar.js'
import { FileIcon } from '../shared/file-icon.js'
import { fullTimeText, listText, nameParts, readableName } from '../shared/format.js'
import { Icon } from '../shared/icons.js'
import { showMenu } from '../shared/menus.js'
import { apiAddress, pages } from '../shared/place.js'
import { showPreferences } from '../shared/preferences.js'
import { toastProblem } from '../shared/toasts.js'
import { words } from '../shared/words/words.js'
import {
  documentName,
  hideStrip,
  item,
  type PageFacts,
  people,
  saveState,
  status,
  strips,
  versionsShown,
} from './document-state.js'
import { savedText } from './frame-events.js'
import { VersionBar } from './version-bar.js'

/** Above the editor: the way back, the name, how saving goes, who is here, and what the library can do with the document. */
export function FrameBar({ facts }: { facts: PageFacts }) {
  const known = item.value
  const name = readableName(documentName.value)
  const mayChange = known?.role === 'owner' || known?.role === 'editor'
  // Whoever was let into this document alone would be led back to it.
  const isAllThereIs = session.value?.fileId === facts.fileId
  const reading = facts.intent === 'view' && mayChange && facts.version === null
  return (
    <>
      <div class="frame-bar">
        {!isAllThereIs && (
          <a
            class="button plain square"
            href={facts.folderUrl}
            aria-label={words.actions.back}
            title={words.actions.back}
          >
            <Icon name="back" />
          </a>
        )}
        <FileIcon kind="file" name={name} />
        <Name fileId={facts.fileId} renamable={mayChange && facts.version === null} />
        <Status facts={facts} />
        <People />
        {reading && (
          <a class="button" href={pages.document(facts.fileId, { action: 'edit' })}>
            <Icon name="edit" small />
            <span class="wide-only">{words.frame.editIt}</span>
          </a>
        )}
        {known && mayChange && (
          <button
            type="button"
            class="button plain"
            aria-pressed={versionsShown.value}
            aria-label={words.actions.versions}
            title={words.actions.versions}
            onClick={() => {
              versionsShown.value = !versionsShown.value
            }}
          >
            <Icon name="history" />
            <span class="wide-only">{words.actions.versions}</span>
          </button>
        )}
        {known?.role === 'owner' && session.value?.mode === 'accounts' && (
          <button
            type="button"
            class="button"
            aria-label={words.frame.share}
            title={words.frame.share}
            onClick={async () => (await import('../shared/access-dialog.js')).showAccess(known)}
          >
            <Icon name="share" small />
            <span class="wide-only">{words.frame.share}</span>
          </button>
        )}
        <More known={known} facts={facts} />
      </div>
      {facts.version !== null && <VersionBar fileId={facts.fileId} version={facts.version} />}
      <div class="frame-banners" role="status">
        {strips.value.map(({ key, tone, text, action }) => (
          <div key={key} class={`banner ${tone}`}>
            <Icon name={tone === 'info' ? 'info' : 'alert'} />
            <p>{text}</p>
            {action && (
              <button type="button" class="button" onClick={action.run}>
                {action.label}
              </button>
            )}
            <button
              type="button"
              class="button plain square"
              aria-label={words.actions.dismiss}
              onClick={() => hideStrip(key)}
            >
              <Icon name="close" small />
            </button>
          </div>
        ))}
      </div>
    </>
  )
}

/** The name, which turns into a field to rename the document in place. */
function Name({ fileId, renamable }: { fileId: string; renamable: boolean }) {
  const [editing, setEditing] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const name = documentName.value
  const { stem, extension } = nameParts(name)
  useEffect(() => {
    document.title = readableName(name)
  }, [name])
  useEffect(() => {
    if (editing) field.current?.select()
  }, [editing])

  async function finish(accept: boolean) {
    const typed = field.current?.value.trim() ?? ''
    setEditing(false)
    setTimeout(() => opener.current?.focus())
    if (!accept || typed === '' || typed === stem) return
    documentName.value = typed + extension
    try {
      // It is this person's own window that has it open: nothing to be asked.
      const body = { name: typed + extension }
      const renamed = await api<Item>(`/items/${fileId}`, { method: 'PATCH', body, query: { force: true } })
      documentName.value = renamed.name
    } catch (error) {
      documentName.value = name
      toastProblem(error, words.frame.renameFailed)
    }
  }

  if (editing) {
    return (
      <form
        class="frame-name"
        onSubmit={(event) => {
          event.preventDefault()
          void finish(true)
        }}
      >
        <input
          ref={field}
          class="input"
          aria-label={words.frame.rename}
          defaultValue={stem}
          maxLength={240}
          autocomplete="off"
          spellcheck={false}
          onBlur={() => void finish(true)}
          onKeyDown={({ key }) => key === 'Escape' && void finish(false)}
        />
        <span class="quiet">{extension}</span>
      </form>
    )
  }
  return (
    <h1 class="frame-name">
      {renamable ? (
        <button
          ref={opener}
          type="button"
          class="cut"
          title={words.frame.rename}
          onClick={() => setEditing(true)}
        >
          <bdi>{readableName(name)}</bdi>
        </button>
      ) : (
        <bdi class="cut">{readableName(name)}</bdi>
      )}
    </h1>
  )
}

function Status({ facts }: { facts: PageFacts }) {
  const now = status.value
  const bad = now === 'refused' || now === 'offline' || now === 'failed'
  const saved = saveState.value
  return (
    <p class={bad ? 'frame-status bad' : 'frame-status'}>
      {facts.intent === 'view' && <span class="badge">{words.frame.readOnly}</span>}
      {facts.intent === 'fill' && <span class="badge">{words.frame.filling}</span>}
      <span class="cut" role="status" title={saved.kind === 'saved' ? fullTimeText(saved.at) : undefined}>
        {statusText()}
      </span>
    </p>
  )
}

function statusText(): string {
  const saved = saveState.value
  switch (status.value) {
    case 'failed':
      return words.frame.failed
    case 'opening':
      return words.frame.opening
    case 'offline':
      return words.frame.offline
    case 'unsaved':
      return words.frame.unsaved
    case 'saving':
      return words.frame.saving
    case 'refused':
      return words.frame.notSaved
    case 'saved':
      return saved.kind === 'saved' ? savedText(saved.at, saved.by) : ''
    case 'none':
      return ''
  }
}

const MOST_SHOWN = 4

function People() {
  const me = session.value?.person
  const all = people.value
  if (all.length === 0 || (all.length === 1 && all[0]?.id === me?.id)) return null
  const names = all.map(({ id, name }) => (id === me?.id ? words.frame.you(name) : name))
  return (
    <div class="frame-people">
      <button
        type="button"
        aria-haspopup="menu"
        aria-label={`${words.frame.here}: ${listText(names)}`}
        title={listText(names)}
        onClick={({ currentTarget }) =>
          showMenu(
            words.frame.here,
            [
              { heading: words.frame.here },
              ...all.map(({ editing }, index) => ({
                label: names[index] ?? '',
                icon: editing ? ('edit' as const) : ('eye' as const),
                run: () => {},
              })),
            ],
            currentTarget,
          )
        }
      >
        {all.slice(0, MOST_SHOWN).map(({ id, name }) => (
          <Initials key={id} name={name} />
        ))}
      </button>
    </div>
  )
}

function More({ known, facts }: { known: Item | null; facts: PageFacts }) {
  return (
    <button
      type="button"
      class="button plain square"
      aria-haspopup="menu"
      aria-label={words.frame.more}
      title={words.frame.more}
      onClick={({ currentTarget }) =>
        known
          ? showMenu(
              words.frame.more,
              [
                // The bar of a version has its own.
                ...(facts.version === null
                  ? [
                      {
                        label: words.actions.download,
                        icon: 'download' as const,
                        href: apiAddress(`/items/${known.id}/download`),
                        download: true,
                      },
                      'line' as const,
                    ]
                  : []),
                {
                  label: words.app.account,
                  icon: 'settings',
                  run: () => showPreferences(currentTarget),
                },
              ],
              currentTarget,
            )
          : showPreferences(currentTarget)
      }
    >
      <Icon name="more" />
    </button>
  )
}
