import type { UserInfoStore } from '../../ports/user-info-store.js'
import type { Database } from './database.js'

/** User infos in the index. */
export function sqliteUserInfoStore(database: Database): UserInfoStore {
  const find = database.sqlite.prepare<[string], { user_info: string }>(
    'SELECT user_info FROM user_infos WHERE user_id = ?',
  )
  const upsert = database.sqlite.prepare<[string, string]>('INSERT OR REPLACE INTO user_infos VALUES (?, ?)')
  return {
    async get(userId) {
      return find.get(userId)?.user_info ?? null
    },
    async put(userId, userInfo) {
      await database.write(() => upsert.run(userId, userInfo))
    },
  }
}
