import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HostEvent } from '../operations/event.js'
import { createHostLog } from './log.js'

type RequestEvent = Extract<HostEvent, { type: 'request' }>

const request: RequestEvent = {
  type: 'request',
  operation: 'Lock',
  fileId: 'f1',
  userId: 'ada',
  status: 200,
  reason: null,
  durationMs: 1,
  correlationId: null,
  sessionId: null,
}
const refused: RequestEvent = { ...request, status: 409, reason: 'The file is open elsewhere.' }

let lines: Record<string, unknown>[]
let tell: (event: HostEvent) => void

beforeEach(() => {
  vi.useFakeTimers()
  lines = []
  tell = createHostLog(pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) }))
})
afterEach(() => vi.useRealTimers())

describe('the log of the host', () => {
  it('says of a refusal what was asked for, by whom, and why it was refused; and nothing of what went well', () => {
    tell(request)
    tell(refused)
    tell({ ...refused, status: 500, reason: 'The host failed.' })
    expect(lines).toMatchObject([
      { level: 40, operation: 'Lock', fileId: 'f1', userId: 'ada', status: 409, reason: refused.reason },
      { level: 50, status: 500 },
    ])
  })

  it('writes the first of a flood of refusals, then how many more there were, and then goes on as before', () => {
    for (let number = 0; number < 350; number++) tell(refused)
    expect(lines).toHaveLength(100)
    vi.advanceTimersByTime(1000)
    expect(lines.slice(100)).toMatchObject([{ level: 40, leftOut: 250 }])
    tell(refused)
    vi.advanceTimersByTime(1000)
    expect(lines.slice(101)).toMatchObject([{ reason: refused.reason }])
  })

  it('writes everything else in the middle of a flood', () => {
    for (let number = 0; number < 200; number++) tell(refused)
    tell({ type: 'rescued', fileId: 'f1', userId: 'ada', reason: 'The file is open elsewhere.' })
    expect(lines.at(-1)).toMatchObject({ fileId: 'f1', msg: 'kept a refused save as a rescued save' })
  })
})
