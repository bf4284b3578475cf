/*
 * What the server's HTTP API gives and takes. Times are milliseconds since 1970, sizes are bytes.
 */

export type Language = 'en' | 'zh-CN'
export type Role = 'owner' | 'editor' | 'reviewer' | 'commenter' | 'viewer'
export type Intent = 'edit' | 'view' | 'convert' | 'fill'

export interface Person {
  readonly id: string
  readonly name: string
}

export interface Session {
  /** `single`: one person on this machine, without sign-in. */
  readonly mode: 'single' | 'accounts'
  readonly setupNeeded: boolean
  readonly person: (Person & { readonly admin: boolean; readonly guest: boolean }) | null
  readonly csrf: string
  readonly language: Language
  /** The folder this person lands on; null for the guest of a single file. */
  readonly rootId: string | null
  /** The file of a guest of a single file. */
  readonly fileId?: string
  readonly version: string
  readonly maxFileSize: number
  /** Extensions of blank documents, without a dot. */
  readonly canCreate: readonly string[]
  readonly clients: readonly { readonly name: string; readonly url: string; readonly reachable: boolean }[]
}

export interface Lock {
  readonly userName: string
  readonly since: number
  readonly until: number
}

export interface Opening {
  readonly intent: Intent
  /** Name of the client. */
  readonly client: string
}

export interface Item {
  readonly id: string
  readonly kind: 'file' | 'folder'
  readonly name: string
  readonly size: number
  readonly modifiedAt: number
  readonly version?: string
  readonly folderId?: string | null
  readonly lock: Lock | null
  readonly role: Role
  /** Why the content may be damaged; null when it looks right. */
  readonly suspicious: string | null
  readonly rescuedCount: number
  /** How it would be opened now; null when no client opens the type. */
  readonly open: Opening | null
  readonly openWith?: readonly {
    readonly client: string
    readonly name: string
    readonly intent: Intent
  }[]
  /** URL of a small picture of it. */
  readonly thumbnail: string | null
  /** Who has its host page open. */
  readonly people?: readonly Person[]
  /** A save is arriving, or is still to come from an editor that was just closed. */
  readonly saving?: boolean
}

export interface Step {
  readonly id: string
  readonly name: string
}

export interface Folder extends Item {
  /** From the root, or what this person sees of it, to the folder itself. */
  readonly path: readonly Step[]
}

export type SortKey = 'name' | 'modified' | 'size' | 'kind'
export type Order = 'asc' | 'desc'

export interface FolderPage {
  readonly folder: Folder
  readonly items: readonly Item[]
  readonly total: number
}

export type FoundItem = Item & { readonly folderPath: string }

export interface BinItem {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly size: number
  readonly at: number
  /** Who deleted it. */
  readonly by: Person | string | null
  readonly kind?: 'file' | 'folder'
}

export type Origin =
  | 'save'
  | 'autosave'
  | 'exit-save'
  | 'save-as'
  | 'conversion'
  | 'upload'
  | 'restore'
  | 'outside'

export interface Version {
  readonly version: string
  readonly at: number
  readonly size: number
  readonly origin: Origin
  readonly user: Person | null
  readonly editors: readonly string[]
  readonly modifiedByUser: boolean
  readonly suspicious: string | null
  readonly pinned: boolean
  readonly current: boolean
}

export interface Rescued {
  readonly id: string
  readonly fileId: string
  readonly name: string
  readonly folderId: string | null
  readonly at: number
  readonly size: number
  readonly code: string
  readonly reason: string
  readonly user: Person | null
  readonly baseVersion: string | null
  readonly fileExists: boolean
}

export interface LockedFile extends Lock {
  readonly fileId: string
  readonly name: string
  readonly folderPath: string
  readonly users: readonly string[]
  readonly lastSaveAt: number | null
}

export interface Account {
  readonly id: string
  /** What is typed to sign in. */
  readonly name: string
  readonly displayName: string
  readonly admin: boolean
  readonly disabled: boolean
  readonly lastSeenAt: number | null
}

export interface Share {
  readonly id: string
  readonly role: Role
  readonly url: string
  readonly hasPassword: boolean
  readonly expiresAt: number | null
}

export interface Access {
  readonly canManage: boolean
  /** Who could be given access. */
  readonly people: readonly Person[]
  readonly entries: readonly {
    readonly person: Person
    readonly role: Role
    readonly inheritedFrom: Step | null
  }[]
  readonly shares: readonly Share[]
}

export interface AdminFacts {
  readonly clients: readonly {
    readonly name: string
    readonly url: string
    readonly reachable: boolean
    readonly readAt: number | null
    readonly problem: string | null
    readonly proofKey: boolean
    readonly extensions: readonly { readonly ext: string; readonly actions: readonly string[] }[]
  }[]
  readonly storage: {
    readonly documents: number
    readonly versions: number
    readonly rescued: number
    readonly bin: number
  }
  readonly sessions: readonly {
    readonly id: string
    readonly person: Person
    readonly createdAt: number
    readonly lastSeenAt: number
    readonly userAgent?: string
    readonly current: boolean
  }[]
  readonly refusals: readonly {
    readonly at: number
    readonly fileId: string | null
    readonly name: string | null
    readonly operation: string
    readonly status: number
    readonly code: string
    readonly reason: string
    readonly user: string | null
  }[]
  readonly settings: Readonly<Record<string, string | number | boolean>>
}

/** What the server tells every open page. */
export type LiveEvent =
  | {
      readonly type: 'item-added' | 'item-changed' | 'item-removed' | 'item-renamed'
      readonly fileId?: string
      readonly folderId?: string | null
      readonly fromFolderId?: string | null
      readonly name?: string
    }
  | {
      readonly type: 'lock-changed'
      readonly fileId: string
      readonly folderId?: string | null
      readonly lock: Lock | null
    }
  | { readonly type: 'presence'; readonly fileId: string; readonly people: readonly Person[] }
  | { readonly type: 'save-started'; readonly fileId: string; readonly user: Person | null }
  | {
      readonly type: 'saved'
      readonly fileId: string
      readonly folderId?: string | null
      readonly version: string
      readonly user: Person | null
      readonly origin: Origin
    }
  | {
      readonly type: 'save-refused'
      readonly fileId: string
      readonly folderId?: string | null
      readonly rescuedId: string | null
      readonly reason: string
      readonly user?: Person | null
    }
  | {
      readonly type: 'suspicious'
      readonly fileId: string
      readonly folderId?: string | null
      readonly version: string
      readonly reason: string
    }
  /** Something was missed: what is shown is to be loaded again. */
  | { readonly type: 'stream-restart' }
