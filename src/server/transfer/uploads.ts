import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WopiError } from '../../protocol/errors.js'
import { ApiError } from '../api/api-error.js'
import { hold } from './hold.js'

/** What is to be done when the name is taken. */
export const onTakenChoices = ['refuse', 'rename', 'replace'] as const

export type OnTaken = (typeof onTakenChoices)[number]

/** An upload that comes in pieces. */
export interface Upload {
  readonly id: string
  readonly personId: string
  readonly folderId: string
  readonly name: string
  /** Sub-folders below the folder, `` or `a/b/`. */
  readonly path: string
  /** Bytes of the whole. */
  readonly size: number
  readonly taken: OnTaken
}

/**
 * Uploads that are under way: on disk, so that they go on after a lost connection and after a restart of the server, and in whichever process of
 * it the next piece arrives.
 */
export interface Uploads {
  begin(upload: Omit<Upload, 'id'>): Promise<Upload>
  /** Null when there is none, or it is somebody else's. */
  find(id: string, personId: string): Promise<Upload | null>
  /** How many bytes have arrived. */
  offset(upload: Upload): Promise<number>
  /**
   * Takes in the next piece, which begins at `offset`, and gives the offset after it. What arrived of a piece that broke off stays.
   * @throws ApiError `wrong-offset` when the piece does not begin where the last one ended, `changed` while another piece is being taken in,
   * `too-large` when it goes beyond the announced size.
   */
  append(upload: Upload, offset: number, body: AsyncIterable<Uint8Array>): Promise<number>
  content(upload: Upload): AsyncIterable<Uint8Array>
  /**
   * Runs a step while no piece is taken in and nobody else finishes the upload, in this process or another.
   * @throws ApiError `changed` when one of that is going on, `not-found` when the upload is finished or given up.
   */
  alone<T>(upload: Upload, step: () => Promise<T>): Promise<T>
  remove(upload: Upload): Promise<void>
}

/** An upload of which nothing has come for so long is given up. */
const LIFETIME_MS = 24 * 60 * 60 * 1000

/** How many uploads one person may have under way. */
const PER_PERSON = 50

/**
 * @param folder where pieces are gathered.
 */
export async function openUploads(folder: string, now: () => number = Date.now): Promise<Uploads> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const notePlace = (id: string) => join(folder, `${id}.json`)
  const partPlace = (id: string) => join(folder, `${id}.part`)
  const holdPlace = (id: string) => join(folder, `${id}.hold`)

  async function read(id: string): Promise<Upload | null> {
    if (!/^[0-9a-f]{32}$/.test(id)) return null
    const text = await readFile(notePlace(id), 'utf8').catch(() => null)
    return text === null ? null : (JSON.parse(text) as Upload)
  }

  async function remove(id: string): Promise<void> {
    await rm(notePlace(id), { force: true })
    await rm(partPlace(id), { force: true })
    // The last: without the other two, having hold of it is worth nothing.
    await rm(holdPlace(id), { force: true })
  }

  async function removeUnlessHeld(id: string): Promise<void> {
    const release = hold(holdPlace(id))
    if (!release) return
    await remove(id).finally(release)
  }

  /** Gives up what is too old; counts what one person has. */
  async function sweep(personId: string): Promise<number> {
    let count = 0
    for (const name of await readdir(folder)) {
      const id = name.slice(0, 32)
      const state = await stat(join(folder, name)).catch(() => null)
      if (!state) continue
      const isOld = name.endsWith('.part') && now() - state.mtimeMs > LIFETIME_MS
      // It is removed last, so a process that died may have left it.
      const isLeft = name.endsWith('.hold') && (await read(id)) === null
      if (isOld) await removeUnlessHeld(id)
      else if (isLeft) await remove(id)
      else if (name.endsWith('.json') && (await read(id))?.personId === personId) count++
    }
    return count
  }

  async function alone<T>({ id }: Upload, step: () => Promise<T>): Promise<T> {
    const release = hold(holdPlace(id))
    if (!release) throw new ApiError('changed')
    try {
      if ((await read(id)) === null) throw new ApiError('not-found')
      return await step()
    } finally {
      release()
    }
  }

  await sweep('')

  return {
    alone,
    async begin(wanted) {
      if ((await sweep(wanted.personId)) >= PER_PERSON) throw new ApiError('too-many-uploads')
      const upload: Upload = { id: randomBytes(16).toString('hex'), ...wanted }
      await writeFile(partPlace(upload.id), '', { flag: 'wx', mode: 0o600 }).catch(asRefusal)
      await writeFile(notePlace(upload.id), JSON.stringify(upload), { flag: 'wx', mode: 0o600 }).catch(
        asRefusal,
      )
      return upload
    },
    async find(id, personId) {
      const upload = await read(id)
      return upload?.personId === personId ? upload : null
    },
    async offset({ id }) {
      return (await stat(partPlace(id)).catch(() => null))?.size ?? 0
    },
    append: (upload, offset, body) =>
      alone(upload, async () => {
        const file = await open(partPlace(upload.id), 'r+').catch(asRefusal)
        try {
          const { size } = await file.stat()
          if (size !== offset) throw new ApiError('wrong-offset', { offset: size })
          let at = offset
          for await (const chunk of body) {
            if (at + chunk.byteLength > upload.size)
              throw new ApiError('too-large', { maxFileSize: upload.size })
            let written = 0
            while (written < chunk.byteLength) {
              const part = chunk.subarray(written)
              written += (await file.write(part, 0, part.byteLength, at + written)).bytesWritten
            }
            at += chunk.byteLength
          }
          return at
        } catch (error) {
          return asRefusal(error)
        } finally {
          await file.close()
        }
      }),
    content: ({ id }) => createReadStream(partPlace(id), { highWaterMark: 256 * 1024 }),
    remove: ({ id }) => remove(id),
  }
}

/** What the disk says, in words; everything else stays what it is. */
function asRefusal(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'ENOENT') throw new ApiError('not-found')
  if (code === 'ENOSPC' || code === 'EDQUOT')
    throw new WopiError('storage-full', 'The disk of this host is full.', { cause: error })
  throw error
}
