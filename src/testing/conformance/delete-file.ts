import { type Check, checksOf } from './check.js'
import { expectConflict, expectSame, expectStatus } from './expect.js'

export const deleteFile: readonly Check[] = checksOf('DeleteFile', 'files/deletefile', [
  {
    id: 'delete.deletes',
    title: 'An unlocked file is deleted: 200, and from then on it is 404 with its own token',
    async run({ file, needsAnnounced }) {
      needsAnnounced('SupportsDeleteFile')
      const scratch = await file()
      expectStatus(await scratch.post('DELETE'), 200)
      expectStatus(await scratch.checkFileInfo(), 404)
      expectStatus(await scratch.getFile(), 404)
      expectStatus(await scratch.post('LOCK', { 'X-WOPI-Lock': 'A' }), 404)
      expectStatus(await scratch.post('PUT', { 'X-WOPI-Lock': 'A' }, 'back again'), 404)
      expectStatus(await scratch.post('DELETE'), 404)
    },
  },
  {
    id: 'delete.locked',
    title: 'A locked file is not deleted: 409 with its lock, whatever lock is sent',
    async run({ file, needsAnnounced }) {
      needsAnnounced('SupportsDeleteFile')
      const scratch = await file('content')
      await scratch.lock('A')
      for (const headers of [{}, { 'X-WOPI-Lock': 'A' }, { 'X-WOPI-Lock': 'B' }]) {
        expectConflict(await scratch.post('DELETE', headers), 'A')
      }
      expectSame((await scratch.getFile()).text, 'content', 'The content')
    },
  },
  {
    id: 'delete.viewer',
    title: 'A token for looking deletes nothing: 501 (404 and 401 are tolerated)',
    async run({ target, withToken, given, needs }) {
      needs(target.viewToken !== undefined, 'No token for looking was given.')
      const viewer = withToken(target.viewToken ?? '')
      // Asked to delete the file it was pointed at, a host that breaks this rule would do so: never try where delete is announced.
      needs((await viewer.info()).SupportsDeleteFile !== true, 'The token for looking is said to delete.')
      needs((await given.currentLock()) === '', 'The given file is locked.')
      await given.lock('wopikit-check')
      try {
        expectStatus(await viewer.post('DELETE'), 501, 404, 401)
      } finally {
        await given.post('UNLOCK', { 'X-WOPI-Lock': 'wopikit-check' })
      }
    },
  },
])
