import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { testFolder } from '../../../test/support/folder-library.js'
import { fileStoreContract, lockStoreContract, userInfoStoreContract } from '../../testing/index.js'

describe('file store', async () => {
  await fileStoreContract({
    test,
    async create() {
      const folder = testFolder()
      const library = await folder.open()
      return {
        store: library.files,
        locks: library.locks,
        async add(name, content) {
          writeFileSync(join(folder.path, name), content)
          const item = await library.catalog.at(name)
          if (!item) throw new Error(`${name} is not found.`)
          return item.id
        },
        stagedCount: async () => library.stagedCount(),
        reopen: async () => (await folder.open()).files,
        dispose: async () => folder.remove(),
      }
    },
  })
})

describe('lock store', async () => {
  await lockStoreContract({
    test,
    async create() {
      const folder = testFolder()
      const { locks } = await folder.open()
      return {
        store: locks,
        reopen: async () => (await folder.open()).locks,
        dispose: async () => folder.remove(),
      }
    },
  })
})

describe('user info store', async () => {
  await userInfoStoreContract({
    test,
    async create() {
      const folder = testFolder()
      const { users } = await folder.open()
      return {
        store: users,
        reopen: async () => (await folder.open()).users,
        dispose: async () => folder.remove(),
      }
    },
  })
})
