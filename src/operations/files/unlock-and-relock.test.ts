import { describe, expect, it } from 'vitest'
import { MINUTE, memoryHost, START } from '../../../test/memory-host.js'

const lock = (lockId: string) => ({ 'X-WOPI-Lock': lockId })
const relock = (lockId: string, oldLockId: string) => ({ ...lock(lockId), 'X-WOPI-OldLock': oldLockId })

describe('UnlockAndRelock', () => {
  it('exchanges the old lock for the new one, with a fresh 30 minutes', async () => {
    const { post, locks, clock, version } = memoryHost()
    await post('LOCK', lock('A'))
    clock.now += 10 * MINUTE
    const answer = await post('LOCK', relock('B', 'A'))
    expect(answer.status).toBe(200)
    expect(answer.header('X-WOPI-Lock')).toBeUndefined()
    expect(answer.header('X-WOPI-ItemVersion')).toBe(await version())
    expect(await locks.get('doc', clock.now)).toMatchObject({ lockId: 'B', expiresAt: START + 40 * MINUTE })
  })

  it('makes a lock of whoever exchanges it', async () => {
    const { post, locks } = memoryHost({ proof: 'off' })
    await post('LOCK', lock('A'), { client: 'https://office.example' })
    await post('LOCK', relock('B', 'A'), { userId: 'bob', client: 'https://other.example' })
    expect(await locks.get('doc', START)).toMatchObject({ userName: 'bob', client: 'https://other.example' })
  })

  it('compares only the old lock, also when the new one is the lock that stands', async () => {
    const { post, lockId } = memoryHost()
    await post('LOCK', lock('A'))
    const answer = await post('LOCK', relock('A', 'B'))
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'A'])
    expect(await lockId()).toBe('A')
    expect((await post('LOCK', relock('A', 'A'))).status).toBe(200)
  })

  it('answers 409 with the lock that stands when the old lock is another', async () => {
    const { post, lockId } = memoryHost()
    await post('LOCK', lock('A'))
    const answer = await post('LOCK', relock('C', 'B'))
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'A'])
    expect(await lockId()).toBe('A')
  })

  it.each(['A', ''])(
    'answers 409 with an empty lock on an unlocked file (old lock "%s")',
    async (oldLock) => {
      const { post, lockId } = memoryHost()
      const answer = await post('LOCK', relock('B', oldLock))
      expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
      expect(await lockId()).toBeNull()
    },
  )

  it('compares an old lock that is present but empty, instead of locking', async () => {
    const { post, lockId } = memoryHost()
    await post('LOCK', lock('A'))
    for (const newLock of ['A', 'B']) {
      const answer = await post('LOCK', relock(newLock, ''))
      expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'A'])
    }
    expect(await lockId()).toBe('A')
  })

  it.each([
    ['missing', { 'X-WOPI-OldLock': 'A' }],
    ['empty', relock('', 'A')],
    ['too long', relock('x'.repeat(1025), 'A')],
    ['not ASCII', relock('ü', 'A')],
  ])('refuses a new lock id that is %s with 400', async (_, headers) => {
    const { post, lockId } = memoryHost()
    await post('LOCK', lock('A'))
    expect((await post('LOCK', headers)).status).toBe(400)
    expect(await lockId()).toBe('A')
  })

  it('is no release: a save under the old lock is refused right after it', async () => {
    const { post, files, text } = memoryHost()
    await post('LOCK', lock('A'))
    await post('LOCK', relock('B', 'A'))
    const modified = (await files.stat('doc'))?.modifiedAt ?? 0
    const answer = await post(
      'PUT',
      { ...lock('A'), 'X-COOL-WOPI-Timestamp': new Date(modified).toISOString() },
      { body: 'lost' },
    )
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'B'])
    expect(text()).toBe('content')
  })

  it('is refused to somebody who may only look', async () => {
    const { post } = memoryHost()
    await post('LOCK', lock('A'))
    expect((await post('LOCK', relock('B', 'A'), { permission: 'view' })).status).toBe(404)
  })
})
