import { describe, expect, test } from 'vitest'
import type { DocumentInfo } from '../../src/editor/editor-api.js'
import type { Draft } from './drafts.js'
import { draftToOffer } from './drafts.js'
import { type PageState, sceneOf } from './scene.js'
import { atFirst, type SessionState } from './session-state.js'

const nothing = { message: false, url: '' }
const aDocument: DocumentInfo = {
  name: 'notes.txt',
  extension: 'txt',
  size: 5,
  version: 'v1',
  lastModified: 't1',
  userId: 'alice',
  canWrite: true,
  locks: true,
  canRename: true,
  canSaveCopy: true,
  maxNameLength: 250,
  messageOrigin: '',
  close: nothing,
  share: nothing,
  versions: nothing,
  edit: nothing,
  reportsEdits: false,
}

interface Given {
  readonly session?: Partial<SessionState>
  readonly document?: Partial<DocumentInfo>
  readonly page?: Partial<PageState>
  readonly mode?: 'edit' | 'view'
  readonly language?: 'en' | 'zh-CN'
}

function scene({ session = {}, document = {}, page = {}, mode = 'edit', language = 'en' }: Given) {
  const state: PageState = {
    session: {
      ...atFirst,
      phase: 'open',
      access: 'edit',
      document: { ...aDocument, ...document },
      ...session,
    },
    facts: { line: 1, column: 1, encoding: 'utf-8', ending: '\n', problem: null },
    draft: null,
    notice: null,
    dialog: null,
    hidden: new Set(),
    wrapping: true,
    endsAt: 0,
    askedToSave: false,
    ...page,
  }
  return sceneOf(state, { mode, embedded: false, language }, 'notes.txt')
}

const problem = (code: NonNullable<SessionState['problem']>['code'], retrying = false) => ({
  code,
  reason: '',
  retrying,
})

test('when all is well there is nothing to read but "Saved"', () => {
  expect(scene({})).toMatchObject({ banners: [], status: 'Saved', statusTone: 'quiet', announcement: '' })
  expect(scene({ language: 'zh-CN' }).status).toBe('已保存')
})

test('the status follows a change until the host has it', () => {
  expect(scene({ session: { unsaved: true } }).status).toBe('Not saved yet')
  expect(scene({ session: { unsaved: true, saving: true } }).status).toBe('Saving …')
  expect(scene({ session: { unsaved: true, problem: problem('host-error', true) } })).toMatchObject({
    status: 'Not saved',
    statusTone: 'bad',
  })
})

describe('whatever keeps text from being saved is said, with a way out', () => {
  test.each([
    ['changed outside', { problem: problem('changed') }, ['overwrite', 'loadTheirs', 'saveCopy']],
    ['taken over', { access: 'locked' }, ['tryAgain', 'saveCopy', 'copyText']],
    ['expired', { problem: problem('expired') }, ['copyText', 'download']],
    ['deleted', { problem: problem('not-found') }, ['tryAgain', 'saveCopy', 'copyText', 'download']],
    ['too large', { problem: problem('too-large') }, ['tryAgain', 'saveCopy', 'copyText', 'download']],
    ['host down', { problem: problem('unreachable', true) }, ['tryAgain']],
  ] as const)('%s', (_, session, commands) => {
    const { banners, statusTone, announcement } = scene({ session: { unsaved: true, ...session } })
    expect(banners).toHaveLength(1)
    expect(banners[0]?.commands).toEqual(commands)
    expect(statusTone).toBe('bad')
    expect(announcement).toContain(banners[0]?.sentences[0])
  })

  test('no copy is offered where the host makes none', () => {
    const { banners, commands } = scene({
      session: { unsaved: true, problem: problem('changed') },
      document: { canSaveCopy: false },
    })
    expect(banners[0]?.commands).not.toContain('saveCopy')
    expect(commands).not.toContain('saveCopy')
  })
})

test('a lock of somebody else is explained in the host’s own words', () => {
  const { banners, status, disabled } = scene({ session: { access: 'locked', lockReason: 'Bob is here.' } })
  expect(banners[0]).toMatchObject({ tone: 'warning', hostWords: 'Bob is here.', commands: ['tryAgain'] })
  expect(status).toBe('Read-only')
  expect(disabled.has('save')).toBe(true)
})

describe('reading', () => {
  test('offers to edit when the host does and the person may', () => {
    const given: Given = {
      mode: 'view',
      session: { access: 'view' },
      document: { edit: { message: true, url: '' } },
    }
    expect(scene(given).banners[0]?.commands).toEqual(['edit'])
    expect(scene({ ...given, document: { ...given.document, canWrite: false } }).banners).toEqual([])
    expect(scene(given).commands).not.toContain('save')
  })

  test('says why, when the person meant to edit', () => {
    const { banners } = scene({ session: { access: 'view' }, document: { canWrite: false } })
    expect(banners[0]?.sentences[0]).toContain('not change it')
    const facts = { line: 1, column: 1, encoding: null, ending: '\n', problem: 'other-encoding' } as const
    expect(scene({ session: { access: 'view' }, page: { facts } }).banners[0]?.sentences[0]).toContain(
      'Unicode',
    )
  })
})

describe('opening', () => {
  test('shows the name at once', () => {
    expect(scene({ session: { phase: 'opening', document: null } })).toMatchObject({
      name: 'notes.txt',
      status: 'Opening …',
    })
  })

  test('that failed says why', () => {
    const { banners } = scene({ session: { phase: 'failed', document: null, problem: problem('too-large') } })
    expect(banners[0]?.sentences.join(' ')).toContain('up to 10 MB')
    expect(banners[0]?.commands).toEqual([])
  })
})

test('commands of the host appear when it offers them by message or address', () => {
  const offered = scene({
    document: {
      share: { message: true, url: '' },
      versions: { message: false, url: 'https://x.example/v' },
      close: { message: true, url: '' },
    },
  })
  expect(offered.commands).toEqual(['save', 'saveCopy', 'share', 'versions', 'close'])
  expect(scene({}).commands).toEqual(['save', 'saveCopy'])
})

test('what the page around the editor shows is not shown twice, but no way to keep one’s text is lost', () => {
  const hidden = new Set(['rename', 'share', 'versions', 'edit', 'close', 'download', 'status'])
  const offered = { message: true, url: '' }
  const document = { share: offered, versions: offered, close: offered, edit: offered }
  expect(scene({ document, page: { hidden } })).toMatchObject({
    name: '',
    commands: ['save', 'saveCopy', 'find', 'wrapLines'],
    menu: [],
    status: '',
    position: 'Line 1, column 1',
  })
  expect(scene({ document, page: { hidden }, mode: 'view', session: { access: 'view' } }).banners).toEqual([])
  const lost = scene({ page: { hidden }, session: { unsaved: true, problem: problem('expired') } })
  expect(lost.banners[0]?.commands).toEqual(['copyText', 'download'])
  expect(lost.statusTone).toBe('bad')
})

describe('text left from before', () => {
  const draft = (savedAt: number, text: string): Draft => ({
    page: `page-${savedAt}`,
    content: new TextEncoder().encode(text),
    version: 'v1',
    savedAt,
  })

  test('the latest one that differs from the host’s is offered', () => {
    const host = new TextEncoder().encode('same')
    expect(draftToOffer([draft(1, 'old'), draft(3, 'same'), draft(2, 'newer')], host)?.savedAt).toBe(2)
    expect(draftToOffer([draft(1, 'same')], host)).toBe(null)
    expect(draftToOffer([], host)).toBe(null)
  })

  test('can be restored only where it can be saved, and a change since is told', () => {
    const page = { draft: draft(1, 'old') }
    expect(scene({ page }).banners[0]?.commands).toEqual(['restore', 'downloadDraft', 'discard'])
    const locked = scene({ page, session: { access: 'locked' }, document: { version: 'v2' } }).banners[1]
    expect(locked?.commands).toEqual(['downloadDraft', 'discard'])
    expect(locked?.sentences[1]).toContain('changed since then')
  })
})

test('a screen reader hears of a save the person asked for, not of every autosave', () => {
  expect(scene({ page: { askedToSave: true } }).announcement).toBe('Saved')
  expect(scene({ page: { askedToSave: true }, session: { unsaved: true } }).announcement).toBe('')
})
