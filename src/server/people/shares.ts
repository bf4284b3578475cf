import { randomBytes } from 'node:crypto'
import type { Database } from '../../drivers/folder/database.js'
import type { Passwords } from './passwords.js'
import type { ShareRole } from './roles.js'

/** A link by which whoever has it comes to an item, with a role. */
export interface Share {
  readonly id: string
  /** What the link ends in. */
  readonly secret: string
  readonly itemId: string
  readonly role: ShareRole
  readonly hasPassword: boolean
  /** When the link ends, in milliseconds since 1970; null = it does not. */
  readonly endsAt: number | null
  /** Id of who made it; it gives nothing that this person could not give today. */
  readonly madeBy: string
}

export interface NewShare {
  readonly itemId: string
  readonly role: ShareRole
  readonly password: string | null
  readonly endsAt: number | null
  readonly madeBy: string
}

export interface Shares {
  find(id: string): Share | null
  /** The share whose link ends in this secret, unless it has ended. */
  bySecret(secret: string): Share | null
  /** The shares of an item that have not ended. */
  on(itemId: string): Share[]
  /** The shares a person has come in by, as far as they have not ended. */
  enteredBy(personId: string): Share[]
  make(share: NewShare): Promise<Share>
  remove(id: string): Promise<void>
  /** Lets a person in by a share, for as long as it lasts. */
  enter(shareId: string, personId: string): Promise<void>
  /** Whether this is the share's password; true when it has none. */
  fits(shareId: string, password: string): Promise<boolean>
}

interface ShareRow {
  readonly id: string
  readonly secret: string
  readonly item_id: string
  readonly role: ShareRole
  readonly password: string | null
  readonly ends_at: number | null
  readonly made_by: string
}

/** 144 bits, kept as they are, because the link is shown again to whoever looks after the item. */
const SECRET_BYTES = 18

export function createShares(database: Database, passwords: Passwords, now: () => number): Shares {
  const { sqlite } = database
  const live = '(ends_at IS NULL OR ends_at > ?)'
  const byId = sqlite.prepare<[string, number], ShareRow>(`SELECT * FROM shares WHERE id = ? AND ${live}`)
  const bySecret = sqlite.prepare<[string, number], ShareRow>(
    `SELECT * FROM shares WHERE secret = ? AND ${live}`,
  )
  const onItem = sqlite.prepare<[string, number], ShareRow>(
    `SELECT * FROM shares WHERE item_id = ? AND ${live} ORDER BY made_at`,
  )
  const entered = sqlite.prepare<[string, number], ShareRow>(
    `SELECT shares.* FROM share_entries JOIN shares ON shares.id = share_id WHERE person_id = ? AND ${live}`,
  )
  const insert = sqlite.prepare('INSERT INTO shares VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  const remove = sqlite.prepare<[string]>('DELETE FROM shares WHERE id = ?')
  const enter = sqlite.prepare('INSERT OR IGNORE INTO share_entries (share_id, person_id) VALUES (?, ?)')

  return {
    find(id) {
      const row = byId.get(id, now())
      return row ? toShare(row) : null
    },
    bySecret(secret) {
      const row = bySecret.get(secret, now())
      return row ? toShare(row) : null
    },
    on: (itemId) => onItem.all(itemId, now()).map(toShare),
    enteredBy: (personId) => entered.all(personId, now()).map(toShare),
    async make({ itemId, role, password, endsAt, madeBy }) {
      const row: ShareRow = {
        id: randomBytes(8).toString('hex'),
        secret: randomBytes(SECRET_BYTES).toString('base64url'),
        item_id: itemId,
        role,
        password: password === null ? null : await passwords.hash(password),
        ends_at: endsAt,
        made_by: madeBy,
      }
      await database.write(() =>
        insert.run(row.id, row.secret, itemId, role, row.password, endsAt, madeBy, now()),
      )
      return toShare(row)
    },
    async remove(id) {
      await database.write(() => remove.run(id))
    },
    async enter(shareId, personId) {
      await database.write(() => enter.run(shareId, personId))
    },
    async fits(shareId, password) {
      const row = byId.get(shareId, now())
      if (!row) return false
      return row.password === null || passwords.fits(row.password, password)
    },
  }
}

function toShare(row: ShareRow): Share {
  return {
    id: row.id,
    secret: row.secret,
    itemId: row.item_id,
    role: row.role,
    hasPassword: row.password !== null,
    endsAt: row.ends_at,
    madeBy: row.made_by,
  }
}
