export * from './conformance/index.js'
export type { Disposable, RegisterTest } from './contract.js'
export { type FileStoreContract, type FileStoreUnderTest, fileStoreContract } from './file-store-contract.js'
export { type LockStoreContract, type LockStoreUnderTest, lockStoreContract } from './lock-store-contract.js'
export {
  type UserInfoStoreContract,
  type UserInfoStoreUnderTest,
  userInfoStoreContract,
} from './user-info-store-contract.js'
