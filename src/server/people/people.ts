import { join } from 'node:path'
import { type Durability, openDatabase } from '../../drivers/folder/database.js'
import { type Access, type Chain, createAccess } from './access.js'
import { type Accounts, createAccounts } from './accounts.js'
import { createItemRoles, type ItemRoles } from './item-roles.js'
import { peopleLayout } from './layout.js'
import { createOneTimeLinks, type OneTimeLinks } from './one-time-links.js'
import { createPasswords } from './passwords.js'
import { createSessions, type Sessions } from './sessions.js'
import { createShares, type Shares } from './shares.js'
import { createThrottle, type Throttle } from './throttle.js'

/** Who there is, who is signed in, and who may do what. */
export interface People {
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly links: OneTimeLinks
  readonly roles: ItemRoles
  readonly shares: Shares
  readonly access: Access
  readonly throttle: Throttle
  close(): void
}

export interface PeopleOptions {
  /** The data folder. */
  readonly data: string
  readonly durability: Durability
  /** Where an item of the library is; null when it is gone. */
  chainOf(itemId: string): Chain | null
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * Opens the database of people, which several processes may share.
 *
 * @throws Error saying what is wrong with the file and what to do.
 */
export function openPeople(options: PeopleOptions): People {
  const now = options.now ?? Date.now
  const database = openDatabase(join(options.data, 'people.sqlite'), peopleLayout, options.durability)
  const passwords = createPasswords()
  const accounts = createAccounts(database, passwords, now)
  const roles = createItemRoles(database)
  const shares = createShares(database, passwords, now)
  return {
    accounts,
    sessions: createSessions(database, now),
    links: createOneTimeLinks(database, now),
    roles,
    shares,
    access: createAccess(accounts, roles, shares, options.chainOf),
    throttle: createThrottle(database, now),
    close: () => database.close(),
  }
}
