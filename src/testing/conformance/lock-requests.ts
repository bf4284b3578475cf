import type { Bench, RemoteFile } from './bench.js'
import { type Check, checksOf, Page } from './check.js'
import { expectSame, expectStatus } from './expect.js'

/** Headers that name a lock. */
export const lock = (lockId: string) => ({ 'X-WOPI-Lock': lockId })

/** Headers that make UnlockAndRelock of Lock. */
export const relock = (lockId: string, oldLockId: string) => ({
  ...lock(lockId),
  'X-WOPI-OldLock': oldLockId,
})

/** The file has this lock now; '' = none. */
export async function expectLock(file: RemoteFile, lockId: string): Promise<void> {
  expectSame(await file.currentLock(), lockId, 'The lock afterwards')
}

/** A lock id a lock operation cannot take, as `X-WOPI-Lock` of a request. */
const missingIds = [{}, lock('')]
const illegalIds = [lock('x'.repeat(1025)), lock('caf\u00e9')]

async function refusesIds(
  { file }: Bench,
  override: string,
  ids: readonly Readonly<Record<string, string>>[],
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const scratch = await file()
  await scratch.lock('A')
  for (const headers of ids) expectStatus(await scratch.post(override, { ...more, ...headers }), 400)
  expectSame(await scratch.currentLock(), 'A', 'The lock')
}

/** The pair of checks every lock operation has about ids it cannot take. */
export function lockIdChecks(
  operation: string,
  prefix: string,
  page: string,
  override: string,
  more = {},
): readonly Check[] {
  return checksOf(operation, page, [
    {
      id: `${prefix}.missing-id`,
      title: 'A missing or empty X-WOPI-Lock is 400, and the lock stays as it was',
      spec: Page.onlyoffice,
      run: (bench) => refusesIds(bench, override, missingIds, more),
    },
    {
      id: `${prefix}.illegal-id`,
      level: 'SHOULD',
      title: 'An X-WOPI-Lock over 1024 characters or outside ASCII is 400',
      run: (bench) => refusesIds(bench, override, illegalIds, more),
    },
  ])
}
