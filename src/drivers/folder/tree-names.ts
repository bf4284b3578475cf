import { uniqueNames } from '../../protocol/file-name.js'

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
