/**
 * What the editor's page and its server say to each other. Web platform only: both sides import this file.
 *
 * Every request and every answer is one frame: a line of JSON, then the bytes of the document, if any. One POST body therefore
 * carries token, lock and text together, so that nothing secret stands in a URL and the last save of a closing page is a single request.
 */

/** Names the document and the right to it. The server keeps none of it: it comes with every call. */
export interface Target {
  readonly wopiSrc: string
  readonly token: string
  /** The editing session as the host's log shows it (`X-WOPI-SessionId`). */
  readonly session: string
  /** The `sc` value of the action URL, handed back to the host by CheckFileInfo. */
  readonly sessionContext?: string
}

/** Why a WOPI request did not do what was asked, as far as a person or the page can act on it. */
export type FailureCode =
  /** No answer: the host is down, or the network between editor and host is. */
  | 'unreachable'
  /** The host answered with a fault of its own. */
  | 'host-error'
  /** The access token is no longer accepted. */
  | 'expired'
  /** The document is gone, or this user may no longer see it. */
  | 'not-found'
  /** Another editing session holds the lock. */
  | 'locked'
  /** Our lock is gone and nobody holds another. */
  | 'unlocked'
  /** The document was changed by something other than this session. */
  | 'changed'
  /** Larger than the editor opens or than the host stores. */
  | 'too-large'
  /** The host does not accept this request, for instance this name. */
  | 'refused'
  | 'not-supported'

export interface Failure {
  readonly ok: false
  readonly code: FailureCode
  /** The host's own words for a person, or empty. */
  readonly reason: string
}

/** What the page has to know of a document: CheckFileInfo, checked and reduced. */
export interface DocumentInfo {
  /** With extension. */
  readonly name: string
  /** Lower case, without dot. */
  readonly extension: string
  /** Bytes. */
  readonly size: number
  /** Opaque; differs when the content was written anew. */
  readonly version: string
  /** The host's text, handed back unchanged; empty when the host gives none. */
  readonly lastModified: string
  readonly userId: string
  readonly canWrite: boolean
  readonly locks: boolean
  readonly canRename: boolean
  readonly canSaveCopy: boolean
  /** Longest name in characters, without extension. */
  readonly maxNameLength: number
  /** The only origin that may frame the editor and talk with it; empty: none is named. */
  readonly messageOrigin: string
  /** What the host offers around the document: by a message to its page, by a URL, or not at all. */
  readonly close: HostCommand
  readonly share: HostCommand
  readonly versions: HostCommand
  readonly edit: HostCommand
  /** The host wants to hear that the person is still working. */
  readonly reportsEdits: boolean
}

export interface HostCommand {
  readonly message: boolean
  /** Absolute http(s) URL, or empty. */
  readonly url: string
}

export interface SaveRequest {
  /** The lock held; empty on hosts without locks. */
  readonly lock: string
  /** `LastModifiedTime` the text is based on; empty: overwrite whatever is there. */
  readonly basedOn: string
  readonly userId: string
  readonly changed: boolean
  readonly autosave: boolean
  readonly exit: boolean
}

/** The calls: what is asked beside the target, what comes back, and whether bytes travel. */
export interface EditorApi {
  /** CheckFileInfo, Lock when wanted and possible, GetFile. `previousLock` is taken over if the file still has it. */
  open: {
    ask: { lock: string; previousLock: string }
    answer: { document: DocumentInfo; lock: 'held' | 'none' | Failure }
  }
  /** CheckFileInfo alone: what the document is called now, for one. */
  info: { ask: Record<never, never>; answer: { document: DocumentInfo } }
  /** CheckFileInfo and GetFile. */
  read: { ask: Record<never, never>; answer: { document: DocumentInfo } }
  takeLock: { ask: { lock: string; previousLock: string }; answer: { document: DocumentInfo } }
  refreshLock: { ask: { lock: string }; answer: Record<never, never> }
  save: { ask: SaveRequest; answer: { version: string; lastModified: string } }
  /** The last call of a page: saves if there is something to save, then unlocks in any case. */
  close: { ask: { lock: string; save: SaveRequest | null }; answer: Record<never, never> }
  rename: { ask: { lock: string; name: string }; answer: { name: string } }
  saveCopy: { ask: { name: string }; answer: { name: string; url: string } }
}

export type CallName = keyof EditorApi
export type Ask<N extends CallName> = EditorApi[N]['ask']
export type Answer<N extends CallName> = ({ readonly ok: true } & EditorApi[N]['answer']) | Failure

/** Documents above this many bytes are not opened: a browser's text view is no place for them. */
export const MAX_DOCUMENT_BYTES = 10 * 1024 * 1024

/** What the server puts into the page for its script. */
export interface PageSettings extends Target {
  /** When the token expires, ms since 1970; 0: unknown. */
  readonly tokenExpires: number
  /** The host page's origin, as CheckFileInfo names it; empty: none. */
  readonly messageOrigin: string
  readonly mode: 'edit' | 'view'
  readonly embedded: boolean
  readonly language: Language
  readonly theme: 'light' | 'dark' | 'system'
  /** For the style elements CodeMirror creates. */
  readonly nonce: string
}

export type Language = 'en' | 'zh-CN'

export const FRAME_TYPE = 'application/octet-stream'

const LINE_FEED = 0x0a

/** A frame: the JSON text (which never holds a raw line feed), a line feed, the bytes. */
export function encodeFrame(head: object, content: Uint8Array = new Uint8Array()): Uint8Array<ArrayBuffer> {
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`)
  const frame = new Uint8Array(line.length + content.length)
  frame.set(line)
  frame.set(content, line.length)
  return frame
}

/** Takes a frame apart. Throws a SyntaxError when the bytes are not one. */
export function decodeFrame(frame: Uint8Array<ArrayBuffer>): {
  head: Record<string, unknown>
  content: Uint8Array<ArrayBuffer>
} {
  const end = frame.indexOf(LINE_FEED)
  if (end < 0) throw new SyntaxError('The frame has no first line.')
  const head: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(0, end)))
  if (typeof head !== 'object' || head === null) throw new SyntaxError('The first line is not a JSON object.')
  return { head: head as Record<string, unknown>, content: frame.subarray(end + 1) }
}
