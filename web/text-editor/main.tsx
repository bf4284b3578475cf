import './text-editor.css'
import { render } from 'preact'
import type { HostCommand, PageSettings } from '../../src/editor/editor-api.js'
import type { Banner, CommandName } from './banners.js'
import { type Actions, Bottom, Top } from './chrome.js'
import { createCodeView } from './code-view.js'
import { createDraftKeeper } from './draft-keeper.js'
import { createCalls, MAX_LAST_SAVE_BYTES, sendAsPageGoes } from './frame-calls.js'
import { listenToHost } from './host-messages.js'
import { createPageLocks } from './page-locks.js'
import { type PageState, sceneOf } from './scene.js'
import { createSession } from './session.js'
import { atFirst, isEditable, type SessionState } from './session-state.js'
import { copyToClipboard, downloadFile } from './take-text-away.js'
import { words as allWords } from './words.js'

const WARN_BEFORE_END_MS = 5 * 60_000
const TELL_HOST_OF_EDITS_MS = 30_000
const WRAPPING_KEY = 'wopikit-text-editor:wrap'

const started = performance.now()
const settings = takeSettings()
const words = allWords[settings.language]
const lock = `wopikit-text-${randomId()}`
let { token } = settings
const target = () => ({ ...settings, token })

const top = addPart('div', 'top')
const main = addPart('main', 'text')
main.ariaLabel = words.textLabel
const bottom = addPart('footer', 'bottom')

const text = createCodeView({
  parent: main,
  name: document.title,
  words,
  nonce: settings.nonce,
  fallbackEncoding: settings.language === 'zh-CN' ? 'gb18030' : 'windows-1252',
  onEdit: () => {
    show({ askedToSave: false, notice: page.notice?.tone === 'info' ? null : page.notice })
    session.edited()
    drafts.keepSoon()
    tellHostOfEdits()
  },
  onMove: () => show({}),
})
const drafts = createDraftKeeper({
  wopiSrc: settings.wopiSrc,
  page: lock,
  session: () => page.session,
  read: text.read,
})
const pageLocks = createPageLocks(settings.wopiSrc)
const session = createSession({
  mode: settings.mode,
  lock,
  previousLock: settings.mode === 'edit' ? await pageLocks.previous() : '',
  text,
  call: createCalls(target),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds)
    return () => clearTimeout(timer)
  },
  now: () => Date.now(),
  onChange: sessionChanged,
})
const host = listenToHost(
  {
    window,
    origin: settings.messageOrigin,
    language: settings.language,
    session: settings.session,
    now: () => Date.now(),
  },
  {
    focus: text.focus,
    blur: text.blur,
    save: (onlyIfChanged) => (onlyIfChanged ? session.saveSoon() : session.save()),
    close: () => void close(),
    renewToken: (renewed) => {
      token = renewed
      session.renewed()
    },
    hide: (id) => show({ hidden: new Set([...page.hidden, id]) }),
  },
)

let page: PageState = {
  session: atFirst,
  facts: text.facts(),
  draft: null,
  notice: null,
  dialog: null,
  hidden: new Set(),
  wrapping: readWrapping(),
  endsAt: 0,
  askedToSave: false,
}
let copyUrl = ''
let answerDialog: (result: string | null) => void = () => {}
let editsToldAt = 0

text.setWrapping(page.wrapping)
warnBeforeEnd()
listenToBrowser()
// The page answers with what it shows itself, before the document is here.
host.post('App_LoadingStatus', { Status: 'Frame_Ready' })
void session.open()

function show(change: Partial<PageState>) {
  page = { ...page, ...change, facts: text.facts() }
  const { phase } = page.session
  main.classList.toggle('empty', phase === 'opening' || phase === 'failed')
  const scene = sceneOf(page, settings, document.title)
  render(<Top scene={scene} actions={actions} />, top)
  render(<Bottom scene={scene} />, bottom)
}

function sessionChanged(next: SessionState) {
  const before = page.session
  text.setEditable(isEditable(next))
  show({ session: next })

  if (next.document && next.document.name !== before.document?.name) document.title = next.document.name
  if (next.phase === 'open' && before.phase !== 'open') opened()
  if (next.phase === 'failed' && before.phase !== 'failed')
    host.post('App_LoadingStatus', { Status: 'Failed' })
  if (next.access === 'edit' && before.access !== 'edit') editingStarts(next)
  if (next.unsaved !== before.unsaved) {
    host.post('Doc_ModifiedStatus', { Modified: next.unsaved })
    if (!next.unsaved) drafts.forget()
  }
}

function opened() {
  host.post('App_LoadingStatus', {
    Status: 'Document_Loaded',
    DocumentLoadedTime: Math.round(performance.now() - started),
  })
}

function editingStarts({ document }: SessionState) {
  if (document?.locks) pageLocks.held(lock)
  // On a phone this would bring up the keyboard before the person has read a line.
  if (matchMedia('(pointer: fine)').matches) text.focus()
  void drafts.toOffer().then((draft) => draft && show({ draft }))
}

// --- what the person does ----------------------------------------------------------------------------------------------------

const commands: Record<CommandName, () => unknown> = {
  save: () => {
    show({ askedToSave: true })
    return session.save()
  },
  saveCopy,
  rename: renameByDialog,
  find: text.find,
  wrapLines: () => {
    const wrapping = !page.wrapping
    text.setWrapping(wrapping)
    keepWrapping(wrapping)
    show({ wrapping })
  },
  share: () => tellHost('UI_Sharing', page.session.document?.share),
  versions: () => tellHost('UI_FileVersions', page.session.document?.versions),
  edit: () => tellHost('UI_Edit', page.session.document?.edit),
  close,
  more: () => {},
  tryAgain: session.retry,
  overwrite: session.overwrite,
  loadTheirs: async () => {
    await session.takeTheirs()
    notify('info', words.theirsLoaded)
  },
  copyText,
  download: () => downloadFile(fileName(), text.read()),
  downloadDraft: () => page.draft && downloadFile(fileName(), page.draft.content),
  restore: () => {
    if (!page.draft) return
    text.type(page.draft.content)
    text.focus()
    return discardDraft()
  },
  discard: discardDraft,
  open: () => window.open(copyUrl, '_blank', 'noopener'),
  dismiss: () => show({ notice: null }),
  cancel: () => answerDialog(null),
  stay: () => answerDialog(null),
  closeAnyway: () => answerDialog(''),
}

const actions: Actions = {
  run: (command) => void commands[command](),
  rename: (name) => void rename(name),
  answer: (result) => answerDialog(result),
}

async function rename(name: string) {
  const answer = await session.rename(name)
  if (!answer.ok) return notify('error', words.renameFailed, answer.reason)
  host.post('File_Rename', { NewName: answer.name })
}

async function renameByDialog() {
  const { stem } = nameParts(await session.freshName())
  const name = await askName(words.commands.rename, words.nameLabel, stem)
  if (name && name !== stem) await rename(name)
}

async function saveCopy() {
  const { stem, extension } = nameParts(await session.freshName())
  const name = await askName(words.commands.saveCopy, words.copyNameLabel, words.copyName(stem), extension)
  if (!name) return
  const answer = await session.saveCopy(name)
  if (!answer.ok) return notify('error', words.copyFailed, answer.reason)
  copyUrl = answer.url
  notify('info', words.copySaved(answer.name), '', answer.url === '' ? [] : ['open'])
}

async function close() {
  if (!(await session.close())) {
    const answer = await ask({ kind: 'unsaved' })
    if (answer === null) return
    drafts.keepNow()
    await session.abandon()
  }
  const command = page.session.document?.close
  if (command?.message) host.post('UI_Close')
  else if (command?.url) window.parent.location.href = command.url
}

/** The host's page first, as the protocol wants it; else the address the host gave, in a new tab. */
function tellHost(message: string, command: HostCommand | undefined) {
  if (command?.message) host.post(message)
  else if (command?.url) window.open(command.url, '_blank', 'noopener')
}

function discardDraft() {
  show({ draft: null })
  return drafts.removeOthers()
}

function fileName(): string {
  return page.session.document?.name ?? 'document.txt'
}

async function copyText() {
  const copied = await copyToClipboard(text.text())
  notify(copied ? 'info' : 'error', copied ? words.textCopied : words.textNotCopied)
}

function notify(tone: Banner['tone'], sentence: string, hostWords = '', more: readonly CommandName[] = []) {
  show({ notice: { tone, sentences: [sentence], hostWords, commands: [...more, 'dismiss'] } })
}

function askName(title: string, label: string, stem: string, extension = ''): Promise<string | null> {
  const maxLength = page.session.document?.maxNameLength ?? 250
  return ask({ kind: 'name', title, label, name: stem + extension, maxLength, selected: stem.length })
}

async function ask(dialog: NonNullable<PageState['dialog']>): Promise<string | null> {
  show({ dialog })
  const result = await new Promise<string | null>((resolve) => {
    answerDialog = resolve
  })
  show({ dialog: null })
  return result
}

function nameParts(name: string): { stem: string; extension: string } {
  const extension = /\.[^.]*$/.exec(name)?.[0] ?? ''
  return { stem: name.slice(0, name.length - extension.length), extension }
}

// --- what the browser does ---------------------------------------------------------------------------------------------------

function listenToBrowser() {
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 's') {
      event.preventDefault()
      if (isEditable(page.session)) void commands.save()
    }
  })
  addEventListener('online', () => session.resume())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') return session.resume()
    drafts.keepNow()
    void session.saveSoon()
  })
  addEventListener('beforeunload', (event) => {
    const { unsaved, access, problem } = page.session
    if (!unsaved) return
    void session.saveSoon()
    // What fits into the page's last request is saved without asking.
    if (access !== 'edit' || problem || text.read().length > MAX_LAST_SAVE_BYTES) event.preventDefault()
  })
  addEventListener('pagehide', () => {
    const last = session.leave(MAX_LAST_SAVE_BYTES)
    if (!last) return
    sendAsPageGoes(target(), last.ask, last.content)
    pageLocks.left(lock)
  })
  addEventListener('pageshow', (event) => {
    if (event.persisted) session.back()
  })
}

function warnBeforeEnd() {
  const { tokenExpires } = settings
  if (tokenExpires === 0) return
  const wait = Math.max(0, tokenExpires - WARN_BEFORE_END_MS - Date.now())
  // Browsers run a timer that is too long at once.
  if (wait < 2 ** 31) setTimeout(() => token === settings.token && show({ endsAt: tokenExpires }), wait)
}

function tellHostOfEdits() {
  const now = Date.now()
  if (!page.session.document?.reportsEdits || now - editsToldAt < TELL_HOST_OF_EDITS_MS) return
  editsToldAt = now
  host.post('Edit_Notification')
}

function readWrapping(): boolean {
  try {
    return localStorage.getItem(WRAPPING_KEY) !== 'off'
  } catch {
    return true
  }
}

function keepWrapping(wrapping: boolean) {
  try {
    localStorage.setItem(WRAPPING_KEY, wrapping ? 'on' : 'off')
  } catch {
    // Then it holds for this page only.
  }
}

/** Reads what the server wrote into the page and takes it out, so that the token stands nowhere but in memory. */
function takeSettings(): PageSettings {
  const { body } = document
  const written = body.dataset.settings ?? '{}'
  delete body.dataset.settings
  return JSON.parse(written)
}

function addPart(element: 'div' | 'main' | 'footer', id: string): HTMLElement {
  const part = document.createElement(element)
  part.id = id
  document.body.append(part)
  return part
}

function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
