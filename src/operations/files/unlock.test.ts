import { describe, expect, it } from 'vitest'
import { gate, MINUTE, memoryHost, settled } from '../../../test/memory-host.js'
import { memoryFileStore } from '../../drivers/memory/file-store.js'
import type { FileStore } from '../../ports/file-store.js'

const lock = (lockId: string) => ({ 'X-WOPI-Lock': lockId })

describe('Unlock', () => {
  it('removes the lock, for whoever names it, and tells the version', async () => {
    const { post, lockId, version } = memoryHost()
    await post('LOCK', lock('A'))
    const answer = await post('UNLOCK', lock('A'), { userId: 'bob' })
    expect(answer.status).toBe(200)
    expect(answer.header('X-WOPI-Lock')).toBeUndefined()
    expect(answer.header('X-WOPI-ItemVersion')).toBe(await version())
    expect(await lockId()).toBeNull()
  })

  it('makes no version of its own after a save', async () => {
    const { post, version } = memoryHost()
    await post('LOCK', lock('A'))
    const saved = await post('PUT', lock('A'), { body: 'new' })
    const answer = await post('UNLOCK', lock('A'))
    expect(answer.header('X-WOPI-ItemVersion')).toBe(saved.header('X-WOPI-ItemVersion'))
    expect(await version()).toBe(saved.header('X-WOPI-ItemVersion'))
  })

  it('tells the version of a save that was stored while it waited for its turn', async () => {
    const files = memoryFileStore()
    const committing = gate()
    const slowFiles: FileStore = {
      ...files,
      async commit(...saving) {
        committing.reached()
        await committing.opened
        return files.commit(...saving)
      },
    }
    const { post } = memoryHost({ files: slowFiles })
    files.put('doc', 'report.docx', 'content')
    await post('LOCK', lock('A'))
    const saving = post('PUT', lock('A'), { body: 'new' })
    await committing.arrival
    const unlocking = post('UNLOCK', lock('A'))
    await settled()
    committing.open()
    const saved = await saving
    expect(saved.status).toBe(200)
    expect((await unlocking).header('X-WOPI-ItemVersion')).toBe(saved.header('X-WOPI-ItemVersion'))
  })

  it('answers 409 with an empty lock when the file is unlocked, also the second time', async () => {
    const { post } = memoryHost()
    await post('LOCK', lock('A'))
    await post('UNLOCK', lock('A'))
    const answer = await post('UNLOCK', lock('A'))
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
  })

  it('answers 409 with the lock that stands when another is sent', async () => {
    const { post, lockId } = memoryHost()
    await post('LOCK', lock('A'))
    const answer = await post('UNLOCK', lock('B'))
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'A'])
    expect(answer.header('X-WOPI-LockFailureReason')).toBeTruthy()
    expect(await lockId()).toBe('A')
  })

  it('answers 409 with an empty lock when the lock has expired', async () => {
    const { post, clock } = memoryHost()
    await post('LOCK', lock('A'))
    clock.now += 30 * MINUTE
    const answer = await post('UNLOCK', lock('A'))
    expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, ''])
  })

  it.each([
    ['missing', {}],
    ['empty', lock('')],
    ['too long', lock('x'.repeat(1025))],
    ['not ASCII', lock('ü')],
  ])('refuses a lock id that is %s with 400', async (_, headers) => {
    const { post, lockId } = memoryHost()
    await post('LOCK', lock('A'))
    expect((await post('UNLOCK', headers)).status).toBe(400)
    expect(await lockId()).toBe('A')
  })

  it('is refused to somebody who may only look', async () => {
    const { post, lockId } = memoryHost()
    await post('LOCK', lock('A'))
    expect((await post('UNLOCK', lock('A'), { permission: 'view' })).status).toBe(404)
    expect(await lockId()).toBe('A')
  })
})
