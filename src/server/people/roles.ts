import { type Permission, permissions } from '../../protocol/permission.js'

/**
 * What a person is to a folder or file, from least to most. A role counts for everything below its folder, until a nearer one says otherwise.
 * Editors change what is there; owners also say who may do what.
 */
export const roles = ['viewer', 'commenter', 'reviewer', 'editor', 'owner'] as const

export type Role = (typeof roles)[number]

/** What a link can give: never the right to let others in. */
export const shareRoles = ['viewer', 'commenter', 'reviewer', 'editor'] as const

export type ShareRole = (typeof shareRoles)[number]

const permissionOf: Record<Role, Permission> = {
  viewer: 'view',
  commenter: 'comment',
  reviewer: 'review',
  editor: 'edit',
  owner: 'edit',
}

export function isAtLeast(role: Role | null, wanted: Role): boolean {
  return role !== null && roles.indexOf(role) >= roles.indexOf(wanted)
}

/** The greater of two roles; null is none. */
export function greaterRole(a: Role | null, b: Role | null): Role | null {
  if (a === null || b === null) return a ?? b
  return isAtLeast(a, b) ? a : b
}

/** What a role allows in an editor, within the bound a token has set. A form that is only to be filled in stays that. */
export function permissionWithin(role: Role, bound: Permission): Permission {
  const permission = permissionOf[role]
  return permissions.indexOf(permission) < permissions.indexOf(bound) ? permission : bound
}
