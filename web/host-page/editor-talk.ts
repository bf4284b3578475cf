import { startHostPage } from '../../src/host/host-page-script.js'
import type { EditorConnection, EditorHandlers } from '../../src/protocol/editor-connection.js'
import { type EditorView, nameAfterRename } from '../../src/protocol/post-message.js'
import { loadSession } from '../shared/api.js'
import { dialogsOpen } from '../shared/dialogs.js'
import { pages } from '../shared/place.js'
import { toast } from '../shared/toasts.js'
import { words } from '../shared/words/words.js'
import {
  documentName,
  item,
  type PageFacts,
  people,
  phase,
  saveState,
  showStrip,
  versionsShown,
} from './document-state.js'

/** A session at the host lives longer than this: asked for more often, it never ends while somebody edits. */
const KEEP_ALIVE_MS = 4 * 60_000

/** What the bar above the editor offers: one that knows the message leaves it out, so that nothing is there twice. */
const inTheBar = ['rename', 'share', 'versions', 'edit', 'close', 'download', 'status']

/** Puts the editor into the page and reacts to what it says, in whichever dialect. */
export function startEditor(facts: PageFacts): EditorConnection {
  let keptAliveAt = 0
  let copyName = ''

  const handlers: EditorHandlers = {
    'loading-status': ({ status }) => {
      if (status === 'document-loaded') phase.value = 'open'
      if (status === 'failed') phase.value = 'failed'
    },
    close: () => location.assign(facts.folderUrl),
    edit: () => location.assign(pages.document(facts.fileId, { action: 'edit' })),
    share: async () => {
      if (item.value) await (await import('../shared/access-dialog.js')).showAccess(item.value)
    },
    versions: () => {
      versionsShown.value = true
    },
    rename: ({ newName }) => {
      documentName.value = nameAfterRename(documentName.value, newName)
    },
    'edit-notification': () => {
      if (Date.now() - keptAliveAt < KEEP_ALIVE_MS) return
      keptAliveAt = Date.now()
      void loadSession().catch(() => {})
    },
    'insert-image': async () => {
      const url = await (await import('./image-picker.js')).askImage(facts.folderId)
      if (url) connection.send({ kind: 'insert-image', url })
    },
    'save-as': async ({ format }) => {
      const name = await (await import('./save-as-dialog.js')).askCopyName(documentName.value, format)
      if (!name) return
      copyName = name
      connection.send({ kind: 'save-as', fileName: name, notify: true })
    },
    save: () => connection.send({ kind: 'save', notify: true }),
    'save-response': ({ success, fileName, error }) => {
      if (copyName !== '') {
        if (success) toast(words.frame.saveAsDone(fileName ?? copyName))
        else toast([words.frame.saveAsFailed, error].filter(Boolean).join(' — '))
        copyName = ''
      } else if (!success) {
        saveState.value = { kind: 'refused' }
        showStrip({
          key: 'refused',
          tone: 'error',
          text: [words.frame.refused, error].filter(Boolean).join(' — '),
        })
      }
    },
    'modified-status': ({ modified }) => {
      if (modified) saveState.value = { kind: 'unsaved' }
      else if (saveState.value.kind === 'unsaved' || saveState.value.kind === 'saving')
        saveState.value = { kind: 'saved', at: Date.now(), by: null }
    },
    views: ({ views }) => {
      people.value = visitorsIn(views)
    },
    'download-as': ({ url }) => location.assign(url),
    'session-closed': () =>
      showStrip({
        key: 'ended',
        tone: 'warning',
        text: words.frame.sessionEnded,
        action: { label: words.frame.reload, run: () => location.reload() },
      }),
  }
  const connection = startHostPage(handlers)
  for (const id of inTheBar) connection.send({ kind: 'other', messageId: 'Hide_Button', values: { id } })
  let wasOpen = 0
  dialogsOpen.subscribe((count) => {
    // Not at the start: an editor that loads should not be given the keyboard.
    if (count !== wasOpen) connection.send({ kind: count > 0 ? 'blur-focus' : 'grab-focus' })
    wasOpen = count
  })
  return connection
}

/** Somebody with two windows is one person. */
function visitorsIn(views: readonly EditorView[]) {
  const byId = new Map(
    views.map(({ viewId, userId, userName, readOnly }) => [
      userId || String(viewId),
      { id: userId || String(viewId), name: userName, editing: !readOnly },
    ]),
  )
  return [...byId.values()]
}
