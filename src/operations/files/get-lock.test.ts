import { describe, expect, it } from 'vitest'
import { MINUTE, memoryHost } from '../../../test/memory-host.js'

describe('GetLock', () => {
  it('answers 200 with an empty lock when there is none', async () => {
    const { post } = memoryHost()
    const answer = await post('GET_LOCK')
    expect(answer.status).toBe(200)
    expect(answer.header('X-WOPI-Lock')).toBe('')
    expect(answer.text).toBe('')
  })

  it('tells the lock, whatever lock the request names, and changes nothing', async () => {
    const { post, locks, clock } = memoryHost()
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    const before = await locks.get('doc', clock.now)
    for (const headers of [{}, { 'X-WOPI-Lock': 'B' }]) {
      const answer = await post('GET_LOCK', headers)
      expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([200, 'A'])
    }
    expect(await locks.get('doc', clock.now)).toEqual(before)
  })

  it('does not know a lock that has expired', async () => {
    const { post, clock } = memoryHost()
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    clock.now += 30 * MINUTE
    expect((await post('GET_LOCK')).header('X-WOPI-Lock')).toBe('')
  })

  it('hides the lock from somebody who may only look', async () => {
    const { post } = memoryHost()
    expect((await post('GET_LOCK', {}, { permission: 'view' })).status).toBe(404)
  })
})
