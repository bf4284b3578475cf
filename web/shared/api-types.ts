/*
 * What the server's HTTP API gives and takes. Times are milliseconds since 1970, sizes are bytes.
 */

export type Language = 'en' | 'zh-CN'
export type Role = 'owner' | 'editor' | 'reviewer' | 'commenter' | 'viewer'
export type Intent = 'edit' | 'view' | 'convert' | 'fill' | 'embed'

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
  /** The folder this person lands on; null for strangers, and for the guest of a single file. */
  readonly rootId: string | null
  /** Whether that is the whole library, and not a folder this person was let into. */
  readonly wholeLibrary: boolean
  /** The one file a guest was let into. */
  readonly fileId: string | null
  readonly version: string
  readonly maxFileSize: number
  /** Extensions of blank documents, without a dot. */
  readonly canCreate: readonly string[]
  readonly clients: readonly {
    readonly name: string
    /** Told to administrators only. */
    readonly url: string | null
    readonly reachable: boolean
  }[]
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
  /** Null for the topmost folder that the person may see. */
  readonly folderId: string | null
  readonly lock: Lock | null
  readonly role: Role
  /** Why the content may be damaged; null when it looks right. */
  readonly suspicious: string | null
  readonly rescuedCount: number
  /** How it would be opened now; null when no client opens the type. */
  readonly open: Opening | null
  /** All ways to open it, when there is more than one. */
  readonly openWith?: readonly Opening[]
  /** URL of a small picture of it. */
  readonly thumbnail: string | null
  /** Who has its host page open. */
  readonly people: readonly Visitor[]
  /** A save is arriving, or is still to come from an editor that was just closed. */
  readonly saving: boolean
}

/** Somebody who has a document open. */
export interface Visitor extends Person {
  /** Whether they came to change it. */
  readonly editing: boolean
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
  readonly by: string | null
  readonly kind: 'file' | 'folder'
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
  /** Whether its content can still be had. */
  readonly available: boolean
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
  /** Name of the client; null = not known. */
  readonly client: string | null
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

/** What a one-time link is for. */
export interface SetupLink {
  readonly kind: 'owner' | 'invitation' | 'reset'
  readonly name: string | null
  readonly displayName: string | null
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
    readonly role: Role | 'none'
    readonly inheritedFrom: Step | null
    /** Owns everything as an administrator, whatever is said of single items. */
    readonly admin: boolean
  }[]
  readonly shares: readonly Share[]
}

export interface SignedIn {
  readonly id: string
  readonly person: Person
  readonly createdAt: number
  readonly lastSeenAt: number
  readonly address: string
  readonly userAgent: string
  readonly current: boolean
}

export interface AdminFacts {
  readonly clients: readonly {
    readonly name: string
    readonly url: string | null
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
  readonly sessions: readonly SignedIn[]
  readonly refusals: readonly {
    readonly at: number
    readonly operation: string | null
    readonly fileId: string | null
    readonly name: string | null
    readonly user: string | null
    readonly status: number
    readonly reason: string
  }[]
  readonly settings: Readonly<Record<string, string | number | boolean>>
}

/** What the server tells every open page. */
export type LiveEvent =
  /** Something was missed: what is shown is to be loaded again. */
  | { readonly type: 'stream-restart' }
  /** Who has a document open, and whether a save of it is arriving or awaited. */
  | {
      readonly type: 'presence'
      readonly fileId: string
      readonly people: readonly Visitor[]
      readonly saving: boolean
    }
  | (About &
      (
        | { readonly type: 'item-added' | 'item-removed' }
        | { readonly type: 'item-changed'; readonly version: string }
        | { readonly type: 'item-renamed'; readonly fromFolderId: string | null }
        /** `user`: the name of who saved. */
        | { readonly type: 'saved'; readonly version: string; readonly user: string; readonly origin: Origin }
        | { readonly type: 'suspicious'; readonly version: string; readonly reason: string }
        | { readonly type: 'lock-changed'; readonly lock: Lock | null }
        | {
            readonly type: 'save-refused'
            readonly rescuedId: string
            readonly reason: string
            readonly user: string
          }
        /** A rescued save was restored, kept or discarded. */
        | { readonly type: 'rescued-settled'; readonly rescuedId: string }
      ))

interface About {
  /** Of a file or a folder. */
  readonly fileId: string
  readonly name: string
  readonly folderId: string | null
}
