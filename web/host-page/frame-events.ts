import { session } from '../shared/api.js'
import type { LiveEvent } from '../shared/api-types.js'
import { agoText } from '../shared/format.js'
import { words } from '../shared/words/words.js'
import {
  documentName,
  hideStrip,
  item,
  type PageFacts,
  people,
  saveState,
  showStrip,
  versionsShown,
} from './document-state.js'

/** What of it concerns whoever looks at an old version: nothing that is saved changes that. */
const alsoOfVersions: ReadonlySet<LiveEvent['type']> = new Set(['item-renamed', 'item-removed'])

/** Shows what happens to the document, whoever does it. */
export function takeEvent(event: LiveEvent, { fileId, version }: PageFacts): void {
  if (!('fileId' in event) || event.fileId !== fileId) return
  if (version !== null && !alsoOfVersions.has(event.type)) return
  const me = session.value?.person?.name
  switch (event.type) {
    case 'presence':
      people.value = event.people
      if (event.saving) saveState.value = { kind: 'saving' }
      else if (saveState.value.kind === 'saving') saveState.value = { kind: 'none' }
      break
    case 'saved':
      saveState.value = { kind: 'saved', at: Date.now(), by: event.user === me ? null : event.user }
      hideStrip('refused')
      break
    case 'save-refused': {
      const own = event.user === me
      if (own) saveState.value = { kind: 'refused' }
      showStrip({
        key: 'refused',
        tone: 'error',
        text: `${own ? words.frame.refused : words.frame.refusedOther(event.user)}. ${event.reason} ${words.frame.refusedKept}`,
        action: { label: words.frame.showRescued, run: showVersions },
      })
      break
    }
    case 'rescued-settled':
      hideStrip('refused')
      break
    case 'suspicious':
      showStrip({
        key: 'suspicious',
        tone: 'warning',
        text: `${words.frame.suspicious} — ${event.reason}`,
        action: { label: words.versions.goBack, run: showVersions },
      })
      break
    case 'item-renamed':
      documentName.value = event.name
      if (item.value) item.value = { ...item.value, name: event.name }
      break
    case 'item-removed':
      showStrip({
        key: 'removed',
        tone: 'warning',
        text: `${words.frame.removed}. ${words.frame.removedHelp}`,
      })
      break
    case 'lock-changed':
      if (item.value) item.value = { ...item.value, lock: event.lock }
      break
    default:
  }
}

function showVersions() {
  versionsShown.value = true
}

export function savedText(at: number, by: string | null): string {
  return by === null ? words.frame.savedAt(agoText(at)) : words.frame.savedBy(by)
}
