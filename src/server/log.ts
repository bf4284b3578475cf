import { type Logger, pino } from 'pino'
import type { LibraryEvent } from '../drivers/folder/index.js'
import type { HostEvent } from '../operations/event.js'
import type { Settings } from './settings.js'

/** The log of the server: JSON lines on standard error, so that standard output belongs to the answer of a command. */
export function createLog(level: Settings['logLevel']): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
}

/** So many refusals are written in a second. */
const REFUSALS_A_SECOND = 100

/**
 * Writes events of the host, each at the level of its weight. Of a flood of refusals, which anybody can cause, only the first of every second are
 * written, and then how many more there were: so that nobody fills the disk.
 */
export function createHostLog(log: Logger): (event: HostEvent) => void {
  let written = 0
  let leftOut = 0

  function endOfSecond(): void {
    if (leftOut > 0) log.warn({ leftOut }, 'refused many more requests within a second')
    written = 0
    leftOut = 0
  }

  return (event) => {
    if (event.type === 'request' && event.status >= 400) {
      if (++written === 1) setTimeout(endOfSecond, 1000).unref()
      if (written > REFUSALS_A_SECOND) {
        leftOut++
        return
      }
    }
    write(log, event)
  }
}

function write(log: Logger, event: HostEvent): void {
  switch (event.type) {
    case 'request': {
      const level = event.status >= 500 ? 'error' : event.status >= 400 ? 'warn' : 'debug'
      if (!log.isLevelEnabled(level)) return
      const { type: _, reason, ...fields } = event
      if (reason === null) log[level](fields, 'answered')
      else log[level]({ ...fields, reason }, 'refused')
      return
    }
    case 'leniency':
      log.info(
        { leniency: event.name, fileId: event.fileId, userId: event.userId },
        'let in beyond the protocol',
      )
      return
    case 'rescued':
      log.warn(
        { fileId: event.fileId, userId: event.userId, reason: event.reason },
        'kept a refused save as a rescued save',
      )
      return
    case 'proof-failed':
      log.warn({ explain: event.explain }, 'proof failed')
      return
    case 'discovery':
      if (event.problem)
        log.warn({ client: event.client, problem: event.problem }, 'discovery could not be read')
      else log.info({ client: event.client }, 'discovery read')
      return
    case 'fault':
      log.error({ operation: event.operation, err: event.error }, 'failed')
  }
}

/** Writes what happened in the library and somebody should look at. */
export function logLibraryEvent(log: Logger, event: LibraryEvent): void {
  if (event.type !== 'suspicious-save') return
  const { id: fileId, version, reason } = event
  log.warn({ fileId, version, reason }, 'a save looks damaged; the version before it is pinned')
}
