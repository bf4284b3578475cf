import type { UserInfoStore } from '../../ports/user-info-store.js'

/** User infos in memory, for tests. */
export function memoryUserInfoStore(): UserInfoStore {
  const infos = new Map<string, string>()
  return {
    async get(userId) {
      return infos.get(userId) ?? null
    },
    async put(userId, userInfo) {
      infos.set(userId, userInfo)
    },
  }
}
