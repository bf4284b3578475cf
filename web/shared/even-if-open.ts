import { ApiError } from './api.js'
import { confirm } from './dialogs.js'
import { words } from './words/words.js'

/**
 * Does what may be refused because the document is open: then asks, and does it all the same if that is wanted. False when it is not.
 *
 * @throws ApiError for every other refusal.
 */
export async function evenIfOpen(attempt: (force: boolean) => Promise<unknown>): Promise<boolean> {
  try {
    await attempt(false)
    return true
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'locked') throw error
    const goAhead = await confirm({
      title: words.locked.title,
      sentence: error.lock ? words.locked.sentence(error.lock.userName) : error.message,
      submit: words.actions.goAhead,
    })
    if (goAhead) await attempt(true)
    return goAhead
  }
}

/** What such an attempt adds to a call of the API. */
export function forced(force: boolean): { readonly query?: { readonly force: true } } {
  return force ? { query: { force: true } } : {}
}
