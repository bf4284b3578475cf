import { describe, expect, it } from 'vitest'
import { gate, MINUTE, memoryHost, settled } from '../../../test/memory-host.js'
import { memoryFileStore } from '../../drivers/memory/file-store.js'

describe('DeleteFile', () => {
  it('deletes an unlocked file, and answers 404 to its own token afterwards', async () => {
    const { post, checkFileInfo, getFile, files } = memoryHost()
    const answer = await post('DELETE')
    expect([answer.status, answer.text]).toEqual([200, ''])
    expect(await files.stat('doc')).toBeNull()
    expect((await checkFileInfo()).status).toBe(404)
    expect((await getFile()).status).toBe(404)
    expect((await post('DELETE')).status).toBe(404)
    expect((await post('LOCK', { 'X-WOPI-Lock': 'A' })).status).toBe(404)
  })

  it.each([{}, { 'X-WOPI-Lock': 'A' }, { 'X-WOPI-Lock': 'B' }])(
    'answers 409 with the lock of a locked file, whatever is sent (%o)',
    async (headers) => {
      const { post, text } = memoryHost()
      await post('LOCK', { 'X-WOPI-Lock': 'A' })
      const answer = await post('DELETE', headers)
      expect([answer.status, answer.header('X-WOPI-Lock')]).toEqual([409, 'A'])
      expect(answer.header('X-WOPI-LockFailureReason')).toBeTruthy()
      expect(text()).toBe('content')
    },
  )

  it('deletes a file whose lock has expired', async () => {
    const { post, clock } = memoryHost()
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    clock.now += 30 * MINUTE
    expect((await post('DELETE')).status).toBe(200)
  })

  it.each(['view', 'fill', 'comment', 'review'] as const)(
    'answers 501 to somebody who may only %s',
    async (permission) => {
      const { post, text } = memoryHost()
      expect((await post('DELETE', {}, { permission })).status).toBe(501)
      expect(text()).toBe('content')
    },
  )

  it('answers 501 when the store cannot delete', async () => {
    const { delete: _, ...files } = memoryFileStore()
    files.put('doc', 'report.docx', 'content')
    const { post } = memoryHost({ files })
    expect((await post('DELETE')).status).toBe(501)
  })

  it('makes a lock that comes at the same moment wait, which then finds nothing', async () => {
    const files = memoryFileStore()
    const deleting = gate()
    const { post, lockId } = memoryHost({
      files: {
        ...files,
        async delete(...step) {
          deleting.reached()
          await deleting.opened
          return files.delete(...step)
        },
      },
    })
    files.put('doc', 'report.docx', 'content')
    await post('GET_LOCK')
    const answering = post('DELETE')
    await deleting.arrival
    const locking = post('LOCK', { 'X-WOPI-Lock': 'A' })
    await settled()
    expect(await lockId()).toBeNull()
    deleting.open()
    expect([(await answering).status, (await locking).status]).toEqual([200, 404])
  })

  it('deletes a file that another program changed in the meantime', async () => {
    const files = memoryFileStore()
    files.put('doc', 'report.docx', 'content')
    let attempts = 0
    const { post } = memoryHost({
      files: {
        ...files,
        async delete(fileId, expected) {
          if (++attempts === 1) files.put('doc', 'report.docx', 'changed by another program')
          return files.delete(fileId, expected)
        },
      },
    })
    expect((await post('DELETE')).status).toBe(200)
    expect(attempts).toBe(2)
  })
})
