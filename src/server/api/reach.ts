import type { Item } from '../../drivers/folder/index.js'
import type { ServerContext } from '../context.js'
import { chainOf, findChain } from '../item-chain.js'
import type { Chain } from '../people/access.js'
import { isAtLeast, type Role } from '../people/roles.js'
import type { VisitingPerson } from '../visitors.js'
import { ApiError } from './api-error.js'

/** An item that somebody may at least see. */
export interface Reached {
  readonly item: Item
  readonly role: Role
  readonly chain: Chain
}

/** What a person can get at, judged for the length of one request. */
export interface Reach {
  /** Null = it does not exist for them. */
  roleIn(chain: Chain): Role | null
  /** The role for an item; null also when there is no such item. */
  roleOf(itemId: string): Role | null
  find(itemId: string): Promise<Reached | null>
  /**
   * The item, for somebody who has at least this role for it.
   * @throws ApiError `not-found` when there is none or they may not even see it, `forbidden` when their role is less.
   */
  need(itemId: string, role: Role): Promise<Reached>
  /** Whether they may add to, and take away from, the folder an item is in. */
  mayChangeFolderOf(chain: Chain): boolean
  /** Whether something below a folder is hidden from them, although the folder is not. */
  isPartlyHidden(folderId: string): boolean
  /** The topmost items they were let into, apart from the whole library. */
  startingPoints(): Promise<Reached[]>
}

export function reachOf({ library, people }: ServerContext, person: VisitingPerson): Reach {
  const roleIn = people ? people.access.roleGiver(person.id) : () => 'owner' as const
  const mayChangeFolderOf = (chain: Chain) => chain.length > 1 && isAtLeast(roleIn(chain.slice(1)), 'editor')

  const reach: Reach = {
    roleIn,
    mayChangeFolderOf,
    roleOf(itemId) {
      const chain = chainOf(library, itemId)
      return chain && roleIn(chain)
    },
    async find(itemId) {
      const item = await library.tree.get(itemId)
      const chain = item && (await findChain(library, item))
      const role = chain && roleIn(chain)
      return item && chain && role ? { item, role, chain } : null
    },
    async need(itemId, role) {
      const reached = await reach.find(itemId)
      if (!reached) throw new ApiError('not-found')
      if (!isAtLeast(reached.role, role)) throw new ApiError('forbidden')
      return reached
    },
    isPartlyHidden(folderId) {
      if (!people || person.admin) return false
      return [...people.roles.of(person.id)].some(([itemId, role]) => {
        const chain = role === 'none' ? chainOf(library, itemId) : null
        return chain?.includes(folderId) === true && roleIn(chain) === null
      })
    },
    async startingPoints() {
      const found: Reached[] = []
      for (const itemId of people?.access.startingPoints(person.id) ?? []) {
        const reached = await reach.find(itemId)
        if (reached && roleIn(reached.chain.slice(1)) === null) found.push(reached)
      }
      return found
    },
  }
  return reach
}

/** The id of the folder an item is in, if the person may see it. */
export function folderIdOf(reach: Reach, { chain }: Reached): string | null {
  const [, folderId] = chain
  return folderId !== undefined && reach.roleIn(chain.slice(1)) !== null ? folderId : null
}
