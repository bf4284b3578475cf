import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bytes, SaveInfo, Staged } from '../../ports/file-store.js'
import type { Database } from './database.js'
import { reach } from './faults.js'
import type { Instance } from './instance.js'
import { takeIn } from './intake.js'

/** Content that arrived for a process which is no longer there to decide over it. */
export interface Orphan extends Staged {
  /** The file it was sent to. */
  readonly fileId: string
  /** The file it was about to replace, if that is another one; or the id of the new file it was about to become. */
  readonly targetId: string | null
  /** The path of that new file. */
  readonly targetPath: string | null
  readonly save: SaveInfo
  /** Where its bytes are, if they have not been moved away. */
  readonly place: string
}

/** What there is of staged content beside its file; what is missing can be had from that. */
export interface Held {
  /** The content itself, when it is small. */
  readonly bytes: Buffer | null
  /** The place of a copy, where the history is, when it is large. Whoever can use it may move it away. */
  readonly copy: string | null
}

/** Where bodies arrive. Each instance has a folder of its own, so that another one knows what was left behind by one that died. */
export interface Staging {
  /** Takes in a body: durable, and recorded with who sent it, when this returns. */
  receive(fileId: string, body: Bytes, save: SaveInfo): Promise<Staged>
  /** Records what content is to become, when that is not the file it was sent to, so that it can be completed after a kill. */
  aim(staged: Staged, target: { readonly id: string; readonly path?: string }): Promise<void>
  place(staged: Staged): string
  /** What there is of content beside its file, as long as this instance has not decided over it. */
  held(staged: Staged): Held
  /** A place for a copy of what it replaces, where the history is. */
  oldPlace(staged: Staged): string
  /** A place for anything else that has to be made before it is moved to the documents. */
  workPlace(): string
  /** The same for the history. */
  copyWorkPlace(): string
  /** Drops the record of staged content that has become something; false when somebody else did already. For use inside a `write` step. */
  settle(stagedId: string): boolean
  /** Forgets content that nobody wants; now, or at a `retry` if the disk is full. */
  discard(staged: Staged): Promise<void>
  /** Forgets what could not be forgotten before. */
  retry(): Promise<void>
  /** How much is staged, by all instances. */
  count(): number
  /** What an instance that died has left: complete bodies. */
  orphans(instance: string): Orphan[]
  /** Removes the folders of an instance that died. */
  bury(instance: string): void
  /** Instances that have folders here. */
  instances(): string[]
  close(): void
}

interface StagedRow {
  readonly staged_id: string
  readonly instance: string
  readonly file_id: string
  readonly target_id: string | null
  readonly target_path: string | null
  readonly size: number
  readonly sha256: string
  readonly save: string
}

/**
 * @param folder where bodies arrive; on the same file system as the documents, so that they can be renamed into place.
 * @param copyFolder where copies for the history are made; on the same file system as that. May be the same.
 */
export function openStaging(
  database: Database,
  instance: Instance,
  folder: string,
  copyFolder: string,
): Staging {
  const { sqlite } = database
  const insert = sqlite.prepare('INSERT INTO staged VALUES (?, ?, ?, NULL, NULL, ?, ?, ?)')
  const aimAt = sqlite.prepare<[string | null, string | null, string]>(
    'UPDATE staged SET target_id = ?, target_path = ? WHERE staged_id = ?',
  )
  const remove = sqlite.prepare<[string]>('DELETE FROM staged WHERE staged_id = ?')
  const counted = sqlite.prepare<[], { n: number }>('SELECT count(*) AS n FROM staged')
  const ofInstance = sqlite.prepare<[string], StagedRow>('SELECT * FROM staged WHERE instance = ?')
  const folders = [...new Set([folder, copyFolder])]
  for (const place of folders) mkdirSync(join(place, instance.id), { recursive: true, mode: 0o700 })
  const mine = join(folder, instance.id)
  const myCopies = join(copyFolder, instance.id)
  /** Content that this instance has taken in and nobody has decided over, with the file it was sent to. */
  const open = new Map<string, Held & { readonly fileId: string }>()

  const unwanted = new Set<Staged>()

  const place = (staged: Staged) => join(mine, staged.stagedId)

  function settle(stagedId: string): boolean {
    database.afterCommit(() => {
      const copy = open.get(stagedId)?.copy
      if (copy) rmSync(copy, { force: true })
      open.delete(stagedId)
    })
    return remove.run(stagedId).changes > 0
  }

  function forget(staged: Staged): Promise<void> {
    return database.write(() => {
      settle(staged.stagedId)
      database.afterCommit(() => rmSync(place(staged), { force: true }))
    })
  }

  return {
    place,
    held: (staged) => open.get(staged.stagedId) ?? nothing,
    oldPlace: (staged) => join(myCopies, `${staged.stagedId}.old`),
    workPlace: () => join(mine, randomUUID()),
    copyWorkPlace: () => join(myCopies, randomUUID()),
    settle,
    async receive(fileId, body, save) {
      const stagedId = randomUUID()
      const target = join(mine, stagedId)
      const { size, sha256, bytes, copy } = await takeIn(body, target, join(myCopies, `${stagedId}.copy`))
      try {
        await database.write(() =>
          insert.run(stagedId, instance.id, fileId, size, sha256, JSON.stringify(save)),
        )
      } catch (error) {
        for (const made of copy === null ? [target] : [target, copy]) rmSync(made, { force: true })
        throw error
      }
      open.set(stagedId, { fileId, bytes, copy })
      reach('stage:recorded')
      return { stagedId, size, sha256 }
    },
    async aim(staged, { id, path }) {
      if (path === undefined && open.get(staged.stagedId)?.fileId === id) return
      await database.write(() => aimAt.run(id, path ?? null, staged.stagedId))
    },
    async discard(staged) {
      if (!open.has(staged.stagedId)) return
      // On a full disk not even this can be written; there will be room again.
      await forget(staged).catch(() => unwanted.add(staged))
    },
    async retry() {
      for (const staged of unwanted) {
        await forget(staged)
        unwanted.delete(staged)
      }
    },
    count: () => counted.get()?.n ?? 0,
    orphans: (dead) => ofInstance.all(dead).map((row) => toOrphan(row, join(folder, dead))),
    bury(dead) {
      for (const where of folders) rmSync(join(where, dead), { recursive: true, force: true })
    },
    // What begins with a dot is a trial whether the folder can be written.
    instances: () =>
      [...new Set(folders.flatMap((where) => readdirSync(where)))].filter((name) => !name.startsWith('.')),
    close() {
      for (const where of folders) {
        try {
          rmdirSync(join(where, instance.id))
        } catch {
          // What could not be settled, say on a full disk, is left for the next start.
        }
      }
    },
  }
}

const nothing: Held = { bytes: null, copy: null }

function toOrphan(row: StagedRow, folder: string): Orphan {
  return {
    stagedId: row.staged_id,
    size: row.size,
    sha256: row.sha256,
    fileId: row.file_id,
    targetId: row.target_id,
    targetPath: row.target_path,
    save: JSON.parse(row.save) as SaveInfo,
    place: join(folder, row.staged_id),
  }
}
