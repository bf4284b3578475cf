import type { Bench } from '../bench.js'
import { contentsOf } from '../content.js'
import { answer } from '../measure.js'
import type { Row } from '../results.js'
import { putFileSizes } from './put-file.js'

/**
 * How far targets can be reached at all: bare Node that does the least a host can do for a request, and knows neither tokens nor locks nor versions,
 * against the baseline and the target of the scenario it stands for.
 */
export async function leanestRows({ baselines, pace }: Bench): Promise<Row[]> {
  const small = Buffer.concat(contentsOf(40_000)())
  const rows = [
    await answer(
      {
        id: 'leanest-get-file-40k',
        title: 'GetFile 40 kB: bare open + one read, 16 clients',
        unit: 'per second',
        atLeast: 2.5,
        subject: await baselines.read(16, small),
        baseline: await baselines.stream(16, small),
      },
      pace,
    ),
    await answer(
      {
        id: 'leanest-locks-power-cut',
        title: 'locks that survive a power cut: bare constant, 64 clients',
        unit: 'per second',
        atLeast: 10,
        subject: await baselines.constant(64, 0),
        baseline: await baselines.fsyncs(),
      },
      pace,
    ),
  ]
  for (const { id, title, bytes, count, atLeast } of putFileSizes) {
    const subject = await baselines.saveHashed(count, bytes)
    const baseline = await baselines.save(count, bytes)
    const about = { id: `leanest-${id}`, title: `${title}: bare, with a hash`, unit: 'per second' } as const
    rows.push(await answer({ ...about, atLeast, subject, baseline }, pace))
  }
  const sessions = await answer(
    {
      id: 'leanest-sessions',
      title: 'editing sessions: 7 bare constants and a bare save with a hash, 32 at once',
      unit: 'per second',
      atLeast: 0.5,
      subject: await baselines.sessions(32, small.length),
      baseline: await baselines.save(32, small.length),
    },
    pace,
  )
  return [...rows, sessions]
}
