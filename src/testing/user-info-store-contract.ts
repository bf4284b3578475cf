import assert from 'node:assert/strict'
import type { UserInfoStore } from '../ports/user-info-store.js'
import { type Disposable, type RegisterTest, testWith } from './contract.js'

/** A user info store as the contract tests it. */
export interface UserInfoStoreUnderTest extends Disposable {
  readonly store: UserInfoStore
  /** The same user infos through another store, as the next start sees them. Absent = they live as long as the store. */
  reopen?(): Promise<UserInfoStore>
}

/** What `userInfoStoreContract` needs: a test framework's `test`, and a way to make an empty store. */
export interface UserInfoStoreContract {
  readonly test: RegisterTest
  readonly create: () => Promise<UserInfoStoreUnderTest>
}

/** What every user info store must do; run it on yours: `await userInfoStoreContract({ test, create })`. */
export async function userInfoStoreContract({ test, create }: UserInfoStoreContract): Promise<void> {
  const check = testWith(test, create)
  const probe = await create()
  const durable = probe.reopen !== undefined
  await probe.dispose()

  check('a person for whom nothing was put has no user info', async ({ store }) => {
    for (const userId of ['nobody', 'constructor', '__proto__', 'toString']) {
      assert.equal(await store.get(userId), null)
    }
  })

  check('what was put comes back to the last character', async ({ store }) => {
    const everyCharacter = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code)).join('')
    const texts = [
      'x',
      ' spaces around ',
      'null',
      `'; DROP TABLE users; --`,
      '{"a":[1,"\\n"]}',
      everyCharacter,
    ]
    for (const text of texts) {
      await store.put('alice', text)
      assert.equal(await store.get('alice'), text)
    }
  })

  check('1024 characters are kept whole', async ({ store }) => {
    const text = `${'0123456789abcdef'.repeat(63)}0123456789abcde!`
    assert.equal(text.length, 1024)
    await store.put('alice', text)
    assert.equal(await store.get('alice'), text)
  })

  check('the last put wins, an empty one too', async ({ store }) => {
    await store.put('alice', 'first')
    await store.put('alice', 'second')
    assert.equal(await store.get('alice'), 'second')
    await store.put('alice', '')
    assert.equal((await store.get('alice')) ?? '', '')
  })

  check('people are kept apart, whatever their ids', async ({ store }) => {
    const userIds = [
      'alice',
      'Alice',
      'ALICE',
      'alice ',
      'a@b.example',
      '__proto__',
      'constructor',
      'x'.repeat(240),
    ]
    await Promise.all(userIds.map((userId, index) => store.put(userId, `info ${index}`)))
    for (const [index, userId] of userIds.entries()) assert.equal(await store.get(userId), `info ${index}`)
  })

  if (!durable) return
  check('another store over the same data sees what was put', async (given) => {
    await given.store.put('alice', 'kept')
    const other = await given.reopen?.()
    assert.equal(await other?.get('alice'), 'kept')
  })
}
