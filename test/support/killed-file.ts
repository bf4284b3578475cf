import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FolderLibrary } from '../../src/drivers/folder/index.js'
import type { SentContent, SessionFile } from './killed-session.js'
import { markOf, nameOfContent } from './marked-content.js'

/** What became of saves: of those that got no answer, and of those that are not where they should be. */
export interface Fates {
  /** Became the content, or a version. */
  committed: number
  /** Had arrived, and are kept as rescued saves. */
  rescued: number
  /** Had not arrived, and left no trace. */
  gone: number
  /** Had been acknowledged, and cannot be had back. */
  lost: number
}

/**
 * Compares a file after a restart with what its clients know, and brings their knowledge up to date.
 *
 * @returns sentences about what should not be: none, if nothing was lost.
 */
export async function checkFile(
  file: SessionFile,
  folder: string,
  library: FolderLibrary,
  fates: Fates,
): Promise<string[]> {
  const wrong: string[] = []
  const { acknowledged, refused, unanswered } = file
  const info = (await file.client.checkFileInfo()).json()
  const name = String(info.BaseFileName)
  if (!file.names.includes(name)) wrong.push(`${name} should be named ${file.names.join(' or ')}`)
  file.names = [name]

  const lock = (await file.client.getLock()).header('X-WOPI-Lock') ?? 'no header'
  if (!file.locks.includes(lock))
    wrong.push(`${name}: the lock is "${lock}", it was answered "${file.locks.join('" or "')}"`)
  file.locks = [lock]

  const onDisk = await readFile(join(folder, name)).catch(() => Buffer.alloc(0))
  const present = nameOfContent(onDisk)
  const possible = [file.saved.content, ...unanswered].map((content) => content.name)
  if (!possible.includes(present) || markOf(onDisk)?.file !== file.fileId)
    wrong.push(`${name} has ${onDisk.length} bytes of "${present}", it should be ${possible.join(' or ')}`)

  const read = await file.client.getFile()
  const version = Number(read.header('X-WOPI-ItemVersion'))
  if (!read.body.equals(onDisk)) wrong.push(`${name}: GetFile does not give what is on disk`)
  if (version < file.saved.version)
    wrong.push(`${name}: version ${version} comes after version ${file.saved.version} was answered`)
  const current = unanswered.find((content) => content.name === present) ?? file.saved.content
  file.saved = { content: current, version }

  const history = new Map<string, string>()
  const { versions } = await library.versions.list(file.fileId, { limit: 1000 })
  for (const entry of versions) if (entry.sha256 !== null) history.set(entry.sha256, entry.version)
  for (const content of acknowledged) {
    const problem = await notInHistory(content, file.fileId, history, library)
    if (!problem) continue
    fates.lost++
    wrong.push(`${name}: ${problem}`)
  }
  const rescued = new Set(library.rescued.list(file.fileId).map(({ sha256 }) => sha256))
  for (const content of refused) {
    if (!rescued.has(content.sha256)) wrong.push(`${name}: refused ${content.name} was not rescued`)
  }
  for (const content of unanswered) {
    if (history.has(content.sha256)) fates.committed++
    else if (rescued.has(content.sha256)) fates.rescued++
    else fates.gone++
  }
  wrong.push(...(await checkCopies(file, folder)))
  Object.assign(file, { acknowledged: [], refused: [], unanswered: [], copies: [], unansweredCopies: [] })
  return wrong
}

/** Why an acknowledged content cannot be had back bit for bit; null when it can. */
async function notInHistory(
  { name, sha256 }: SentContent,
  fileId: string,
  history: ReadonlyMap<string, string>,
  library: FolderLibrary,
): Promise<string | null> {
  const version = history.get(sha256)
  if (version === undefined) return `acknowledged ${name} is no version`
  const opened = await library.versions.open(fileId, version)
  if (!opened) return `version ${version}, acknowledged ${name}, cannot be opened`
  const chunks: Uint8Array[] = []
  for await (const chunk of opened.body) chunks.push(chunk)
  const found = nameOfContent(Buffer.concat(chunks))
  return found === name ? null : `version ${version} should be ${name} and is ${found}`
}

/** A copy that was answered is there whole; one that was not is there whole or not at all. */
async function checkCopies(file: SessionFile, folder: string): Promise<string[]> {
  const wrong: string[] = []
  const bytesOf = (name: string) => readFile(join(folder, name)).catch(() => null)
  for (const { fileName, content } of file.copies) {
    const bytes = await bytesOf(fileName)
    if (!bytes || nameOfContent(bytes) !== content.name) wrong.push(`the copy ${fileName} is not there`)
  }
  for (const { fileName, content } of file.unansweredCopies) {
    const bytes = await bytesOf(fileName)
    if (bytes && nameOfContent(bytes) !== content.name) wrong.push(`the copy ${fileName} is torn`)
  }
  return wrong
}
