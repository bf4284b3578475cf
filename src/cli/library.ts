import { existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  type Author,
  type FolderLibrary,
  type Item,
  itemName,
  openFolderLibrary,
  type TreeResult,
} from '../drivers/folder/index.js'
import type { Bytes } from '../ports/file-store.js'
import { libraryOptionsOf } from '../server/library-options.js'
import type { Settings } from '../server/settings.js'
import { settingOptions, settingsFrom, type Typed, UsageError } from './usage.js'

/** The options by which every command finds its library. */
export const libraryOptions = settingOptions(['folder', 'data'])

/** The options by which a command brings back, or writes out, a former content. */
export const contentOptions = {
  restore: { type: 'string' },
  force: { type: 'boolean' },
  save: { type: 'string' },
  to: { type: 'string' },
} as const

/** What `libraryOptions` and `--json` mean, for the help of a command. */
export const libraryHelp = `  --folder          the folder of documents; default ./documents
  --data            its data folder; default <folder>/.wopikit
  --config          the YAML file with the settings of the server
  --json            print JSON and nothing else`

/** Whoever types commands where the data folder is. */
export const operator: Author = { userId: 'operator', userName: 'Command line' }

/** What a command may say about its library. */
interface LibraryToOpen {
  /** The folder of documents, where it is an argument. */
  readonly folder?: string | undefined
  /** Whether the library is made when there is none yet; otherwise a wrong folder would be answered as an empty library. */
  readonly mayBeNew?: boolean
}

/**
 * Opens the library of a command for as long as `use` lasts. Works beside a running server.
 *
 * @throws Error naming the option by which the right folder is said, when there is no library.
 */
export async function withLibrary<T>(
  typed: Typed,
  use: (library: FolderLibrary, settings: Settings) => Promise<T>,
  { folder, mayBeNew = false }: LibraryToOpen = {},
): Promise<T> {
  const settings = settingsFrom(typed, folder)
  if (!existsSync(settings.folder)) {
    throw new Error(
      `The folder of documents ${settings.folder} does not exist. Say which one it is by --folder (or WOPIKIT_FOLDER).`,
    )
  }
  if (!mayBeNew && !existsSync(settings.data)) {
    throw new Error(
      `${settings.folder} was never served with the data folder ${settings.data}, which does not exist. ` +
        'Say which folder it is by --folder (or WOPIKIT_FOLDER), or where its data folder is by --data (or WOPIKIT_DATA).',
    )
  }
  const library = await openFolderLibrary(libraryOptionsOf(settings))
  try {
    return await use(library, settings)
  } finally {
    library.close()
  }
}

/** The item at a path that was typed: relative to the folder, or absolute inside it. */
export async function itemAt(library: FolderLibrary, settings: Settings, path: string): Promise<Item> {
  const inside = relative(settings.folder, resolve(settings.folder, path)).split(sep).join('/')
  const item = await library.catalog.at(inside)
  if (item) return item
  throw new Error(`There is no document or folder ${JSON.stringify(path)} in ${settings.folder}.`)
}

/**
 * The item as a change has made it.
 *
 * @throws Error saying why the change was refused, and what to do.
 */
export function changedItem(result: TreeResult): Item {
  if (result.done) return result.item
  switch (result.because) {
    case 'not-found':
      throw new Error('There is no such version or rescued save, or its file is gone.')
    case 'locked': {
      const [lock] = result.locks
      throw new Error(
        `${lock ? `${lock.name} is open by ${lock.userName}` : 'The file is open'}. Ask them to close it, or say --force: nothing is lost then either, and what they still save comes after.`,
      )
    }
    case 'bad-name':
      throw new Error(result.problem)
    case 'name-taken':
      throw new Error('The name is taken.')
    case 'into-itself':
      throw new Error('A folder cannot go into itself.')
  }
}

/**
 * Where `--save` writes to.
 *
 * @throws UsageError when `--to` does not say it, or `--json` would stand between the bytes.
 */
export function targetOf(typed: Typed): string {
  const { to, json } = typed.values
  if (typeof to !== 'string') {
    throw new UsageError(
      '--save needs --to and the name of a file that does not exist yet, or - for standard output.',
    )
  }
  if (to === '-' && json)
    throw new UsageError('With --to - the content goes where --json would. Leave out one.')
  return to
}

/** Writes content to a new file, or to standard output for `-`. */
export async function writeContent(body: Bytes, target: string, typed: Typed): Promise<void> {
  if (target === '-') {
    for await (const chunk of body) process.stdout.write(chunk)
    return
  }
  await pipeline(Readable.from(body), (await newFile(target)).createWriteStream())
  say(typed, `Written to ${target}.`, { written: target })
}

async function newFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx')
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Error(`--to names a file that does not exist yet, in a folder that does: ${problem}.`)
  }
}

/** Columns under each other, as wide as they need to be. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** An instant as a person reads it, in UTC. */
export function when(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}

/** Says what was done: a sentence for a person, or facts for a program. */
export function say(typed: Typed, sentence: string, facts: Readonly<Record<string, unknown>>): void {
  console.log(typed.values.json ? JSON.stringify(facts) : sentence)
}

/** Says that former content is the present one again. */
export function sayRestored(typed: Typed, item: Item): void {
  say(typed, `Restored ${itemName(item)}, now version ${item.version}.`, { restored: described(item) })
}

/** A document in the JSON of a command. */
export function described(item: Item): { fileId: string; path: string; version: string } {
  return { fileId: item.id, path: item.path, version: String(item.version) }
}
