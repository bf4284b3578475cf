import { describe, expect, it } from 'vitest'
import { memoryHost } from '../../../test/memory-host.js'
import { memoryFileStore } from '../../drivers/memory/file-store.js'
import { memoryLockStore } from '../../drivers/memory/lock-store.js'
import { createWopiHost, signedAccessTokens } from '../../index.js'

describe('PutUserInfo', () => {
  it('keeps a text for a person and gives it back unchanged, in every file', async () => {
    const { post, checkFileInfo, files } = memoryHost()
    files.put('other', 'other.docx', 'x')
    const text = 'not JSON: {"a" \\ 1024 "~"'
    const answer = await post('PUT_USER_INFO', {}, { body: text })
    expect([answer.status, answer.text]).toEqual([200, ''])
    expect((await checkFileInfo()).json().UserInfo).toBe(text)
    expect((await checkFileInfo({}, { fileId: 'other' })).json().UserInfo).toBe(text)
  })

  it('keeps people apart', async () => {
    const { post, checkFileInfo } = memoryHost()
    await post('PUT_USER_INFO', {}, { body: 'of Alice' })
    expect((await checkFileInfo({}, { userId: 'bob' })).json()).not.toHaveProperty('UserInfo')
    await post('PUT_USER_INFO', {}, { body: 'of Bob', userId: 'bob' })
    expect((await checkFileInfo()).json().UserInfo).toBe('of Alice')
  })

  it('is allowed to somebody who may only look, and on a locked file', async () => {
    const { post } = memoryHost()
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    expect((await post('PUT_USER_INFO', {}, { body: 'x', permission: 'view' })).status).toBe(200)
  })

  it('takes 1024 characters and refuses 1025 with 400, keeping what was there', async () => {
    const { post, users } = memoryHost()
    expect((await post('PUT_USER_INFO', {}, { body: 'x'.repeat(1024) })).status).toBe(200)
    expect((await post('PUT_USER_INFO', {}, { body: 'y'.repeat(1025) })).status).toBe(400)
    expect(await users.get('alice')).toBe('x'.repeat(1024))
  })

  it('refuses a text that breaks off with 400, keeping what was there, and takes it for no fault of the host', async () => {
    const { post, users, events } = memoryHost()
    await post('PUT_USER_INFO', {}, { body: 'before' })
    async function* brokenOff() {
      yield new TextEncoder().encode('half')
      throw new Error('aborted')
    }
    expect((await post('PUT_USER_INFO', {}, { body: brokenOff() })).status).toBe(400)
    expect(await users.get('alice')).toBe('before')
    expect(events.map(({ type }) => type)).not.toContain('fault')
  })

  it('refuses a text that is not ASCII with 400', async () => {
    const { post, users } = memoryHost()
    expect((await post('PUT_USER_INFO', {}, { body: 'é' })).status).toBe(400)
    expect(await users.get('alice')).toBeNull()
  })

  it('takes an empty text, also without a body', async () => {
    const { post, checkFileInfo } = memoryHost()
    await post('PUT_USER_INFO', {}, { body: 'something' })
    expect((await post('PUT_USER_INFO')).status).toBe(200)
    expect((await checkFileInfo()).json().UserInfo ?? '').toBe('')
  })

  it('reads the body whatever its Content-Type', async () => {
    const { post, users } = memoryHost()
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      expect((await post('PUT_USER_INFO', { 'Content-Type': type }, { body: `a=${type}` })).status).toBe(200)
      expect(await users.get('alice')).toBe(`a=${type}`)
    }
  })

  it('answers 501 when there is nowhere to keep it, and does not announce it', async () => {
    const files = memoryFileStore()
    files.put('doc', 'a.txt', 'x')
    const tokens = signedAccessTokens({ keys: [new Uint8Array(32)] })
    const host = createWopiHost({ url: 'https://host.example', files, locks: memoryLockStore(), tokens })
    const { accessToken } = await host.issueToken({
      userId: 'alice',
      userName: 'Alice',
      resource: { kind: 'file', id: 'doc' },
      permission: 'edit',
    })
    const url = `${host.wopiSrc('doc')}?access_token=${accessToken}`
    const info = await (await host.fetch(new Request(url))).json()
    expect(info).toMatchObject({ SupportsUserInfo: false })
    const headers = { 'X-WOPI-Override': 'PUT_USER_INFO' }
    expect((await host.fetch(new Request(url, { method: 'POST', headers, body: 'x' }))).status).toBe(501)
  })
})
