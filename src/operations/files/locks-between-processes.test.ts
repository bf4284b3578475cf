import { describe, expect, it } from 'vitest'
import { memoryHost, START } from '../../../test/memory-host.js'
import { memoryLockStore } from '../../drivers/memory/lock-store.js'

/** A host whose lock store lets another process do something just before, or just after, the next swap. */
function sharedHost() {
  const locks = memoryLockStore()
  const meanwhile: { before: () => unknown; after: () => unknown } = { before: () => {}, after: () => {} }
  const host = memoryHost({
    locks: {
      ...locks,
      async swap(...asked) {
        const { before, after } = meanwhile
        Object.assign(meanwhile, { before: () => {}, after: () => {} })
        await before()
        const swap = await locks.swap(...asked)
        await after()
        return swap
      },
    },
  })
  return { ...host, locks, meanwhile }
}

describe('while another process works on the same file', () => {
  it('Lock takes a lock of the same id that is released just before it would be refreshed', async () => {
    const { post, locks, meanwhile } = sharedHost()
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    meanwhile.after = () => locks.swap('doc', 'A', null, START)
    const answer = await post('LOCK', { 'X-WOPI-Lock': 'A' })
    expect([answer.status, (await locks.get('doc', START))?.lockId]).toEqual([200, 'A'])
  })

  it('Lock gives way to another session that locks just before it would be refreshed', async () => {
    const { post, locks, meanwhile } = sharedHost()
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    const other = { lockId: 'B', acquiredAt: START, expiresAt: START + 1, userName: 'Bob', client: null }
    meanwhile.after = () => locks.swap('doc', 'A', other, START)
    const answer = await post('LOCK', { 'X-WOPI-Lock': 'A' })
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'B'])
  })

  it.each([
    ['LOCK', { 'X-WOPI-Lock': 'A' }, null],
    ['LOCK', { 'X-WOPI-Lock': 'B', 'X-WOPI-OldLock': 'A' }, 'A'],
    ['REFRESH_LOCK', { 'X-WOPI-Lock': 'A' }, 'A'],
    ['UNLOCK', { 'X-WOPI-Lock': 'A' }, 'A'],
  ])('%s %o tells the version of a save that came just before', async (override, headers, held) => {
    const { post, files, version, meanwhile } = sharedHost()
    if (held) await post('LOCK', { 'X-WOPI-Lock': held })
    const before = await version()
    meanwhile.before = () => files.put('doc', 'report.docx', 'saved by another process')
    const answer = await post(override, headers)
    expect([answer.status, answer.header('X-WOPI-ItemVersion')]).toEqual([200, await version()])
    expect(await version()).not.toBe(before)
  })
})
