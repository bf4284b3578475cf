import { connectEditor, type EditorConnection, type EditorHandlers } from '../protocol/editor-connection.js'
import { nameAfterRename } from '../protocol/post-message.js'

/** Ids of the elements by which a host page and its script know each other. */
export const hostPageId = {
  /** The form that carries the token. Its `data-editor-origin` is whom to listen to. */
  form: 'wopi-form',
  /** The template of the editor's frame; the script puts its content in its place. */
  frame: 'wopi-frame',
  /** The name of the document, for people. */
  name: 'wopi-name',
  /** How the editor is doing; its `data-opening` and `data-failed` are the texts for it. */
  status: 'wopi-status',
  /** The link to the folder; absent when the page knows none. */
  folder: 'wopi-folder',
} as const

/**
 * Brings a page of {@link renderHostPage} to life. Runs in the browser, from the script at `scriptUrl`: puts the frame in
 * its place, listens to it and posts the token into it, in this order, so that the token is posted once and no message
 * is missed.
 *
 * By itself it shows how loading goes, follows a rename, and returns to the folder when the person closes the editor. A
 * handler for one of these kinds (`loading-status`, `rename`, `close`) takes the place of that.
 *
 * @throws Error if the document is not such a page.
 */
export function startHostPage(handlers: EditorHandlers = {}): EditorConnection {
  const form = document.getElementById(hostPageId.form) as HTMLFormElement | null
  const template = document.getElementById(hostPageId.frame) as HTMLTemplateElement | null
  const frame = template && document.importNode(template.content, true).querySelector('iframe')
  if (form === null || template === null || !frame) {
    throw new Error(
      `This page has no #${hostPageId.form} or #${hostPageId.frame}: it was not made by renderHostPage.`,
    )
  }
  const status = document.getElementById(hostPageId.status)
  const name = document.getElementById(hostPageId.name)
  const folder = document.getElementById(hostPageId.folder) as HTMLAnchorElement | null

  function show(text: string | undefined): void {
    if (status !== null) status.textContent = text ?? ''
  }

  show(status?.dataset.opening)
  // An editor of the page's own origin could take the sandbox off, and browsers warn of one that holds nothing.
  if (form.dataset.editorOrigin === document.location.origin) frame.removeAttribute('sandbox')
  template.replaceWith(frame)
  const connection = connectEditor({
    frame,
    editorOrigin: form.dataset.editorOrigin ?? '',
    handlers: {
      'loading-status': (message) => {
        if (message.status === 'document-loaded') show('')
        if (message.status === 'failed') show(status?.dataset.failed)
      },
      rename: ({ newName }) => {
        document.title = nameAfterRename(document.title, newName)
        if (name !== null) name.textContent = document.title
      },
      close: () => folder?.click(),
      ...handlers,
    },
  })
  form.submit()
  return connection
}

/**
 * What {@link startHostPage} does by itself, as the text of an inline script, for pages of applications that bundle no
 * scripts. Everything it needs it reads from the page, so the text is always the same.
 */
export const inlineHostPageScript = `(() => {
  const byId = (id) => document.getElementById(id)
  const form = byId('${hostPageId.form}')
  const template = byId('${hostPageId.frame}')
  const status = byId('${hostPageId.status}')
  const folder = byId('${hostPageId.folder}')
  const origin = form.dataset.editorOrigin
  const frame = document.importNode(template.content, true).querySelector('iframe')

  const ready = () => {
    const message = { MessageId: 'Host_PostmessageReady', SendTime: Date.now(), Values: {} }
    frame.contentWindow.postMessage(JSON.stringify(message), origin)
  }
  const reactions = {
    App_LoadingStatus({ Status }) {
      ready()
      if (Status === undefined || Status === 'Document_Loaded') status.textContent = ''
      if (Status === 'Failed') status.textContent = status.dataset.failed
    },
    File_Rename({ NewName }) {
      if (typeof NewName !== 'string' || NewName === '') return
      const extension = /[^.](\\.[^.]*)$/.exec(document.title)?.[1] ?? ''
      const isWhole = NewName.toLowerCase().endsWith(extension.toLowerCase())
      document.title = byId('${hostPageId.name}').textContent = isWhole ? NewName : NewName + extension
    },
    UI_Close() {
      folder?.click()
    },
  }
  addEventListener('message', ({ data, origin: from, source }) => {
    if (from !== origin || source !== frame.contentWindow) return
    try {
      const { MessageId, Values } = JSON.parse(data)
      if (Object.hasOwn(reactions, MessageId)) reactions[MessageId](Values ?? {})
    } catch {} // not a message of the protocol
  })

  status.textContent = status.dataset.opening
  if (origin === location.origin) frame.removeAttribute('sandbox')
  template.replaceWith(frame)
  frame.addEventListener('load', ready)
  form.submit()
})()`
