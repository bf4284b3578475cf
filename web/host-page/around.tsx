import { effect } from '@preact/signals'
import { render } from 'preact'
import { session } from '../shared/api.js'
import { Dialogs } from '../shared/dialogs.js'
import { listText } from '../shared/format.js'
import { lazy } from '../shared/lazy.js'
import { connectLive, onLive } from '../shared/live.js'
import { Menus } from '../shared/menus.js'
import { Toasts, toast } from '../shared/toasts.js'
import { words } from '../shared/words/words.js'
import { hideStrip, item, type PageFacts, people, showStrip, versionsShown } from './document-state.js'
import { FrameBar } from './frame-bar.js'
import { takeEvent } from './frame-events.js'

const VersionsPanel = lazy(async () => (await import('../shared/versions-panel.js')).VersionsPanel)

/** Puts the bar in the place of the page's plain heading. */
export function showBar(facts: PageFacts): void {
  const header = document.querySelector('body > header')
  if (!header) return
  header.textContent = ''
  render(<FrameBar facts={facts} />, header)
  const over = document.createElement('div')
  document.body.append(over)
  render(
    <>
      <Menus />
      <Dialogs />
      <Toasts />
    </>,
    over,
  )
}

/** Says that a save is awaited; returns how to take that away again. */
export function showWaiting(onOpen: () => void): () => void {
  const veil = document.createElement('div')
  veil.className = 'frame-veil'
  document.querySelector('main')?.append(veil)
  render(
    <div role="status">
      <span class="spinner" />
      <h2>{words.frame.waitTitle}</h2>
      <p class="quiet">{words.frame.waitSentence}</p>
      <button type="button" class="button" onClick={onOpen}>
        {words.frame.openNow}
      </button>
    </div>,
    veil,
  )
  return () => {
    render(null, veil)
    veil.remove()
  }
}

/** Everything beside the editor: live events, who else is here, the versions. */
export function showBeside(facts: PageFacts, reload: () => Promise<unknown>): void {
  if (session.value?.person)
    connectLive({ fileId: facts.fileId, editing: facts.intent !== 'view' && facts.intent !== 'embed' })
  onLive((event) => {
    takeEvent(event, facts)
    const changed = 'fileId' in event && event.fileId === facts.fileId && event.type === 'item-changed'
    if (event.type === 'stream-restart' || changed) void reload().catch(() => {})
  })
  effect(() => sayWhoElse(facts))

  const side = document.createElement('div')
  side.className = 'frame-side'
  document.querySelector('main')?.append(side)
  effect(() => {
    const file = versionsShown.value && item.value
    render(file ? <VersionsPanel file={file} onClose={closeVersions} /> : null, side)
  })
}

function closeVersions() {
  versionsShown.value = false
}

let lastSaid = ''

function sayWhoElse({ intent }: PageFacts) {
  const me = session.value?.person?.id
  const editing = people.value.filter((person) => person.editing && person.id !== me).map(({ name }) => name)
  const names = listText(editing)
  if (names === lastSaid) return
  lastSaid = names
  if (editing.length === 0) hideStrip('others')
  // Whoever may edit works along: their faces in the bar say the rest.
  else if (intent === 'edit') toast(words.frame.joined(names))
  else showStrip({ key: 'others', tone: 'info', text: words.frame.openBy(names) })
}
