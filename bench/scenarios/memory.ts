import { asking, type Bench } from '../bench.js'
import { peakMemory } from '../machine.js'
import { inTurn } from '../measure.js'
import type { Row } from '../results.js'
import { getFile } from '../wopi.js'
import { openSavers } from './savers.js'

const CLIENTS = 16
const SMALL = 1_000_000
const LARGE = 100_000_000
const MB = 1_000_000

/** How much more memory large bodies take than small ones, in and out, with many clients at once, when a server has found its size. */
export async function memoryRows(bench: Bench): Promise<Row[]> {
  const large = bench.quick ? LARGE / 10 : LARGE
  const slope = async (peakAt: typeof peakIn) => (await peakAt(bench, large)) - (await peakAt(bench, SMALL))
  const title = `${large / MB} MB bodies at ${CLIENTS} clients instead of 1 MB`
  return [
    row('memory-put', `${title}: PutFile takes more`, await slope(peakIn), 32),
    row('memory-get', `${title}: GetFile takes more`, await slope(peakOut), 32),
  ]
}

/** The peak of a new server that takes in bodies of one size. */
function peakIn(bench: Bench, bytes: number): Promise<number> {
  const groups = { documents: { count: CLIENTS, size: 1000 } }
  return bench.withWopikit(groups, { proof: 'off' }, async (wopikit) => {
    const savers = await openSavers(wopikit, wopikit.documents.documents.list, bytes)
    await savers.run(bench.pace.warmUpMs)
    return peakMemory(wopikit.server.pid) ?? 0
  })
}

/** The peak of a new server that delivers them. */
function peakOut(bench: Bench, bytes: number): Promise<number> {
  const groups = { documents: { count: CLIENTS, size: bytes } }
  return bench.withWopikit(groups, { proof: 'off' }, async ({ documents, clients, server }) => {
    const { list, content } = documents.documents
    const requests = list.map((document) => ({ ...getFile(document), expected: [content] }))
    await asking(await clients(CLIENTS), inTurn(requests))(bench.pace.warmUpMs)
    return peakMemory(server.pid) ?? 0
  })
}

/** The highest peak of all scenarios. */
export function highestPeakRow(rows: readonly Row[]): Row {
  const highest = Math.max(...rows.map(({ peakMemory }) => peakMemory ?? 0))
  return row('memory-peak', 'highest peak of memory in any scenario', highest, 160)
}

function row(id: string, title: string, bytes: number, atMostMB: number): Row {
  return {
    id,
    title,
    unit: 'MB',
    figure: bytes / MB,
    baseline: null,
    ratio: null,
    spread: null,
    target: { atMost: atMostMB },
    processor: null,
    peakMemory: null,
  }
}
