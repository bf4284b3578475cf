import { describe, expect, it } from 'vitest'
import { type Answer, gate, type Headers, memoryHost, settled } from '../../../test/memory-host.js'
import { memoryFileStore } from '../../drivers/memory/file-store.js'
import { FILE_NAME_MAX_LENGTH } from '../../protocol/file-name.js'
import { decodeUtf7, encodeUtf7 } from '../../protocol/utf7.js'
import { bytesOf } from '../../testing/contract.js'

const suggested = (name: string, more: Headers = {}) => ({ 'X-WOPI-SuggestedTarget': name, ...more })
const specific = (name: string, more: Headers = {}) => ({ 'X-WOPI-RelativeTarget': name, ...more })
const overwrite = { 'X-WOPI-OverwriteRelativeTarget': 'true' }

const PUT_RELATIVE = 'PUT_RELATIVE'

/** The id and token in the `Url` of an answer. */
function pointer(answer: Answer) {
  const url = new URL(String(answer.json().Url))
  return {
    url,
    fileId: url.pathname.split('/').at(-1) ?? '',
    token: url.searchParams.get('access_token') ?? '',
  }
}

describe('PutRelativeFile with a suggested name', () => {
  it.each([
    ['.pdf', 'report.pdf'],
    ['.docx', 'report (1).docx'],
    ['.', 'report (1).docx'],
    ['.a/b', 'report (1).docx'],
    ['copy.docx', 'copy.docx'],
    ['Gr+APYA3w-e+ACAA6Q-t+AOkAIE9gWX0-.docx', 'Größe été 你好.docx'],
    ['a_b & c.docx', 'a_b & c.docx'],
    ['report.docx', 'report (1).docx'],
    ['a/b\\c:d.docx', 'a_b_c_d.docx'],
    ['R+AOksum', 'report (1).docx'],
    ['+2D0-.pdf', 'report.pdf'],
    ['caf\u00e9.docx', 'report (1).docx'],
    ['///', '___'],
    ['+AAo-', 'report (1).docx'],
    ['CON.docx', 'CON_.docx'],
    ['~$report.docx', '_$report.docx'],
    ['+//0-copy.docx', 'copy.docx'],
  ])('makes of the suggestion %s the name %s', async (target, name) => {
    const { post, files } = memoryHost()
    const answer = await post(PUT_RELATIVE, suggested(target), { body: 'x' })
    expect([answer.status, answer.json().Name]).toEqual([200, name])
    expect((await files.stat('doc'))?.name).toBe('report.docx')
  })

  it('never fails because of the name, however long', async () => {
    const { post } = memoryHost()
    for (const target of [
      'x'.repeat(3000),
      `${'x'.repeat(300)}.docx`,
      encodeUtf7(`${'永'.repeat(200)}.docx`),
    ]) {
      for (let round = 0; round < 3; round++) {
        const answer = await post(PUT_RELATIVE, suggested(target), { body: 'x' })
        expect(answer.status).toBe(200)
        expect(bytesOf(String(answer.json().Name)).length).toBeLessThanOrEqual(255)
      }
    }
  })

  it('never overwrites, also when asked to', async () => {
    const { post, files, text } = memoryHost()
    files.put('taken', 'copy.docx', 'precious')
    const answer = await post(PUT_RELATIVE, suggested('copy.docx', overwrite), { body: 'new' })
    expect(answer.json().Name).toBe('copy (1).docx')
    expect(text('taken')).toBe('precious')
  })

  it('gives every one of many at once a file of its own', async () => {
    const { post, text } = memoryHost()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        post(PUT_RELATIVE, suggested('copy.docx'), { body: `${index}` }),
      ),
    )
    expect(new Set(answers.map((answer) => answer.json().Name)).size).toBe(8)
    for (const [index, answer] of answers.entries()) expect(text(pointer(answer).fileId)).toBe(`${index}`)
  })
})

describe('PutRelativeFile with a specific name', () => {
  it.each(['copy.docx', 'no extension', '年度 报告 2026.xlsx', 'a_b+c (1) & d.docx', '😀.docx'])(
    'uses the free legal name %s exactly',
    async (name) => {
      const { post, text } = memoryHost()
      const answer = await post(PUT_RELATIVE, specific(encodeUtf7(name)), { body: 'x' })
      expect([answer.status, answer.json().Name]).toEqual([200, name])
      expect(text(pointer(answer).fileId)).toBe('x')
    },
  )

  it('answers a taken name with 409, an empty lock and a name that would do', async () => {
    const { post, files, text } = memoryHost()
    files.put('taken', 'größe.docx', 'precious')
    for (const more of [{}, { 'X-WOPI-OverwriteRelativeTarget': 'false' }]) {
      const answer = await post(PUT_RELATIVE, specific(encodeUtf7('größe.docx'), more), { body: 'new' })
      expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
      expect(answer.header('X-WOPI-LockFailureReason')).toBeTruthy()
      expect(decodeUtf7(answer.header('X-WOPI-ValidRelativeTarget') ?? '')).toBe('größe (1).docx')
    }
    expect(text('taken')).toBe('precious')
  })

  it('offers no name that is taken too', async () => {
    const { post, files } = memoryHost()
    for (const name of ['copy.docx', 'copy (1).docx', 'a_b.docx', 'a_b (1).docx']) files.put(name, name, 'x')
    for (const [name, status, valid] of [
      ['copy.docx', 409, 'copy (2).docx'],
      ['a/b.docx', 400, 'a_b (2).docx'],
    ] as const) {
      const answer = await post(PUT_RELATIVE, specific(name), { body: 'new' })
      expect(answer.status).toBe(status)
      expect(decodeUtf7(answer.header('X-WOPI-ValidRelativeTarget') ?? '')).toBe(valid)
    }
  })

  it('offers no name when the store cannot say which ones are free', async () => {
    const { isFree: _, ...files } = memoryFileStore()
    files.put('doc', 'report.docx', 'content')
    const { post } = memoryHost({ files })
    for (const [name, status] of [
      ['report.docx', 409],
      ['a/b.docx', 400],
    ] as const) {
      const answer = await post(PUT_RELATIVE, specific(name), { body: 'new' })
      expect([answer.status, answer.header('X-WOPI-ValidRelativeTarget')]).toEqual([status, undefined])
    }
  })

  it('tells the lock of the target when the name is taken by a locked file', async () => {
    const { post, files } = memoryHost()
    files.put('taken', 'copy.docx', 'precious')
    await post('LOCK', { 'X-WOPI-Lock': 'T' }, { fileId: 'taken' })
    const answer = await post(PUT_RELATIVE, specific('copy.docx'), { body: 'new' })
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'T'])
  })

  it('replaces an unlocked target when asked to: the same file in a new version', async () => {
    const { post, files, text, version } = memoryHost()
    files.put('taken', 'copy.docx', 'old')
    const before = await version('taken')
    for (const flag of ['true', 'TRUE']) {
      const headers = specific('copy.docx', { 'X-WOPI-OverwriteRelativeTarget': flag })
      const answer = await post(PUT_RELATIVE, headers, { body: `new ${flag}` })
      expect([answer.status, answer.json().Name, pointer(answer).fileId]).toEqual([200, 'copy.docx', 'taken'])
      expect(text('taken')).toBe(`new ${flag}`)
    }
    expect(await version('taken')).not.toBe(before)
  })

  it('answers 409 with the lock of the target when that is locked, and replaces nothing', async () => {
    const { post, files, text } = memoryHost()
    files.put('taken', 'copy.docx', 'precious')
    await post('LOCK', { 'X-WOPI-Lock': 'S' })
    await post('LOCK', { 'X-WOPI-Lock': 'T' }, { fileId: 'taken' })
    for (const more of [overwrite, { ...overwrite, 'X-WOPI-Lock': 'S' }]) {
      const answer = await post(PUT_RELATIVE, specific('copy.docx', more), { body: 'new' })
      expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'T'])
    }
    expect(text('taken')).toBe('precious')
  })

  it('cannot replace a target that is being locked at the same moment', async () => {
    const files = memoryFileStore()
    const replacing = gate()
    const { post, locks, lockId } = memoryHost({
      files: {
        ...files,
        async commit(...saving) {
          replacing.reached()
          await replacing.opened
          return files.commit(...saving)
        },
      },
    })
    files.put('doc', 'report.docx', 'content')
    files.put('taken', 'copy.docx', 'old')
    const answering = post(PUT_RELATIVE, specific('copy.docx', overwrite), { body: 'new' })
    await replacing.arrival
    const locking = post('LOCK', { 'X-WOPI-Lock': 'T' }, { fileId: 'taken' })
    await settled()
    expect(await locks.get('taken', 0)).toBeNull()
    replacing.open()
    expect((await answering).status).toBe(200)
    const locked = await locking
    expect([locked.status, await lockId('taken')]).toEqual([200, 'T'])
    expect(locked.header('X-WOPI-ItemVersion')).toBe((await files.stat('taken'))?.version)
  })

  it('answers 501 when the person may not write the target', async () => {
    const { post, files, text } = memoryHost({
      permission: (grant) => (grant.resource.id === 'taken' ? 'view' : grant.permission),
    })
    files.put('taken', 'copy.docx', 'precious')
    expect((await post(PUT_RELATIVE, specific('copy.docx', overwrite), { body: 'new' })).status).toBe(501)
    expect(text('taken')).toBe('precious')
  })

  it('answers a name that something has which is no file with 409', async () => {
    const files = memoryFileStore()
    const { post } = memoryHost({
      files: {
        ...files,
        create: async () => ({ done: false, because: 'name-taken', existing: null }),
      },
    })
    files.put('doc', 'report.docx', 'content')
    for (const more of [{}, overwrite]) {
      const answer = await post(PUT_RELATIVE, specific('folder.docx', more), { body: 'new' })
      expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
    }
  })

  it.each([
    ['with a slash', 'a/b.docx', 'a_b.docx'],
    ['that is a device', 'CON.docx', 'CON_.docx'],
    ['with a leading dot', '.docx', 'document.docx'],
    ['that is too long', `${'x'.repeat(300)}.docx`, `${'x'.repeat(FILE_NAME_MAX_LENGTH)}.docx`],
    ['with a control character', 'a+AAo-b.docx', 'ab.docx'],
    ['in broken UTF-7', 'R+AOksum', 'report (1).docx'],
    ['that is not ASCII', 'caf\u00e9.docx', 'report (1).docx'],
  ])('refuses a name %s with 400 and a name that would do', async (_, target, valid) => {
    const { post, files } = memoryHost()
    const answer = await post(PUT_RELATIVE, specific(target), { body: 'x' })
    expect(answer.status).toBe(400)
    expect(decodeUtf7(answer.header('X-WOPI-ValidRelativeTarget') ?? '')).toBe(valid)
    expect(files.stagedCount).toBe(0)
  })
})
