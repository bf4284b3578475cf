import type { FolderLibrary, Item, VersionInfo } from '../drivers/folder/index.js'
import {
  itemAt,
  libraryHelp,
  libraryOptions,
  operator,
  outcome,
  sentence,
  table,
  when,
  withLibrary,
  writeContent,
} from './library.js'
import { readArgs, UsageError } from './usage.js'

const help = `wopikit versions <path>: what a document has been

  path           relative to the folder of documents
  --restore <v>  make version v the present one again, as a new version
  --force        restore although somebody has the document open; nothing is lost by it
  --save <v>     write the content of version v to the file named by --to (- = standard output)
  --pin <v>      keep version v whatever the retention rules say; --unpin <v> takes that back
${libraryHelp}`

/** How many versions are listed. */
const LISTED = 1000

export async function versions(args: readonly string[]): Promise<number> {
  const typed = readArgs(args, {
    ...libraryOptions,
    restore: { type: 'string' },
    force: { type: 'boolean' },
    save: { type: 'string' },
    to: { type: 'string' },
    pin: { type: 'string' },
    unpin: { type: 'string' },
    json: { type: 'boolean' },
  })
  const { restore, save, to, pin, unpin, force } = typed.values
  if (typed.values.help) {
    console.log(help)
    return 0
  }
  const [path, ...more] = typed.positionals
  if (path === undefined || more.length > 0) throw new UsageError(`versions takes one path.\n\n${help}`)
  if (typeof save === 'string' && typeof to !== 'string') {
    throw new UsageError(
      '--save needs --to and the name of a file that does not exist yet, or - for standard output.',
    )
  }
  return withLibrary(typed, async (library, settings) => {
    const item = await itemAt(library, settings, path)
    if (item.kind === 'folder') throw new Error(`${path} is a folder. Name a document.`)
    if (typeof restore === 'string') {
      const result = await library.versions.restore(item.id, restore, operator, { force: force === true })
      console.log(outcome(result, (restored) => sentence('Restored', restored)))
    } else if (typeof save === 'string') await saveVersion(library, item, save, String(to))
    else if (typeof pin === 'string') await setPinned(library, item, pin, true)
    else if (typeof unpin === 'string') await setPinned(library, item, unpin, false)
    else await list(library, item, typed.values.json === true)
    return 0
  })
}

async function list(library: FolderLibrary, item: Item, asJson: boolean): Promise<void> {
  const { versions: found, total } = await library.versions.list(item.id, { limit: LISTED })
  if (asJson) {
    console.log(JSON.stringify({ fileId: item.id, path: item.path, total, versions: found }))
    return
  }
  const header = ['version', 'when (UTC)', 'bytes', 'how', 'by', '']
  console.log(table([header, ...found.map(row)]))
}

function row(version: VersionInfo): string[] {
  const marks = [
    version.current ? 'current' : '',
    version.pinned ? 'pinned' : '',
    version.available ? '' : 'content is gone',
    version.suspicious ?? '',
  ]
  return [
    version.version,
    when(version.at),
    String(version.size),
    version.origin,
    version.user?.name ?? '',
    marks.filter((mark) => mark !== '').join(', '),
  ]
}

async function saveVersion(
  library: FolderLibrary,
  item: Item,
  version: string,
  target: string,
): Promise<void> {
  const opened = await library.versions.open(item.id, version)
  if (!opened) throw new Error(`${item.path} has no version ${version} whose content can still be had.`)
  await writeContent(opened.body, target)
}

async function setPinned(
  library: FolderLibrary,
  item: Item,
  version: string,
  pinned: boolean,
): Promise<void> {
  const done = await (pinned ? library.versions.pin : library.versions.unpin)(item.id, version)
  if (!done) throw new Error(`${item.path} has no version ${version}.`)
  console.log(`Version ${version} of ${item.path} is ${pinned ? 'pinned' : 'not pinned any more'}.`)
}
