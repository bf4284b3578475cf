import assert from 'node:assert/strict'
import type { FileInfo } from '../../ports/file-store.js'
import type { Lock, LockStore } from '../../ports/lock-store.js'
import { bytesOf } from '../contract.js'
import type { Check, FileStoreUnderTest } from '../file-store-contract.js'
import { aSave, expecting, NOW, saving, stage, stat } from './subject.js'

/** One way of changing a file that expects a lock; whether it was done. */
type Change = (
  given: FileStoreUnderTest,
  file: FileInfo,
  lockId: string | null,
  now: number,
) => Promise<boolean>

const changes: Record<'commit' | 'rename' | 'delete', Change> = {
  async commit({ store }, file, lockId, now) {
    const staged = await stage(store, file.fileId, 'changed')
    const committed = await saving(store).commit(file.fileId, staged, expecting(file, lockId, now), aSave())
    return committed.done
  },
  async rename({ store }, file, lockId, now) {
    const renamed = await store.rename?.(file.fileId, 'changed.txt', expecting(file, lockId, now))
    assert.ok(renamed?.done || renamed?.because === 'changed')
    return renamed.done
  },
  async delete({ store }, file, lockId, now) {
    const deleted = await store.delete?.(file.fileId, expecting(file, lockId, now))
    assert.ok(deleted)
    return deleted.done
  },
}

const END = NOW + 60_000

/** What a store that shares a transaction with the locks must compare in each change. */
export function expectedLocks(
  check: Check,
  has: { commit: boolean; rename: boolean; delete: boolean },
): void {
  for (const [name, change] of Object.entries(changes)) {
    if (!has[name as keyof typeof changes]) continue
    check(`${name} is done only under the lock it expects`, async (given) => {
      const file = await aFile(given)
      assert.equal(await change(given, file, 'A', NOW), false, 'unlocked, a lock expected')
      await lock(given, file, 'A')
      assert.equal(await change(given, file, null, NOW), false, 'locked, none expected')
      assert.equal(await change(given, file, 'B', NOW), false, 'locked, another one expected')
      assert.equal(await change(given, file, 'a', NOW), false, 'locked, the id in another case expected')
      assert.deepEqual(await stat(given.store, file.fileId), file, 'nothing was done')
      assert.equal(await change(given, file, 'A', END - 1), true, 'the lock that is there')
    })

    check(`${name} takes an expired lock for none`, async (given) => {
      const file = await aFile(given)
      await lock(given, file, 'A')
      assert.equal(await change(given, file, 'A', END), false)
      assert.equal(await change(given, file, null, END), true)
    })

    check(`${name} takes a released lock for none`, async (given) => {
      const file = await aFile(given)
      await lock(given, file, 'A')
      await locksOf(given).swap(file.fileId, 'A', null, NOW)
      assert.equal(await change(given, file, 'A', NOW), false)
      assert.equal(await change(given, file, null, NOW), true)
    })
  }

  check('locking, refreshing and unlocking change nothing of a file', async (given) => {
    const file = await aFile(given)
    await lock(given, file, 'A')
    await locksOf(given).swap(file.fileId, 'A', aLock('B'), NOW)
    await locksOf(given).swap(file.fileId, 'B', null, NOW)
    assert.deepEqual(await stat(given.store, file.fileId), file)
  })
}

async function aFile(given: FileStoreUnderTest): Promise<FileInfo> {
  return stat(given.store, await given.add('a.txt', bytesOf('content')))
}

async function lock(given: FileStoreUnderTest, file: FileInfo, lockId: string): Promise<void> {
  const swap = await locksOf(given).swap(file.fileId, null, aLock(lockId), NOW)
  assert.ok(swap.done)
}

function locksOf(given: FileStoreUnderTest): LockStore {
  assert.ok(given.locks)
  return given.locks
}

function aLock(lockId: string): Lock {
  return { lockId, acquiredAt: NOW, expiresAt: END, userName: 'Alice', client: null }
}
