import type { FolderLibrary, Item, VersionInfo } from '../drivers/folder/index.js'
import {
  changedItem,
  contentOptions,
  itemAt,
  libraryHelp,
  libraryOptions,
  operator,
  say,
  sayRestored,
  table,
  targetOf,
  when,
  withLibrary,
  writeContent,
} from './library.js'
import { type ChosenAction, chosenAction, readArgs, type Typed, UsageError } from './usage.js'

const help = `wopikit versions <path>: what a document has been

  path              relative to the folder of documents
  --restore <v>     make version v the present one again, as a new version
  --force           restore although somebody has the document open; nothing is lost by it
  --save <v>        write the content of version v to the file named by --to (- = standard output)
  --pin <v>         keep version v whatever the retention rules say; --unpin <v> takes that back
${libraryHelp}`

/** How many versions are listed. */
const LISTED = 1000

/** What can be done with a version, and the options that go with it. */
const actions = { restore: ['force'], save: ['to'], pin: [], unpin: [] } as const

export async function versions(args: readonly string[]): Promise<number> {
  const typed = readArgs(args, {
    ...libraryOptions,
    ...contentOptions,
    pin: { type: 'string' },
    unpin: { type: 'string' },
    json: { type: 'boolean' },
  })
  if (typed.values.help) {
    console.log(help)
    return 0
  }
  const [path, ...more] = typed.positionals
  if (path === undefined || more.length > 0) throw new UsageError(`versions takes one path.\n\n${help}`)
  const action = chosenAction(typed, actions)
  if (action?.name === 'save') targetOf(typed)
  return withLibrary(typed, async (library, settings) => {
    const item = await itemAt(library, settings, path)
    if (item.kind === 'folder') throw new Error(`${path} is a folder. Name a document.`)
    if (action) await perform(library, item, action, typed)
    else await list(library, item, typed.values.json === true)
    return 0
  })
}

async function perform(
  library: FolderLibrary,
  item: Item,
  { name, value: version }: ChosenAction<keyof typeof actions>,
  typed: Typed,
): Promise<void> {
  const found = library.versions.find(item.id, version)
  if (!found) throw new Error(`${item.path} has no version ${version}.`)
  switch (name) {
    case 'restore': {
      if (found.current) throw new Error(`Version ${version} of ${item.path} is the present one already.`)
      const force = typed.values.force === true
      const result = await library.versions.restore(item.id, version, operator, { force })
      return sayRestored(typed, changedItem(result))
    }
    case 'save': {
      const opened = await library.versions.open(item.id, version)
      if (!opened) throw new Error(`The content of version ${version} of ${item.path} is gone.`)
      return writeContent(opened.body, targetOf(typed), typed)
    }
    case 'pin':
    case 'unpin': {
      if (!(await library.versions[name](item.id, version))) {
        throw new Error(
          `Version ${version} of ${item.path} is the present one, and nothing was ever saved here: it can be pinned once another has taken its place.`,
        )
      }
      const pinned = name === 'pin'
      return say(
        typed,
        `Version ${version} of ${item.path} is ${pinned ? 'pinned' : 'not pinned any more'}.`,
        {
          fileId: item.id,
          path: item.path,
          version,
          pinned,
        },
      )
    }
  }
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
