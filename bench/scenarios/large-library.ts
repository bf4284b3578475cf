import { asking, type Bench, type Running } from '../bench.js'
import { openConnection } from '../connection.js'
import { answer, inTurn, type Side } from '../measure.js'
import { startWopikit } from '../processes.js'
import type { Row } from '../results.js'
import { median, spread } from '../statistics.js'
import { ask, checkFileInfo, getFile } from '../wopi.js'
import { openEditors } from './editing-session.js'

const BYTES = 40_000
const EDITORS = 32
const SMALL = 100
const STARTS = 3

/** The same work in a library of very many files and in one of a hundred, side by side; and how soon the large one answers. */
export function largeLibraryRows(bench: Bench): Promise<Row[]> {
  const files = bench.quick ? 10_000 : 100_000
  // Whatever is asked for lies among the others, so that nothing profits from being in one folder.
  const groups = (others: number) => ({
    documents: { count: SMALL, size: BYTES },
    others: { count: others, size: 1000, used: 500 },
  })
  return bench.withWopikit(groups(1), { proof: 'off' }, (small) =>
    bench.withWopikit(groups(files - SMALL), { proof: 'off' }, async (large) => {
      const rows: Row[] = []
      for (const [id, title, sideOf] of scenarios) {
        const subject = await sideOf(large)
        const baseline = { title: `${SMALL} files`, ...(await sideOf(small)) }
        const about = { id: `library-${id}`, title: `${files} files: ${title}`, unit: 'per second' } as const
        rows.push(await answer({ ...about, atLeast: 0.9, subject, baseline }, bench.pace))
      }
      return [...rows, await startRow(bench, large, files)]
    }),
  )
}

type Library = Running<'documents' | 'others'>

const scenarios: readonly (readonly [
  id: string,
  title: string,
  sideOf: (library: Library) => Promise<Side>,
])[] = [
  [
    'check-file-info',
    'CheckFileInfo, 32 clients',
    async ({ documents, server, clients }) => {
      const all = [...documents.documents.list, ...documents.others.list]
      return {
        server,
        run: asking(await clients(32), inTurn(all.map((document) => checkFileInfo(document)))),
      }
    },
  ],
  [
    'get-file-40k',
    'GetFile 40 kB, 16 clients',
    async ({ documents, server, clients }) => {
      const { list, content } = documents.documents
      const next = inTurn(list.map((document) => ({ ...getFile(document), expected: [content] })))
      return { server, run: asking(await clients(16), next) }
    },
  ],
  [
    'sessions',
    'editing sessions, 32 at once',
    (library) => {
      const { list, content } = library.documents.documents
      return openEditors(library, list.slice(0, EDITORS), content)
    },
  ],
]

/** From starting the process to the first CheckFileInfo that was answered. */
async function startRow(bench: Bench, { folder, documents }: Library, files: number): Promise<Row> {
  const first = inTurn(documents.others.list.map((document) => checkFileInfo(document)))
  const times: number[] = []
  for (let start = 0; start < STARTS; start++) {
    const startedAt = performance.now()
    const server = await startWopikit(folder, bench.circumstances, { proof: 'off' })
    const connection = await openConnection(server.port)
    await ask(connection, first())
    times.push(performance.now() - startedAt)
    connection.close()
    await server.stop()
  }
  return {
    id: 'start',
    title: `${files} files: start to first answer`,
    unit: 'ms',
    figure: median(times),
    baseline: null,
    ratio: null,
    spread: spread(times),
    target: { atMost: 1000 },
    processor: null,
    peakMemory: null,
  }
}
