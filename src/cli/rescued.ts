import type { FolderLibrary, RescuedSave } from '../drivers/folder/index.js'
import {
  changedItem,
  contentOptions,
  described,
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

const help = `wopikit rescued [path]: saves that had to be refused and were kept

  path              only those of this document; relative to the folder of documents
  --restore <id>    make it the content of its document, as a new version
  --force           restore although somebody has the document open; nothing is lost by it
  --keep <id>       make it a document of its own beside the one it was for
  --save <id>       write its content to the file named by --to (- = standard output)
  --discard <id>    remove it for good
${libraryHelp}`

/** What can be done with a rescued save, and the options that go with it. */
const actions = { restore: ['force'], keep: [], save: ['to'], discard: [] } as const

export async function rescued(args: readonly string[]): Promise<number> {
  const typed = readArgs(args, {
    ...libraryOptions,
    ...contentOptions,
    keep: { type: 'string' },
    discard: { type: 'string' },
    json: { type: 'boolean' },
  })
  if (typed.values.help) {
    console.log(help)
    return 0
  }
  const [path, ...more] = typed.positionals
  if (more.length > 0) throw new UsageError(`rescued takes at most one path.\n\n${help}`)
  const action = chosenAction(typed, actions)
  if (action && path !== undefined) {
    throw new UsageError(
      `--${action.name} takes the id of a rescued save, which says enough. Leave out ${path}.`,
    )
  }
  if (action?.name === 'save') targetOf(typed)
  return withLibrary(typed, async (library, settings) => {
    if (action) await perform(library, action, typed)
    else {
      const file = path === undefined ? undefined : await itemAt(library, settings, path)
      list(library.rescued.list(file?.id), typed.values.json === true)
    }
    return 0
  })
}

async function perform(
  { rescued: saves }: FolderLibrary,
  { name, value: id }: ChosenAction<keyof typeof actions>,
  typed: Typed,
): Promise<void> {
  switch (name) {
    case 'restore': {
      const force = typed.values.force === true
      return sayRestored(typed, changedItem(await saves.restore(id, operator, { force })))
    }
    case 'keep': {
      const kept = changedItem(await saves.keepAsCopy(id, operator))
      return say(typed, `Kept as ${kept.path}.`, { kept: described(kept) })
    }
    case 'save': {
      const opened = await saves.open(id)
      if (!opened) throw new Error(noSuchSave(id))
      return writeContent(opened.body, targetOf(typed), typed)
    }
    case 'discard':
      if (!(await saves.discard(id))) throw new Error(noSuchSave(id))
      return say(typed, 'Discarded.', { discarded: id })
  }
}

function noSuchSave(id: string): string {
  return `There is no rescued save ${id}. "wopikit rescued" lists those there are.`
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
