/**
 * What a thing should do, one step at a time.
 *
 * @typeParam State what it knows; never changed in place.
 */
export interface Model<State, Input, Output> {
  readonly initial: State
  /**
   * The state after a step, or null when a thing in this state does not give this output. An output of null stands for an answer nobody saw:
   * the state after the step as it takes effect.
   */
  step(state: State, input: Input, output: Output | null): State | null
  /** The same text for the same state. */
  key(state: State): string
}

/** One call as its client saw it. Times are of one clock. */
export interface ObservedCall<Input, Output> {
  readonly client: string
  readonly input: Input
  readonly calledAt: number
  /** Null when no answer came: the call may take effect at any later time, or never. */
  readonly answer: { readonly output: Output; readonly at: number } | null
}

/** `order` is one in which everything could have happened; `longest` is as far as any attempt came, and what nobody could explain next. */
export type Verdict<Call> =
  | { readonly linearizable: true; readonly order: readonly Call[] }
  | { readonly linearizable: false; readonly longest: readonly Call[]; readonly unexplained: readonly Call[] }

/** A call's beginning or end, in a doubly linked list of what is still to be put in order. */
interface Moment<Call> {
  readonly call: Call
  /** Place of the call among all calls, by their beginning. */
  readonly index: number
  readonly end: Moment<Call> | null
  readonly isBeginning: boolean
  before: Moment<Call> | null
  after: Moment<Call> | null
}

/** So many situations are tried: far more than any history takes that fits, and no more than memory holds. */
const MOST_SITUATIONS = 2_000_000

/** A call that was put next, the state before it, and the latest beginning among all that are in order by then. */
interface Choice<State, Call> {
  readonly moment: Moment<Call>
  readonly state: State
  readonly latest: number
}

/**
 * Decides whether a history could have come from one thing that does one step at a time, each at some moment between its call and its answer.
 * The search is Wing and Gong's: it tries the calls that may come next, and goes back when an answer cannot be explained. A set of calls that
 * has once led to a state is not tried again (Lowe).
 *
 * @throws Error when no decision can be found within reason.
 */
export function checkLinearizability<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly ObservedCall<Input, Output>[],
): Verdict<ObservedCall<Input, Output>> {
  type Call = ObservedCall<Input, Output>
  const head = timeline(history)
  const chosen: Choice<State, Call>[] = []
  const tried = new Set<string>()
  let state = model.initial
  let answered = history.filter((call) => call.answer).length
  let longest: Call[] = []
  let unexplained: Call[] = []
  let moment = head.after

  while (answered > 0) {
    if (moment?.isBeginning) {
      const next = model.step(state, moment.call.input, moment.call.answer?.output ?? null)
      if (next !== null) {
        takeOut(moment)
        const latest = Math.max(moment.index, chosen.at(-1)?.latest ?? 0)
        const situation = `${openCalls(head, latest)}|${model.key(next)}`
        if (!tried.has(situation)) {
          tried.add(situation)
          if (tried.size > MOST_SITUATIONS) {
            throw new Error(`A history of ${history.length} calls has too many possible orders to decide.`)
          }
          chosen.push({ moment, state, latest })
          if (moment.call.answer) answered--
          state = next
          moment = head.after
          continue
        }
        putBack(moment)
      }
      moment = moment.after
      continue
    }
    // Somebody has an answer here which nothing that could have come before explains.
    if (chosen.length >= longest.length) {
      longest = chosen.map((choice) => choice.moment.call)
      unexplained = openBefore(head, moment)
    }
    const last = chosen.pop()
    if (!last) return { linearizable: false, longest, unexplained }
    state = last.state
    if (last.moment.call.answer) answered++
    putBack(last.moment)
    moment = last.moment.after
  }
  return { linearizable: true, order: chosen.map((choice) => choice.moment.call) }
}

function timeline<Input, Output>(
  history: readonly ObservedCall<Input, Output>[],
): Moment<ObservedCall<Input, Output>> {
  type M = Moment<ObservedCall<Input, Output>>
  const calls = [...history].sort((a, b) => a.calledAt - b.calledAt)
  const moments = calls.flatMap((call, index) => {
    const link = { before: null, after: null }
    const end: M | null = call.answer ? { call, index, end: null, isBeginning: false, ...link } : null
    const beginning: M = { call, index, end, isBeginning: true, ...link }
    const timed = [{ at: call.calledAt, moment: beginning }]
    return call.answer && end ? [...timed, { at: call.answer.at, moment: end }] : timed
  })
  // At the same instant a beginning comes first: the two calls overlapped.
  moments.sort((a, b) => a.at - b.at || Number(b.moment.isBeginning) - Number(a.moment.isBeginning))
  const head = { before: null, after: null } as unknown as M
  let last = head
  for (const { moment } of moments) {
    last.after = moment
    moment.before = last
    last = moment
  }
  return head
}

function takeOut<Call>(moment: Moment<Call>): void {
  for (const part of [moment, moment.end]) {
    if (part?.before) part.before.after = part.after
    if (part?.after) part.after.before = part.before
  }
}

/** Undoes `takeOut`: what lies around the moment is as it was then. */
function putBack<Call>(moment: Moment<Call>): void {
  for (const part of [moment.end, moment]) {
    if (part?.before) part.before.after = part
    if (part?.after) part.after.before = part
  }
}

/** Names a set of calls that are in order by those that are not, up to the latest that is. */
function openCalls<Call>(head: Moment<Call>, latest: number): string {
  const open: number[] = []
  for (let moment = head.after; moment && moment.index <= latest; moment = moment.after) {
    if (moment.isBeginning) open.push(moment.index)
  }
  return `${latest}:${open.join(',')}`
}

function openBefore<Call>(head: Moment<Call>, end: Moment<Call> | null): Call[] {
  const open: Call[] = []
  for (let moment = head.after; moment && moment !== end; moment = moment.after) {
    if (moment.isBeginning) open.push(moment.call)
  }
  return open
}
