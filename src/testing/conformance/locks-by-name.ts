import { type Check, checksOf } from './check.js'
import { expectConflict, expectStatus, expectThat } from './expect.js'
import { expectLock, lock, lockIdChecks, relock } from './lock-requests.js'

/** The rows of the state table that RefreshLock and Unlock share. */
function namedLockChecks(
  operation: string,
  prefix: string,
  page: string,
  override: string,
  after: string,
): readonly Check[] {
  return checksOf(operation, page, [
    {
      id: `${prefix}.unlocked`,
      title: 'On an unlocked file: 409 with an empty X-WOPI-Lock',
      async run({ file }) {
        const scratch = await file()
        expectConflict(await scratch.post(override, lock('A')), '')
        await expectLock(scratch, '')
      },
    },
    {
      id: `${prefix}.same`,
      title: `With the lock that stands: 200 without X-WOPI-Lock, and the file is ${after === '' ? 'unlocked' : 'still locked'}`,
      async run({ file }) {
        const scratch = await file()
        await scratch.lock('A')
        const answer = await scratch.post(override, lock('A'))
        expectStatus(answer, 200)
        expectThat(!answer.header('X-WOPI-Lock'), 'The 200 carries X-WOPI-Lock.')
        await expectLock(scratch, after)
      },
    },
    {
      id: `${prefix}.other`,
      title: 'With another lock: 409 with the lock that stands, which stays',
      async run({ file }) {
        const scratch = await file()
        await scratch.lock('A')
        expectConflict(await scratch.post(override, lock('B')), 'A')
        expectConflict(await scratch.post(override, lock('a')), 'A')
        await expectLock(scratch, 'A')
      },
    },
  ])
}

const relockChecks = checksOf('UnlockAndRelock', 'files/unlockandrelock', [
  {
    id: 'relock.fits',
    title: 'The old lock that stands is exchanged for the new one: 200',
    async run({ file }) {
      const scratch = await file()
      await scratch.lock('A')
      const answer = await scratch.post('LOCK', relock('B', 'A'))
      expectStatus(answer, 200)
      expectThat(!answer.header('X-WOPI-Lock'), 'The 200 carries X-WOPI-Lock.')
      await expectLock(scratch, 'B')
    },
  },
  {
    id: 'relock.other',
    title: 'Another old lock is 409 with the lock that stands, also when the new lock is that one',
    async run({ file }) {
      const scratch = await file()
      await scratch.lock('A')
      expectConflict(await scratch.post('LOCK', relock('C', 'B')), 'A')
      expectConflict(await scratch.post('LOCK', relock('A', 'B')), 'A')
      await expectLock(scratch, 'A')
    },
  },
  {
    id: 'relock.unlocked',
    title: 'On an unlocked file: 409 with an empty X-WOPI-Lock, and nothing is locked',
    async run({ file }) {
      const scratch = await file()
      expectConflict(await scratch.post('LOCK', relock('B', 'A')), '')
      await expectLock(scratch, '')
    },
  },
  {
    id: 'relock.empty-old-lock',
    level: 'SHOULD',
    title: 'An X-WOPI-OldLock that is present but empty still means UnlockAndRelock, and never fits',
    async run({ file }) {
      const scratch = await file()
      expectConflict(await scratch.post('LOCK', relock('B', '')), '')
      await scratch.lock('A')
      expectConflict(await scratch.post('LOCK', relock('B', '')), 'A')
      await expectLock(scratch, 'A')
    },
  },
])

/** Operations that name the lock they mean to find. */
export const locksByName: readonly Check[] = [
  ...namedLockChecks('RefreshLock', 'refresh-lock', 'files/refreshlock', 'REFRESH_LOCK', 'A'),
  ...lockIdChecks('RefreshLock', 'refresh-lock', 'files/refreshlock', 'REFRESH_LOCK'),
  ...namedLockChecks('Unlock', 'unlock', 'files/unlock', 'UNLOCK', ''),
  ...lockIdChecks('Unlock', 'unlock', 'files/unlock', 'UNLOCK'),
  ...relockChecks,
  ...lockIdChecks('UnlockAndRelock', 'relock', 'files/unlockandrelock', 'LOCK', { 'X-WOPI-OldLock': 'A' }),
]
