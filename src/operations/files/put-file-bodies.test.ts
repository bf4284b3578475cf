import { describe, expect, it } from 'vitest'
import { gate, type Headers, MINUTE, memoryHost } from '../../../test/memory-host.js'
import { memoryFileStore } from '../../drivers/memory/file-store.js'
import { WopiError } from '../../protocol/errors.js'
import { bytesOf } from '../../testing/contract.js'

const lock = (lockId: string, more: Headers = {}) => ({ 'X-WOPI-Lock': lockId, ...more })

/** A host whose file is locked with A. */
async function lockedHost(...options: Parameters<typeof memoryHost>) {
  const host = memoryHost(...options)
  await host.post('LOCK', lock('A'))
  return host
}

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
