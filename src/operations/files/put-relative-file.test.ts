import { describe, expect, it } from 'vitest'
import { type Answer, type Headers, memoryHost } from '../../../test/memory-host.js'
import { memoryFileStore } from '../../drivers/memory/file-store.js'
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

describe('PutRelativeFile', () => {
  it('makes a file beside the source, unlocked, and says where it is and nothing else', async () => {
    const { post, text, files, checkFileInfo, lockId } = memoryHost()
    const answer = await post(PUT_RELATIVE, suggested('copy.docx'), { body: 'the copy' })
    expect(answer.status).toBe(200)
    expect(answer.header('Content-Type')).toBe('application/json')
    expect(Object.keys(answer.json())).toEqual(['Name', 'Url'])
    expect(answer.json().Name).toBe('copy.docx')
    const { url, fileId, token } = pointer(answer)
    expect(url.href).toBe(`https://host.example/wopi/files/${fileId}?access_token=${token}`)
    expect(text(fileId)).toBe('the copy')
    expect(await lockId(fileId)).toBeNull()
    expect((await checkFileInfo({}, { fileId, token })).json()).toMatchObject({
      BaseFileName: 'copy.docx',
      Size: 8,
    })
    expect(text()).toBe('content')
    expect(files.stagedCount).toBe(0)
  })

  it('gives a token with which the new file can be locked, saved, renamed and deleted', async () => {
    const { post, getFile } = memoryHost()
    const { fileId, token } = pointer(await post(PUT_RELATIVE, suggested('copy.docx'), { body: 'x' }))
    const asNew = { fileId, token }
    const lock = { 'X-WOPI-Lock': 'A' }
    expect((await getFile({}, asNew)).text).toBe('x')
    expect((await post('LOCK', lock, asNew)).status).toBe(200)
    expect((await post('PUT', lock, { ...asNew, body: 'y' })).status).toBe(200)
    expect((await post('RENAME_FILE', { ...lock, 'X-WOPI-RequestedName': 'z' }, asNew)).status).toBe(200)
    expect((await post(PUT_RELATIVE, suggested('.pdf'), { ...asNew, body: 'y' })).status).toBe(200)
    expect((await post('UNLOCK', lock, asNew)).status).toBe(200)
    expect((await post('DELETE', {}, asNew)).status).toBe(200)
  })

  it('gives a token that opens no other file and ends when the token it came from ends', async () => {
    const { host, post, checkFileInfo, clock } = memoryHost({ leniency: { lastSaveGraceMs: 0 } })
    clock.now += 9 * 3_600_000
    const short = await host.issueToken(
      {
        userId: 'alice',
        userName: 'Alice',
        resource: { kind: 'file', id: 'doc' },
        permission: 'edit',
      },
      5000,
    )
    const answer = await post(PUT_RELATIVE, suggested('copy.docx'), { token: short.accessToken })
    const { fileId, token } = pointer(answer)
    expect((await checkFileInfo({}, { token })).status).toBe(404)
    clock.now += 4999
    expect((await checkFileInfo({}, { fileId, token })).status).toBe(200)
    clock.now += 1
    expect((await checkFileInfo({}, { fileId, token })).status).toBe(401)
  })

  it('names the pages of the new file when the host has some', async () => {
    const pages = (fileId: string) => ({
      view: `https://host.example/view/${fileId}`,
      edit: `https://host.example/edit/${fileId}`,
    })
    const { post } = memoryHost({ pages })
    const answer = await post(PUT_RELATIVE, suggested('.pdf', { 'X-WOPI-FileConversion': 'true' }))
    const { fileId } = pointer(answer)
    expect(answer.json()).toMatchObject({
      HostViewUrl: `https://host.example/view/${fileId}`,
      HostEditUrl: `https://host.example/edit/${fileId}`,
    })
    expect(Object.keys(answer.json())).toEqual(['Name', 'Url', 'HostViewUrl', 'HostEditUrl'])
  })

  it('makes an empty file of an empty body', async () => {
    const { post, checkFileInfo } = memoryHost()
    const { fileId, token } = pointer(await post(PUT_RELATIVE, suggested('empty.docx')))
    expect((await checkFileInfo({}, { fileId, token })).json().Size).toBe(0)
  })
})

describe('PutRelativeFile and its headers', () => {
  it('refuses both targets, and neither, with 400; an empty one counts as absent', async () => {
    const { post } = memoryHost()
    const both = { ...suggested('a.docx'), ...specific('b.docx') }
    expect((await post(PUT_RELATIVE, both)).status).toBe(400)
    expect((await post(PUT_RELATIVE, {})).status).toBe(400)
    expect((await post(PUT_RELATIVE, { ...suggested(''), ...specific('') })).status).toBe(400)
    expect((await post(PUT_RELATIVE, { ...suggested('a.docx'), ...specific('') })).json().Name).toBe('a.docx')
    expect((await post(PUT_RELATIVE, { ...suggested(''), ...specific('b.docx') })).json().Name).toBe('b.docx')
  })

  it('does not look at the lock of the source unless a lock is sent', async () => {
    const { post } = memoryHost()
    expect((await post(PUT_RELATIVE, suggested('.pdf', { 'X-WOPI-Lock': 'A' }))).status).toBe(200)
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    expect((await post(PUT_RELATIVE, suggested('.pdf'))).status).toBe(200)
    expect((await post(PUT_RELATIVE, suggested('.pdf', { 'X-WOPI-Lock': '' }))).status).toBe(200)
    expect((await post(PUT_RELATIVE, suggested('.pdf', { 'X-WOPI-Lock': 'A' }))).status).toBe(200)
    const answer = await post(PUT_RELATIVE, suggested('.pdf', { 'X-WOPI-Lock': 'B' }), { body: 'work' })
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'A'])
  })

  it('believes the bytes, not X-WOPI-Size', async () => {
    const { post, text } = memoryHost()
    for (const size of ['3', '0', '1000', 'x', '']) {
      const answer = await post(PUT_RELATIVE, suggested('copy.docx', { 'X-WOPI-Size': size }), {
        body: 'seven b',
      })
      expect(answer.status).toBe(200)
      expect(text(pointer(answer).fileId)).toBe('seven b')
    }
  })

  it('is 413 when the body is over the limit, told early by X-WOPI-Size', async () => {
    const { post, files } = memoryHost({ maxFileSize: 8 })
    expect((await post(PUT_RELATIVE, suggested('a.docx'), { body: 'nine char' })).status).toBe(413)
    let taken = 0
    async function* body() {
      taken++
      yield bytesOf('short')
    }
    const early = await post(PUT_RELATIVE, suggested('a.docx', { 'X-WOPI-Size': '9' }), { body: body() })
    expect([early.status, taken, files.stagedCount]).toEqual([413, 0, 0])
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    const locked = await post(PUT_RELATIVE, suggested('a.docx', { 'X-WOPI-Lock': 'B' }), {
      body: 'nine char',
    })
    expect([locked.status, locked.header('X-WOPI-Lock')]).toEqual([409, 'A'])
  })

  it.each([
    [{}, 'save-as'],
    [{ 'X-WOPI-FileConversion': 'true' }, 'conversion'],
    [{ 'X-WOPI-FileConversion': '' }, 'conversion'],
    [{ 'X-WOPI-FileConversion': 'false' }, 'conversion'],
  ])('records %o as %s', async (headers, origin) => {
    const files = memoryFileStore()
    const origins: string[] = []
    const { post } = memoryHost({
      files: {
        ...files,
        async create(besideId, name, staged, save) {
          origins.push(save.origin)
          return files.create(besideId, name, staged, save)
        },
      },
    })
    files.put('doc', 'report.docx', 'content')
    await post(PUT_RELATIVE, suggested('.pdf', headers as Headers))
    expect(origins).toEqual([origin])
  })

  it.each([
    ['view', 501],
    ['comment', 501],
    ['review', 501],
    ['fill', 200],
    ['edit', 200],
  ] as const)(
    'answers somebody who may %s with %i, as CheckFileInfo announced',
    async (permission, status) => {
      const { post, checkFileInfo } = memoryHost()
      const { UserCanNotWriteRelative } = (await checkFileInfo({}, { permission })).json()
      expect(UserCanNotWriteRelative).toBe(status === 501)
      expect((await post(PUT_RELATIVE, suggested('.pdf'), { permission, body: 'x' })).status).toBe(status)
    },
  )

  it('answers 501 before it looks at the headers, and 501 when the store makes no files', async () => {
    const { post } = memoryHost()
    expect((await post(PUT_RELATIVE, {}, { permission: 'view' })).status).toBe(501)
    const { create: _, ...files } = memoryFileStore()
    files.put('doc', 'report.docx', 'content')
    const without = memoryHost({ files })
    expect((await without.post(PUT_RELATIVE, suggested('.pdf'))).status).toBe(501)
    expect((await without.checkFileInfo()).json().UserCanNotWriteRelative).toBe(true)
  })

  it('answers 404 when the source is gone', async () => {
    const { post } = memoryHost()
    await post('DELETE')
    expect((await post(PUT_RELATIVE, suggested('.pdf'), { body: 'x' })).status).toBe(404)
  })

  it('keeps what it refuses', async () => {
    const { post, files } = memoryHost()
    files.put('taken', 'copy.docx', 'precious')
    await post(PUT_RELATIVE, specific('copy.docx'), { body: 'unsaved work' })
    expect(files.rescued[0]?.content).toEqual(bytesOf('unsaved work'))
    expect(files.rescued[0]?.refusal.code).toBe('name-taken')
  })

  it('keeps the old content when the body breaks off', async () => {
    const { post, files, text } = memoryHost()
    files.put('taken', 'copy.docx', 'precious')
    async function* body() {
      yield bytesOf('half')
      throw new Error('aborted')
    }
    const answer = await post(PUT_RELATIVE, specific('copy.docx', overwrite), { body: body() })
    expect([answer.status, text('taken'), files.stagedCount]).toEqual([400, 'precious', 0])
  })
})
