import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockFor, testFolder } from '../../../test/support/folder-library.js'
import { openDatabase } from './database.js'
import { indexLayout } from './index-layout.js'

test('an index from before clients were noted is upgraded, and the locks in it go on', async () => {
  const folder = testFolder()
  mkdirSync(folder.data)
  const old = openDatabase(join(folder.data, 'index.sqlite'), indexLayout.slice(0, 1), 'process-crash')
  const lock = lockFor('A')
  old.sqlite
    .prepare(
      'INSERT INTO locks (file_id, lock_id, acquired_at, expires_at, user_name) VALUES (?, ?, ?, ?, ?)',
    )
    .run('doc', lock.lockId, lock.acquiredAt, lock.expiresAt, lock.userName)
  old.close()

  const { locks } = await folder.open()
  const now = lock.acquiredAt
  expect(await locks.get('doc', now)).toEqual({ ...lock, client: null })
  expect(locks.list(now)).toMatchObject([{ fileId: 'doc', userName: 'Bob', client: null }])
  const next = { ...lockFor('B'), client: 'https://office.example' }
  expect(await locks.swap('doc', 'A', next, now)).toEqual({ done: true })
  expect(await (await folder.open()).locks.get('doc', now)).toEqual(next)
  folder.remove()
})
