import { type Connection, openConnection } from './connection.js'
import { forgetPeakMemory, peakMemory, processorTime } from './machine.js'
import type { ServerProcess } from './processes.js'
import type { Row } from './results.js'
import { median, roundRatios, spread } from './statistics.js'

/** How long and how often is measured. */
export interface Pace {
  readonly rounds: number
  /** Length of one measurement, in milliseconds. */
  readonly sliceMs: number
  /** Before the first one, not counted. */
  readonly warmUpMs: number
}

/** One of the two that are compared: something that can be driven for a while. */
export interface Side {
  readonly server: ServerProcess
  /** Drives the server for about so many milliseconds; returns what was achieved per second. */
  run(ms: number): Promise<number>
}

/** What is to be found out. */
export interface Question extends Pick<Row, 'id' | 'title' | 'unit'> {
  readonly subject: Side
  readonly baseline: Side & { readonly title: string }
  /** Of the ratio subject ÷ baseline; absent = it is only told. */
  readonly atLeast?: number
}

/** Measures subject and baseline in turns, so that whatever else the machine does falls on both. */
export async function answer(question: Question, pace: Pace): Promise<Row> {
  const { id, title, unit, subject, baseline, atLeast } = question
  await baseline.run(pace.warmUpMs)
  await subject.run(pace.warmUpMs)
  forgetPeakMemory(subject.server.pid)
  const subjects: Slice[] = []
  const baselines: Slice[] = []
  for (let round = 0; round < pace.rounds; round++) {
    const baselineFirst = round % 2 === 0
    if (baselineFirst) baselines.push(await measure(baseline, pace.sliceMs))
    subjects.push(await measure(subject, pace.sliceMs))
    if (!baselineFirst) baselines.push(await measure(baseline, pace.sliceMs))
  }
  const ratios = roundRatios(subjects.map(perSecond), baselines.map(perSecond))
  return {
    id,
    title,
    unit,
    figure: median(subjects.map(perSecond)),
    baseline: { title: baseline.title, figure: median(baselines.map(perSecond)) },
    ratio: median(ratios),
    spread: spread(ratios),
    target: atLeast === undefined ? null : { atLeast },
    processor: {
      server: median(subjects.map((slice) => slice.serverBusy)),
      ratio: median(roundRatios(subjects.map(perBusySecond), baselines.map(perBusySecond))),
    },
    peakMemory: peakMemory(subject.server.pid),
  }
}

/** What one measurement of one side found. */
interface Slice {
  readonly perSecond: number
  /** How busy the server was, as a part of one core; NaN when the system does not tell. */
  readonly serverBusy: number
}

const perSecond = (slice: Slice) => slice.perSecond
const perBusySecond = (slice: Slice) => slice.perSecond / slice.serverBusy

async function measure(side: Side, ms: number): Promise<Slice> {
  const startedAt = performance.now()
  const server = processorTime(side.server.pid)
  const perSecond = await side.run(ms)
  const elapsed = performance.now() - startedAt
  return {
    perSecond,
    serverBusy: (processorTime(side.server.pid) - server) / elapsed,
  }
}

/** Connections to a server that take steps side by side. */
export interface Clients {
  /**
   * Lets every client take one step after the other until the time is over, and waits for the last to end.
   *
   * @param step what client number `client` does over its connection, once.
   * @returns steps per second.
   */
  repeat(ms: number, step: (connection: Connection, client: number) => Promise<unknown>): Promise<number>
  close(): void
}

export async function openClients(port: number, count: number): Promise<Clients> {
  const connections = await Promise.all(Array.from({ length: count }, () => openConnection(port)))
  return {
    async repeat(ms, step) {
      const startedAt = performance.now()
      let steps = 0
      const client = async (connection: Connection, index: number) => {
        do {
          await step(connection, index)
          steps++
        } while (performance.now() - startedAt < ms)
      }
      let over = false
      // A process that sleeps must be woken by whoever sends to it, which on a virtual machine costs the sender more than most answers do.
      // So the load never sleeps, and what is measured is the server.
      const stayAwake = () => {
        if (!over) setImmediate(stayAwake)
      }
      stayAwake()
      try {
        await Promise.all(connections.map(client))
      } finally {
        over = true
      }
      return (steps * 1000) / (performance.now() - startedAt)
    },
    close() {
      for (const connection of connections) connection.close()
    },
  }
}

/** Hands out the items of a list one after the other, and then from the beginning again. */
export function inTurn<T>(list: readonly T[]): () => T {
  let index = 0
  return () => {
    const item = list[index++ % list.length]
    if (item === undefined) throw new Error('There is nothing to take in turn.')
    return item
  }
}
