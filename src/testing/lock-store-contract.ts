import assert from 'node:assert/strict'
import type { Lock, LockStore } from '../ports/lock-store.js'
import { type Disposable, type RegisterTest, testWith } from './contract.js'

/** A lock store as the contract tests it. */
export interface LockStoreUnderTest extends Disposable {
  readonly store: LockStore
  /** Makes a file and tells its id, for a store that locks only files it knows. Absent = any id will do. */
  addFile?(): Promise<string>
  /** The same locks through another store, as a second process or the next start sees them. Absent = locks live as long as the store. */
  reopen?(): Promise<LockStore>
}

/** What `lockStoreContract` needs: a test framework's `test`, and a way to make an empty store. */
export interface LockStoreContract {
  readonly test: RegisterTest
  /** An empty store; called once for each test, and once to see which optional methods there are. */
  readonly create: () => Promise<LockStoreUnderTest>
}

const T0 = Date.UTC(2026, 0, 15, 12)
const HALF_HOUR_MS = 30 * 60 * 1000

/** Lock ids as clients send them, and ones that a careless store mixes up. */
const oddLockIds = [
  'a',
  '{"S":"1a2b","F":4,"E":2,"M":"x","P":"","K":"aA=="}',
  `it's; DROP TABLE locks; --`,
  'null',
  'NULL',
  '0',
  'a%2Fb%00',
  'with  two  spaces',
  'ABC',
  'abc',
  '\\',
  '"quoted"',
  '~!@#$%^&*()_+`-={}|[]\\:";\'<>?,./',
  'cool-lock1a2b3c4d',
  '01',
  '1',
  '1.0',
  '1e0',
]

/**
 * What every lock store must do; run it on yours. Compare-and-set is atomic, time is what `now` says, ids are kept to the last byte.
 *
 * The returned promise is done when all tests are registered: `await lockStoreContract({ test, create })`.
 */
export async function lockStoreContract({ test, create }: LockStoreContract): Promise<void> {
  const check = testWith(test, create)
  const probe = await create()
  const has = { lastReleased: probe.store.lastReleased !== undefined, reopen: probe.reopen !== undefined }
  await probe.dispose()

  check('a file nobody locked has no lock', async (given) => {
    const { store, fileId } = await withFile(given)
    assert.equal(await store.get(fileId, T0), null)
  })

  check('a lock is kept with everything it says', async (given) => {
    const { store, fileId } = await withFile(given)
    const lock = aLock({
      lockId: 'A',
      userName: 'Zoë Ünïcode 王小明 😀',
      client: 'https://office.example/suite?a=%C3%A9',
    })
    assert.equal((await store.swap(fileId, null, lock, T0)).done, true)
    assert.deepEqual(await store.get(fileId, T0), lock)
  })

  check('a lock says nothing of the one before it', async (given) => {
    const { store, fileId } = await withFile(given)
    const known = aLock({ lockId: 'A', client: 'https://a.example' })
    await store.swap(fileId, null, known, T0)
    await store.swap(fileId, 'A', { ...known, lockId: 'B', client: null }, T0)
    assert.equal((await store.get(fileId, T0))?.client, null)
    await store.swap(fileId, 'B', known, T0)
    await store.swap(fileId, 'A', null, T0)
    await store.swap(fileId, null, aLock({ lockId: 'C' }), T0)
    assert.equal((await store.get(fileId, T0))?.client, null)
  })

  check('a swap that expects no lock is refused with the lock that stands', async (given) => {
    const { store, fileId } = await withFile(given)
    const first = aLock({ lockId: 'A' })
    await store.swap(fileId, null, first, T0)
    assert.deepEqual(await store.swap(fileId, null, aLock({ lockId: 'B' }), T0), {
      done: false,
      current: first,
    })
    assert.deepEqual(await store.get(fileId, T0), first)
  })

  check('a swap that expects another lock is refused with the lock that stands', async (given) => {
    const { store, fileId } = await withFile(given)
    const first = aLock({ lockId: 'A' })
    await store.swap(fileId, null, first, T0)
    for (const next of [aLock({ lockId: 'B' }), null]) {
      assert.deepEqual(await store.swap(fileId, 'B', next, T0), { done: false, current: first })
    }
    assert.deepEqual(await store.get(fileId, T0), first)
  })

  check('a swap that expects a lock on an unlocked file is refused with null', async (given) => {
    const { store, fileId } = await withFile(given)
    for (const next of [aLock({ lockId: 'A' }), null]) {
      assert.deepEqual(await store.swap(fileId, 'A', next, T0), { done: false, current: null })
    }
    assert.equal(await store.get(fileId, T0), null)
  })

  check('a lock is exchanged for another when the id fits', async (given) => {
    const { store, fileId } = await withFile(given)
    await store.swap(fileId, null, aLock({ lockId: 'A' }), T0)
    const next = aLock({
      lockId: 'B',
      acquiredAt: T0 + 5,
      expiresAt: T0 + 99,
      userName: 'Bob',
      client: 'https://b.example',
    })
    assert.equal((await store.swap(fileId, 'A', next, T0 + 5)).done, true)
    assert.deepEqual(await store.get(fileId, T0 + 5), next)
  })

  check('a refresh moves the end of a lock and keeps when it was taken', async (given) => {
    const { store, fileId } = await withFile(given)
    const lock = aLock({ lockId: 'A', client: 'https://a.example' })
    await store.swap(fileId, null, lock, T0)
    const refreshed = { ...lock, expiresAt: T0 + 2 * HALF_HOUR_MS }
    assert.equal((await store.swap(fileId, 'A', refreshed, T0 + 60_000)).done, true)
    assert.deepEqual(await store.get(fileId, T0 + HALF_HOUR_MS), refreshed)
  })

  check('unlocking removes the lock, and the next one may be any', async (given) => {
    const { store, fileId } = await withFile(given)
    await store.swap(fileId, null, aLock({ lockId: 'A' }), T0)
    assert.equal((await store.swap(fileId, 'A', null, T0)).done, true)
    assert.equal(await store.get(fileId, T0), null)
    assert.equal((await store.swap(fileId, null, aLock({ lockId: 'B' }), T0)).done, true)
  })

  check('a lock is there in its last millisecond and gone at its expiry', async (given) => {
    const { store, fileId } = await withFile(given)
    const lock = aLock({ lockId: 'A', expiresAt: T0 + HALF_HOUR_MS })
    await store.swap(fileId, null, lock, T0)
    assert.deepEqual(await store.get(fileId, T0 + HALF_HOUR_MS - 1), lock)
    assert.deepEqual(await store.swap(fileId, null, aLock({ lockId: 'B' }), T0 + HALF_HOUR_MS - 1), {
      done: false,
      current: lock,
    })
    assert.equal(await store.get(fileId, T0 + HALF_HOUR_MS), null)
  })

  check('an expired lock is no lock to a swap', async (given) => {
    const { store, fileId } = await withFile(given)
    const end = T0 + HALF_HOUR_MS
    await store.swap(fileId, null, aLock({ lockId: 'A', expiresAt: end }), T0)
    assert.deepEqual(await store.swap(fileId, 'A', null, end), { done: false, current: null })
    const late = aLock({ lockId: 'A', acquiredAt: end, expiresAt: end + HALF_HOUR_MS })
    assert.deepEqual(await store.swap(fileId, 'A', late, end), { done: false, current: null })
    const next = aLock({ lockId: 'B', acquiredAt: end, expiresAt: end + HALF_HOUR_MS })
    assert.equal((await store.swap(fileId, null, next, end)).done, true)
    assert.deepEqual(await store.get(fileId, end), next)
  })

  check('lock ids are kept to the last byte and compared exactly', async (given) => {
    const { store, fileId } = await withFile(given)
    for (const lockId of oddLockIds) {
      assert.equal((await store.swap(fileId, null, aLock({ lockId }), T0)).done, true, lockId)
      assert.equal((await store.get(fileId, T0))?.lockId, lockId)
      for (const other of oddLockIds) {
        if (other === lockId) continue
        const swap = await store.swap(fileId, other, null, T0)
        assert.equal(swap.done, false, `${other} must not unlock ${lockId}`)
      }
      assert.equal((await store.swap(fileId, lockId, null, T0)).done, true, lockId)
    }
  })

  check('a lock id of 1024 characters is kept whole, and its beginning is another id', async (given) => {
    const { store, fileId } = await withFile(given)
    const lockId = 'x'.repeat(1023)
    await store.swap(fileId, null, aLock({ lockId: `${lockId}A` }), T0)
    assert.equal((await store.get(fileId, T0))?.lockId, `${lockId}A`)
    for (const other of [lockId, `${lockId}B`, lockId.slice(0, 255)]) {
      assert.equal((await store.swap(fileId, other, null, T0)).done, false)
    }
    assert.equal((await store.swap(fileId, `${lockId}A`, null, T0)).done, true)
  })

  check('many files are locked apart', async (given) => {
    const { store } = given
    const fileIds: string[] = []
    for (let index = 0; index < 40; index++) fileIds.push(await newFileId(given, index))
    await Promise.all(
      fileIds.map((fileId, index) => store.swap(fileId, null, aLock({ lockId: `lock ${index}` }), T0)),
    )
    await Promise.all(
      fileIds.filter((_, index) => index % 2 === 1).map((fileId) => store.swap(fileId, null, null, T0)),
    )
    for (const [index, fileId] of fileIds.entries()) {
      assert.equal((await store.get(fileId, T0))?.lockId, `lock ${index}`)
    }
  })

  check('of many locks at once exactly one is taken, and the others are told which', async (given) => {
    const { store, fileId } = await withFile(given)
    const ids = Array.from({ length: 16 }, (_, index) => `racer ${index}`)
    const swaps = await Promise.all(ids.map((lockId) => store.swap(fileId, null, aLock({ lockId }), T0)))
    assert.equal(swaps.filter((swap) => swap.done).length, 1)
    const winner = ids[swaps.findIndex((swap) => swap.done)]
    assert.equal((await store.get(fileId, T0))?.lockId, winner)
    for (const swap of swaps) if (!swap.done) assert.equal(swap.current?.lockId, winner)
  })

  check('of many exchanges of one lock at once exactly one is done', async (given) => {
    const { store, fileId } = await withFile(given)
    await store.swap(fileId, null, aLock({ lockId: 'A' }), T0)
    const nexts = Array.from({ length: 16 }, (_, index) =>
      index % 4 === 3 ? null : aLock({ lockId: `next ${index}` }),
    )
    const swaps = await Promise.all(nexts.map((next) => store.swap(fileId, 'A', next, T0)))
    assert.equal(swaps.filter((swap) => swap.done).length, 1)
    const won = nexts[swaps.findIndex((swap) => swap.done)]
    assert.equal((await store.get(fileId, T0))?.lockId, won?.lockId)
  })

  if (has.lastReleased) releasedLocks(check)
  if (has.reopen) durableLocks(check)
}

type Check = (name: string, run: (given: LockStoreUnderTest) => Promise<void>) => void

function releasedLocks(check: Check): void {
  check('lastReleased: nothing before the first unlock', async (given) => {
    const { store, fileId } = await withFile(given)
    assert.equal(await store.lastReleased?.(fileId), null)
    await store.swap(fileId, null, aLock({ lockId: 'A' }), T0)
    assert.equal(await store.lastReleased?.(fileId), null)
  })

  check('lastReleased: the lock that was taken off, and when', async (given) => {
    const { store, fileId } = await withFile(given)
    await store.swap(fileId, null, aLock({ lockId: 'A' }), T0)
    await store.swap(fileId, 'A', null, T0 + 7)
    assert.deepEqual(await store.lastReleased?.(fileId), { lockId: 'A', releasedAt: T0 + 7 })
    const second = aLock({ lockId: 'B', acquiredAt: T0 + 8 })
    await store.swap(fileId, null, second, T0 + 8)
    await store.swap(fileId, 'B', null, T0 + 9)
    assert.deepEqual(await store.lastReleased?.(fileId), { lockId: 'B', releasedAt: T0 + 9 })
    assert.equal(await store.lastReleased?.(await newFileId(given, 2)), null)
  })

  check('lastReleased: an exchange, an expiry and a refused unlock are no release', async (given) => {
    const { store, fileId } = await withFile(given)
    await store.swap(fileId, null, aLock({ lockId: 'A' }), T0)
    await store.swap(fileId, 'A', aLock({ lockId: 'B', expiresAt: T0 + 10 }), T0)
    await store.swap(fileId, 'A', null, T0)
    assert.equal(await store.get(fileId, T0 + 10), null)
    await store.swap(fileId, 'B', null, T0 + 10)
    await store.swap(fileId, null, null, T0 + 11)
    assert.equal(await store.lastReleased?.(fileId), null)
  })
}

function durableLocks(check: Check): void {
  check('another store over the same locks sees them, and obeys them', async (given) => {
    const { store, fileId } = await withFile(given)
    const lock = aLock({ lockId: 'A', userName: 'Zoë', client: 'https://a.example' })
    await store.swap(fileId, null, lock, T0)
    const other = await reopened(given)
    assert.deepEqual(await other.get(fileId, T0), lock)
    assert.deepEqual(await other.swap(fileId, null, aLock({ lockId: 'B' }), T0), {
      done: false,
      current: lock,
    })
    assert.equal((await other.swap(fileId, 'A', null, T0 + 3)).done, true)
    if (other.lastReleased) {
      const again = await reopened(given)
      assert.deepEqual(await again.lastReleased?.(fileId), { lockId: 'A', releasedAt: T0 + 3 })
    }
  })

  check('of locks taken at once through two stores exactly one is taken', async (given) => {
    const { store, fileId } = await withFile(given)
    const stores = [store, await reopened(given)]
    const swaps = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        (stores[index % 2] ?? store).swap(fileId, null, aLock({ lockId: `racer ${index}` }), T0),
      ),
    )
    assert.equal(swaps.filter((swap) => swap.done).length, 1)
  })
}

async function reopened(given: LockStoreUnderTest): Promise<LockStore> {
  assert.ok(given.reopen)
  return given.reopen()
}

async function withFile(given: LockStoreUnderTest): Promise<{ store: LockStore; fileId: string }> {
  return { store: given.store, fileId: await newFileId(given, 1) }
}

async function newFileId(given: LockStoreUnderTest, number: number): Promise<string> {
  return (await given.addFile?.()) ?? `file-${number}`
}

function aLock(lock: Partial<Lock> & Pick<Lock, 'lockId'>): Lock {
  return { acquiredAt: T0, expiresAt: T0 + HALF_HOUR_MS, userName: 'Alice', client: null, ...lock }
}
