import { randomBytes } from 'node:crypto'
import type { Database } from '../../drivers/folder/database.js'
import type { Passwords } from './passwords.js'

/** Somebody the server knows: with an account, or as a guest who came by a link. */
export interface Person {
  readonly id: string
  /** What others see. */
  readonly name: string
  /** What they sign in with; null for guests. */
  readonly signInName: string | null
  /** False for guests whose name was made up for them. */
  readonly named: boolean
  /** Whether they may do everything, everywhere, and look after people. */
  readonly admin: boolean
  /** Whether they are kept out for now. */
  readonly disabled: boolean
  /** Whether they have chosen a password; without one nobody can sign in as them. */
  readonly hasPassword: boolean
  /** In milliseconds since 1970. */
  readonly createdAt: number
}

/** A new account. Without a password its owner needs a one-time link. */
export interface NewAccount {
  readonly signInName: string
  readonly name: string
  readonly password: string | null
  readonly admin: boolean
}

export interface AccountChanges {
  readonly name?: string
  readonly admin?: boolean
  readonly disabled?: boolean
  readonly password?: string
}

export interface Accounts {
  find(id: string): Person | null
  /** Everybody with an account, by name. */
  list(): Person[]
  /** Whether somebody can sign in and look after the server; false until the first account is made. */
  hasAdmin(): boolean
  create(account: NewAccount): Promise<Person | 'name-taken'>
  /** A guest: a name, an id, and nothing to sign in with. */
  createGuest(name: string, isOwnName: boolean): Promise<Person>
  /** `last-admin`: there would be nobody left to look after the server. */
  change(id: string, changes: AccountChanges): Promise<Person | 'last-admin' | null>
  remove(id: string): Promise<'removed' | 'last-admin' | null>
  /** The person whose name and password these are; null when there is none. Takes the same time either way. */
  signIn(signInName: string, password: string): Promise<Person | null>
  /** Whether this is the person's password. */
  hasPassword(id: string, password: string): Promise<boolean>
}

interface PersonRow {
  readonly id: string
  readonly sign_in_name: string | null
  readonly name: string
  readonly named: number
  readonly password: string | null
  readonly admin: number
  readonly disabled: number
  readonly created_at: number
}

/** The form in which names to sign in with are compared, so that `Eva` and `eva` are one person. */
export function comparableName(signInName: string): string {
  return signInName.normalize('NFKC').trim().toLowerCase()
}

/** A guest whose session has ended cannot come back as the same, and is forgotten once all they may have open has ended, too. */
const GUEST_MS = 2 * 24 * 60 * 60 * 1000

/** Letters and digits of any script, and what e-mail addresses are made of. */
export const signInNamePattern = /^[\p{L}\p{M}\p{N}._@+-]{1,64}$/u

export function createAccounts(database: Database, passwords: Passwords, now: () => number): Accounts {
  const { sqlite } = database
  const byId = sqlite.prepare<[string], PersonRow>('SELECT * FROM people WHERE id = ?')
  const byName = sqlite.prepare<[string], PersonRow>('SELECT * FROM people WHERE sign_in_name = ?')
  const accounts = sqlite.prepare<[], PersonRow>(
    'SELECT * FROM people WHERE sign_in_name IS NOT NULL ORDER BY name, id',
  )
  const insert = sqlite.prepare('INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, 0, ?)')
  const update = sqlite.prepare(
    'UPDATE people SET name = ?, admin = ?, disabled = ?, password = ? WHERE id = ?',
  )
  const remove = sqlite.prepare<[string]>('DELETE FROM people WHERE id = ?')
  const forgetGuests = sqlite.prepare<[number]>(
    'DELETE FROM people WHERE sign_in_name IS NULL AND created_at < ? AND id NOT IN (SELECT person_id FROM sessions)',
  )
  const admins = sqlite.prepare<[], { readonly id: string }>(
    'SELECT id FROM people WHERE admin = 1 AND disabled = 0 AND password IS NOT NULL',
  )

  function isLastAdmin(id: string): boolean {
    const all = admins.all()
    return all.length === 1 && all[0]?.id === id
  }

  return {
    find(id) {
      const row = byId.get(id)
      return row ? toPerson(row) : null
    },
    list: () => accounts.all().map(toPerson),
    hasAdmin: () => admins.get() !== undefined,

    async create({ signInName, name, password, admin }) {
      const hash = password === null ? null : await passwords.hash(password)
      const row: PersonRow = {
        id: newPersonId(),
        sign_in_name: comparableName(signInName),
        name,
        named: 1,
        password: hash,
        admin: admin ? 1 : 0,
        disabled: 0,
        created_at: now(),
      }
      return database.write(() => {
        if (byName.get(row.sign_in_name ?? '')) return 'name-taken'
        insert.run(row.id, row.sign_in_name, row.name, 1, row.password, row.admin, row.created_at)
        return toPerson(row)
      })
    },

    async createGuest(name, isOwnName) {
      const row: PersonRow = {
        id: `guest-${newPersonId()}`,
        sign_in_name: null,
        name,
        named: Number(isOwnName),
        password: null,
        admin: 0,
        disabled: 0,
        created_at: now(),
      }
      await database.write(() => {
        forgetGuests.run(now() - GUEST_MS)
        insert.run(row.id, null, row.name, row.named, row.password, row.admin, row.created_at)
      })
      return toPerson(row)
    },

    async change(id, changes) {
      const hash = changes.password === undefined ? undefined : await passwords.hash(changes.password)
      return database.write(() => {
        const row = byId.get(id)
        if (!row) return null
        if ((changes.admin === false || changes.disabled) && isLastAdmin(id)) return 'last-admin'
        const next: PersonRow = {
          ...row,
          name: changes.name ?? row.name,
          admin: Number(changes.admin ?? row.admin),
          disabled: Number(changes.disabled ?? row.disabled),
          password: hash ?? row.password,
        }
        update.run(next.name, next.admin, next.disabled, next.password, id)
        return toPerson(next)
      })
    },

    remove(id) {
      return database.write(() => {
        if (isLastAdmin(id)) return 'last-admin'
        return remove.run(id).changes === 1 ? 'removed' : null
      })
    },

    async signIn(signInName, password) {
      const row = byName.get(comparableName(signInName))
      const fits = await passwords.fits(row?.password ?? null, password)
      return row && fits && row.disabled === 0 ? toPerson(row) : null
    },

    async hasPassword(id, password) {
      return passwords.fits(byId.get(id)?.password ?? null, password)
    },
  }
}

/** Never given twice, and fit for the `UserId` of every client. */
function newPersonId(): string {
  return randomBytes(12).toString('hex')
}

function toPerson(row: PersonRow): Person {
  return {
    id: row.id,
    name: row.name,
    named: row.named === 1,
    signInName: row.sign_in_name,
    admin: row.admin === 1,
    disabled: row.disabled === 1,
    hasPassword: row.password !== null,
    createdAt: row.created_at,
  }
}
