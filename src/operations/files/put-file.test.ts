import { describe, expect, it } from 'vitest'
import { gate, type Headers, MINUTE, memoryHost } from '../../../test/memory-host.js'
import { memoryFileStore } from '../../drivers/memory/file-store.js'
import { WopiError } from '../../protocol/errors.js'
import { formatTime } from '../../protocol/times.js'
import { bytesOf, sameBytes, sampleBytes } from '../../testing/contract.js'

const lock = (lockId: string, more: Headers = {}) => ({ 'X-WOPI-Lock': lockId, ...more })

/** A host whose file is locked with A. */
async function lockedHost(...options: Parameters<typeof memoryHost>) {
  const host = memoryHost(...options)
  await host.post('LOCK', lock('A'))
  return host
}

describe('PutFile on a locked file', () => {
  it('writes under the lock that stands, and tells the new version and time', async () => {
    const { post, checkFileInfo, text, version, lockId } = await lockedHost()
    const before = await version()
    const answer = await post('PUT', lock('A'), { body: 'new content' })
    expect(answer.status).toBe(200)
    expect(text()).toBe('new content')
    expect(answer.header('X-WOPI-Lock')).toBeUndefined()
    expect(answer.header('Content-Type')).toBe('application/json')
    const info = (await checkFileInfo()).json()
    expect(info.Version).not.toBe(before)
    expect(answer.header('X-WOPI-ItemVersion')).toBe(info.Version)
    expect(answer.json()).toEqual({ LastModifiedTime: info.LastModifiedTime })
    expect(info.Size).toBe(11)
    expect(await lockId()).toBe('A')
  })

  it.each([
    ['another lock', lock('B')],
    ['the lock in another case', lock('a')],
    ['no lock', {}],
    ['an empty lock', lock('')],
    ['two locks that a proxy joined', lock('A, B')],
  ])('answers %s with 409 and the lock that stands, and keeps what came', async (_, headers) => {
    const { post, text, files, events } = await lockedHost()
    const answer = await post('PUT', headers, { body: 'unsaved work', userId: 'bob' })
    expect(answer.status).toBe(409)
    expect(answer.header('X-WOPI-Lock')).toBe('A')
    expect(answer.header('X-WOPI-LockFailureReason')).toMatch(/^[\x20-\x7e]+$/)
    expect(text()).toBe('content')
    expect(files.rescued).toHaveLength(1)
    expect(files.rescued[0]?.content).toEqual(bytesOf('unsaved work'))
    expect(files.rescued[0]?.refusal).toMatchObject({ fileId: 'doc', code: 'lock-mismatch', version: '1' })
    expect(files.stagedCount).toBe(0)
    expect(events).toContainEqual(expect.objectContaining({ type: 'rescued', fileId: 'doc', userId: 'bob' }))
  })

  it('takes the lock of whoever sends it: it belongs to the file', async () => {
    const { post, text } = await lockedHost()
    expect((await post('PUT', lock('A'), { body: 'by Bob', userId: 'bob' })).status).toBe(200)
    expect(text()).toBe('by Bob')
  })

  it('does not extend the lock', async () => {
    const { post, clock } = await lockedHost()
    clock.now += 29 * MINUTE
    expect((await post('PUT', lock('A'), { body: 'in time' })).status).toBe(200)
    clock.now += MINUTE
    const answer = await post('PUT', lock('A'), { body: 'too late' })
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
  })

  it('gives the same bytes a new version and the same time, other bytes a later one', async () => {
    const { post, checkFileInfo } = await lockedHost()
    const seen = [(await checkFileInfo()).json()]
    for (const body of ['first', 'first', 'second', 'first']) {
      expect((await post('PUT', lock('A'), { body })).status).toBe(200)
      seen.push((await checkFileInfo()).json())
    }
    expect(new Set(seen.map(({ Version }) => Version)).size).toBe(5)
    const times = seen.map(({ LastModifiedTime }) => String(LastModifiedTime))
    expect(times[2]).toBe(times[1])
    expect(new Set(times).size).toBe(4)
    expect(times.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(times)
  })

  it('takes an empty body, and bytes that do not fit the extension', async () => {
    const { post, files, checkFileInfo } = await lockedHost()
    expect((await post('PUT', lock('A'))).status).toBe(200)
    expect((await checkFileInfo()).json().Size).toBe(0)
    const bytes = sampleBytes(300_000)
    expect((await post('PUT', lock('A'), { body: bytes })).status).toBe(200)
    expect(sameBytes(files.content('doc') ?? new Uint8Array(), bytes)).toBe(true)
  })

  it('reads the body whatever its Content-Type', async () => {
    const { post, text } = await lockedHost()
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/json',
      '',
      'x',
    ]) {
      const body = `a=${type}&b`
      expect((await post('PUT', lock('A', { 'Content-Type': type }), { body })).status).toBe(200)
      expect(text()).toBe(body)
    }
  })

  it.each(['view', 'fill'] as const)('answers 404 to somebody who may only %s', async (permission) => {
    const { post, text, files } = await lockedHost()
    expect((await post('PUT', lock('A'), { body: 'x', permission })).status).toBe(404)
    expect(text()).toBe('content')
    expect(files.rescued).toHaveLength(0)
  })

  it.each(['comment', 'review'] as const)('takes the save of somebody who may %s', async (permission) => {
    const { post } = await lockedHost()
    expect((await post('PUT', lock('A'), { body: 'x', permission })).status).toBe(200)
  })

  it('stores one of two saves at once and then the other, never a mixture', async () => {
    const { post, text, version } = await lockedHost()
    const bodies = [sampleBytes(200_000, 1), sampleBytes(200_000, 2)].map((bytes) =>
      Buffer.from(bytes).toString('base64'),
    )
    const answers = await Promise.all(bodies.map((body) => post('PUT', lock('A'), { body })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const last = answers.findIndex((answer) => answer.header('X-WOPI-ItemVersion') === '3')
    expect(await version()).toBe('3')
    expect(text()).toBe(bodies[last])
  })
})

describe('PutFile on an unlocked file', () => {
  it.each([
    ['without a lock', {}],
    ['with a lock', lock('A')],
    ['with an empty lock', lock('')],
  ])('fills an empty file %s, and locks nothing', async (_, headers) => {
    const { post, files, text, lockId } = memoryHost()
    files.put('doc', 'report.docx', '')
    expect((await post('PUT', headers, { body: 'from a template' })).status).toBe(200)
    expect(text()).toBe('from a template')
    expect(await lockId()).toBeNull()
  })

  it.each([
    ['without a lock', {}],
    ['with a lock', lock('A')],
    ['of ONLYOFFICE, with its own timestamp', lock('A', { 'X-LOOL-WOPI-Timestamp': formatTime(0) })],
  ])('answers a save of a file with content %s with 409 and an empty lock', async (_, headers) => {
    const { post, text, files } = memoryHost()
    const answer = await post('PUT', headers, { body: 'unsaved work' })
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
    expect(answer.header('X-WOPI-LockFailureReason')).toMatch(/not locked/)
    expect(text()).toBe('content')
    expect(files.rescued).toHaveLength(1)
  })

  it('treats an expired lock as none', async () => {
    const { post, clock } = await lockedHost()
    clock.now += 30 * MINUTE
    const answer = await post('PUT', lock('A'), { body: 'late' })
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
  })
})

/** The timestamp Collabora sends: what CheckFileInfo told it. */
async function lastModified(host: ReturnType<typeof memoryHost>): Promise<string> {
  return String((await host.checkFileInfo()).json().LastModifiedTime)
}

describe('PutFile with a timestamp', () => {
  it('writes when nothing changed since, compared as an instant', async () => {
    const host = await lockedHost()
    for (const spelling of [(text: string) => text, (text: string) => text.replace('0000Z', '+00:00')]) {
      const timestamp = spelling(await lastModified(host))
      const headers = lock('A', { 'X-COOL-WOPI-Timestamp': timestamp })
      expect((await host.post('PUT', headers, { body: `after ${timestamp}` })).status).toBe(200)
    }
  })

  it.each(['2020-01-01T00:00:00.0000000Z', 'last Tuesday'])(
    'answers "%s" with 409, code 1010 and the lock that stands when the content changed',
    async (timestamp) => {
      const { post, text, files } = await lockedHost()
      const answer = await post('PUT', lock('A', { 'X-COOL-WOPI-Timestamp': timestamp }), { body: 'other' })
      expect(answer.status).toBe(409)
      expect(answer.header('X-WOPI-Lock')).toBe('A')
      expect(answer.header('Content-Type')).toBe('application/json')
      expect(answer.json()).toEqual({ COOLStatusCode: 1010, LOOLStatusCode: 1010 })
      expect(text()).toBe('content')
      expect(files.rescued[0]?.refusal.code).toBe('changed-outside')
    },
  )

  it('answers a save of an empty unlocked file that changed since with 1010 and an empty lock', async () => {
    const { post, files } = memoryHost()
    files.put('doc', 'report.docx', '')
    const headers = { 'X-COOL-WOPI-Timestamp': formatTime(1) }
    const answer = await post('PUT', headers, { body: 'x' })
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
    expect(answer.json()).toMatchObject({ COOLStatusCode: 1010 })
  })

  it('judges the lock before the timestamp', async () => {
    const { post } = await lockedHost()
    const answer = await post('PUT', lock('B', { 'X-COOL-WOPI-Timestamp': formatTime(1) }), { body: 'x' })
    expect([answer.status, answer.text]).toEqual([409, ''])
  })

  it('overwrites when the timestamp is empty or absent', async () => {
    const { post } = await lockedHost()
    expect((await post('PUT', lock('A', { 'X-COOL-WOPI-Timestamp': '' }), { body: 'x' })).status).toBe(200)
    expect((await post('PUT', lock('A'), { body: 'y' })).status).toBe(200)
  })

  it('does not enforce the header of ONLYOFFICE, for which every 409 is a lost save', async () => {
    const { post, text } = await lockedHost()
    const headers = lock('A', { 'X-LOOL-WOPI-Timestamp': '2020-01-01T00:00:00.0000000Z' })
    expect((await post('PUT', headers, { body: 'saved' })).status).toBe(200)
    expect(text()).toBe('saved')
  })

  it('answers a repeated save of the stored bytes with 200 and the time as it is, writing nothing', async () => {
    const host = await lockedHost()
    const headers = lock('A', { 'X-COOL-WOPI-Timestamp': await lastModified(host) })
    const first = await host.post('PUT', headers, { body: 'saved, but the answer was lost' })
    const again = await host.post('PUT', headers, { body: 'saved, but the answer was lost' })
    expect(again.status).toBe(200)
    expect(again.json()).toEqual(first.json())
    expect(await host.version()).toBe(first.header('X-WOPI-ItemVersion'))
    expect(host.files.stagedCount).toBe(0)
    expect(host.events).toContainEqual({
      type: 'leniency',
      name: 'repeated-save',
      fileId: 'doc',
      userId: 'alice',
    })
    expect((await host.post('PUT', headers, { body: 'other' })).status).toBe(409)
  })

  it('lets nobody repeat a save when that leniency is switched off', async () => {
    const { post, events } = await lockedHost({ leniency: { repeatedSave: false } })
    const headers = lock('A', { 'X-COOL-WOPI-Timestamp': formatTime(1) })
    const answer = await post('PUT', headers, { body: 'content' })
    expect(answer.json()).toMatchObject({ COOLStatusCode: 1010 })
    expect(events.filter(({ type }) => type === 'leniency')).toEqual([])
  })
})

describe('PutFile just after Unlock', () => {
  async function unlockedHost(...options: Parameters<typeof memoryHost>) {
    const host = await lockedHost(...options)
    const timestamp = await lastModified(host)
    await host.post('UNLOCK', lock('A'))
    return { ...host, timestamp }
  }

  it('is taken from the session that has just unlocked, when nothing changed since', async () => {
    const { post, text, timestamp, events, lockId, clock } = await unlockedHost()
    clock.now += 10_000
    const headers = lock('A', { 'X-COOL-WOPI-Timestamp': timestamp, 'X-COOL-WOPI-IsExitSave': 'true' })
    expect((await post('PUT', headers, { body: 'last words' })).status).toBe(200)
    expect(text()).toBe('last words')
    expect(await lockId()).toBeNull()
    expect(events).toContainEqual(expect.objectContaining({ type: 'leniency', name: 'save-after-unlock' }))
  })

  it.each([
    ['without the timestamp', () => lock('A')],
    ['with the timestamp of ONLYOFFICE', (time: string) => lock('A', { 'X-LOOL-WOPI-Timestamp': time })],
    ['with an outdated timestamp', () => lock('A', { 'X-COOL-WOPI-Timestamp': formatTime(1) })],
    ['with another lock', (time: string) => lock('B', { 'X-COOL-WOPI-Timestamp': time })],
    ['without a lock', (time: string) => ({ 'X-COOL-WOPI-Timestamp': time })],
  ])('is refused %s', async (_, headers) => {
    const { post, text, timestamp, files } = await unlockedHost()
    const answer = await post('PUT', headers(timestamp), { body: 'last words' })
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
    expect(text()).toBe('content')
    expect(files.rescued).toHaveLength(1)
  })

  it('is refused more than ten seconds later', async () => {
    const { post, timestamp, clock } = await unlockedHost()
    clock.now += 10_001
    expect((await post('PUT', lock('A', { 'X-COOL-WOPI-Timestamp': timestamp }), { body: 'x' })).status).toBe(
      409,
    )
  })

  it('is refused when somebody else has locked meanwhile', async () => {
    const { post, timestamp } = await unlockedHost()
    await post('LOCK', lock('B'))
    const answer = await post('PUT', lock('A', { 'X-COOL-WOPI-Timestamp': timestamp }), { body: 'x' })
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'B'])
  })

  it('is refused when a lock expired instead of being released', async () => {
    const host = await lockedHost()
    const timestamp = await lastModified(host)
    host.clock.now += 30 * MINUTE
    const headers = lock('A', { 'X-COOL-WOPI-Timestamp': timestamp })
    expect((await host.post('PUT', headers, { body: 'x' })).status).toBe(409)
  })

  it('is refused when that leniency is switched off, and by a store that does not know what was released', async () => {
    const strict = await unlockedHost({ leniency: { saveAfterUnlock: false } })
    const headers = lock('A', { 'X-COOL-WOPI-Timestamp': strict.timestamp })
    expect((await strict.post('PUT', headers, { body: 'x' })).status).toBe(409)
    const { lastReleased: _, ...locks } = memoryHost().locks
    const forgetful = await unlockedHost({ locks })
    const again = lock('A', { 'X-COOL-WOPI-Timestamp': forgetful.timestamp })
    expect((await forgetful.post('PUT', again, { body: 'x' })).status).toBe(409)
  })
})

describe('PutFile and its body', () => {
  it('is 413 when the announced or the real size is over the limit, and 200 at the limit', async () => {
    const { post, text, files } = await lockedHost({ maxFileSize: 8 })
    const announced = await post('PUT', lock('A', { 'Content-Length': '9' }), { body: 'short' })
    expect(announced.status).toBe(413)
    expect((await post('PUT', lock('A'), { body: 'nine char' })).status).toBe(413)
    expect(text()).toBe('content')
    expect(files.stagedCount).toBe(0)
    expect((await post('PUT', lock('A'), { body: 'eight ch' })).status).toBe(200)
  })

  it('tells a lock that does not fit before the size', async () => {
    const { post } = await lockedHost({ maxFileSize: 8 })
    const locked = await post('PUT', lock('B'), { body: 'nine char' })
    expect([locked.status, locked.header('X-WOPI-Lock')]).toEqual([409, 'A'])
    await post('UNLOCK', lock('A'))
    const unlocked = await post('PUT', lock('A', { 'Content-Length': '9' }), { body: 'nine char' })
    expect([unlocked.status, unlocked.header('X-WOPI-Lock')]).toEqual([409, ''])
  })

  it('is 413 when the storage is full', async () => {
    const files = memoryFileStore()
    const { post } = memoryHost({
      files: {
        ...files,
        async stage() {
          throw new WopiError('storage-full', 'There is no space left.')
        },
      },
    })
    files.put('doc', 'report.docx', '')
    expect((await post('PUT', {}, { body: 'x' })).status).toBe(413)
  })

  it.each([
    [
      'ends before its Content-Length',
      async function* () {
        yield bytesOf('half')
      },
    ],
    [
      'breaks off',
      async function* () {
        yield bytesOf('half')
        throw new Error('aborted')
      },
    ],
  ])('keeps the old content when the body %s', async (_, body) => {
    const { post, text, files, version, events } = await lockedHost()
    const before = await version()
    const answer = await post('PUT', lock('A', { 'Content-Length': '400' }), { body: body() })
    expect(answer.status).toBe(400)
    expect([text(), await version(), files.stagedCount]).toEqual(['content', before, 0])
    expect(files.rescued).toHaveLength(0)
    expect(events.filter(({ type }) => type === 'fault')).toEqual([])
  })

  it('judges the lock as it is when the whole body is there, not when the request began', async () => {
    const { post, text, clock } = await lockedHost()
    const sending = gate()
    async function* body() {
      yield bytesOf('unsaved ')
      sending.reached()
      await sending.opened
      yield bytesOf('work')
    }
    const answering = post('PUT', lock('A'), { body: body() })
    await sending.arrival
    await post('UNLOCK', lock('A'))
    await post('LOCK', lock('B'), { userId: 'bob' })
    sending.open()
    const answer = await answering
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'B'])
    expect(text()).toBe('content')

    const slow = gate()
    async function* slowBody() {
      slow.reached()
      await slow.opened
      yield bytesOf('too late')
    }
    const late = post('PUT', lock('B'), { body: slowBody() })
    await slow.arrival
    clock.now += 30 * MINUTE
    slow.open()
    expect((await late).header('X-WOPI-Lock')).toBe('')
  })

  it('decides again when the file changed at the last moment', async () => {
    const files = memoryFileStore()
    let attempts = 0
    const { post } = memoryHost({
      files: {
        ...files,
        async commit(fileId, staged, expected, save) {
          if (++attempts === 1) files.put('doc', 'report.docx', '')
          return files.commit(fileId, staged, expected, save)
        },
      },
    })
    files.put('doc', 'report.docx', '')
    expect((await post('PUT', {}, { body: 'new' })).status).toBe(200)
    expect(attempts).toBe(2)
  })

  it('keeps a save of a file that was deleted while it came', async () => {
    const { post, files } = memoryHost()
    const sending = gate()
    async function* body() {
      sending.reached()
      await sending.opened
      yield bytesOf('unsaved work')
    }
    const answering = post('PUT', lock('A'), { body: body() })
    await sending.arrival
    await post('DELETE')
    sending.open()
    expect((await answering).status).toBe(404)
    expect(files.rescued[0]?.refusal).toMatchObject({ code: 'not-found', version: null })
    expect(files.rescued[0]?.content).toEqual(bytesOf('unsaved work'))
  })

  it('answers as decided when what is refused cannot be kept, and tells the log', async () => {
    const files = memoryFileStore()
    const { post, events } = memoryHost({
      files: {
        ...files,
        async rescue() {
          throw new Error('The disk is full.')
        },
      },
    })
    files.put('doc', 'report.docx', 'content')
    const answer = await post('PUT', lock('A'), { body: 'unsaved work' })
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'fault', error: new Error('The disk is full.') }),
    )
  })

  it('answers a stored save with 200 also when tidying up after it fails', async () => {
    const files = memoryFileStore()
    const { post } = memoryHost({
      files: {
        ...files,
        async discard() {
          throw new Error('The disk is gone.')
        },
      },
    })
    files.put('doc', 'report.docx', '')
    expect((await post('PUT', {}, { body: 'saved' })).status).toBe(200)
    expect(files.rescued).toHaveLength(0)
  })

  it('forgets what is refused when the store keeps nothing', async () => {
    const { rescue: _, ...files } = memoryFileStore()
    files.put('doc', 'report.docx', 'content')
    const { post } = memoryHost({ files })
    expect((await post('PUT', lock('A'), { body: 'x' })).status).toBe(409)
  })

  it('answers 501 when the store takes no saves', async () => {
    const { commit: _, ...files } = memoryFileStore()
    files.put('doc', 'report.docx', 'content')
    const { post } = memoryHost({ files })
    await post('LOCK', lock('A'))
    expect((await post('PUT', lock('A'), { body: 'x' })).status).toBe(501)
  })
})

describe('PutFile and what it says about itself', () => {
  async function recorded(headers: Headers) {
    const files = memoryFileStore()
    const saves: unknown[] = []
    const { post } = memoryHost({
      files: {
        ...files,
        async commit(fileId, staged, expected, save) {
          saves.push(save)
          return files.commit(fileId, staged, expected, save)
        },
      },
    })
    files.put('doc', 'report.docx', 'content')
    await post('LOCK', lock('A'))
    expect((await post('PUT', lock('A', headers), { body: 'x' })).status).toBe(200)
    return saves[0]
  }

  it.each([
    [{}, { origin: 'save', modifiedByUser: false, editors: [], userId: 'alice', userName: 'Alice' }],
    [{ 'X-WOPI-Editors': 'alice' }, { editors: ['alice'] }],
    [{ 'X-WOPI-Editors': ' alice ,bob,, alice' }, { editors: ['alice', 'bob'] }],
    [{ 'X-WOPI-Editors': '' }, { editors: [] }],
    [{ 'X-LOOL-WOPI-IsModifiedByUser': 'true' }, { modifiedByUser: true }],
    [{ 'X-LOOL-WOPI-IsModifiedByUser': 'false' }, { modifiedByUser: false }],
    [{ 'X-LOOL-WOPI-IsAutosave': 'TRUE' }, { origin: 'autosave' }],
    [{ 'X-LOOL-WOPI-IsExitSave': 'true', 'X-LOOL-WOPI-IsAutosave': 'true' }, { origin: 'exit-save' }],
    [{ 'X-COOL-WOPI-IsAutosave': 'true' }, { origin: 'autosave' }],
    [{ 'X-COOL-WOPI-IsAutosave': 'false', 'X-LOOL-WOPI-IsAutosave': 'true' }, { origin: 'save' }],
    [
      { 'X-COOL-WOPI-IsModifiedByUser': '', 'X-LOOL-WOPI-IsModifiedByUser': 'true' },
      { modifiedByUser: true },
    ],
    [{ 'X-COOL-WOPI-IsExitSave': '1' }, { origin: 'save' }],
    [{ 'X-COOL-WOPI-ExtendedData': 'undefined' }, { origin: 'save' }],
  ])('records %o as %o', async (headers, expected) => {
    expect(await recorded(headers as unknown as Headers)).toMatchObject(expected)
  })
})
