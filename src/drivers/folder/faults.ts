/**
 * The moments in which the process can be made to die, or the disk to be full, so that tests can show what is true afterwards.
 * What holds between any two of them is in docs/durability.md.
 */
export const faultPoints = [
  // A body arrives.
  'stage:opened',
  'stage:written',
  'stage:flushed',
  'stage:recorded',
  // A save replaces the content of a file.
  'save:begun',
  'save:kept',
  'save:dressed',
  'save:unprotected',
  'save:switched',
  'save:recorded',
  // A new file gets its name.
  'create:aimed',
  'create:named',
  'create:recorded',
  // A refused save is put where people find it.
  'rescue:moved',
  // A file or folder is renamed, moved, binned or brought back.
  'move:noted',
  'move:linked',
  'move:moved',
  'move:recorded',
  // A change of another program is taken in.
  'outside:kept',
  // The index, around every transaction; folders, before their names are flushed.
  'index:before-commit',
  'index:after-commit',
  'folder:before-flush',
] as const

export type FaultPoint = (typeof faultPoints)[number]

interface Fault {
  readonly kind: 'kill' | 'full' | (() => void)
  readonly point: FaultPoint
  /** How often the point is still to be passed unharmed. */
  passes: number
}

let armed: Fault | null = read(process.env.WOPIKIT_FAULT ?? null)

/** Called where a fault may strike. Does nothing unless one was asked for at this very point. */
export function reach(point: FaultPoint): void {
  if (armed !== null && armed.point === point) strike(armed)
}

/**
 * Asks for a fault: `kill@save:switched` ends the process there as `kill -9` would, `full@save:kept` lets the disk be full there, from then on;
 * `#3` at the end passes the point twice before. Null asks for none. At start the environment variable WOPIKIT_FAULT is read.
 *
 * @throws Error when the text asks for no fault there is.
 */
export function armFault(text: string | null): void {
  armed = read(text)
}

/** Lets a test be another program, which does something the next time a point is passed. */
export function actAt(point: FaultPoint, act: () => void): void {
  armed = { kind: act, point, passes: 0 }
}

function read(text: string | null): Fault | null {
  if (text === null || text === '') return null
  const [, kind, name, times] = /^(kill|full)@([a-z:-]+?)(?:#(\d+))?$/.exec(text) ?? []
  const point = faultPoints.find((known) => known === name)
  if ((kind !== 'kill' && kind !== 'full') || !point) {
    throw new Error(
      `WOPIKIT_FAULT is ${JSON.stringify(text)}; expected kill@ or full@ and one of ${faultPoints.join(', ')}.`,
    )
  }
  return { kind, point, passes: Number(times ?? 1) - 1 }
}

function strike(fault: Fault): void {
  if (fault.passes-- > 0) return
  if (typeof fault.kind === 'function') {
    armed = null
    fault.kind()
    return
  }
  if (fault.kind === 'kill') process.kill(process.pid, 'SIGKILL')
  throw Object.assign(new Error(`ENOSPC: no space left on device (asked for at ${fault.point})`), {
    code: 'ENOSPC',
  })
}
