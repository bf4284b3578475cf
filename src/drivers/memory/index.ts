export { type MemoryFileStore, memoryFileStore } from './file-store.js'
export { memoryLockStore } from './lock-store.js'
export { memoryUserInfoStore } from './user-info-store.js'
