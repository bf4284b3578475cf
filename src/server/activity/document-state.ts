import type { HeldLock } from '../../drivers/folder/index.js'
import type { Activity } from './activity.js'
import type { PersonPresent } from './presence.js'

/** How things stand with a document that people have open. */
export interface DocumentState {
  readonly people: readonly PersonPresent[]
  /**
   * A save is being received; or the last editor has closed the document a moment ago, and the client has yet to save and unlock. Opening it now
   * may show what was before.
   */
  readonly saving: boolean
}

/**
 * How long a save is waited for after the last editor has left. ONLYOFFICE waits five seconds before it begins, and a large document takes its
 * time; a client that has died never comes.
 */
const EXIT_SAVE_MS = 30_000

export function documentState(
  { arrivals, presence }: Activity,
  fileId: string,
  lock: Pick<HeldLock, 'acquiredAt'> | null,
  now: number,
): DocumentState {
  const leftAt = presence.lastEditorLeftAt(fileId)
  const exitSaveIsDue =
    lock !== null && leftAt !== null && lock.acquiredAt <= leftAt && now - leftAt < EXIT_SAVE_MS
  return { people: presence.at(fileId), saving: exitSaveIsDue || arrivals.at(fileId) }
}
