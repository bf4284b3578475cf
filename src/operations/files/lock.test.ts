import { describe, expect, it } from 'vitest'
import { MINUTE, memoryHost, START } from '../../../test/memory-host.js'

const lock = (lockId: string, more: Record<string, string> = {}) => ({ 'X-WOPI-Lock': lockId, ...more })

describe('Lock', () => {
  it('locks an unlocked file for 30 minutes and tells the version', async () => {
    const { post, locks, version } = memoryHost()
    const answer = await post('LOCK', lock('A'))
    expect(answer.status).toBe(200)
    expect(answer.header('X-WOPI-Lock')).toBeUndefined()
    expect(answer.header('X-WOPI-ItemVersion')).toBe(await version())
    expect(answer.text).toBe('')
    expect(await locks.get('doc', START)).toEqual({
      lockId: 'A',
      acquiredAt: START,
      expiresAt: START + 30 * MINUTE,
      userName: 'Alice',
      client: null,
    })
  })

  it('remembers the client whose token took it, also when another sends the same lock', async () => {
    const { post, locks } = memoryHost({ proof: 'off' })
    await post('LOCK', lock('A'), { client: 'https://office.example' })
    expect((await post('LOCK', lock('A'), { client: 'https://other.example' })).status).toBe(200)
    expect(await locks.get('doc', START)).toMatchObject({ client: 'https://office.example' })
  })

  it('restarts the 30 minutes when the same lock is sent again, by whomever', async () => {
    const { post, locks, clock } = memoryHost()
    await post('LOCK', lock('A'))
    clock.now += 29 * MINUTE
    expect((await post('LOCK', lock('A'), { userId: 'bob' })).status).toBe(200)
    expect(await locks.get('doc', clock.now)).toMatchObject({
      acquiredAt: START,
      expiresAt: START + 59 * MINUTE,
    })
  })

  it('answers another lock with 409 and the lock that stands, with a sentence for a person', async () => {
    const { post, lockId } = memoryHost()
    await post('LOCK', lock('A'))
    const answer = await post('LOCK', lock('B'), { userId: 'bob' })
    expect(answer.status).toBe(409)
    expect(answer.header('X-WOPI-Lock')).toBe('A')
    expect(answer.header('X-WOPI-LockFailureReason')).toMatch(/another editing session, by Alice.* 12:30 UTC/)
    expect(await lockId()).toBe('A')
  })

  it('compares byte for byte', async () => {
    const { post } = memoryHost()
    await post('LOCK', lock('Abc'))
    for (const other of ['abc', 'ABC', 'Abc ', ' Abc', 'Ab', 'Abcd']) {
      expect((await post('LOCK', lock(other))).status, other).toBe(409)
    }
  })

  it('is over after exactly 30 minutes', async () => {
    const { post, clock } = memoryHost()
    await post('LOCK', lock('A'))
    clock.now += 30 * MINUTE - 1
    expect((await post('LOCK', lock('B'))).status).toBe(409)
    clock.now += 1
    expect((await post('LOCK', lock('B'))).status).toBe(200)
  })

  it.each([
    ['missing', {}],
    ['empty', lock('')],
    ['1025 characters long', lock('x'.repeat(1025))],
    ['not ASCII', lock('é')],
    ['with a control character', lock('a\tb')],
  ])('refuses a lock id that is %s with 400', async (_, headers) => {
    const { post, lockId } = memoryHost()
    const answer = await post('LOCK', headers)
    expect(answer.status).toBe(400)
    expect(answer.header('X-WOPI-Lock')).toBeUndefined()
    expect(await lockId()).toBeNull()
  })

  it('takes a lock id of 1024 characters and gives it back whole', async () => {
    const { post } = memoryHost()
    const long = '{"S":"x","F":4}'.padEnd(1024, '~')
    expect((await post('LOCK', lock(long))).status).toBe(200)
    expect((await post('LOCK', lock('B'))).header('X-WOPI-Lock')).toBe(long)
  })

  it('changes neither version nor time of the file', async () => {
    const { post, files } = memoryHost()
    const before = await files.stat('doc')
    await post('LOCK', lock('A'))
    expect(await files.stat('doc')).toEqual(before)
  })

  it('lets exactly one of many at once win', async () => {
    const { post, lockId } = memoryHost()
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => post('LOCK', lock(`L${index}`))),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const winner = `L${answers.findIndex(({ status }) => status === 200)}`
    expect(await lockId()).toBe(winner)
    for (const answer of answers) {
      if (answer.status !== 200) expect(answer.header('X-WOPI-Lock')).toBe(winner)
    }
  })

  it.each([
    ['60', 1],
    ['3600', 60],
  ])('lives %s seconds when a client asks for that', async (seconds, minutes) => {
    const { post, lockId, clock } = memoryHost()
    expect((await post('LOCK', lock('A', { 'X-WOPI-LockExpirationTimeout': seconds }))).status).toBe(200)
    clock.now += minutes * MINUTE - 1
    expect(await lockId()).toBe('A')
    clock.now += 1
    expect(await lockId()).toBeNull()
  })

  it.each(['59', '3601', '0', '-60', '60.5', 'an hour', '1e3'])(
    'refuses a life of %s seconds with 400',
    async (seconds) => {
      const { post, lockId } = memoryHost()
      expect((await post('LOCK', lock('A', { 'X-WOPI-LockExpirationTimeout': seconds }))).status).toBe(400)
      expect(await lockId()).toBeNull()
    },
  )

  it('takes an empty life for none', async () => {
    const { post, locks } = memoryHost()
    await post('LOCK', lock('A', { 'X-WOPI-LockExpirationTimeout': '' }))
    expect((await locks.get('doc', START))?.expiresAt).toBe(START + 30 * MINUTE)
  })

  it.each([
    ['view', 404],
    ['fill', 200],
    ['comment', 200],
    ['review', 200],
    ['edit', 200],
  ] as const)('answers somebody who may %s with %i', async (permission, status) => {
    const { post } = memoryHost()
    expect((await post('LOCK', lock('A'), { permission })).status).toBe(status)
  })

  it('never tells the name of a holder that a header cannot carry', async () => {
    const { post } = memoryHost()
    await post('LOCK', lock('A'), { userId: 'bob' })
    const renamed = memoryHost()
    await renamed.locks.swap(
      'doc',
      null,
      {
        lockId: 'A',
        acquiredAt: START,
        expiresAt: START + MINUTE,
        userName: '王小明\r\nX-Evil: 1',
        client: null,
      },
      START,
    )
    const answer = await renamed.post('LOCK', lock('B'))
    expect(answer.header('X-WOPI-LockFailureReason')).toMatch(/^[\x20-\x7e]+$/)
    expect(answer.header('X-WOPI-LockFailureReason')).toContain('somebody else')
  })
})
