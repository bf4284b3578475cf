import type { Stats } from 'node:fs'
import type { SaveInfo } from '../../ports/file-store.js'
import type { Item } from './items.js'
import type { DiskState } from './paths.js'

/** An entry of the history as the index keeps it. */
export interface VersionRow {
  readonly file_id: string
  readonly version: number
  readonly last_version: number
  readonly size: number
  readonly sha256: string | null
  readonly at: number
  readonly origin: SaveInfo['origin'] | 'outside' | 'restore'
  readonly user_id: string | null
  readonly user_name: string | null
  readonly editors: string
  readonly modified_by_user: number
  readonly session: string | null
  readonly stored: number
  readonly suspicious: string | null
  readonly pinned: number
}

/** A file with the state in which it was looked at. */
export interface SeenFile {
  readonly place: string
  readonly state: DiskState
}

/** A flushed copy of a document, and the state of the document it is a copy of. */
export interface OldCopy {
  readonly place: string
  readonly of: DiskState
}

/** What became of content that is about to be replaced; see `History.supersede`. */
export type Superseded = Kept | 'changed' | 'needs-copy'

/** Content that has a name of its own in the history. */
export interface Kept {
  /** What the document looked like. */
  readonly stats: Stats
  readonly place: string
}

/** What is recorded with a new version. */
export interface VersionNote {
  readonly save: Omit<SaveInfo, 'origin'>
  readonly origin: VersionRow['origin']
  /** The lock under which it was saved; null without one. */
  readonly session: string | null
  /** Why it looks damaged; null when it does not. */
  readonly suspicious: string | null
}

/** A new entry for the content an item has. */
export function rowOf(item: Item, origin: VersionRow['origin']): VersionRow {
  return {
    file_id: item.id,
    version: item.version,
    last_version: item.version,
    size: item.size,
    sha256: item.sha256,
    at: item.modifiedAt,
    origin,
    user_id: null,
    user_name: null,
    editors: '[]',
    modified_by_user: 0,
    session: null,
    stored: 0,
    suspicious: null,
    pinned: 0,
  }
}
