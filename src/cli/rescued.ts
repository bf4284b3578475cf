import type { FolderLibrary, RescuedSave } from '../drivers/folder/index.js'
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

const help = `wopikit rescued [path]: saves that had to be refused and were kept

  path            only those of this document; relative to the folder of documents
  --restore <id>  make it the content of its document, as a new version
  --force         restore although somebody has the document open; nothing is lost by it
  --keep <id>     make it a document of its own beside the one it was for
  --save <id>     write its content to the file named by --to (- = standard output)
  --discard <id>  remove it for good
${libraryHelp}`

export async function rescued(args: readonly string[]): Promise<number> {
  const typed = readArgs(args, {
    ...libraryOptions,
    restore: { type: 'string' },
    force: { type: 'boolean' },
    keep: { type: 'string' },
    save: { type: 'string' },
    to: { type: 'string' },
    discard: { type: 'string' },
    json: { type: 'boolean' },
  })
  const { restore, keep, save, to, discard, force } = typed.values
  if (typed.values.help) {
    console.log(help)
    return 0
  }
  if (typed.positionals.length > 1) throw new UsageError(`rescued takes at most one path.\n\n${help}`)
  if (typeof save === 'string' && typeof to !== 'string') {
    throw new UsageError(
      '--save needs --to and the name of a file that does not exist yet, or - for standard output.',
    )
  }
  return withLibrary(typed, async (library, settings) => {
    const [path] = typed.positionals
    if (typeof restore === 'string') {
      const result = await library.rescued.restore(restore, operator, { force: force === true })
      console.log(outcome(result, (item) => sentence('Restored', item)))
    } else if (typeof keep === 'string') {
      const result = await library.rescued.keepAsCopy(keep, operator)
      console.log(outcome(result, (item) => `Kept as ${item.path}.`))
    } else if (typeof save === 'string') await saveContent(library, save, String(to))
    else if (typeof discard === 'string') await remove(library, discard)
    else {
      const file = path === undefined ? undefined : await itemAt(library, settings, path)
      list(library.rescued.list(file?.id), typed.values.json === true)
    }
    return 0
  })
}

function list(found: readonly RescuedSave[], asJson: boolean): void {
  if (asJson) console.log(JSON.stringify({ rescued: found }))
  else if (found.length === 0) console.log('There are no rescued saves.')
  else {
    const rows = found.map(({ rescuedId, name, at, size, save, reason }) => [
      rescuedId,
      name,
      when(at),
      String(size),
      save.userName,
      reason,
    ])
    console.log(table([['id', 'document', 'when (UTC)', 'bytes', 'by', 'why'], ...rows]))
  }
}

async function saveContent(library: FolderLibrary, rescuedId: string, target: string): Promise<void> {
  const opened = await library.rescued.open(rescuedId)
  if (!opened) throw new Error(`There is no rescued save ${rescuedId}.`)
  await writeContent(opened.body, target)
}

async function remove(library: FolderLibrary, rescuedId: string): Promise<void> {
  if (!(await library.rescued.discard(rescuedId))) throw new Error(`There is no rescued save ${rescuedId}.`)
  console.log('Discarded.')
}
