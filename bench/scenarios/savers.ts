import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Running } from '../bench.js'
import { contentsOf } from '../content.js'
import type { Side } from '../measure.js'
import { ask, type Document, getFile, lock, putFile, UnexpectedAnswer } from '../wopi.js'

/** Clients that each hold the lock of a document and save it again and again, every time with another content. */
export interface Savers extends Side {
  /** Whether what was saved last is what is delivered now, and what lies in the folder. Throws when it is not. */
  check(): Promise<void>
}

/** @param bytes the size of every save. */
export async function openSavers(
  { server, folder, clients }: Running,
  documents: readonly Document[],
  bytes: number,
): Promise<Savers> {
  const opened = await clients(documents.length)
  const nextContent = contentsOf(bytes)
  const savers = documents.map((document) => {
    const lockId = `lock of ${document.fileId}`
    return { document, lockId, save: putFile(document, lockId, bytes), last: nextContent() }
  })
  const saverOf = (client: number) => savers[client] as (typeof savers)[number]
  await opened.repeat(0, (connection, client) => {
    const { document, lockId } = saverOf(client)
    return ask(connection, lock(document, lockId))
  })
  return {
    server,
    run: (ms) =>
      opened.repeat(ms, async (connection, client) => {
        const saver = saverOf(client)
        const content = nextContent()
        await ask(connection, saver.save(content))
        saver.last = content
      }),
    async check() {
      await opened.repeat(0, async (connection, client) => {
        const { document, last } = saverOf(client)
        await ask(connection, { ...getFile(document), expected: last })
        if (!readFileSync(join(folder, document.path)).equals(Buffer.concat(last)))
          throw new UnexpectedAnswer(`${document.path} on the disk is not what was saved last.`)
      })
    },
  }
}
