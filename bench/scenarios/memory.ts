import { asking, type Bench } from '../bench.js'
import { forgetPeakMemory, peakMemory } from '../machine.js'
import { inTurn } from '../measure.js'
import type { Row } from '../results.js'
import { getFile } from '../wopi.js'
import { openSavers } from './savers.js'

const CLIENTS = 16
const SMALL = 1_000_000
const LARGE = 100_000_000
const MB = 1_000_000

/** How much more memory large bodies take than small ones, in and out, with many clients at once. */
export async function memoryRows(bench: Bench): Promise<Row[]> {
  const sizes = bench.quick ? [SMALL, LARGE / 10] : [SMALL, LARGE]
  const peaks: { in: number; out: number }[] = []
  for (const bytes of sizes) peaks.push(await peaksAt(bench, bytes))
  const [small, large] = peaks
  if (!small || !large) return []
  const title = `${(sizes[1] ?? 0) / MB} MB bodies at ${CLIENTS} clients instead of 1 MB`
  return [
    row('memory-put', `${title}: PutFile takes more`, large.in - small.in, 32),
    row('memory-get', `${title}: GetFile takes more`, large.out - small.out, 32),
  ]
}

/** The peaks of a new server that takes in, and then delivers, bodies of one size. */
function peaksAt(bench: Bench, bytes: number): Promise<{ in: number; out: number }> {
  const groups = { documents: { count: CLIENTS, size: 1000 } }
  return bench.withWopikit(groups, { proof: 'off' }, async (wopikit) => {
    const { list } = wopikit.documents.documents
    const savers = await openSavers(wopikit, list, bytes)
    await savers.run(bench.pace.sliceMs)
    const taken = peakMemory(wopikit.server.pid) ?? 0
    await savers.check()
    const requests = list.map(getFile)
    forgetPeakMemory(wopikit.server.pid)
    await asking(await wopikit.clients(CLIENTS), inTurn(requests))(bench.pace.sliceMs)
    return { in: taken, out: peakMemory(wopikit.server.pid) ?? 0 }
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
