import cluster, { type Worker } from 'node:cluster'
import type { Logger } from 'pino'

/** Whether this process is one of several that serve, started by `superviseWorkers`. */
export const isWorker = cluster.isWorker

/** Lets a worker end once nothing is left to do: its tie to the process that started it would keep it alive. Nothing elsewhere. */
export function leaveSupervisor(): void {
  cluster.worker?.disconnect()
}

/**
 * Runs so many processes of this program, which share the port and the folder, until this one is told to stop. One that dies is replaced, and
 * its successor repairs what it left.
 *
 * @returns the exit code: 1 when a worker could not even start.
 */
export async function superviseWorkers(count: number, log: Logger, stop: Promise<void>): Promise<number> {
  let stopping = false
  let failed = false
  const listening = new Set<Worker>()

  cluster.on('listening', (worker) => {
    listening.add(worker)
    log.debug({ pid: worker.process.pid }, 'a worker answers')
  })
  const over = new Promise<void>((resolve) => {
    cluster.on('exit', (worker, code, signal) => {
      // Whoever never listened has said why on standard error; trying again would say it again.
      if (!stopping && !listening.delete(worker)) {
        failed = true
        stopAll()
      } else if (!stopping) {
        log.error({ pid: worker.process.pid, code, signal }, 'a worker died; starting another')
        cluster.fork()
      }
      if (stopping && Object.keys(cluster.workers ?? {}).length === 0) resolve()
    })
  })
  for (let started = 0; started < count; started++) cluster.fork()
  void stop.then(stopAll)
  await over
  return failed ? 1 : 0

  function stopAll(): void {
    stopping = true
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')
  }
}
