import { opendir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Catalog } from './catalog.js'
import type { Database } from './database.js'
import { hashFile } from './durable.js'
import type { History } from './history.js'
import type { Instance } from './instance.js'
import type { Items } from './items.js'
import { type Root, sameState, sightOf } from './paths.js'
import type { RescuedStore } from './rescued.js'
import type { Staging } from './staging.js'
import type { VersionRow } from './version-row.js'

/** What is not as it should be. */
export interface Problem {
  /** The file or folder it is about. */
  readonly place: string
  /** What is wrong, in a sentence. */
  readonly message: string
}

/** The state of a library. */
export interface VerifyReport {
  /** How much was looked at. */
  readonly looked: {
    readonly documents: number
    readonly versions: number
    readonly rescued: number
    readonly binned: number
  }
  /** What is wrong: nothing of this should ever be. */
  readonly problems: readonly Problem[]
  /** What other programs did, or what only costs a comfort; in order as it is. */
  readonly notes: readonly Problem[]
}

export interface VerifyOptions {
  /** Whether every content is read and compared with its hash. Default true. */
  readonly content?: boolean
}

export interface VerifyParts {
  readonly database: Database
  readonly root: Root
  readonly items: Items
  readonly catalog: Catalog
  readonly history: History
  readonly rescued: RescuedStore
  readonly staging: Staging
  readonly instance: Instance
  readonly data: string
  readonly bin: string
}

/** So many are looked at before others get their turn. */
const BATCH = 200

/**
 * Compares the index with what is on disk, both ways. May run while people work: whatever looks wrong is looked at again at a moment in which
 * nothing is under way.
 */
export async function verifyLibrary(
  parts: VerifyParts,
  { content = true }: VerifyOptions,
): Promise<VerifyReport> {
  const { database, root, items, catalog, history, rescued, staging, instance, data, bin } = parts
  const { sqlite } = database
  const problems: Problem[] = []
  const notes: Problem[] = []
  let turns = 0

  const looked = {
    documents: await eachDocument(),
    versions: await eachVersion(),
    rescued: await eachRescued(),
    binned: await eachBinned(),
  }
  await indexItself()
  await foreignVersions()
  await leftovers()
  return { looked, problems, notes }

  /** Records what a look finds, if a second one, while nobody writes, finds it too. */
  async function check(list: Problem[], place: string, look: () => string | null): Promise<boolean> {
    await othersTurn()
    const message = look() === null ? null : await database.write(look)
    if (message !== null) list.push({ place, message })
    return message === null
  }

  async function othersTurn(): Promise<void> {
    if (++turns % BATCH === 0) await nextTurn()
  }

  /** Whether the content at a place has a hash; true when that is not known or not asked for. */
  async function hasContent(place: string, sha256: string | null): Promise<boolean> {
    return !content || sha256 === null || (await hashFile(place).catch(() => null)) === sha256
  }

  async function eachDocument(): Promise<number> {
    const ids = sqlite
      .prepare<[], { id: string }>(
        "SELECT id FROM items WHERE kind = 'file' AND path IS NOT NULL AND path NOT GLOB '/*' AND gone_at IS NULL",
      )
      .all()
    for (const { id } of ids) {
      await othersTurn()
      const item = await catalog.find(id)
      const known = item ?? items.find(id)
      if (!known) continue
      const place = root.locate(known.path)
      if (!item) {
        notes.push({
          place,
          message: 'The document is gone. Another program removed it, or moved it out of the folder.',
        })
        continue
      }
      if (!(await hasContent(place, item.sha256))) {
        await check(problems, place, () => {
          const now = items.find(id)
          const sight = now && root.look(now.path)
          return now?.version === item.version && sight && sameState(sight, now)
            ? 'The content is not what was saved, although size and time are the same. The disk may be failing; the history has the content.'
            : null
        })
      }
      await privateCopy(id)
    }
    return ids.length
  }

  async function privateCopy(id: string): Promise<void> {
    const item = items.find(id)
    if (!item || item.sha256 === null) return
    const place = history.copyPlace(id)
    const isRight = sightOf(place)?.size === item.size && (await hasContent(place, item.sha256))
    if (isRight) return
    await check(notes, place, () =>
      items.find(id)?.version === item.version
        ? `The private copy of ${item.path} is missing or not its content. The next save makes it anew; until then a program that writes into the document ends its present version.`
        : null,
    )
  }

  async function eachVersion(): Promise<number> {
    const next = sqlite
      .prepare<[string], string>(
        `SELECT DISTINCT file_id FROM versions WHERE file_id > ? ORDER BY file_id LIMIT ${BATCH}`,
      )
      .pluck()
    // All of one file at once: somebody who saves on and on would otherwise be run after for ever.
    const rowsOf = sqlite.prepare<[string], VersionRow>('SELECT * FROM versions WHERE file_id = ?')
    let count = 0
    for (let ids = next.all(''); ids.length > 0; ids = next.all(ids.at(-1) ?? '')) {
      for (const id of ids) {
        const rows = rowsOf.all(id)
        for (const row of rows) await oneVersion(row)
        count += rows.length
      }
    }
    return count
  }

  async function oneVersion({ file_id, version, stored, size, sha256 }: VersionRow): Promise<void> {
    if (!stored) return
    const place = history.place(file_id, version)
    const isRightSize = sightOf(place)?.size === size
    if (isRightSize && (await hasContent(place, sha256))) return othersTurn()
    // Another program may have written into it after it was replaced; then that is what the version is from now on.
    if (await database.write(() => history.takeInWrites(file_id, version))) {
      const message = `A program that had the document open went on writing into version ${version} after it was replaced. What it wrote is now that version.`
      notes.push({ place, message })
      return
    }
    await check(problems, place, () => {
      if (history.find(file_id, version)?.version !== version) return null
      const sight = sightOf(place)
      if (!sight) return `The content of version ${version} is missing.`
      if (sight.size !== size)
        return `The content of version ${version} has ${sight.size} bytes; it had ${size}.`
      return isRightSize
        ? `The content of version ${version} is not what was saved. The disk may be failing.`
        : null
    })
  }

  async function eachRescued(): Promise<number> {
    const all = rescued.list()
    for (const { rescuedId, name, size, sha256 } of all) {
      const place = rescued.place(rescuedId)
      const isThere = () => rescued.find(rescuedId) !== null
      const whole = await check(problems, place, () =>
        sightOf(place)?.size === size || !isThere()
          ? null
          : `A rescued save of ${name} is missing or cut short.`,
      )
      if (whole && !(await hasContent(place, sha256)))
        await check(problems, place, () =>
          isThere() ? `A rescued save of ${name} is not what was sent.` : null,
        )
    }
    for (const name of await namesIn(join(data, 'rescued')))
      await check(problems, join(data, 'rescued', name), () =>
        rescued.find(name) ? null : 'A file lies with the rescued saves that the index does not know.',
      )
    return all.length
  }

  async function eachBinned(): Promise<number> {
    const rows = sqlite
      .prepare<[], { item_id: string; path: string }>('SELECT item_id, path FROM binned')
      .all()
    for (const { item_id, path } of rows)
      await check(problems, join(bin, item_id), () =>
        sightOf(join(bin, item_id)) || !items.binned(item_id)
          ? null
          : `What was deleted from ${path} is not in the bin.`,
      )
    for (const name of await namesIn(bin))
      await check(problems, join(bin, name), () =>
        items.binned(name) ? null : 'Something lies in the bin that the index does not know.',
      )
    return rows.length
  }

  async function indexItself(): Promise<void> {
    const place = join(data, 'index.sqlite')
    for (const message of sqlite.pragma('quick_check') as { quick_check: string }[]) {
      if (message.quick_check !== 'ok')
        problems.push({ place, message: `The index is damaged: ${message.quick_check}.` })
    }
    const sums: Readonly<Record<string, string>> = {
      versions: 'SELECT coalesce(sum(size), 0) AS bytes FROM versions WHERE stored = 1',
      rescued: 'SELECT coalesce(sum(size), 0) AS bytes FROM rescued',
      binned: 'SELECT coalesce(sum(size), 0) AS bytes FROM binned',
    }
    const kept = sqlite.prepare<[string], { bytes: number }>('SELECT bytes FROM totals WHERE name = ?')
    for (const [name, sql] of Object.entries(sums)) {
      const counted = sqlite.prepare<[], { bytes: number }>(sql)
      await check(problems, place, () => {
        const [is, said] = [counted.get()?.bytes, kept.get(name)?.bytes]
        return is === said ? null : `The sum of ${name} is ${is} bytes, and the index says ${said}.`
      })
    }
  }

  async function foreignVersions(): Promise<void> {
    const folder = join(data, 'versions')
    for await (const { name } of await opendir(folder)) {
      const [fileId = '', version = ''] = name.split('.')
      await check(problems, join(folder, name), () => {
        const isKnown =
          version === 'current'
            ? (items.find(fileId) ?? items.binned(fileId) ?? history.page(fileId, 0, 1).rows[0]) !== undefined
            : history.find(fileId, Number(version))?.stored === 1
        return isKnown ? null : 'A file lies in the history that the index does not know.'
      })
    }
  }

  /** What dead processes left: it is settled when the library is opened the next time. */
  async function leftovers(): Promise<void> {
    for (const other of staging.instances()) {
      if (other === instance.id || instance.isAlive(other)) continue
      notes.push({
        place: other,
        message: `A process that was killed has left something unfinished (${staging.orphans(other).length} saves). It is settled when the library is opened again.`,
      })
    }
  }

  async function namesIn(folder: string): Promise<string[]> {
    return (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.'))
  }
}
