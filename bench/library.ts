import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signedAccessTokens } from 'wopikit'
import { openFolderLibrary } from 'wopikit/drivers/folder'
import { contentsOf } from './content.js'
import type { Document } from './wopi.js'

/** Files of one size and one content. */
export interface Files {
  readonly count: number
  /** In bytes. */
  readonly size: number
  /** How many of them will be asked for, taken evenly from the whole; absent = all. */
  readonly used?: number
}

/** Documents that will be asked for, and the content they all have. */
export interface Documents {
  readonly list: readonly Document[]
  readonly content: Buffer
}

const FILES_PER_FOLDER = 1000

const TOKEN_LIFETIME_MS = 60 * 60 * 1000

/** Fills a folder with groups of files, which the library then knows all of, and returns the documents of each group. */
export async function makeLibrary<Group extends string>(
  folder: string,
  groups: Readonly<Record<Group, Files>>,
): Promise<Readonly<Record<Group, Documents>>> {
  const tokens = signedAccessTokens({ keys: [makeTokenKey(folder)] })
  const names = Object.keys(groups) as Group[]
  const contents = names.map((name) => fill(folder, name, groups[name]))
  const library = await openFolderLibrary({ folder })
  try {
    const folders = await library.catalog.list('')
    const documents = names.map(async (name, index): Promise<[Group, Documents]> => {
      const own = folders.filter(({ path }) => path.startsWith(`${name} `))
      const items = (await Promise.all(own.map(({ path }) => library.catalog.list(path)))).flat()
      const list = await Promise.all(evenly(items, groups[name].used ?? items.length).map(toDocument))
      return [name, { list, content: contents[index] ?? Buffer.of() }]
    })
    return Object.fromEntries(await Promise.all(documents)) as Record<Group, Documents>
  } finally {
    library.close()
  }

  async function toDocument({
    id,
    path,
    size,
  }: {
    id: string
    path: string
    size: number
  }): Promise<Document> {
    const token = await tokens.issue({
      userId: 'ada',
      userName: 'Ada Lovelace',
      resource: { kind: 'file', id },
      permission: 'edit',
      issuedBy: 'operator',
      expiresAt: Date.now() + TOKEN_LIFETIME_MS,
    })
    return { fileId: id, path, size, token }
  }
}

/** So many items, taken from all over a list. */
function evenly<T>(list: readonly T[], count: number): T[] {
  const step = list.length / count
  return list.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
}

/** The key the server will sign with, put where it looks for it at its start. */
function makeTokenKey(folder: string): Uint8Array {
  const secrets = join(folder, '.wopikit', 'secrets')
  mkdirSync(secrets, { recursive: true, mode: 0o700 })
  const key = randomBytes(32)
  writeFileSync(join(secrets, 'token-keys'), `${key.toString('hex')}\n`, { mode: 0o600 })
  return new Uint8Array(key)
}

function fill(folder: string, name: string, { count, size }: Files): Buffer {
  const content = Buffer.concat(contentsOf(size)())
  for (let index = 0; index < count; index++) {
    const place = join(folder, `${name} ${Math.floor(index / FILES_PER_FOLDER)}`)
    if (index % FILES_PER_FOLDER === 0) mkdirSync(place, { recursive: true })
    writeFileSync(join(place, `document ${index}.docx`), content)
  }
  return content
}
