import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { isGone, sentenceFor, session } from '../shared/api.js'
import type { LiveEvent } from '../shared/api-types.js'
import { Icon } from '../shared/icons.js'
import { lazy } from '../shared/lazy.js'
import { onLive } from '../shared/live.js'
import { Notice } from '../shared/notice.js'
import { pages } from '../shared/place.js'
import { placeName } from '../shared/place-name.js'
import { words } from '../shared/words/words.js'
import { mayChange } from './commands.js'
import { isOfFiles } from './drag.js'
import { folder, indexOf, phase, problem, reload, show, total } from './folder-list.js'
import { ItemGrid } from './item-grid.js'
import { NothingHere } from './nothing-here.js'
import { selection } from './selected.js'
import { nothingSelected } from './selection.js'
import { versionsOf } from './side-panel.js'
import { NewMenu, ToolBar, UploadButton } from './tool-bar.js'
import { addUploads } from './uploads-state.js'
import { viewSettings } from './view-settings.js'

const VersionsPanel = lazy(async () => (await import('../shared/versions-panel.js')).VersionsPanel)

const EVENT_PAUSE_MS = 120

/** A folder, or what a search found. `id` null: the folder this person lands on. */
export function FolderPage({ id, search }: { id: string | null; search: string }) {
  const { sort, order } = viewSettings.value
  const rootId = session.value?.rootId
  const dropping = useSignal(false)
  const folderId = id ?? rootId

  useEffect(() => {
    selection.value = nothingSelected
    versionsOf.value = null
  }, [folderId, search])
  useEffect(() => {
    if (search !== '') void show({ kind: 'search', text: search })
    else if (folderId) void show({ kind: 'folder', id: folderId, sort, order })
    else if (session.value?.fileId) location.replace(pages.document(session.value.fileId))
  }, [folderId, search, sort, order])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = onLive((event) => {
      if (!concernsList(event, search !== '')) return
      clearTimeout(timer)
      timer = setTimeout(() => void reload(), EVENT_PAUSE_MS)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [folderId, search])
  const here = folder.value
  const title = search !== '' ? words.library.searchResults(search) : folderTitle()
  useEffect(() => {
    document.title = `${title} – ${words.app.name}`
  }, [title])

  const writable = search === '' && here !== null && mayChange(here)
  const panel = versionsOf.value

  function onDragOver(event: DragEvent) {
    if (!writable || !isOfFiles(event)) return
    event.preventDefault()
    dropping.value = true
  }

  if (phase.value === 'failed' && isGone(problem.value)) return <NothingHere />
  return (
    <div class="folder-page">
      <section
        class={dropping.value ? 'folder-area dropping' : 'folder-area'}
        aria-label={title}
        onDragOver={onDragOver}
        onDragLeave={(event) => {
          const to = event.relatedTarget
          if (!(to instanceof Node) || !event.currentTarget.contains(to)) dropping.value = false
        }}
        onDrop={(event) => {
          dropping.value = false
          if (!writable || !isOfFiles(event) || !event.dataTransfer) return
          event.preventDefault()
          void addUploads(event.dataTransfer, here.id)
        }}
      >
        <ToolBar title={title} search={search} writable={writable} />
        <Contents title={title} search={search} writable={writable} />
        {dropping.value && (
          <p class="drop-note" aria-hidden="true">
            <Icon name="upload" />
            {words.library.drop}
          </p>
        )}
      </section>
      {panel && (
        <VersionsPanel
          key={panel.id}
          file={panel}
          onClose={() => {
            versionsOf.value = null
            document.querySelector<HTMLElement>('.scroller [tabindex="0"]')?.focus()
          }}
        />
      )}
    </div>
  )
}

function folderTitle(): string {
  const here = folder.value
  if (!here) return words.app.documents
  return placeName(here)
}

function Contents({ title, search, writable }: { title: string; search: string; writable: boolean }) {
  if (phase.value === 'failed') {
    const error = problem.value
    return (
      <Notice icon="alert" title={words.library.loadFailed} sentence={sentenceFor(error)}>
        <button type="button" class="button" onClick={() => void reload()}>
          {words.actions.tryAgain}
        </button>
      </Notice>
    )
  }
  if (phase.value === 'loading') return <div class="grid loading" aria-busy="true" />
  if (total.value > 0) {
    return (
      <>
        <ItemGrid key={`${title}`} label={words.library.contents(title)} search={search !== ''} />
        <p class="unseen" role="status">
          {words.library.total(total.value)}
        </p>
      </>
    )
  }
  if (search !== '')
    return (
      <Notice icon="search" title={words.library.searchNothing(search)} sentence={words.library.searchHelp} />
    )
  return (
    <Notice
      icon="documents"
      title={words.library.emptyTitle}
      sentence={writable ? words.library.emptyHelp : words.library.emptyReadOnly}
    >
      {writable && (
        <>
          <NewMenu />
          <UploadButton />
        </>
      )}
    </Notice>
  )
}

/** Whether something that happened is seen in the list. */
function concernsList(event: LiveEvent, searching: boolean): boolean {
  if (event.type === 'stream-restart') return true
  if (event.type === 'presence') return false
  const here = folder.value?.id
  const places = ['folderId' in event && event.folderId, 'fromFolderId' in event && event.fromFolderId]
  if (!searching && here !== undefined && places.includes(here)) return true
  return event.fileId === here || indexOf(event.fileId) >= 0 || inPath(event.fileId)
}

function inPath(id: string): boolean {
  return folder.value?.path.some((step) => step.id === id) === true
}
