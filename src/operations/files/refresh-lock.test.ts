import { describe, expect, it } from 'vitest'
import { MINUTE, memoryHost, START } from '../../../test/memory-host.js'

const lock = (lockId: string, more: Record<string, string> = {}) => ({ 'X-WOPI-Lock': lockId, ...more })

describe('RefreshLock', () => {
  it('restarts the 30 minutes, and keeps when the lock was taken', async () => {
    const { post, locks, clock, version } = memoryHost({ proof: 'off' })
    await post('LOCK', lock('A'), { client: 'https://office.example' })
    clock.now += 20 * MINUTE
    const answer = await post('REFRESH_LOCK', lock('A'), { userId: 'bob' })
    expect(answer.status).toBe(200)
    expect(answer.header('X-WOPI-Lock')).toBeUndefined()
    expect(answer.header('X-WOPI-ItemVersion')).toBe(await version())
    expect(await locks.get('doc', clock.now)).toEqual({
      lockId: 'A',
      acquiredAt: START,
      expiresAt: START + 50 * MINUTE,
      userName: 'Alice',
      client: 'https://office.example',
    })
  })

  it('answers 409 with an empty lock when the file is unlocked', async () => {
    const { post, lockId } = memoryHost()
    const answer = await post('REFRESH_LOCK', lock('A'))
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
    expect(answer.header('X-WOPI-LockFailureReason')).toMatch(/not locked/)
    expect(await lockId()).toBeNull()
  })

  it('answers 409 with the lock that stands when another is sent', async () => {
    const { post, locks, clock } = memoryHost()
    await post('LOCK', lock('A'))
    clock.now += MINUTE
    const answer = await post('REFRESH_LOCK', lock('B'))
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'A'])
    expect((await locks.get('doc', clock.now))?.expiresAt).toBe(START + 30 * MINUTE)
  })

  it('does not bring an expired lock back', async () => {
    const { post, clock } = memoryHost()
    await post('LOCK', lock('A'))
    clock.now += 30 * MINUTE
    expect((await post('REFRESH_LOCK', lock('A'))).header('X-WOPI-Lock')).toBe('')
  })

  it.each([
    ['missing', {}],
    ['empty', lock('')],
    ['too long', lock('x'.repeat(1025))],
    ['not ASCII', lock('ü')],
  ])('refuses a lock id that is %s with 400', async (_, headers) => {
    const { post } = memoryHost()
    await post('LOCK', lock('A'))
    expect((await post('REFRESH_LOCK', headers)).status).toBe(400)
  })

  it('lives as long as a client asks for, within 60 and 3600 seconds', async () => {
    const { post, locks } = memoryHost()
    await post('LOCK', lock('A'))
    expect((await post('REFRESH_LOCK', lock('A', { 'X-WOPI-LockExpirationTimeout': '120' }))).status).toBe(
      200,
    )
    expect((await locks.get('doc', START))?.expiresAt).toBe(START + 2 * MINUTE)
    expect((await post('REFRESH_LOCK', lock('A', { 'X-WOPI-LockExpirationTimeout': '10' }))).status).toBe(400)
    expect((await locks.get('doc', START))?.expiresAt).toBe(START + 2 * MINUTE)
  })

  it('is refused to somebody who may only look', async () => {
    const { post } = memoryHost()
    await post('LOCK', lock('A'))
    expect((await post('REFRESH_LOCK', lock('A'), { permission: 'view' })).status).toBe(404)
  })
})
