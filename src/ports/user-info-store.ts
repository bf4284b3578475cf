/** Keeps what a client stores about a person with PutUserInfo. */
export interface UserInfoStore {
  /** The last text put for this person, or null. */
  get(userId: string): Promise<string | null>
  /** Keeps a text of at most 1024 ASCII characters for this person, durably. */
  put(userId: string, userInfo: string): Promise<void>
}
