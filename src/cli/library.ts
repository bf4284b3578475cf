import { createWriteStream } from 'node:fs'
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
import { settingOptions, settingsFrom, type Typed } from './usage.js'

/** The options by which every command finds its library. */
export const libraryOptions = settingOptions(['folder', 'data'])

/** What these options mean, for the help of a command. */
export const libraryHelp = `  --folder       the folder of documents; default ./documents
  --data         its data folder; default <folder>/.wopikit
  --json         print JSON and nothing else`

/** Whoever types commands where the data folder is. */
export const operator: Author = { userId: 'operator', userName: 'Command line' }

/** Opens the library of a command for as long as `use` lasts. Works beside a running server. */
export async function withLibrary<T>(
  typed: Typed,
  use: (library: FolderLibrary, settings: Settings) => Promise<T>,
  folder?: string,
): Promise<T> {
  const settings = settingsFrom(typed, folder)
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

/** Says what a change led to, or throws why it was refused. */
export function outcome(result: TreeResult, done: (item: Item) => string): string {
  if (result.done) return done(result.item)
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

/** Writes content to a new file, or to standard output for `-`. */
export async function writeContent(body: Bytes, target: string): Promise<void> {
  if (target === '-') {
    for await (const chunk of body) process.stdout.write(chunk)
    return
  }
  await pipeline(Readable.from(body), createWriteStream(target, { flags: 'wx' }))
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

export function sentence(verb: string, item: Item): string {
  return `${verb} ${itemName(item)}, now version ${item.version}.`
}
