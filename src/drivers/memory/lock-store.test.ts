import { describe, test } from 'vitest'
import { lockStoreContract } from '../../testing/lock-store-contract.js'
import { memoryLockStore } from './lock-store.js'

describe('lock store in memory', async () => {
  await lockStoreContract({
    test,
    create: async () => ({ store: memoryLockStore(), dispose: async () => {} }),
  })
})
