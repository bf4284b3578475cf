import type { LibraryEvent } from '../../drivers/folder/index.js'
import type { DocumentState } from '../activity/document-state.js'
import type { LockView } from '../api/api-error.js'
import type { Chain } from '../people/access.js'
import { isAtLeast, type Role } from '../people/roles.js'

/** What open pages are told. */
export type LiveEvent =
  /** What happened meanwhile is no longer known: look at everything again. */
  | { readonly type: 'stream-restart' }
  | ({ readonly type: 'presence'; readonly fileId: string } & DocumentState)
  | (About &
      (
        | { readonly type: 'item-added' }
        | { readonly type: 'item-removed' }
        | { readonly type: 'item-changed'; readonly version: string }
        | {
            readonly type: 'item-renamed'
            readonly previousName: string
            readonly fromFolderId: string | null
          }
        | { readonly type: 'saved'; readonly version: string; readonly user: string; readonly origin: string }
        | { readonly type: 'suspicious'; readonly version: string; readonly reason: string }
        | { readonly type: 'lock-changed'; readonly lock: LockView | null }
        | {
            readonly type: 'save-refused'
            readonly rescuedId: string
            readonly reason: string
            readonly user: string
          }
        | { readonly type: 'rescued-settled'; readonly rescuedId: string }
      ))

interface About {
  /** Of a file or folder. */
  readonly fileId: string
  readonly kind: 'file' | 'folder'
  readonly name: string
  readonly folderId: string | null
  /** Milliseconds since 1970. */
  readonly at: number
}

/** How a person sees the library at this moment. */
export interface Sight {
  /** Where an item is; null when it is gone. */
  chainOf(id: string): Chain | null
  roleIn(chain: Chain): Role | null
  lockOf(fileId: string): LockView | null
}

/** What a person is told of something that happened; null = nothing, because it is none of their business. */
export function liveEventFor(event: LibraryEvent, sight: Sight): LiveEvent | null {
  const { id, kind, name, at } = event
  const roleAt = (folderId: string | null) => {
    const folder = folderId === null ? null : sight.chainOf(folderId)
    return folder && sight.roleIn(folder)
  }
  // What is gone is judged by where it was.
  const chain = sight.chainOf(id) ?? [
    id,
    ...((event.folderId !== null && sight.chainOf(event.folderId)) || []),
  ]
  const role = sight.roleIn(chain)
  const seen = (folderId: string | null) => (roleAt(folderId) === null ? null : folderId)
  const about = { fileId: id, kind, name, folderId: seen(event.folderId), at }

  if (event.type === 'renamed') {
    const fromFolderId = seen(event.previousFolderId)
    // Moved out of sight: for this person it is gone.
    if (role === null) {
      if (fromFolderId === null) return null
      return { ...about, type: 'item-removed', name: event.previousName, folderId: fromFolderId }
    }
    // Moved into sight: for this person it is new, and where and under which name it was is none of their business.
    const moved = event.previousFolderId !== event.folderId
    if (moved && fromFolderId === null) return { ...about, type: 'item-added' }
    return { ...about, type: 'item-renamed', previousName: event.previousName, fromFolderId }
  }
  if (role === null) return null
  switch (event.type) {
    case 'added':
      return { ...about, type: 'item-added' }
    case 'removed':
      return { ...about, type: 'item-removed' }
    case 'changed':
      return { ...about, type: 'item-changed', version: event.version }
    case 'saved':
      return { ...about, type: 'saved', version: event.version, user: event.by, origin: event.origin }
    case 'suspicious-save':
      return { ...about, type: 'suspicious', version: event.version, reason: event.reason }
    case 'lock-changed':
      return { ...about, type: 'lock-changed', lock: sight.lockOf(id) }
    case 'rescued':
      if (!isAtLeast(role, 'commenter')) return null
      return {
        ...about,
        type: 'save-refused',
        rescuedId: event.rescuedId,
        reason: event.reason,
        user: event.by,
      }
    case 'rescued-settled':
      if (!isAtLeast(role, 'commenter')) return null
      return { ...about, type: 'rescued-settled', rescuedId: event.rescuedId }
  }
}
