import type { Accounts } from './accounts.js'
import type { ItemRoles, SetRole } from './item-roles.js'
import { greaterRole, isAtLeast, type Role } from './roles.js'
import type { Share, Shares } from './shares.js'

/** Where an item is: its own id, then those of the folders it lies in, the nearest first and the root last. */
export type Chain = readonly string[]

/** Judges what a person is to an item, from what is written at this very moment. */
export interface Access {
  /** The role a person has for an item; null = the item does not exist for them. */
  roleOf(personId: string, chain: Chain): Role | null
  /** What is needed to judge many items for one person: valid for the moment, not to be kept. */
  roleGiver(personId: string): (chain: Chain) => Role | null
  /** The items a person was let into, of which there may be others below each other. */
  startingPoints(personId: string): string[]
  /** The role a share gives now: null when who made it may not let others in any more. */
  roleOfShare(share: Share): Role | null
}

/** @param chainOf the chain of an item; null when it is gone. */
export function createAccess(
  accounts: Accounts,
  itemRoles: ItemRoles,
  shares: Shares,
  chainOf: (itemId: string) => Chain | null,
): Access {
  /** Without what came by shares: nobody owns anything by a link. */
  function ownRoleGiver(personId: string): (chain: Chain) => Role | null {
    const person = accounts.find(personId)
    if (!person || person.disabled) return () => null
    if (person.admin) return () => 'owner'
    const set = itemRoles.of(personId)
    return (chain) => nearest(set, chain)
  }

  function roleOfShare(share: Share): Role | null {
    const chain = chainOf(share.itemId)
    return chain && isAtLeast(ownRoleGiver(share.madeBy)(chain), 'owner') ? share.role : null
  }

  function roleGiver(personId: string): (chain: Chain) => Role | null {
    if (accounts.find(personId)?.disabled !== false) return () => null
    const own = ownRoleGiver(personId)
    const entered = shares.enteredBy(personId).map(({ itemId, ...share }) => ({
      itemId,
      role: roleOfShare({ itemId, ...share }),
    }))
    return (chain) =>
      entered.reduce<Role | null>(
        (role, share) => (chain.includes(share.itemId) ? greaterRole(role, share.role) : role),
        own(chain),
      )
  }

  return {
    roleGiver,
    roleOfShare,
    roleOf: (personId, chain) => roleGiver(personId)(chain),
    startingPoints(personId) {
      const set = [...itemRoles.of(personId)].flatMap(([itemId, role]) => (role === 'none' ? [] : [itemId]))
      const entered = shares.enteredBy(personId).map((share) => share.itemId)
      return [...new Set([...set, ...entered])]
    },
  }
}

/** What the nearest folder says counts. */
function nearest(set: ReadonlyMap<string, SetRole>, chain: Chain): Role | null {
  for (const itemId of chain) {
    const role = set.get(itemId)
    if (role !== undefined) return role === 'none' ? null : role
  }
  return null
}
