import { type Check, checksOf, Page } from './check.js'
import { expectConflict, expectSame, expectStatus, expectThat, quoted } from './expect.js'
import { expectLock, lock, lockIdChecks, relock } from './lock-requests.js'

/** Lock ids as clients send them, and characters that careless hosts lose. */
const oddIds = [
  '{"S":"b6f3d2c4-8a1e","F":4,"E":2,"M":"x","P":""}',
  "it's, a; b=c & 100% <ok> \\ /",
  '%41%2F%00 + %zz',
  'two  spaces  inside',
  'cool-lock1a2b3c4d',
  'aA0.-_=~!@#$^*()[]{}|:?`',
]

const lockChecks = checksOf('Lock', 'files/lock', [
  {
    id: 'lock.unlocked',
    title: 'An unlocked file is locked: 200, without X-WOPI-Lock',
    async run({ file }) {
      const scratch = await file()
      const answer = await scratch.post('LOCK', lock('A'))
      expectStatus(answer, 200)
      expectThat(!answer.header('X-WOPI-Lock'), 'The 200 carries X-WOPI-Lock.')
      await expectLock(scratch, 'A')
    },
  },
  {
    id: 'lock.same',
    title: 'The same lock again is 200: it restarts the time',
    async run({ file }) {
      const scratch = await file()
      for (let round = 0; round < 3; round++) expectStatus(await scratch.post('LOCK', lock('A')), 200)
      await expectLock(scratch, 'A')
    },
  },
  {
    id: 'lock.other',
    title: 'Another lock is 409 with the lock that stands',
    async run({ file }) {
      const scratch = await file()
      await scratch.lock('A')
      expectConflict(await scratch.post('LOCK', lock('B')), 'A')
      await expectLock(scratch, 'A')
    },
  },
  {
    id: 'lock.exact',
    title: 'Lock ids are compared exactly: case, beginnings and ends count',
    async run({ file }) {
      const scratch = await file()
      await scratch.lock('Lock-1')
      for (const other of ['lock-1', 'LOCK-1', 'Lock-', 'Lock-11', 'Lock']) {
        expectConflict(await scratch.post('LOCK', lock(other)), 'Lock-1')
      }
    },
  },
  {
    id: 'lock.odd-ids',
    title: 'Lock ids of every printable ASCII character are kept and given back as they are',
    async run({ file }) {
      const scratch = await file()
      for (const lockId of oddIds) {
        expectStatus(await scratch.post('LOCK', lock(lockId)), 200)
        expectConflict(await scratch.post('LOCK', lock('other')), lockId)
        expectStatus(await scratch.post('UNLOCK', lock(lockId)), 200)
      }
    },
  },
  {
    id: 'lock.long-id',
    title:
      'A lock id of 256 characters is kept whole, one of 1024 too where SupportsExtendedLockLength is announced',
    async run({ file, info }) {
      const scratch = await file()
      for (const length of info.SupportsExtendedLockLength === true ? [256, 1024] : [256]) {
        const lockId = `${'0123456789'.repeat(103).slice(0, length - 1)}!`
        expectStatus(await scratch.post('LOCK', lock(lockId)), 200)
        expectConflict(await scratch.post('LOCK', lock(lockId.slice(0, -1))), lockId)
        expectStatus(await scratch.post('UNLOCK', lock(lockId)), 200)
      }
    },
  },
  {
    id: 'lock.race',
    title: 'Of several locks at once exactly one is taken, and the others are told which',
    async run({ file }) {
      const scratch = await file()
      const ids = Array.from({ length: 8 }, (_, index) => `racer-${index}`)
      const answers = await Promise.all(ids.map((lockId) => scratch.post('LOCK', lock(lockId))))
      const winners = ids.filter((_, index) => answers[index]?.status === 200)
      expectThat(winners.length === 1, `${winners.length} of 8 locks at once were taken, expected one.`)
      for (const answer of answers) if (answer.status !== 200) expectConflict(answer, winners[0] ?? '')
    },
  },
  {
    id: 'lock.item-version',
    level: 'SHOULD',
    title: 'Lock, UnlockAndRelock and Unlock tell the version in X-WOPI-ItemVersion',
    async run({ file }) {
      const scratch = await file()
      const { Version } = await scratch.info()
      const answers = [
        await scratch.post('LOCK', lock('A')),
        await scratch.post('LOCK', relock('B', 'A')),
        await scratch.post('UNLOCK', lock('B')),
      ]
      for (const answer of answers)
        expectSame(answer.header('X-WOPI-ItemVersion'), Version, 'X-WOPI-ItemVersion')
    },
  },
  {
    id: 'lock.version-stays',
    title: 'Lock operations change neither Version nor LastModifiedTime nor content',
    async run({ file }) {
      const scratch = await file('content')
      const before = await scratch.info()
      await scratch.lock('A')
      await scratch.post('REFRESH_LOCK', lock('A'))
      await scratch.post('LOCK', relock('B', 'A'))
      await scratch.post('UNLOCK', lock('B'))
      const after = await scratch.info()
      for (const name of ['Version', 'LastModifiedTime', 'Size']) expectSame(after[name], before[name], name)
      expectSame((await scratch.getFile()).text, 'content', 'The content')
    },
  },
  {
    id: 'lock.reason',
    level: 'SHOULD',
    spec: Page.collabora,
    title: 'A 409 says why in X-WOPI-LockFailureReason: one line of ASCII, which people are shown',
    async run({ file }) {
      const scratch = await file()
      await scratch.lock('A')
      const reason = (await scratch.post('LOCK', lock('B'))).header('X-WOPI-LockFailureReason')
      expectThat(/^[\x20-\x7e]{10,}$/.test(reason ?? ''), `X-WOPI-LockFailureReason is ${quoted(reason)}.`)
    },
  },
  {
    id: 'lock.timeout',
    level: 'SHOULD',
    title: 'X-WOPI-LockExpirationTimeout takes 60 to 3600 seconds, anything else is 400',
    async run({ file }) {
      const scratch = await file()
      for (const seconds of ['59', '3601', '0', '-1', 'soon']) {
        const headers = { ...lock('A'), 'X-WOPI-LockExpirationTimeout': seconds }
        expectStatus(await scratch.post('LOCK', headers), 400)
      }
      for (const seconds of ['60', '3600', '']) {
        const headers = { ...lock('A'), 'X-WOPI-LockExpirationTimeout': seconds }
        expectStatus(await scratch.post('LOCK', headers), 200)
      }
    },
  },
  {
    id: 'lock.of-the-file',
    title: 'A lock belongs to the file: somebody else who names it refreshes and releases it',
    async run({ target, given, withToken, needs }) {
      needs(target.secondToken !== undefined, 'No second token was given.')
      needs((await given.currentLock()) === '', 'The given file is locked.')
      const other = withToken(target.secondToken ?? '')
      await given.lock('wopikit-check')
      try {
        expectConflict(await other.post('LOCK', lock('another')), 'wopikit-check')
        expectStatus(await other.post('LOCK', lock('wopikit-check')), 200)
        expectStatus(await other.post('REFRESH_LOCK', lock('wopikit-check')), 200)
        expectStatus(await other.post('UNLOCK', lock('wopikit-check')), 200)
      } finally {
        await given.post('UNLOCK', lock('wopikit-check'))
      }
    },
  },
  {
    id: 'lock.viewer',
    title: 'A token for looking cannot lock: 404 (or 401)',
    async run({ target, withToken, needs }) {
      needs(target.viewToken !== undefined, 'No token for looking was given.')
      const viewer = withToken(target.viewToken ?? '')
      for (const override of ['LOCK', 'REFRESH_LOCK', 'UNLOCK']) {
        expectStatus(await viewer.post(override, lock('wopikit-check')), 404, 401)
      }
    },
  },
])

const getLockChecks = checksOf('GetLock', 'files/getlock', [
  {
    id: 'get-lock.unlocked',
    title: 'An unlocked file is 200 with X-WOPI-Lock, empty',
    async run({ file, needsAnnounced }) {
      needsAnnounced('SupportsGetLock')
      const answer = await (await file()).post('GET_LOCK')
      expectStatus(answer, 200)
      expectSame(answer.header('X-WOPI-Lock'), '', 'X-WOPI-Lock')
    },
  },
  {
    id: 'get-lock.locked',
    title: 'A locked file is 200 with its lock, whatever lock the request names',
    async run({ file, needsAnnounced }) {
      needsAnnounced('SupportsGetLock')
      const scratch = await file()
      await scratch.lock('A')
      for (const headers of [{}, lock('B')]) {
        const answer = await scratch.post('GET_LOCK', headers)
        expectStatus(answer, 200)
        expectSame(answer.header('X-WOPI-Lock'), 'A', 'X-WOPI-Lock')
      }
    },
  },
])

export const locks: readonly Check[] = [
  ...lockChecks,
  ...lockIdChecks('Lock', 'lock', 'files/lock', 'LOCK'),
  ...getLockChecks,
]
