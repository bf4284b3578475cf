import { asking, type Bench } from '../bench.js'
import { answer, inTurn } from '../measure.js'
import type { Row } from '../results.js'
import { getFile } from '../wopi.js'

const sizes = [
  {
    id: 'get-file-40k',
    title: 'GetFile 40 kB, 16 clients',
    bytes: 40_000,
    files: 100,
    count: 16,
    atLeast: 2.5,
  },
  {
    id: 'get-file-1m',
    title: 'GetFile 1 MB, 16 clients',
    bytes: 1_000_000,
    files: 32,
    count: 16,
    atLeast: 1,
  },
  { id: 'get-file-100m', title: 'GetFile 100 MB, 4 clients', bytes: 1e8, files: 1, count: 4, atLeast: 0.9 },
]

/** GetFile, against bare streaming of the same content. Every byte of both is compared with what was stored. */
export async function getFileRows(bench: Bench): Promise<Row[]> {
  const rows: Row[] = []
  for (const { id, title, bytes, files, count, atLeast } of sizes) {
    const groups = { documents: { count: files, size: bytes } }
    const row = await bench.withWopikit(groups, { proof: 'off' }, async ({ documents, server, clients }) => {
      const { list, content } = documents.documents
      const next = inTurn(list.map((document) => ({ ...getFile(document), expected: [content] })))
      const subject = { server, run: asking(await clients(count), next) }
      const baseline = await bench.baselines.stream(count, content)
      return answer({ id, title, unit: 'per second', atLeast, subject, baseline }, bench.pace)
    })
    rows.push(row)
  }
  return rows
}
