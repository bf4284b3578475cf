import type { Bench } from '../bench.js'
import { answer } from '../measure.js'
import type { Row } from '../results.js'
import { openSavers } from './savers.js'

export const putFileSizes = [
  { id: 'put-file-40k', title: 'PutFile 40 kB, 16 clients', bytes: 40_000, count: 16, atLeast: 0.8 },
  { id: 'put-file-1m', title: 'PutFile 1 MB, 16 clients', bytes: 1_000_000, count: 16, atLeast: 0.85 },
  { id: 'put-file-100m', title: 'PutFile 100 MB, one at a time', bytes: 1e8, count: 1, atLeast: 1.2 },
]

/** PutFile under a lock: flushed, hashed and versioned, against a plain pipe that only flushes and renames. */
export async function putFileRows(bench: Bench): Promise<Row[]> {
  const rows: Row[] = []
  for (const { id, title, bytes, count, atLeast } of putFileSizes) {
    const groups = { documents: { count, size: 1000 } }
    const row = await bench.withWopikit(groups, { proof: 'off' }, async (wopikit) => {
      const savers = await openSavers(wopikit, wopikit.documents.documents.list, bytes)
      const baseline = await bench.baselines.save(count, bytes)
      const about = { id, title, unit: 'per second', atLeast } as const
      const found = await answer({ ...about, subject: savers, baseline }, bench.pace)
      await savers.check()
      return found
    })
    rows.push(row)
  }
  return rows
}
