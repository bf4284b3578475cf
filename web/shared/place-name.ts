import { session } from './api.js'
import type { Step } from './api-types.js'
import { readableName } from './format.js'
import { words } from './words/words.js'

/** What a folder is called in the pages. That of the whole library has a name on the disk, which people do not know. */
export function placeName({ id, name }: Step): string {
  const { rootId, wholeLibrary } = session.value ?? {}
  return wholeLibrary && id === rootId ? words.app.documents : readableName(name)
}
