import { describe, expect, it } from 'vitest'
import { gate, MINUTE, memoryHost, settled } from '../../../test/memory-host.js'
import { memoryFileStore } from '../../drivers/memory/file-store.js'
import { encodeUtf7 } from '../../protocol/utf7.js'

const to = (name: string, more: Record<string, string> = {}) => ({ 'X-WOPI-RequestedName': name, ...more })

describe('RenameFile', () => {
  it('renames, keeping id, version, time, content and extension', async () => {
    const { post, files, text } = memoryHost()
    const before = await files.stat('doc')
    const answer = await post('RENAME_FILE', to('minutes'))
    expect(answer.status).toBe(200)
    expect(answer.header('Content-Type')).toBe('application/json')
    expect(answer.json()).toEqual({ Name: 'minutes' })
    expect(await files.stat('doc')).toEqual({ ...before, name: 'minutes.docx' })
    expect(text()).toBe('content')
  })

  it.each([
    'Größe été 你好',
    '年度 报告 2026',
    'файл',
    '😀 smile',
    'two.dots',
    'a_b & (c) [1] + 2 = 3, 100%',
    '1 + 1 - 2',
  ])('takes the legal name %s exactly as asked', async (name) => {
    const { post, files } = memoryHost()
    expect((await post('RENAME_FILE', to(encodeUtf7(name)))).json()).toEqual({ Name: name })
    expect((await files.stat('doc'))?.name).toBe(`${name}.docx`)
  })

  it('answers 200 to the name the file has', async () => {
    const { post, files } = memoryHost()
    expect((await post('RENAME_FILE', to('report'))).json()).toEqual({ Name: 'report' })
    expect((await files.stat('doc'))?.name).toBe('report.docx')
  })

  it('does not ask the store for the name the file has, which for some is taken by the file itself', async () => {
    const files = memoryFileStore()
    const { post } = memoryHost({
      files: {
        ...files,
        async rename(fileId, name, expected) {
          if ((await files.stat(fileId))?.name === name) return { done: false, because: 'name-taken' }
          return files.rename(fileId, name, expected)
        },
      },
    })
    files.put('doc', 'report.docx', 'content')
    expect((await post('RENAME_FILE', to('report'))).json()).toEqual({ Name: 'report' })
  })

  it('takes off one equal extension that was typed, and no other', async () => {
    const { post } = memoryHost()
    expect((await post('RENAME_FILE', to('a.docx'))).json()).toEqual({ Name: 'a' })
    expect((await post('RENAME_FILE', to('b.txt'))).json()).toEqual({ Name: 'b.txt' })
  })

  it('says the whole name of a file that has no extension to keep', async () => {
    const { post, files } = memoryHost()
    files.put('doc', 'README', 'content')
    expect((await post('RENAME_FILE', to('notes v1.2'))).json()).toEqual({ Name: 'notes v1.2' })
    expect((await files.stat('doc'))?.name).toBe('notes v1.2')
  })

  it('finds another name when the name is taken, and never answers 409 for it', async () => {
    const { post, files } = memoryHost()
    files.put('second', 'minutes.docx', 'x')
    files.put('third', 'minutes (1).docx', 'x')
    expect((await post('RENAME_FILE', to('minutes'))).json()).toEqual({ Name: 'minutes (2)' })
    expect((await files.stat('doc'))?.name).toBe('minutes (2).docx')
    expect((await files.stat('second'))?.name).toBe('minutes.docx')
  })

  it('cleans a name of what no file may be called', async () => {
    const { post } = memoryHost()
    expect((await post('RENAME_FILE', to('a/b:c'))).json()).toEqual({ Name: 'a_b_c' })
  })

  it.each([
    ['missing', {}],
    ['empty', to('')],
    ['broken UTF-7', to('R+AOksum')],
    ['not ASCII', to('café')],
    ['without a legal character', to('///')],
    ['nothing but dots and spaces', to(' .. ')],
  ])('refuses a name that is %s with 400 and an ASCII reason', async (_, headers) => {
    const { post, files } = memoryHost()
    const answer = await post('RENAME_FILE', headers)
    expect(answer.status).toBe(400)
    expect(answer.header('X-WOPI-InvalidFileNameError')).toMatch(/^[\x20-\x7e]+$/)
    expect((await files.stat('doc'))?.name).toBe('report.docx')
  })

  it('shortens a name of 300 characters', async () => {
    const { post } = memoryHost()
    const { Name } = (await post('RENAME_FILE', to('x'.repeat(300)))).json()
    expect(Name).toMatch(/^x{200,250}$/)
  })

  it('answers 409 with the lock that stands when another or none is sent', async () => {
    const { post, files } = memoryHost()
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    for (const more of [{}, { 'X-WOPI-Lock': '' }, { 'X-WOPI-Lock': 'B' }]) {
      const answer = await post('RENAME_FILE', to('minutes', more))
      expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'A'])
      expect(answer.header('X-WOPI-LockFailureReason')).toBeTruthy()
    }
    expect((await files.stat('doc'))?.name).toBe('report.docx')
  })

  it('renames under the lock that stands and keeps it', async () => {
    const { post, lockId } = memoryHost()
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    expect((await post('RENAME_FILE', to('minutes', { 'X-WOPI-Lock': 'A' }))).status).toBe(200)
    expect(await lockId()).toBe('A')
  })

  it('goes on whatever lock is sent when the file is unlocked, or its lock has expired', async () => {
    const { post, clock } = memoryHost()
    expect((await post('RENAME_FILE', to('one', { 'X-WOPI-Lock': 'A' }))).status).toBe(200)
    await post('LOCK', { 'X-WOPI-Lock': 'B' })
    clock.now += 30 * MINUTE
    expect((await post('RENAME_FILE', to('two', { 'X-WOPI-Lock': 'A' }))).status).toBe(200)
  })

  it('has no use for a body: Collabora sends the whole document along', async () => {
    const { post, text, files } = memoryHost()
    const answer = await post('RENAME_FILE', to('minutes'), { body: 'the whole document, changed' })
    expect(answer.status).toBe(200)
    expect(text()).toBe('content')
    expect(files.stagedCount).toBe(0)
  })

  it.each(['view', 'fill', 'comment', 'review'] as const)(
    'answers 501 to somebody who may only %s',
    async (permission) => {
      const { post } = memoryHost()
      expect((await post('RENAME_FILE', to('minutes'), { permission })).status).toBe(501)
    },
  )

  it('answers 501 when the store cannot rename, and 404 when the file is gone', async () => {
    const { rename: _, ...files } = memoryFileStore()
    files.put('doc', 'report.docx', 'content')
    const { post } = memoryHost({ files })
    expect((await post('RENAME_FILE', to('minutes'))).status).toBe(501)
    const whole = memoryHost()
    await whole.post('DELETE')
    expect((await whole.post('RENAME_FILE', to('minutes'))).status).toBe(404)
  })

  it('makes a lock that comes at the same moment wait until it is done', async () => {
    const files = memoryFileStore()
    const renaming = gate()
    const { post, lockId } = memoryHost({
      files: {
        ...files,
        async rename(...step) {
          renaming.reached()
          await renaming.opened
          return files.rename(...step)
        },
      },
    })
    files.put('doc', 'report.docx', 'content')
    await post('GET_LOCK')
    const answering = post('RENAME_FILE', to('minutes'))
    await renaming.arrival
    const locking = post('LOCK', { 'X-WOPI-Lock': 'A' })
    await settled()
    expect(await lockId()).toBeNull()
    renaming.open()
    expect([(await answering).status, (await locking).status]).toEqual([200, 200])
  })

  it('decides again when the file was saved while it was renamed', async () => {
    const files = memoryFileStore()
    let attempts = 0
    const { post } = memoryHost({
      files: {
        ...files,
        async rename(fileId, name, expected) {
          if (++attempts === 1) files.put('doc', 'report.docx', 'changed by another program')
          return files.rename(fileId, name, expected)
        },
      },
    })
    files.put('doc', 'report.docx', 'content')
    expect((await post('RENAME_FILE', to('minutes'))).status).toBe(200)
    expect((await files.stat('doc'))?.name).toBe('minutes.docx')
  })

  it('is not done after all when somebody else locked while it was on its way', async () => {
    const files = memoryFileStore()
    const renaming = gate()
    const { post, locks, clock } = memoryHost({
      files: {
        ...files,
        // As a store that shares a transaction with the locks answers.
        async rename() {
          renaming.reached()
          await renaming.opened
          return { done: false, because: 'changed' }
        },
      },
    })
    files.put('doc', 'report.docx', 'content')
    const answering = post('RENAME_FILE', to('minutes'))
    await renaming.arrival
    const { now } = clock
    await locks.swap(
      'doc',
      null,
      { lockId: 'B', acquiredAt: now, expiresAt: now + MINUTE, userName: 'Bob', client: null },
      now,
    )
    renaming.open()
    const answer = await answering
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'B'])
  })
})
