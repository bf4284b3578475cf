import type { Database } from '../../drivers/folder/database.js'
import { hashOf, newSecret } from './secret.js'

/** What a one-time link is for: a person who chooses a password, or, with null, the first account of the server. */
export interface OneTimeLink {
  readonly personId: string | null
}

export interface OneTimeLinks {
  /** Makes a link and gives its token. Earlier links for the same purpose end. */
  make(personId: string | null): Promise<string>
  /** What a token is for, while it can be used. */
  find(token: string): OneTimeLink | null
  /** Uses a token up: of two who use it at once, one gets true. */
  use(token: string): Promise<boolean>
}

const LIFETIME_MS = 7 * 24 * 60 * 60 * 1000

interface LinkRow {
  readonly person_id: string | null
  readonly ends_at: number
}

export function createOneTimeLinks(database: Database, now: () => number): OneTimeLinks {
  const { sqlite } = database
  const insert = sqlite.prepare('INSERT INTO one_time_links VALUES (?, ?, ?)')
  const replace = sqlite.prepare('DELETE FROM one_time_links WHERE person_id IS ? OR ends_at <= ?')
  const byHash = sqlite.prepare<[string, number], LinkRow>(
    'SELECT * FROM one_time_links WHERE hash = ? AND ends_at > ?',
  )
  const remove = sqlite.prepare<[string, number]>('DELETE FROM one_time_links WHERE hash = ? AND ends_at > ?')

  return {
    async make(personId) {
      const token = newSecret()
      await database.write(() => {
        replace.run(personId, now())
        insert.run(hashOf(token), personId, now() + LIFETIME_MS)
      })
      return token
    },
    find(token) {
      const row = byHash.get(hashOf(token), now())
      return row ? { personId: row.person_id } : null
    },
    use: (token) => database.write(() => remove.run(hashOf(token), now()).changes === 1),
  }
}
