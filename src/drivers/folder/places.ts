import { realpathSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'

/** Where the parts of a library are. All exist and can be written. */
export interface Places {
  /** The folder of documents. */
  readonly folder: string
  /** Index, versions, rescued saves. */
  readonly data: string
  /** What is renamed to or from documents, and so is on their file system: `data`, or a folder in that of the documents. */
  readonly near: string
  readonly staging: string
  readonly bin: string
  /** Where copies for the history are made, on the file system of `data`. */
  readonly copies: string
}

/** Names the file of the data folder that says which documents it is for. */
const DOCUMENTS_FILE = 'documents'

/** @throws Error naming the folder that is missing, not writable or another library's, and what to do about it. */
export async function openPlaces(documents: string, dataFolder?: string): Promise<Places> {
  const folder = resolve(documents)
  const data = resolve(dataFolder ?? join(folder, '.wopikit'))
  requireFolder(folder)
  await makeOwnFolder(data)
  requireApart(folder, data)
  await requireOwn(folder, data)
  const near = statSync(folder).dev === statSync(data).dev ? data : join(folder, '.wopikit')
  const [staging, bin, copies] = [join(near, 'staging'), join(near, 'bin'), join(data, 'staging')]
  for (const place of new Set([near, staging, bin, copies])) await makeOwnFolder(place)
  return { folder, data, near, staging, bin, copies }
}

function requireFolder(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (!stats)
    throw new Error(`The folder of documents ${folder} does not exist. Create it, or name another one.`)
  if (!stats.isDirectory()) throw new Error(`${folder} is not a folder. Name the folder of documents.`)
}

/** The data folder may lie in the folder of documents, but not around it: everything in it is hidden. */
function requireApart(folder: string, data: string): void {
  const [documents, ours] = [realpathSync.native(folder), realpathSync.native(data)]
  if (documents !== ours && !documents.startsWith(ours + sep)) return
  throw new Error(
    `The folder of documents ${folder} lies in the data folder ${data}. Choose a data folder beside it, or inside it such as ${join(folder, '.wopikit')}.`,
  )
}

/**
 * With the documents of another library the index would take all of its own for gone. Documents may move, with or without their data folder:
 * where they were is then nothing any more. A data folder in its documents is theirs, also in a copy of both.
 */
async function requireOwn(folder: string, data: string): Promise<void> {
  const [documents, ours] = [realpathSync.native(folder), realpathSync.native(data)]
  const note = join(data, DOCUMENTS_FILE)
  const noted = await readFile(note, 'utf8').then(
    (text) => text.replace(/\n$/, ''),
    () => '',
  )
  if (noted === documents) return
  if (noted !== '' && !ours.startsWith(documents + sep) && isOtherFolder(noted, documents)) {
    throw new Error(
      `The data folder ${data} belongs to the documents in ${noted}, not to those in ${folder}. Choose another data folder; ` +
        `or, if these are the same documents in a new place, remove ${note}.`,
    )
  }
  await writeFile(note, `${documents}\n`)
}

function isOtherFolder(noted: string, documents: string): boolean {
  const [before, now] = [statSync(noted, { throwIfNoEntry: false }), statSync(documents)]
  return before?.isDirectory() === true && (before.dev !== now.dev || before.ino !== now.ino)
}

async function makeOwnFolder(place: string): Promise<void> {
  try {
    await mkdir(place, { recursive: true, mode: 0o700 })
    // Writable now, not only when the first save comes. A name of its own: several processes may start at once.
    await rmdir(await mkdtemp(join(place, '.writable-')))
  } catch (error) {
    throw new Error(
      `${place} cannot be created or written: ${error instanceof Error ? error.message : 'unknown reason'}. ` +
        'Give this user the right to write there, or choose another data folder.',
      { cause: error },
    )
  }
}
