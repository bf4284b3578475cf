import type { Answer, Ask, CallName, DocumentInfo } from '../../src/editor/editor-api.js'
import type { SessionState } from './session-state.js'

/** What an editing session needs from the page around it. */
export interface SessionOptions {
  readonly mode: 'edit' | 'view'
  /** This page's own lock id. */
  readonly lock: string
  /** The lock of an earlier page of this browser that no longer lives, or empty. */
  readonly previousLock: string
  readonly text: TextPort
  readonly call: Call
  /** Runs something later; the returned function calls it off. */
  readonly after: (milliseconds: number, run: () => void) => () => void
  readonly now: () => number
  readonly onChange: (state: SessionState) => void
}

/** Makes one call to the editor's server. Never rejects. */
export type Call = <N extends CallName>(
  name: N,
  ask: Ask<N>,
  content?: Uint8Array,
) => Promise<{ readonly answer: Answer<N>; readonly content: Uint8Array }>

/** The text on the screen. */
export interface TextPort {
  /** The bytes a save would write now. */
  read(): Uint8Array
  /** Replaces the text; false when these bytes can only be looked at. */
  show(content: Uint8Array, document: DocumentInfo): boolean
}
