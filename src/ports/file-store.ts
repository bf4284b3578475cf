/** What is known about a file without reading it. */
export interface FileInfo {
  /** Names exactly one file, for ever: URL-safe, globally unique, at most 128 characters, the same for everybody and after a rename. */
  readonly fileId: string
  /** Name with extension, no path. */
  readonly name: string
  /** Size in bytes. */
  readonly size: number
  /**
   * Changes with every write, also of the same bytes, and never repeats for this file; untouched by locks and renames. Printable ASCII
   * without spaces and quotes, because it travels in headers.
   */
  readonly version: string
  /** When the content last changed, in whole milliseconds since 1970; moves strictly forward, and never without a change of content. */
  readonly modifiedAt: number
  /** Id of the owner; absent = the host's `ownerId`. */
  readonly ownerId?: string
  /** Base64 of the SHA-256 of the content, when known exactly. */
  readonly sha256?: string
}

/** A part of a file, in bytes, both ends included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Bytes as they come: a web stream, a Node stream or an async generator. Whoever stops reading early ends the iteration. */
export type Bytes = AsyncIterable<Uint8Array>

/** What is read from a store. */
export interface Content extends Bytes {
  /**
   * A quicker way than iterating, which gives every part away for good: hands out one part after the other, each only until the promise of
   * `take` is settled, since its memory is then used for the next. Ends when everything was taken; rejects when `take` does. To be called once,
   * and not beside an iteration. Absent = there is none.
   */
  lend?(take: (part: Uint8Array) => Promise<void>): Promise<void>
}

/** Content with the state of the file it belongs to: `body` is exactly version `file.version`, or the range of it that was asked for. */
export interface FileContent {
  readonly file: FileInfo
  readonly body: Content
}

/** Who saves what, on whose behalf, and why: recorded with the version that comes of it. */
export interface SaveInfo {
  readonly userId: string
  readonly userName: string
  /** Ids of everybody who changed the content, as the client names them. */
  readonly editors: readonly string[]
  readonly origin: 'save' | 'autosave' | 'exit-save' | 'save-as' | 'conversion' | 'upload'
  /** Whether a person changed something since the save before. */
  readonly modifiedByUser: boolean
  /** When, in milliseconds since 1970. */
  readonly at: number
}

/** Content that has arrived completely and is durable, but is not yet anybody's. */
export interface Staged {
  readonly stagedId: string
  /** Size in bytes. */
  readonly size: number
  /** Base64 of the SHA-256 of the content. */
  readonly sha256: string
}

/**
 * What must still hold at the moment of the switch. A store that keeps locks in the same database compares both in the same transaction;
 * a store that knows no locks compares the version, and the host's own queue per file stands for the lock within one process.
 */
export interface Expected {
  /** The version the decision was made on. */
  readonly version: string
  /** The lock id the decision was made on; null = unlocked. */
  readonly lockId: string | null
  /** The clock by which locks expire, in milliseconds since 1970. */
  readonly now: number
}

/** `changed`: something expected no longer holds (or the file is gone); look again and decide again. Nothing was done. */
export type Changed = { readonly done: false; readonly because: 'changed' }
export type Committed = { readonly done: true; readonly file: FileInfo } | Changed
export type Created =
  | { readonly done: true; readonly file: FileInfo }
  /** `existing` is null when what has the name is not a document, such as a folder. */
  | { readonly done: false; readonly because: 'name-taken'; readonly existing: FileInfo | null }
export type Renamed =
  | { readonly done: true; readonly file: FileInfo }
  | Changed
  | { readonly done: false; readonly because: 'name-taken' }

/** Why content that arrived could not become a version. */
export interface Refusal {
  readonly fileId: string
  /** The code of the `WopiError` that was answered; `not-allowed` when the person lacked the permission. */
  readonly code: string
  /** A sentence for a person. */
  readonly reason: string
  readonly save: SaveInfo
  /** The version the file had when it was refused; null when there is no file any more. */
  readonly version: string | null
}

/**
 * Where the files are. `stat` and `read` are enough to view. Each further method is an ability: the host announces in CheckFileInfo what is
 * there, and answers 501 to what is not.
 *
 * No method ever leaves a file half written: not at a kill, not on a full disk, not when the client hangs up.
 *
 * What a method cannot do for now it says by throwing a `WopiError`: `storage-full` when there is no room, `unavailable` when it may be tried
 * again in a moment. Everything else that is thrown is a fault: answered 500, and told to `onEvent` with its cause.
 */
export interface FileStore {
  /** The file, or null when there is none of this id. Called at the start of every request, so it should be cheap. */
  stat(fileId: string): Promise<FileInfo | null>
  /** The content, or null when there is no file of this id. A range lies within the size that `stat` gave, unless the file changed since. */
  read(fileId: string, range?: ByteRange): Promise<FileContent | null>

  /**
   * Takes in a whole body and makes it durable before any rule is judged. When the body throws (client gone, too large), everything
   * taken in so far is removed and the error is passed on.
   */
  stage?(fileId: string, body: Bytes, save: SaveInfo): Promise<Staged>
  /** In one atomic step: makes staged content the file's content if everything expected still holds. Durable when it returns. */
  commit?(fileId: string, staged: Staged, expected: Expected, save: SaveInfo): Promise<Committed>
  /** Creates a file beside `besideId` from staged content, unlocked. Never overwrites: a taken name is told, with the file that has it. */
  create?(besideId: string, name: string, staged: Staged, save: SaveInfo): Promise<Created>
  /** Whether `create` could use this legal name now: for offering one that would do in place of one that was refused. Absent = none is offered. */
  isFree?(besideId: string, name: string): Promise<boolean>
  /** Forgets staged content that nobody wants. */
  discard?(staged: Staged): Promise<void>
  /** Keeps staged content that was refused, for a person to find. A store without it loses what is refused. */
  rescue?(staged: Staged, refusal: Refusal): Promise<void>

  /** Gives a file another name in the same place; id, version and lock stay. Never overwrites. */
  rename?(fileId: string, name: string, expected: Expected): Promise<Renamed>
  /** Removes a file. Its id is never used again. */
  delete?(fileId: string, expected: Expected): Promise<{ readonly done: true } | Changed>
}
