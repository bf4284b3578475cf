import { nameProblem, uniqueNames } from '../../protocol/file-name.js'
import { isVisible } from './paths.js'

/** So many names are tried before a folder is taken for one in which none is free. */
const MAX_NAMES = 10_000

/** The name itself, whatever it is, and then the names to try when it is taken. */
export function* freeNames(name: string): Generator<string> {
  yield name
  let tried = 0
  for (const next of uniqueNames(name)) {
    if (next !== name) yield next
    if (++tried >= MAX_NAMES) return
  }
}

/** Says what keeps a name from being given to an item; null when nothing does. */
export function itemNameProblem(name: string): string | null {
  const problem = nameProblem(name)
  if (problem !== null || isVisible(name)) return problem
  return 'Names that begin with ~$ are used by office programs for files of their own. Begin it with another character.'
}
