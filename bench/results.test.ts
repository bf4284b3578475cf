import { describe, expect, it } from 'vitest'
import { table } from './report.js'
import { better, dropped, passes, type Row, type Run } from './results.js'

function row(id: string, ratio: number | null, more: Partial<Row> = {}): Row {
  const baseline = ratio === null ? null : { title: 'bare constant', figure: 1000 }
  const figure = ratio === null ? 700 : 1000 * ratio
  const unknown = { spread: null, target: null, processor: null, peakMemory: null }
  return { id, title: `title of ${id}`, unit: 'per second', figure, baseline, ratio, ...unknown, ...more }
}

function run(...rows: Row[]): Run {
  const machine = {
    processor: 'a processor',
    cores: 2,
    memoryGB: 8,
    system: 'Linux',
    node: 'v20',
    fileSystem: 'ext4',
    pinned: true,
  }
  return { date: '2026-01-01T00:00:00.000Z', quick: false, machine, rows }
}

describe('a target', () => {
  it('is judged by the ratio where there is one, otherwise by the figure', () => {
    expect(passes(row('a', 0.5, { target: { atLeast: 0.5 } }))).toBe(true)
    expect(passes(row('a', 0.49, { target: { atLeast: 0.5 } }))).toBe(false)
    expect(passes(row('a', null, { target: { atMost: 700 } }))).toBe(true)
    expect(passes(row('a', null, { target: { atMost: 699 } }))).toBe(false)
  })

  it('that nobody set is neither reached nor missed', () => expect(passes(row('a', 0.5))).toBeNull())
})

describe('a comparison of two runs', () => {
  it('names the ratios that dropped by more than the margin, and no others', () => {
    const before = run(row('steady', 0.5), row('slower', 0.5), row('faster', 0.5), row('within', 0.5))
    const now = run(row('steady', 0.5), row('slower', 0.39), row('faster', 0.9), row('within', 0.41))
    expect(dropped(before.rows, now.rows, 0.2)).toEqual([
      { id: 'slower', title: 'title of slower', before: 0.5, now: 0.39 },
    ])
  })

  it('passes over what only one of them measured, and over figures without a ratio', () => {
    const before = run(row('gone', 0.5), row('memory', null, { figure: 1 }))
    const now = run(row('new', 0.1), row('memory', null, { figure: 100 }))
    expect(dropped(before.rows, now.rows, 0.2)).toEqual([])
  })

  it('passes over what took longer only by the clock, and not by processor time', () => {
    const processor = { server: 0.9, ratio: 0.6 }
    const [before, slower] = [row('a', 0.5, { processor }), row('a', 0.2, { processor })]
    expect(dropped([before], [slower], 0.2)).toEqual([])
    expect(dropped([before], [{ ...slower, processor: { ...processor, ratio: 0.3 } }], 0.2)).toHaveLength(1)
  })

  it('works on results as they were written to a file', () => {
    const before = JSON.parse(JSON.stringify(run(row('slower', 0.5, { spread: Number.NaN })))) as Run
    expect(dropped(before.rows, [row('slower', 0.1)], 0.2)).toHaveLength(1)
  })
})

describe('what is measured twice', () => {
  it('counts by the higher of its ratios', () => {
    const first = [row('a', 0.5), row('b', 0.2), row('memory', null, { figure: 1 })]
    const second = [row('a', 0.4), row('b', 0.3), row('memory', null, { figure: 2 })]
    expect(better(first, second).map(({ ratio, figure }) => ratio ?? figure)).toEqual([0.5, 0.3, 1])
  })
})

describe('the table', () => {
  it('says of every row what was measured against what, and whether that is enough', () => {
    const text = table(
      run(
        row('a', 0.5, { target: { atLeast: 0.4 }, spread: 0.034 }),
        row('b', null, { unit: 'ms', target: { atMost: 600 } }),
      ),
    )
    expect(text).toMatch(/title of a +500\/s +1,000\/s bare constant +0\.50 +≥ 0\.4 +✓ +±3 %/)
    expect(text).toMatch(/title of b +700 ms +≤ 600 ms +✗/)
    expect(text).toContain('1 of 2 targets are reached.')
  })
})
