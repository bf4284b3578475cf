import { type Drop, passes, type Row, type Run } from './results.js'

/** The results as a table for people. */
export function table({ rows, machine, date, quick }: Run): string {
  const lines = rows.map((row) => [
    row.title,
    withUnit(row.figure, row.unit),
    row.baseline ? `${withUnit(row.baseline.figure, row.unit)} ${row.baseline.title}` : '',
    row.ratio === null ? '' : ratioText(row.ratio),
    targetText(row),
    { true: '✓', false: '✗', null: '' }[String(passes(row)) as 'true' | 'false' | 'null'],
    row.spread === null || Number.isNaN(row.spread) ? '' : `±${Math.round(row.spread * 100)} %`,
    row.processor ? ratioText(row.processor.ratio) : '',
    row.processor ? percent(row.processor.server) : '',
    row.peakMemory === null ? '' : `${Math.round(row.peakMemory / 1e6)} MB`,
  ])
  const titles = [
    '',
    'measured',
    'against',
    'ratio',
    'target',
    '',
    'spread',
    'by processor time',
    'server busy',
    'memory',
  ]
  const judged = rows.map(passes).filter((passed) => passed !== null)
  return [
    `${date}${quick ? ', quick run' : ''}: ${machine.processor}, ${machine.cores} cores, ${machine.memoryGB} GB, ${machine.fileSystem}, ${machine.system}, Node ${machine.node}`,
    machine.pinned
      ? 'Server on one core, load on another.'
      : 'Server and load share all cores, as taskset is missing here: ratios are less steady.',
    '',
    ...aligned([titles, ...lines]),
    '',
    `${judged.filter(Boolean).length} of ${judged.length} targets are reached.`,
  ].join('\n')
}

export function dropsText(drops: readonly Drop[], margin: number): string {
  if (drops.length === 0) return `No ratio has dropped by more than ${percent(margin)}.`
  return [
    `Ratios that have dropped by more than ${percent(margin)}:`,
    ...drops.map(({ title, before, now }) => `  ${title}: ${ratioText(before)} → ${ratioText(now)}`),
  ].join('\n')
}

function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function targetText({ target, ratio, unit }: Row): string {
  if (!target) return ''
  const [sign, value] = 'atLeast' in target ? ['≥', target.atLeast] : ['≤', target.atMost]
  return `${sign} ${ratio === null ? withUnit(value, unit) : value}`
}

function withUnit(value: number, unit: Row['unit']): string {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0
  const number = value.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${number}${{ 'per second': '/s', ms: ' ms', MB: ' MB' }[unit]}`
}

function ratioText(ratio: number): string {
  return ratio < 0.1 ? ratio.toFixed(4) : ratio.toFixed(2)
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}
