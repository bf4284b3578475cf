import './style.css'
import { hostPageId } from '../../src/host/host-page-script.js'
import { api, loadSession } from '../shared/api.js'
import type { Intent, Item } from '../shared/api-types.js'
import { applyTheme } from '../shared/appearance.js'
import { pages } from '../shared/place.js'
import { loadWords, pageLanguage } from '../shared/words/words.js'
import { showBar, showBeside, showWaiting } from './around.js'
import { documentName, item, type PageFacts, people, phase } from './document-state.js'
import { startEditor } from './editor-talk.js'

/** A save that is on its way for longer than this does not come any more. */
const LONGEST_WAIT_MS = 20_000
const LOOK_AGAIN_MS = 1_000

applyTheme()
const facts = readFacts()
const known = Promise.all([loadSession(), loadItem()])
await loadWords(pageLanguage())
showBar(facts)

// The editor is what people came for: it starts whether or not the API answers.
const [, found] = await known.catch(() => [null, null] as const)
if (found?.saving && facts.version === null) await untilSaved()
phase.value = 'opening'
startEditor(facts)
showBeside(facts, loadItem)

function readFacts(): PageFacts {
  const { fileId = '', folderId, intent, version } = document.body.dataset
  const folder = document.getElementById(hostPageId.folder) as HTMLAnchorElement | null
  documentName.value = document.title
  return {
    fileId,
    folderId: folderId || null,
    folderUrl: folder?.href ?? pages.root(),
    intent: (intent as Intent | undefined) ?? 'edit',
    version: version ?? null,
  }
}

async function loadItem(): Promise<Item> {
  const loaded = await api<Item>(`/items/${facts.fileId}`)
  item.value = loaded
  documentName.value = loaded.name
  people.value = loaded.people
  return loaded
}

/** An editor that was just closed saves a moment later: opening before that would show the content of before. */
async function untilSaved(): Promise<void> {
  const end = Date.now() + LONGEST_WAIT_MS
  let openNow = false
  phase.value = 'waiting'
  const hide = showWaiting(() => {
    openNow = true
  })
  while (!openNow && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
    const now = await loadItem().catch(() => null)
    if (!now?.saving) break
  }
  hide()
}
