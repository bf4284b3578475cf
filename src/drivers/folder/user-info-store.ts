import type { UserInfoStore } from '../../ports/user-info-store.js'
import type { Database } from './database.js'
import { remembered } from './remembered.js'

/** User infos in the index. */
export function sqliteUserInfoStore(database: Database): UserInfoStore {
  const find = database.sqlite.prepare<[string], { user_info: string }>(
    'SELECT user_info FROM user_infos WHERE user_id = ?',
  )
  const upsert = database.sqlite.prepare<[string, string]>('INSERT OR REPLACE INTO user_infos VALUES (?, ?)')
  const ofUser = remembered(database, (userId) => find.get(userId)?.user_info ?? null)
  return {
    get: async (userId) => ofUser.get(userId),
    async put(userId, userInfo) {
      await database.write(() => {
        ofUser.forget()
        upsert.run(userId, userInfo)
      })
    },
  }
}
