import { api } from './api.js'
import type { Version } from './api-types.js'
import { confirm } from './dialogs.js'
import { evenIfOpen, forced } from './even-if-open.js'
import { fullTimeText } from './format.js'
import { toast, toastProblem } from './toasts.js'
import { words } from './words/words.js'

/** Makes a version the newest one, and says so. False when it was not done. */
export async function restoreVersion(
  fileId: string,
  { version, at }: Version,
  { asked = false } = {},
): Promise<boolean> {
  const time = fullTimeText(at)
  const sure =
    asked ||
    (await confirm({
      title: words.versions.restore,
      sentence: words.versions.restoreQuestion(time),
      submit: words.versions.restore,
    }))
  if (!sure) return false
  try {
    const done = await evenIfOpen((force) =>
      api(`/files/${fileId}/versions/${version}/restore`, { method: 'POST', ...forced(force) }),
    )
    if (done) toast(words.versions.restored(time))
    return done
  } catch (problem) {
    toastProblem(problem)
    return false
  }
}
