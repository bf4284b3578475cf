import { describe, expect, it } from 'vitest'
import { type Headers, MINUTE, memoryHost } from '../../../test/memory-host.js'
import type { Permission } from '../../protocol/permission.js'
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

  it('answers 404 to somebody who may only view, and keeps nothing', async () => {
    const { post, text, files } = await lockedHost()
    expect((await post('PUT', lock('A'), { body: 'x', permission: 'view' })).status).toBe(404)
    expect(text()).toBe('content')
    expect(files.rescued).toHaveLength(0)
  })

  it('answers 404 to somebody who may only fill, and keeps the save', async () => {
    const { post, text, files } = await lockedHost()
    expect((await post('PUT', lock('A'), { body: 'unsaved work', permission: 'fill' })).status).toBe(404)
    expect(text()).toBe('content')
    expect(files.rescued[0]?.content).toEqual(bytesOf('unsaved work'))
  })

  it('keeps the save of somebody who lost the permission in the middle of a session', async () => {
    let permission: Permission = 'edit'
    const { post, text, files, events } = memoryHost({ permission: () => permission })
    await post('LOCK', lock('A'))
    permission = 'view'
    expect((await post('PUT', lock('A'), { body: 'unsaved work' })).status).toBe(404)
    expect(text()).toBe('content')
    expect(files.rescued).toHaveLength(1)
    expect(files.rescued[0]?.content).toEqual(bytesOf('unsaved work'))
    expect(files.rescued[0]?.refusal).toMatchObject({
      code: 'not-allowed',
      reason: expect.stringContaining('"view"'),
    })
    expect(events).toContainEqual(expect.objectContaining({ type: 'rescued', fileId: 'doc' }))
  })

  it('keeps the save of a file that was deleted in the middle of a session', async () => {
    const { post, files } = await lockedHost()
    await post('UNLOCK', lock('A'))
    await post('DELETE')
    expect((await post('PUT', lock('A'), { body: 'unsaved work' })).status).toBe(404)
    expect(files.rescued[0]?.content).toEqual(bytesOf('unsaved work'))
    expect(files.rescued[0]?.refusal).toMatchObject({ fileId: 'doc', code: 'not-found', version: null })
    expect((await post('PUT', lock('A'), { body: 'x', permission: 'view' })).status).toBe(404)
    expect(files.rescued).toHaveLength(1)
  })

  it('keeps the save of somebody from whom the file was taken away in the middle of a session', async () => {
    let permission: Permission | null = 'edit'
    const { post, text, files } = memoryHost({ permission: () => permission })
    await post('LOCK', lock('A'))
    permission = null
    expect((await post('PUT', lock('A'), { body: 'unsaved work' })).status).toBe(404)
    expect(text()).toBe('content')
    expect(files.rescued[0]?.refusal).toMatchObject({ code: 'not-allowed' })
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
