/** What a person may do with a file, from least to most. */
export const permissions = ['view', 'fill', 'comment', 'review', 'edit'] as const

export type Permission = (typeof permissions)[number]

/** What an operation needs. `lock` covers every lock operation: whoever may save, or fill in a form, holds locks. */
export type Ability = 'read' | 'lock' | 'save' | 'save-copy' | 'rename' | 'delete'

/**
 * Which permission carries which abilities. A reviewer and a commenter save the whole file too: what may change in it
 * is guarded by the client, from `UserCanReview` and `UserCanOnlyComment`. Someone who fills in a form sends the result as a new file.
 */
const abilitiesOf: Record<Permission, readonly Ability[]> = {
  view: ['read'],
  fill: ['read', 'lock', 'save-copy'],
  comment: ['read', 'lock', 'save'],
  review: ['read', 'lock', 'save'],
  edit: ['read', 'lock', 'save', 'save-copy', 'rename', 'delete'],
}

/** A permission that is short of something it would otherwise carry, such as `save-copy` for somebody who may add nothing to the folder. */
export interface Rights {
  readonly permission: Permission
  readonly without: readonly Ability[]
}

/** Whether somebody with this permission, or these rights, may use this ability. */
export function allows(rights: Permission | Rights, ability: Ability): boolean {
  if (typeof rights === 'string') return abilitiesOf[rights].includes(ability)
  return abilitiesOf[rights.permission].includes(ability) && !rights.without.includes(ability)
}

/** The permission a text names, or null. */
export function parsePermission(text: string): Permission | null {
  return permissions.find((permission) => permission === text) ?? null
}
