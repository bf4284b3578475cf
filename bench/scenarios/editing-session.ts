import type { Bench, Running } from '../bench.js'
import type { Connection } from '../connection.js'
import { contentsOf } from '../content.js'
import { answer, type Side } from '../measure.js'
import type { Row } from '../results.js'
import { ask, checkFileInfo, type Document, getFile, lock, putFile, refreshLock, unlock } from '../wopi.js'

const BYTES = 40_000

/** Everything one person does to a document, from opening it to closing it, many at once. */
export function sessionRows(bench: Bench): Promise<Row[]> {
  const groups = { documents: { count: 32, size: BYTES } }
  return bench.withWopikit(groups, { proof: 'off' }, async (wopikit) => {
    const { list, content } = wopikit.documents.documents
    const about = {
      id: 'sessions',
      title: 'editing sessions of 8 requests, 32 at once',
      unit: 'per second',
      atLeast: 0.5,
    } as const
    const subject = await openEditors(wopikit, list, content)
    const baseline = await bench.baselines.save(32, BYTES)
    return [await answer({ ...about, subject, baseline }, bench.pace)]
  })
}

/** Clients that go through whole editing sessions, each on a document of its own. */
export async function openEditors(
  { server, clients }: Running,
  documents: readonly Document[],
  content: Buffer,
): Promise<Side> {
  const opened = await clients(documents.length)
  const editors = documents.map((document) => editorOf(document, content))
  return {
    server,
    run: (ms) =>
      opened.repeat(ms, (connection, client) => (editors[client] as (typeof editors)[number])(connection)),
  }
}

/** What runs one session after the other: 8 requests, one of them a save. Each session must be delivered what the one before has saved. */
export function editorOf(document: Document, content: Buffer): (connection: Connection) => Promise<void> {
  const nextContent = contentsOf(content.length)
  const lockId = `session of ${document.fileId}`
  const info = checkFileInfo(document)
  const take = lock(document, lockId)
  const read = getFile(document)
  const refresh = refreshLock(document, lockId)
  const save = putFile(document, lockId, content.length)
  const release = unlock(document, lockId)
  let present: readonly Buffer[] = [content]
  return async (connection) => {
    await ask(connection, info)
    await ask(connection, take)
    await ask(connection, { ...read, expected: present })
    await ask(connection, refresh)
    present = nextContent()
    await ask(connection, save(present))
    await ask(connection, info)
    await ask(connection, refresh)
    await ask(connection, release)
  }
}
