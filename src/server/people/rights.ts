import type { Permission, Rights } from '../../protocol/permission.js'
import { permissionWithin, type Role } from './roles.js'

/**
 * What somebody may do with a file in an editor. Whoever may not change the folder it is in puts nothing beside it, does not take it away, and
 * does not rename it, which would tell which names are taken there: the guest of one document does not get into its folder.
 *
 * @param bound more than this is not given: what the token says, or what was asked for.
 */
export function rightsOf(
  role: Role,
  mayChangeFolder: boolean,
  bound: Permission = 'edit',
): Permission | Rights {
  const permission = permissionWithin(role, bound)
  return mayChangeFolder ? permission : { permission, without: ['save-copy', 'rename', 'delete'] }
}
