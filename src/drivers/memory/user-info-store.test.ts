import { describe, test } from 'vitest'
import { userInfoStoreContract } from '../../testing/user-info-store-contract.js'
import { memoryUserInfoStore } from './user-info-store.js'

describe('user info store in memory', async () => {
  await userInfoStoreContract({
    test,
    create: async () => ({ store: memoryUserInfoStore(), dispose: async () => {} }),
  })
})
