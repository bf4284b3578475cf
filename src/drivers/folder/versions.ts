import type { ByteRange, Bytes, SaveInfo } from '../../ports/file-store.js'
import type { Database } from './database.js'
import { hasHash } from './durable.js'
import type { History } from './history.js'
import type { Item } from './items.js'
import { type Root, sameState } from './paths.js'
import { openForReading } from './read-file.js'
import { type ReplaceParts, replaceContent } from './replace-content.js'
import type { Staging } from './staging.js'
import type { Author, ForceOption, TreeRefusal, TreeResult } from './tree.js'
import type { VersionRow } from './version-row.js'

/** One content a file has had. */
export interface VersionInfo {
  readonly fileId: string
  /** The `Version` the content got when it was committed. */
  readonly version: string
  readonly size: number
  /** Base64; null for content that another program made and nobody has hashed. */
  readonly sha256: string | null
  /** When, in milliseconds since 1970. */
  readonly at: number
  readonly origin: SaveInfo['origin'] | 'outside' | 'restore'
  /** Who saved it; null when another program did. */
  readonly user: { readonly id: string; readonly name: string } | null
  /** Ids of everybody who changed the content, as the client named them. */
  readonly editors: readonly string[]
  readonly modifiedByUser: boolean
  /** Why the content is suspected to be damaged; null when it is not. */
  readonly suspicious: string | null
  /** Whether no retention rule may remove it. */
  readonly pinned: boolean
  /** Whether it is the document as it is now. */
  readonly current: boolean
  /** Whether its content can still be had. It cannot when another program wrote over it twice before anybody looked. */
  readonly available: boolean
}

/** The history of files: every committed content, the newest first. */
export interface Versions {
  /** The versions of a file, a page at a time; nothing for a file that is not there. */
  list(
    fileId: string,
    page?: { readonly offset?: number; readonly limit?: number },
  ): Promise<{ readonly versions: VersionInfo[]; readonly total: number }>
  /** What is recorded of a version; null when it is not in the history. */
  find(fileId: string, version: string): VersionInfo | null
  /** The content of a version or a range within it, or null when it is not in the history any more. */
  open(
    fileId: string,
    version: string,
    range?: ByteRange,
  ): Promise<{ readonly version: VersionInfo; readonly body: Bytes } | null>
  /**
   * Makes an old content the present one again, as a new version. Refused while people edit the file, unless forced; then the present content
   * stays in the history, and what their session still saves becomes a version after this one.
   */
  restore(fileId: string, version: string, by: Author, options?: ForceOption): Promise<TreeResult>
  /** Keeps a version from being removed by any retention rule; false when there is no such version. */
  pin(fileId: string, version: string): Promise<boolean>
  unpin(fileId: string, version: string): Promise<boolean>
}

export interface VersionsParts extends ReplaceParts {
  readonly database: Database
  readonly root: Root
  readonly history: History
  readonly staging: Staging
}

const notFound: TreeRefusal = { done: false, because: 'not-found' }

const PAGE = 200

export function createVersions(parts: VersionsParts): Versions {
  const { database, root, items, catalog, history, staging, now } = parts

  function rowOf(fileId: string, version: string): VersionRow | null {
    return /^\d{1,15}$/.test(version) ? history.find(fileId, Number(version)) : null
  }

  /** The content of an entry, wherever it is, and the entry as it is found to be. */
  async function contentOf(
    row: VersionRow,
    range?: ByteRange,
  ): Promise<{ row: VersionRow; body: Bytes } | null> {
    const place = await placeOf(row)
    const opened = place === null ? null : openForReading(place)
    if (!opened) return null
    if (opened.state.size === row.size) return { row, body: opened.read(range) }
    opened.close()
    const { file_id, version } = row
    const isWritten = row.stored && (await database.write(() => history.takeInWrites(file_id, version)))
    const written = isWritten ? history.find(file_id, version) : null
    return written && contentOf(written, range)
  }

  async function placeOf(row: VersionRow): Promise<string | null> {
    if (row.stored) return history.place(row.file_id, row.version)
    const item = items.find(row.file_id)
    const sight = item && root.look(item.path)
    if (item && sight && row.last_version === item.version && sameState(sight, item))
      return root.locate(item.path)
    // The document is gone or was written over, and nobody has noticed yet.
    const copy = history.copyPlace(row.file_id)
    const isIt = row.sha256 !== null && (await hasHash(copy, row.sha256))
    return isIt ? copy : null
  }

  async function setPinned(fileId: string, version: string, pinned: boolean): Promise<boolean> {
    return database.write(() => {
      const row = rowOf(fileId, version)
      if (row) history.setPinned(fileId, row.version, pinned)
      return row !== null
    })
  }

  return {
    async list(fileId, { offset = 0, limit = PAGE } = {}) {
      const item = await catalog.find(fileId)
      if (item?.kind !== 'file') return { versions: [], total: 0 }
      const { rows, total } = history.page(fileId, offset, limit)
      // A file that was never saved here has one version, the present one, of which nothing is recorded.
      if (total === 0) return { versions: offset === 0 ? [unrecorded(item)] : [], total: 1 }
      return { versions: rows.map((row) => toVersionInfo(row, item)), total }
    },
    find(fileId, version) {
      const row = rowOf(fileId, version)
      const item = items.find(fileId)
      if (row) return toVersionInfo(row, item)
      return item?.kind === 'file' && String(item.version) === version ? unrecorded(item) : null
    },
    async open(fileId, version, range) {
      const item = await catalog.find(fileId)
      const row = rowOf(fileId, version)
      if (row) {
        const content = await contentOf(row, range)
        return content && { version: toVersionInfo(content.row, item), body: content.body }
      }
      if (item?.kind !== 'file' || String(item.version) !== version) return null
      const opened = openForReading(root.locate(item.path))
      return opened && { version: unrecorded(item), body: opened.read(range) }
    },
    async restore(fileId, version, by, { force = false } = {}) {
      const source = rowOf(fileId, version)
      const content = source && (await contentOf(source))
      if (!content) return notFound
      const save: SaveInfo = {
        ...by,
        editors: [],
        origin: 'save',
        modifiedByUser: true,
        at: now(),
      }
      const staged = await staging.receive(fileId, content.body, save)
      try {
        return await replaceContent(parts, fileId, staged, save, 'restore', force)
      } finally {
        await staging.discard(staged)
      }
    },
    pin: (fileId, version) => setPinned(fileId, version, true),
    unpin: (fileId, version) => setPinned(fileId, version, false),
  }
}

function unrecorded(item: Item): VersionInfo {
  return {
    fileId: item.id,
    version: String(item.version),
    size: item.size,
    sha256: item.sha256,
    at: item.modifiedAt,
    origin: 'outside',
    user: null,
    editors: [],
    modifiedByUser: false,
    suspicious: null,
    pinned: false,
    current: true,
    available: true,
  }
}

function toVersionInfo(row: VersionRow, item: Item | null): VersionInfo {
  const current = item !== null && row.last_version === item.version
  return {
    fileId: row.file_id,
    version: String(row.last_version),
    size: row.size,
    sha256: row.sha256,
    at: row.at,
    origin: row.origin,
    user: row.user_id === null ? null : { id: row.user_id, name: row.user_name ?? row.user_id },
    editors: JSON.parse(row.editors) as string[],
    modifiedByUser: row.modified_by_user === 1,
    suspicious: row.suspicious,
    pinned: row.pinned === 1,
    current,
    available: current || row.stored === 1,
  }
}
