import type { FolderLibrary } from '../drivers/folder/index.js'
import { itemAt, libraryHelp, libraryOptions, say, table, when, withLibrary } from './library.js'
import { readArgs, UsageError } from './usage.js'

const help = `wopikit locks: which documents are open, by whom and in which client

  --release <path>  take the lock off a document; what its session still saves is kept as a rescued save
${libraryHelp}`

export async function locks(args: readonly string[]): Promise<number> {
  const typed = readArgs(args, { ...libraryOptions, release: { type: 'string' }, json: { type: 'boolean' } })
  if (typed.values.help) {
    console.log(help)
    return 0
  }
  if (typed.positionals.length > 0)
    throw new UsageError(`locks takes no path; say --release <path>.\n\n${help}`)
  const { release } = typed.values
  return withLibrary(typed, async (library, settings) => {
    if (typeof release === 'string') {
      const item = await itemAt(library, settings, release)
      const released = await library.locks.forceUnlock(item.id, Date.now())
      say(typed, released ? `${item.path} is not locked any more.` : `${item.path} was not locked.`, {
        fileId: item.id,
        path: item.path,
        released,
      })
    } else list(library, typed.values.json === true)
    return 0
  })
}

function list(library: FolderLibrary, asJson: boolean): void {
  const held = library.locks.list(Date.now())
  if (asJson) console.log(JSON.stringify({ locks: held }))
  else if (held.length === 0) console.log('No document is locked.')
  else {
    const rows = held.map(({ path, users, client, acquiredAt, expiresAt, lastSaveAt }) => [
      path,
      users.join(', '),
      client ?? '',
      when(acquiredAt),
      when(expiresAt),
      lastSaveAt === null ? '' : when(lastSaveAt),
    ])
    console.log(
      table([['document', 'by', 'client', 'since (UTC)', 'until (UTC)', 'last save (UTC)'], ...rows]),
    )
  }
}
