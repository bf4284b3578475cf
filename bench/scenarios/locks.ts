import type { Bench } from '../bench.js'
import type { Connection, Request } from '../connection.js'
import { answer, type Clients, type Side } from '../measure.js'
import type { ServerProcess } from '../processes.js'
import type { Row } from '../results.js'
import { ask, type Document, lock, refreshLock, UnexpectedAnswer, unexpected, unlock } from '../wopi.js'

const CONTENDERS = 16
const files = { documents: { count: 64, size: 40_000 }, contended: { count: 1, size: 40_000 } }

/** Lock → RefreshLock → Unlock: each is a change that outlives a kill, or with a setting the loss of power. */
export async function lockRows(bench: Bench): Promise<Row[]> {
  return [...(await durableAgainstKill(bench)), ...(await durableAgainstPowerCut(bench))]
}

function durableAgainstKill(bench: Bench): Promise<Row[]> {
  return bench.withWopikit(files, { proof: 'off' }, async ({ documents, server, clients }) => {
    const rows: Row[] = []
    for (const count of [1, 16, 64]) {
      const about = {
        id: `locks-${count}`,
        title: `Lock, RefreshLock, Unlock; ${count} clients, own files`,
        unit: 'per second',
        ...(count === 64 ? { atLeast: 0.3 } : {}),
      } as const
      const subject = ownFiles(server, await clients(count), documents.documents.list)
      const baseline = await bench.baselines.constant(count, 0)
      rows.push(await answer({ ...about, subject, baseline }, bench.pace))
    }
    const about = {
      id: 'locks-contended',
      title: `cycles won on one file; ${CONTENDERS} clients`,
      unit: 'per second',
      atLeast: 0.0085,
    } as const
    const subject = oneFile(server, await clients(CONTENDERS), documents.contended.list)
    const baseline = await bench.baselines.constant(CONTENDERS, 0)
    return [...rows, await answer({ ...about, subject, baseline }, bench.pace)]
  })
}

function durableAgainstPowerCut(bench: Bench): Promise<Row[]> {
  const settings = { proof: 'off', durability: 'power-cut' }
  return bench.withWopikit(files, settings, async ({ documents, server, clients }) => {
    const about = { title: '… durable against a power cut; 64 clients', unit: 'per second' } as const
    const subject = ownFiles(server, await clients(64), documents.documents.list)
    const fsyncs = { id: 'locks-power-cut', baseline: await bench.baselines.fsyncs(), atLeast: 10 }
    const single = { id: 'locks-power-cut-sqlite', baseline: await bench.baselines.transactions('FULL') }
    return [
      await answer({ ...about, ...fsyncs, subject }, bench.pace),
      await answer({ ...about, ...single, subject }, bench.pace),
    ]
  })
}

/** The requests of one cycle. */
interface Cycle {
  readonly take: Request
  readonly refresh: Request
  readonly release: Request
}

function cycleOf(document: Document, lockId: string): Cycle {
  return {
    take: lock(document, lockId),
    refresh: refreshLock(document, lockId),
    release: unlock(document, lockId),
  }
}

/** Every client goes through cycles on a file of its own; counted in requests. */
function ownFiles(server: ServerProcess, clients: Clients, documents: readonly Document[]): Side {
  const cycles = documents.map((document, client) => Object.values(cycleOf(document, `lock of ${client}`)))
  return {
    server,
    async run(ms) {
      const cyclesPerSecond = await clients.repeat(ms, async (connection, client) => {
        for (const request of cycles[client] ?? []) await ask(connection, request)
      })
      return cyclesPerSecond * 3
    },
  }
}

/** All clients want the same file; counted in cycles that were won. Two holders at once end the run. */
function oneFile(server: ServerProcess, clients: Clients, documents: readonly Document[]): Side {
  const cycles = Array.from({ length: CONTENDERS }, (_, client) =>
    documents.map((document) => cycleOf(document, `lock of ${client}`)),
  ).flat()
  let holder: number | null = null
  let won = 0

  async function contend(connection: Connection, client: number): Promise<void> {
    const { take, refresh, release } = cycles[client] as Cycle
    const answer = await connection.send(take)
    if (answer.status === 409 && answer.header('X-WOPI-Lock') !== undefined) return
    if (answer.status !== 200) throw unexpected(take, answer, 200)
    if (holder !== null) throw new UnexpectedAnswer(`Clients ${holder} and ${client} both hold the lock.`)
    holder = client
    await ask(connection, refresh)
    // From here on somebody else may have it: the answer comes after the deed.
    holder = null
    await ask(connection, release)
    won++
  }

  return {
    server,
    async run(ms) {
      won = 0
      const startedAt = performance.now()
      await clients.repeat(ms, contend)
      return (won * 1000) / (performance.now() - startedAt)
    },
  }
}
