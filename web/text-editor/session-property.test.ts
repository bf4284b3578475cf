import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MINUTE, opened, SECOND } from './session-rig.js'
import { isEditable } from './session-state.js'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** Steps of a session in which nothing happens but time. */
const PAUSES = new Map([
  ['short pause', SECOND],
  ['pause', 5 * SECOND],
  ['long pause', 3 * MINUTE],
])

test('whatever happens, no text is lost and nobody is overwritten unasked', async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('type' as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        'save',
        'short pause',
        'pause',
        'long pause',
        'retry',
        'resume',
        'overwrite',
        'take theirs',
      ),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        'down',
        'up',
        'answers lost',
        'lock expires',
        'bob locks',
        'bob saves',
        'bob unlocks',
        'outside',
      ),
    },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const page = await opened()
      const { host, session, text, wait, state } = page
      const allCalls = ['read', 'takeLock', 'refreshLock', 'save'] as const
      let typed = 0
      let outside = 0
      for (const one of steps) {
        const textBefore = text.value
        const unsavedBefore = state().unsaved
        if (one === 'type' && isEditable(state())) page.type(` ${++typed}`)
        if (one === 'save') void session.save()
        if (one === 'retry') void session.retry()
        if (one === 'resume') session.resume()
        if (one === 'overwrite' && state().problem?.code === 'changed') void session.overwrite()
        if (one === 'take theirs' && state().problem?.code === 'changed') void session.takeTheirs()
        if (one === 'down') for (const name of allCalls) host.failing.set(name, 'unreachable')
        if (one === 'answers lost') host.losesAnswers = true
        if (one === 'up') {
          host.failing.clear()
          host.losesAnswers = false
        }
        if (one === 'lock expires') host.lock = ''
        if (one === 'bob locks' && host.lock === '') host.lock = 'of-bob'
        if (one === 'bob saves' && host.lock === 'of-bob') host.write(`bob ${++outside}`)
        if (one === 'bob unlocks' && host.lock === 'of-bob') host.lock = ''
        if (one === 'outside') host.write(`outside ${++outside}`)
        await wait(PAUSES.get(one) ?? 50)

        const asked = one === 'type' || one === 'take theirs'
        if (unsavedBefore && !asked) {
          const kept = text.value === textBefore || host.history.includes(textBefore)
          expect(kept, `after "${one}" the text "${textBefore}" became "${text.value}"`).toBe(true)
        }
        if (!state().unsaved) expect(host.history).toContain(text.value)
      }

      // Once everything works again, nothing is left undone.
      host.failing.clear()
      host.losesAnswers = false
      if (host.lock === 'of-bob') host.lock = ''
      await wait(3 * MINUTE)
      // Two decisions at most: what was changed yet again after the question has to be asked about anew.
      for (let asked = 0; asked < 2 && state().problem?.code === 'changed'; asked++) {
        void session.overwrite()
        await wait(SECOND)
      }
      expect(state()).toMatchObject({ access: 'edit', unsaved: false, problem: null })
      expect(host.history).toContain(text.value)
      session.abandon()
      await wait(SECOND)
    }),
    { numRuns: 300 },
  )
})
