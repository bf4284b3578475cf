/*
 * Measures the server against bare Node on the same machine, in the same run.
 *
 *   npm run bench                            everything, within five minutes
 *   npm run bench -- --quick                 everything smaller and shorter, within one
 *   npm run bench -- --only locks            the scenarios whose name begins so
 *   npm run bench -- --json results.json     also writes the results for machines; "-" prints them instead of the table
 *   npm run bench -- --compare results.json  fails when a ratio is lower than there by more than --margin (default 0.25), measured twice
 *   npm run bench -- --nginx                 GetFile behind nginx, which must be installed, and nothing else
 *   npm run bench -- --leanest               how far targets can be reached at all, by bare Node that does the least, and nothing else
 *   npm run bench -- --folder /mnt/disk      where the measured files lie; default the system's folder for temporary files
 *   npm run bench -- --profile profiles      writes a processor profile of every server there, for the developer tools of a browser
 *
 * Exit codes: 0 fine (targets that are missed are told, and change nothing), 1 something was answered that should not have been, or a ratio
 * has dropped, 2 wrong usage.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bench, createBench } from './bench.js'
import { bindToCore, chooseCores, describeMachine } from './machine.js'
import { startBaseline } from './processes.js'
import { dropsText, table } from './report.js'
import { better, dropped, type Row, type Run } from './results.js'
import { checkFileInfoRows } from './scenarios/check-file-info.js'
import { sessionRows } from './scenarios/editing-session.js'
import { getFileRows } from './scenarios/get-file.js'
import { largeLibraryRows } from './scenarios/large-library.js'
import { leanestRows } from './scenarios/leanest.js'
import { lockRows } from './scenarios/locks.js'
import { manyVersionsRows } from './scenarios/many-versions.js'
import { highestPeakRow, memoryRows } from './scenarios/memory.js'
import { offloadRows } from './scenarios/offload.js'
import { putFileRows } from './scenarios/put-file.js'

const scenarios: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = {
  'check-file-info': checkFileInfoRows,
  'get-file': getFileRows,
  locks: lockRows,
  'put-file': putFileRows,
  sessions: sessionRows,
  versions: manyVersionsRows,
  library: largeLibraryRows,
  memory: memoryRows,
}

const { values } = readArguments()
const apart = Object.entries({ nginx: offloadRows, leanest: leanestRows }).filter(
  ([name]) => values[name as 'nginx' | 'leanest'],
)
const isApart = apart.length > 0
const chosen = isApart ? apart : Object.entries(scenarios).filter(([name]) => name.startsWith(values.only))
if (chosen.length === 0) {
  wrongUsage(
    `--only is "${values.only}"; expected the beginning of one of: ${Object.keys(scenarios).join(', ')}.`,
  )
}
const margin = Number(values.margin)
if (!(margin > 0 && margin < 1)) {
  wrongUsage(`--margin is "${values.margin}"; expected a part of 1, such as 0.25.`)
}
const earlier = values.compare === undefined ? null : runIn(values.compare)
if (earlier && earlier.quick !== values.quick) {
  wrongUsage(
    `${values.compare} was measured ${earlier.quick ? 'with' : 'without'} --quick; expected a run of the same kind as this.`,
  )
}
const run = await measureAll()
if (values.json !== undefined && values.json !== '-') {
  writeFileSync(values.json, `${JSON.stringify(run, null, 2)}\n`)
}
console.log(values.json === '-' ? JSON.stringify(run) : table(run))
if (earlier) {
  const drops = dropped(earlier.rows, run.rows, margin)
  console.error(dropsText(drops, margin))
  if (drops.length > 0) process.exitCode = 1
}

async function measureAll(): Promise<Run> {
  const { quick } = values
  const cores = chooseCores()
  if (cores) bindToCore(cores.load)
  const folder = mkdtempSync(join(values.folder, 'wopikit-bench-'))
  mkdirSync(join(folder, 'baseline'))
  const core = cores?.server ?? null
  const baseline = await startBaseline(join(folder, 'baseline'), core)
  try {
    const pace = quick
      ? { rounds: 3, sliceMs: 100, warmUpMs: 150 }
      : { rounds: 5, sliceMs: 450, warmUpMs: 2000 }
    const bench = createBench(folder, { core, profiles: values.profile ?? null }, baseline, pace, quick)
    const rows: Row[] = []
    for (const [name, scenario] of chosen) {
      console.error(`measuring ${name} …`)
      let measured = await scenario(bench)
      if (earlier && dropped(earlier.rows, measured, margin).length > 0) {
        console.error(`measuring ${name} again, as a ratio has dropped …`)
        measured = better(measured, await scenario(bench))
      }
      rows.push(...measured)
    }
    if (!isApart && rows.some(({ peakMemory }) => peakMemory !== null)) rows.push(highestPeakRow(rows))
    const machine = describeMachine(folder, cores !== null)
    return { date: new Date().toISOString(), quick, machine, rows }
  } finally {
    await baseline.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        nginx: { type: 'boolean', default: false },
        leanest: { type: 'boolean', default: false },
        json: { type: 'string' },
        compare: { type: 'string' },
        margin: { type: 'string', default: '0.25' },
        profile: { type: 'string' },
        folder: { type: 'string', default: tmpdir() },
      },
    })
  } catch (error) {
    wrongUsage(messageOf(error))
  }
}

function runIn(file: string): Run {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Run
  } catch (error) {
    wrongUsage(`--compare is "${file}", which is no file that --json has written: ${messageOf(error)}`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function wrongUsage(problem: string): never {
  console.error(problem)
  process.exit(2)
}
