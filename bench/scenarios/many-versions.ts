import { asking, type Bench, type Running } from '../bench.js'
import { contentsOf } from '../content.js'
import { answer, inTurn, type Side } from '../measure.js'
import type { Row } from '../results.js'
import { ask, checkFileInfo, type Document, getFile, lock, putFile, unlock } from '../wopi.js'
import { editorOf } from './editing-session.js'

const BYTES = 40_000

type Library = Running<'old' | 'young'>

/** The same work on one document that has very many versions, and on documents that have hardly any. */
export function manyVersionsRows(bench: Bench): Promise<Row[]> {
  const versions = bench.quick ? 200 : 1000
  const groups = { old: { count: 1, size: BYTES }, young: { count: 300, size: BYTES } }
  return bench.withWopikit(groups, { proof: 'off' }, async (library) => {
    const { old, young } = library.documents
    const content = await makeVersions(library, versions)
    const rows: Row[] = []
    for (const [id, title, sideOf] of scenarios) {
      const subject = await sideOf(library, old.list, content)
      const baseline = { title: 'few versions', ...(await sideOf(library, young.list, young.content)) }
      const about = {
        id: `versions-${id}`,
        title: `${versions} versions: ${title}`,
        unit: 'per second',
      } as const
      rows.push(await answer({ ...about, atLeast: 0.9, subject, baseline }, bench.pace))
    }
    return rows
  })
}

/** Saves the old document so many times; returns the content it has in the end. */
async function makeVersions({ documents, clients }: Library, versions: number): Promise<Buffer> {
  const nextContent = contentsOf(BYTES)
  const opened = await clients(1)
  let content = nextContent()
  await opened.repeat(0, async (connection) => {
    for (const document of documents.old.list) {
      const save = putFile(document, 'many', BYTES)
      await ask(connection, lock(document, 'many'))
      for (let version = 1; version < versions; version++) {
        content = nextContent()
        await ask(connection, save(content))
      }
      await ask(connection, unlock(document, 'many'))
    }
  })
  return Buffer.concat(content)
}

type SideOf = (library: Library, documents: readonly Document[], content: Buffer) => Promise<Side>

/** Sessions come last: they change the content. */
const scenarios: readonly (readonly [id: string, title: string, sideOf: SideOf])[] = [
  [
    'check-file-info',
    'CheckFileInfo, 32 clients',
    async ({ server, clients }, documents) => {
      const next = inTurn(documents.map((document) => checkFileInfo(document)))
      return { server, run: asking(await clients(32), next) }
    },
  ],
  [
    'get-file-40k',
    'GetFile 40 kB, 16 clients',
    async ({ server, clients }, documents, content) => {
      const next = inTurn(documents.map((document) => ({ ...getFile(document), expected: [content] })))
      return { server, run: asking(await clients(16), next) }
    },
  ],
  [
    'sessions',
    'editing sessions, one at a time',
    async ({ server, clients }, documents, content) => {
      const next = inTurn(documents.map((document) => editorOf(document, content)))
      const opened = await clients(1)
      return { server, run: (ms) => opened.repeat(ms, (connection) => next()(connection)) }
    },
  ],
]
