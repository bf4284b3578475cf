import type { Database } from '../../drivers/folder/database.js'
import type { Role } from './roles.js'

/** What somebody said a person is to an item. `none` takes away, from here down, what a folder above gives. */
export type SetRole = Role | 'none'

/** The roles that were set, by person and item. What follows from them is judged in `access.ts`. */
export interface ItemRoles {
  /** All that was set for a person, by item id. */
  of(personId: string): ReadonlyMap<string, SetRole>
  /** All that was set on an item, by person id. */
  on(itemId: string): ReadonlyMap<string, SetRole>
  /** Null = nothing is said here any more: what the folder above says counts. */
  set(itemId: string, personId: string, role: SetRole | null): Promise<void>
}

interface RoleRow {
  readonly person_id: string
  readonly item_id: string
  readonly role: SetRole
}

export function createItemRoles(database: Database): ItemRoles {
  const { sqlite } = database
  const ofPerson = sqlite.prepare<[string], RoleRow>('SELECT * FROM roles WHERE person_id = ?')
  const onItem = sqlite.prepare<[string], RoleRow>('SELECT * FROM roles WHERE item_id = ?')
  const upsert = sqlite.prepare('INSERT OR REPLACE INTO roles (person_id, item_id, role) VALUES (?, ?, ?)')
  const remove = sqlite.prepare('DELETE FROM roles WHERE person_id = ? AND item_id = ?')

  return {
    of: (personId) => new Map(ofPerson.all(personId).map((row) => [row.item_id, row.role])),
    on: (itemId) => new Map(onItem.all(itemId).map((row) => [row.person_id, row.role])),
    async set(itemId, personId, role) {
      await database.write(() =>
        role === null ? remove.run(personId, itemId) : upsert.run(personId, itemId, role),
      )
    },
  }
}
