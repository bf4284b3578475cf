import { describe, expect, it } from 'vitest'
import { gate } from '../../test/memory-host.js'
import { createTurns } from './turns.js'

describe('turns', () => {
  it('of one key come one after the other, in the order they were asked for', async () => {
    const turn = createTurns()
    const first = gate()
    const order: string[] = []
    const all = [
      turn('a', async () => {
        await first.opened
        order.push('first')
      }),
      turn('a', async () => void order.push('second')),
      turn('a', async () => void order.push('third')),
    ]
    await turn('b', async () => void order.push('of another key'))
    first.open()
    await Promise.all(all)
    expect(order).toEqual(['of another key', 'first', 'second', 'third'])
  })

  it('go on after one that failed, which alone is told', async () => {
    const turn = createTurns()
    const failing = turn('a', async () => {
      throw new Error('This one failed.')
    })
    const next = turn('a', async () => 'done')
    await expect(failing).rejects.toThrow('This one failed.')
    expect(await next).toBe('done')
    expect(await turn('a', async () => 'later')).toBe('later')
  })

  it('that are shared run side by side, after the one alone before them and before the one alone after them', async () => {
    const turn = createTurns()
    const [first, shared] = [gate(), gate()]
    const order: string[] = []
    const all = [
      turn('a', async () => {
        await first.opened
        order.push('alone')
      }),
      turn(
        'a',
        async () => {
          await shared.opened
          order.push('one that shares')
        },
        'shared',
      ),
      turn(
        'a',
        async () => {
          order.push('another')
          shared.open()
        },
        'shared',
      ),
      turn('a', async () => void order.push('alone again')),
      turn('a', async () => void order.push('shares after it'), 'shared'),
    ]
    first.open()
    await Promise.all(all)
    expect(order).toEqual(['alone', 'another', 'one that shares', 'alone again', 'shares after it'])
  })
})
