import { describe, expect, it } from 'vitest'
import { memoryHost } from '../../test/memory-host.js'
import { memoryFileStore } from '../drivers/memory/file-store.js'

const lock = { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'A' }

/** The status of a GET on a path that lacks only its token. */
async function statusOf(path: string, url = 'https://host.example', method = 'GET') {
  const { checkFileInfo, token } = memoryHost({ url })
  return checkFileInfo({}, { method, target: `${path}?access_token=${await token()}` })
}

describe('the path', () => {
  it.each([
    ['https://host.example', '/wopi/files/doc', 200],
    ['https://host.example', '/wopi/files/doc/contents', 200],
    ['https://host.example', '/wopi/files/d%6fc', 200],
    ['https://host.example/dav', '/dav/wopi/files/doc', 200],
    ['https://host.example/dav', '/wopi/files/doc', 200],
    ['https://host.example/a/b', '/a/b/wopi/files/doc/contents', 200],
    ['https://host.example/dav', '/other/wopi/files/doc', 404],
    ['https://host.example', '/dav/wopi/files/doc', 404],
    ['https://host.example', '/wopi2/files/doc', 404],
    ['https://host.example', '/WOPI/files/doc', 404],
    ['https://host.example', '/wopi/files/doc/', 404],
    ['https://host.example', '/wopi/files//doc', 404],
    ['https://host.example', '/wopi/files/', 404],
    ['https://host.example', '/wopi/files', 404],
    ['https://host.example', '/wopi/', 404],
    ['https://host.example', '/', 404],
    ['https://host.example', '/wopi/files/doc/contents/more', 404],
    ['https://host.example', '/wopi/files/doc/other', 404],
    ['https://host.example', '/wopi/files/../files/doc', 404],
    ['https://host.example', '/wopi/files/doc/ancestry', 501],
    ['https://host.example', '/wopi/files/doc/ecosystem_pointer', 501],
    ['https://host.example', '/wopi/containers/x', 501],
    ['https://host.example', '/wopi/ecosystem', 501],
  ])('of a host at %s, %s is answered %i', async (url, path, status) => {
    expect((await statusOf(path, url)).status).toBe(status)
  })

  it.each([
    ['..', '..'],
    ['an escaped ..', '%2e%2e'],
    ['a way up', '..%2f..%2fetc%2fpasswd'],
    ['an escaped slash', 'doc%2fcontents'],
    ['an escaped backslash', 'doc%5c'],
    ['NUL', 'doc%00'],
    ['a line break', 'doc%0d%0aX-Evil:1'],
    ['a space', 'doc%20'],
    ['a broken escape', 'doc%'],
    ['bytes that are no UTF-8', 'doc%ff'],
    ['241 characters', 'x'.repeat(241)],
    ['ten thousand characters', 'x'.repeat(10_000)],
    ['an unknown id', 'nobody'],
    ['a property of objects', '__proto__'],
  ])('with a file id that is %s is 404', async (_, segment) => {
    const answer = await statusOf(`/wopi/files/${segment}`)
    expect([answer.status, answer.text]).toEqual([404, ''])
    expect((await statusOf(`/wopi/files/${segment}/contents`)).status).toBe(404)
  })
})

describe('a file id', () => {
  it('of 240 characters is looked up, a longer one is not', async () => {
    const asked: string[] = []
    const files = memoryFileStore()
    const { checkFileInfo } = memoryHost({
      files: {
        ...files,
        async stat(fileId) {
          asked.push(fileId)
          return files.stat(fileId)
        },
      },
    })
    for (const [length, status] of [
      [240, 200],
      [241, 404],
    ] as const) {
      const fileId = 'x'.repeat(length)
      files.put(fileId, `${length}.txt`, 'content')
      expect((await checkFileInfo({}, { fileId })).status).toBe(status)
    }
    expect(asked).toEqual(['x'.repeat(240)])
  })
})

describe('the method', () => {
  it.each([
    ['/wopi/files/doc', 'PUT'],
    ['/wopi/files/doc', 'DELETE'],
    ['/wopi/files/doc', 'PATCH'],
    ['/wopi/files/doc', 'HEAD'],
    ['/wopi/files/doc', 'OPTIONS'],
    ['/wopi/files/doc/contents', 'PUT'],
    ['/wopi/files/doc/contents', 'DELETE'],
  ])('on %s: %s is 405 with what is allowed', async (path, method) => {
    const answer = await statusOf(path, undefined, method)
    expect([answer.status, answer.header('Allow')]).toEqual([405, 'GET, POST'])
  })

  it('a GET is told by its path alone, whatever override it carries', async () => {
    const { checkFileInfo, getFile } = memoryHost()
    expect((await checkFileInfo({ 'X-WOPI-Override': 'DELETE' })).json().BaseFileName).toBe('report.docx')
    expect((await getFile({ 'X-WOPI-Override': 'PUT' })).text).toBe('content')
  })
})

describe('the override', () => {
  it.each(['LOCK', 'lock', 'Lock'])('%s is Lock, in any case', async (override) => {
    const { post, lockId } = memoryHost()
    expect((await post('', { ...lock, 'X-WOPI-Override': override })).status).toBe(200)
    expect(await lockId()).toBe('A')
  })

  it.each([
    'NO_SUCH_OPERATION',
    '',
    'PUT',
    'GET_SHARE_URL',
    'ADD_ACTIVITIES',
    'COBALT',
    'READ_SECURE_STORE',
    'GET_COAUTH_LOCK',
    'LOCK, UNLOCK',
  ])('"%s" is no operation on a file: 501', async (override) => {
    const { post, lockId, files } = memoryHost()
    expect((await post('', { ...lock, 'X-WOPI-Override': override })).status).toBe(501)
    expect([await lockId(), files.stagedCount]).toEqual([null, 0])
  })

  it('that is missing is 501', async () => {
    const { token, host } = memoryHost()
    for (const path of ['', '/contents']) {
      const url = `${host.wopiSrc('doc')}${path}?access_token=${await token()}`
      expect((await host.fetch(new Request(url, { method: 'POST', body: 'x' }))).status).toBe(501)
    }
  })

  it.each(['LOCK', 'DELETE', 'PUT_RELATIVE', ''])(
    '"%s" is no operation on contents: 501',
    async (override) => {
      const { post, token, text } = memoryHost()
      const target = `/wopi/files/doc/contents?access_token=${await token()}`
      expect((await post('', { ...lock, 'X-WOPI-Override': override }, { target, body: 'x' })).status).toBe(
        501,
      )
      expect(text()).toBe('content')
    },
  )
})
