import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { sampleFiles } from './sample-files.js'

/**
 * Creates a folder of small documents for somebody who has none at hand: text, Markdown, a letter, a budget, slides, a
 * report, and a folder in Chinese. Missing parent folders are created too.
 *
 * The folder appears under its name only when every document in it is complete: until then it is a hidden folder beside
 * it, removed again if anything fails.
 *
 * @throws {Error} when something other than an empty folder is already there, which is left as it is, or when the place
 * cannot be written to.
 */
export async function writeSampleDocuments(folder: string): Promise<void> {
  const target = resolve(folder)
  const parent = dirname(target)
  const unfinished = join(parent, `.${basename(target)}-${randomUUID()}`)
  try {
    await mkdir(parent, { recursive: true })
    await mkdir(unfinished)
    for (const { path, content } of sampleFiles()) {
      const file = join(unfinished, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content, { flush: true })
    }
    await rename(unfinished, target)
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => {
      // What went wrong first is what a person needs to hear; it is thrown below.
    })
    throw new Error(explanation(target, cause), { cause })
  }
}

function explanation(folder: string, cause: unknown): string {
  if (isOccupied(cause)) {
    return `The sample documents were not created: there is already something at ${folder}. It was left as it is; name a folder that does not exist yet, or serve that one without samples.`
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  return `The sample documents could not be created in ${folder}: ${reason}. Name a folder in a place that can be written to.`
}

/** Whether the finished folder found its name taken, by a folder with something in it or by a file. */
function isOccupied(cause: unknown): boolean {
  if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) return false
  return cause.syscall === 'rename' && ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(String(cause.code))
}
