import type { Language, PageSettings } from '../../src/editor/editor-api.js'
import { type Banner, bannerFor, type CommandName } from './banners.js'
import type { DialogScene, Scene } from './chrome.js'
import type { TextFacts } from './code-view.js'
import type { Draft } from './drafts.js'
import { isEditable, type SessionState } from './session-state.js'
import { words as allWords } from './words.js'

/** All that decides what the frame around the text looks like. */
export interface PageState {
  readonly session: SessionState
  readonly facts: TextFacts
  readonly draft: Draft | null
  /** Something that just happened, until it is dismissed. */
  readonly notice: Banner | null
  readonly dialog: DialogScene | null
  /** What the page around the editor shows, and so the editor does not. */
  readonly hidden: ReadonlySet<string>
  readonly wrapping: boolean
  /** ms since 1970, when the session is about to end; 0 while it is not. */
  readonly endsAt: number
  /** The person asked for the last save. */
  readonly askedToSave: boolean
}

/** @param pageName the document's name as the page was delivered, for the time before it is open */
export function sceneOf(
  page: PageState,
  settings: Pick<PageSettings, 'mode' | 'embedded' | 'language'>,
  pageName: string,
): Scene {
  const words = allWords[settings.language]
  const { session, facts } = page
  const { document } = session
  const shown = (part: string) => !page.hidden.has(part)
  const circumstances = { mode: settings.mode, textProblem: facts.problem, offersToEdit: shown('edit') }
  const main = bannerFor(session, circumstances, words)
  const status = statusOf(page, settings)
  const opened = session.phase === 'open'
  const commands = document ? commandsFor(page, settings.mode).filter(shown) : []
  const menu = opened ? menuFor(page).filter(shown) : []
  // Where the name does not stand, there is room for all.
  const inBar = !shown('rename')
  return {
    words,
    name: shown('rename') ? (document?.name ?? pageName) : '',
    document,
    embedded: settings.embedded,
    commands: [...commands, ...(inBar ? menu : [])],
    menu: inBar ? [] : menu,
    disabled: new Set<CommandName>(isEditable(session) ? [] : ['save']),
    banners: [main, ending(page, settings), offer(page, settings), page.notice].filter(
      (banner) => banner !== null,
    ),
    status: shown('status') ? status : '',
    statusTone: status === words.status.notSaved ? 'bad' : 'quiet',
    announcement: announcementOf(page, main, status, words.status.saved),
    position: opened ? words.status.position(facts.line, facts.column) : '',
    format: opened && facts.encoding ? `${FORMATS[facts.encoding]} · ${ENDINGS[facts.ending]}` : '',
    wrapping: page.wrapping,
    dialog: page.dialog,
  }
}

const FORMATS = {
  'utf-8': 'UTF-8',
  'utf-8-bom': 'UTF-8 BOM',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
} as const
const ENDINGS = { '\n': 'LF', '\r\n': 'CRLF', '\r': 'CR' } as const

function commandsFor({ session }: PageState, mode: 'edit' | 'view'): CommandName[] {
  const { document, phase } = session
  if (!document || phase === 'closed') return []
  const offered = ({ message, url }: { message: boolean; url: string }) => message || url !== ''
  return [
    ...(mode === 'edit' ? (['save'] as const) : []),
    ...(document.canSaveCopy ? (['saveCopy'] as const) : []),
    ...(offered(document.share) ? (['share'] as const) : []),
    ...(offered(document.versions) ? (['versions'] as const) : []),
    ...(offered(document.close) ? (['close'] as const) : []),
  ]
}

function menuFor({ session }: PageState): CommandName[] {
  return ['find', 'wrapLines', ...(session.document?.canRename ? (['rename'] as const) : []), 'download']
}

function statusOf({ session }: PageState, { language }: { language: Language }): string {
  const { status } = allWords[language]
  const { phase, access, saving, unsaved, problem } = session
  if (phase === 'opening') return status.opening
  if (phase === 'closed') return status.closed
  if (phase === 'failed') return ''
  if (unsaved && (problem || access !== 'edit')) return status.notSaved
  if (saving) return status.saving
  if (access !== 'edit') return status.readOnly
  return unsaved ? status.unsaved : status.saved
}

function ending({ endsAt, session }: PageState, { language }: { language: Language }): Banner | null {
  if (endsAt === 0 || session.problem?.code === 'expired' || session.phase !== 'open') return null
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(endsAt)
  return { tone: 'warning', sentences: [allWords[language].expiresAt(time)], hostWords: '', commands: [] }
}

function offer({ draft, session }: PageState, { language }: { language: Language }): Banner | null {
  if (!draft || session.phase !== 'open') return null
  const words = allWords[language]
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(
    draft.savedAt,
  )
  const changed = draft.version !== session.document?.version
  return {
    tone: 'warning',
    sentences: [words.draft(time), ...(changed ? [words.draftChanged] : [])],
    hostWords: '',
    commands: [...(isEditable(session) ? (['restore'] as const) : []), 'downloadDraft', 'discard'],
  }
}

/** Screen readers hear what needs the person, and the result of what the person asked for; not every autosave. */
function announcementOf(page: PageState, main: Banner | null, status: string, saved: string): string {
  if (page.notice) return page.notice.sentences.join(' ')
  if (main) return [...main.sentences, main.hostWords].join(' ')
  return page.askedToSave && status === saved ? saved : ''
}
