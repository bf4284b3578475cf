import { createDrafts, type Draft, draftToOffer, removeOldDrafts } from './drafts.js'
import type { SessionState } from './session-state.js'

const PAUSE_MS = 1_000

export interface DraftKeeperOptions {
  readonly wopiSrc: string
  /** Names this page's own draft among those of other pages. */
  readonly page: string
  readonly session: () => SessionState
  /** The text as bytes. */
  readonly read: () => Uint8Array
}

/** Keeps a draft of the open document while it has unsaved text, and finds those earlier pages left behind. */
export function createDraftKeeper({ wopiSrc, page, session, read }: DraftKeeperOptions) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const drafts = () => createDrafts(wopiSrc, session().document?.userId ?? '')

  function keepNow() {
    clearTimeout(timer)
    const { unsaved, document } = session()
    if (unsaved)
      void drafts().put({ page, content: read(), version: document?.version ?? '', savedAt: Date.now() })
  }

  async function others(): Promise<readonly Draft[]> {
    return (await drafts().all()).filter((draft) => draft.page !== page)
  }

  async function removeOthers() {
    await drafts().remove((await others()).map((draft) => draft.page))
  }

  return {
    keepNow,
    keepSoon() {
      clearTimeout(timer)
      timer = setTimeout(keepNow, PAUSE_MS)
    },
    /** The host has the text now. */
    forget() {
      clearTimeout(timer)
      void drafts().remove([page])
    },
    removeOthers,
    /** What an earlier page could not save, if the host does not have it after all. */
    async toOffer(): Promise<Draft | null> {
      await removeOldDrafts(Date.now())
      const draft = draftToOffer(await others(), read())
      if (!draft) await removeOthers()
      return draft
    },
  }
}
