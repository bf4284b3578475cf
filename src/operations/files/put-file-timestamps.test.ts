import { describe, expect, it } from 'vitest'
import { type Headers, MINUTE, memoryHost } from '../../../test/memory-host.js'
import { formatTime } from '../../protocol/times.js'

const lock = (lockId: string, more: Headers = {}) => ({ 'X-WOPI-Lock': lockId, ...more })

/** A host whose file is locked with A. */
async function lockedHost(...options: Parameters<typeof memoryHost>) {
  const host = memoryHost(...options)
  await host.post('LOCK', lock('A'))
  return host
}

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
