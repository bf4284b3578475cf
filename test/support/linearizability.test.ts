import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkLinearizability, type ObservedCall } from './linearizability.js'
import { type FileAnswer, type FileCall, type FileHistory, type FileState, lockModel } from './lock-model.js'

const model = lockModel('first', 1)

/** A call that lasted from one instant to another; without an answer it got none. */
function call(
  client: string,
  from: number,
  to: number,
  input: FileCall,
  output?: FileAnswer,
): FileHistory[number] {
  return { client, input, calledAt: from, answer: output ? { output, at: to } : null }
}

const lock = (lockId: string): FileCall => ({ name: 'Lock', lockId })
const unlock = (lockId: string): FileCall => ({ name: 'Unlock', lockId })
const put = (lockId: string, content: string): FileCall => ({ name: 'PutFile', lockId, content })
const read: FileCall = { name: 'GetFile' }
const yes = (version = 1): FileAnswer => ({ done: true, version })
const no = (lockId: string): FileAnswer => ({ done: false, lockId })
const seen = (version: number, content: string): FileAnswer => ({ done: true, version, content })

const fits = (history: FileHistory) => checkLinearizability(model, history).linearizable

describe('the checker accepts', () => {
  test('an editing session of one client', () => {
    const history = [
      call('a', 0, 1, lock('A'), yes()),
      call('a', 2, 3, read, seen(1, 'first')),
      call('a', 4, 5, put('A', 'second'), yes(2)),
      call('a', 6, 7, unlock('A'), yes(2)),
      call('b', 8, 9, read, seen(2, 'second')),
    ]
    expect(fits(history)).toBe(true)
  })

  test('either outcome of calls that overlap', () => {
    for (const [first, second] of [
      [yes(), no('A')],
      [no('B'), yes()],
    ] as const) {
      expect(fits([call('a', 0, 5, lock('A'), first), call('b', 1, 6, lock('B'), second)])).toBe(true)
    }
  })

  test('a save without an answer that took effect, and one that did not', () => {
    const before = [call('a', 0, 1, lock('A'), yes()), call('a', 2, 0, put('A', 'second'))]
    expect(fits([...before, call('b', 3, 4, read, seen(1, 'first'))])).toBe(true)
    expect(fits([...before, call('b', 3, 4, read, seen(2, 'second'))])).toBe(true)
    expect(
      fits([...before, call('b', 3, 4, read, seen(1, 'first')), call('b', 5, 6, read, seen(7, 'second'))]),
    ).toBe(true)
  })

  test('whatever one file with one lock does, however its clients overlap', () => {
    fc.assert(
      fc.property(histories, ({ history }) => fits(history)),
      { numRuns: 300 },
    )
  })
})

describe('the checker catches', () => {
  test('two holders of one lock', () => {
    expect(fits([call('a', 0, 1, lock('A'), yes()), call('b', 2, 3, lock('B'), yes())])).toBe(false)
    expect(fits([call('a', 0, 5, lock('A'), yes()), call('b', 1, 6, lock('B'), yes())])).toBe(false)
  })

  test('a stale read', () => {
    const before = [call('a', 0, 1, lock('A'), yes()), call('a', 2, 3, put('A', 'second'), yes(2))]
    expect(fits([...before, call('b', 4, 5, read, seen(1, 'first'))])).toBe(false)
    expect(fits([...before, call('b', 4, 5, { name: 'CheckFileInfo' }, yes(1))])).toBe(false)
  })

  test('a version and a content that never belonged together', () => {
    const before = [call('a', 0, 1, lock('A'), yes()), call('a', 2, 8, put('A', 'second'), yes(2))]
    expect(fits([...before, call('b', 3, 7, read, seen(2, 'first'))])).toBe(false)
    expect(fits([...before, call('b', 3, 7, read, seen(1, 'second'))])).toBe(false)
  })

  test('a lost save', () => {
    const history = [
      call('a', 0, 1, lock('A'), yes()),
      call('a', 2, 3, put('A', 'second'), yes(2)),
      call('a', 4, 5, put('A', 'third'), yes(3)),
      call('b', 6, 7, read, seen(3, 'second')),
    ]
    expect(fits(history)).toBe(false)
  })

  test('a version given twice', () => {
    const history = [
      call('a', 0, 1, lock('A'), yes()),
      call('a', 2, 3, put('A', 'second'), yes(2)),
      call('a', 4, 5, put('A', 'third'), yes(2)),
    ]
    expect(fits(history)).toBe(false)
  })

  test('a save without the lock', () => {
    expect(fits([call('a', 0, 1, put('A', 'second'), yes(2))])).toBe(false)
    expect(fits([call('a', 0, 1, lock('B'), yes()), call('a', 2, 3, put('A', 'second'), yes(2))])).toBe(false)
  })

  test('a save over a content it does not know, and one that is refused although it does', () => {
    const before = [
      call('a', 0, 1, lock('A'), yes()),
      call('a', 2, 3, put('A', 'second'), { done: true, version: 2, modified: 'T2' }),
    ]
    const late = { ...put('A', 'third'), timestamp: 'T1' } as FileCall
    const knowing = { ...put('A', 'third'), timestamp: 'T2' } as FileCall
    const outdated: FileAnswer = { done: false, lockId: 'A', outdated: true }
    expect(fits([...before, call('a', 4, 5, late, outdated)])).toBe(true)
    expect(fits([...before, call('a', 4, 5, knowing, yes(3))])).toBe(true)
    expect(fits([...before, call('a', 4, 5, late, yes(3))])).toBe(false)
    expect(fits([...before, call('a', 4, 5, knowing, outdated)])).toBe(false)
  })

  test('a refusal that nothing explains, and one that names the wrong lock', () => {
    expect(fits([call('a', 0, 1, lock('A'), no('B'))])).toBe(false)
    expect(fits([call('a', 0, 1, lock('A'), yes()), call('b', 2, 3, lock('B'), no(''))])).toBe(false)
  })

  test('a lock that is given with the version from before somebody else’s save', () => {
    const history = [
      call('a', 0, 1, lock('A'), yes()),
      call('b', 2, 9, lock('B'), yes(1)),
      call('a', 3, 4, put('A', 'second'), yes(2)),
      call('a', 5, 6, unlock('A'), yes(2)),
    ]
    expect(fits(history)).toBe(false)
  })

  test('any file that forgets its lock now and then', () => {
    const forgetful = fc.tuple(histories, fc.nat()).filter(([{ states, history }, at]) => {
      const index = at % Math.max(1, history.length)
      return states[index] !== undefined && states[index].lockId !== ''
    })
    fc.assert(
      fc.property(forgetful, ([{ history }, at]) => {
        const until = oneByOne(history.slice(0, (at % history.length) + 1))
        const end = until.length * 10
        return !fits([...until, call('z', end, end + 1, { name: 'GetLock' }, { done: true, lockId: '' })])
      }),
      { numRuns: 300 },
    )
  })
})

test('the verdict names what could not be explained', () => {
  const good = call('a', 0, 1, lock('A'), yes())
  const bad = call('b', 2, 3, lock('B'), yes())
  expect(checkLinearizability(model, [good, bad])).toEqual({
    linearizable: false,
    longest: [good],
    unexplained: [bad],
  })
})

test('a long history of many clients is checked in no time', () => {
  const [sample] = fc.sample(historiesOf(3000), { numRuns: 1, seed: 7 })
  expect(sample && fits(sample.history)).toBe(true)
})

/** Calls of a file that keeps the rules, each answered at its own instant, stretched so that they overlap; and the state after each. */
function historiesOf(minLength: number) {
  const ids = fc.constantFrom('A', 'B', 'C')
  const inputs: fc.Arbitrary<FileCall> = fc.oneof(
    fc.record({ name: fc.constantFrom('Lock', 'Unlock', 'RefreshLock'), lockId: ids }),
    fc.record({ name: fc.constant('UnlockAndRelock' as const), oldLockId: ids, lockId: ids }),
    fc.record({ name: fc.constant('PutFile' as const), lockId: ids, content: fc.uuid() }),
    fc.record({ name: fc.constantFrom('GetLock', 'GetFile', 'CheckFileInfo') }),
  )
  const calls = fc.record({ input: inputs, early: fc.nat(30), late: fc.nat(30), answered: fc.nat(20) })
  return fc.array(calls, { minLength, maxLength: Math.max(60, minLength) }).map((list) => {
    let state: FileState = model.initial
    const states: FileState[] = []
    const history = list.map(({ input, early, late, answered }, index) => {
      const output = truth(state, input)
      const next = model.step(state, input, output)
      if (!next) throw new Error(`The model refuses its own answer to ${input.name}.`)
      state = next
      states.push(state)
      const at = index * 10
      const observed: ObservedCall<FileCall, FileAnswer> = {
        client: String(index),
        input,
        calledAt: at - early,
        answer: answered === 0 ? null : { output, at: at + late },
      }
      return observed
    })
    return { history, states }
  })
}

/** What a file that keeps the rules says. */
function truth(state: FileState, input: FileCall): FileAnswer {
  if (input.name === 'GetLock') return { done: true, lockId: state.lockId }
  if (input.name === 'GetFile') return seen(state.version, state.content)
  const version = input.name === 'PutFile' ? state.version + 1 : state.version
  const granted = yes(version)
  return model.step(state, input, granted) ? granted : no(state.lockId)
}

/** The same calls one after the other, all answered at once. */
function oneByOne(history: FileHistory): FileHistory {
  let state: FileState = model.initial
  return history.map((observed, index) => {
    const output = truth(state, observed.input)
    state = model.step(state, observed.input, output) ?? state
    return { ...observed, calledAt: index * 10, answer: { output, at: index * 10 + 1 } }
  })
}

const histories = historiesOf(0)
