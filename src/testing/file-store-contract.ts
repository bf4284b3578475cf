import assert from 'node:assert/strict'
import type { FileStore } from '../ports/file-store.js'
import type { LockStore } from '../ports/lock-store.js'
import { type Disposable, type RegisterTest, testWith } from './contract.js'
import { changingFiles } from './file-store-contract/changing.js'
import { creatingFiles } from './file-store-contract/creating.js'
import { expectedLocks } from './file-store-contract/locks.js'
import { readingFiles } from './file-store-contract/reading.js'
import { savingFiles } from './file-store-contract/saving.js'

/** A file store as the contract tests it. */
export interface FileStoreUnderTest extends Disposable {
  readonly store: FileStore
  /** Puts a file there, the way an upload or another program does, and tells its id. All files lie beside each other. */
  add(name: string, content: Uint8Array): Promise<string>
  /** The lock store, when `commit`, `rename` and `delete` compare its locks in the same step as the version. Absent = they compare the version alone. */
  readonly locks?: LockStore
  /** How much staged content is kept at the moment: shows whether staging cleans up after itself. Absent = nobody can tell. */
  stagedCount?(): Promise<number>
  /** The same files through another store, as a second process or the next start sees them. Absent = files live as long as the store. */
  reopen?(): Promise<FileStore>
}

/** What `fileStoreContract` needs: a test framework's `test`, and a way to make an empty store. */
export interface FileStoreContract {
  readonly test: RegisterTest
  /** An empty store; called once for each test, and once to see which optional methods there are. */
  readonly create: () => Promise<FileStoreUnderTest>
}

/** Registers one test of the contract. */
export type Check = (name: string, run: (given: FileStoreUnderTest) => Promise<void>) => void

/**
 * What every file store must do; run it on yours. A store that has fewer methods gets fewer tests: those of `stat` and `read` always.
 *
 * The returned promise is done when all tests are registered: `await fileStoreContract({ test, create })`.
 */
export async function fileStoreContract({ test, create }: FileStoreContract): Promise<void> {
  const check: Check = testWith(test, create)
  const probe = await create()
  const { store } = probe
  const saves = Boolean(store.stage || store.commit || store.discard)

  readingFiles(check)
  if (saves) {
    check('a store that takes saves has stage, commit and discard', async (given) => {
      assert.ok(given.store.stage && given.store.commit && given.store.discard)
    })
    savingFiles(check, { staged: probe.stagedCount !== undefined, rescue: store.rescue !== undefined })
  }
  if (store.create) creatingFiles(check)
  changingFiles(check, {
    rename: store.rename !== undefined,
    delete: store.delete !== undefined,
    reopen: probe.reopen !== undefined,
  })
  if (probe.locks) {
    expectedLocks(check, {
      commit: saves,
      rename: store.rename !== undefined,
      delete: store.delete !== undefined,
    })
  }
  await probe.dispose()
}
