import { spawnSync } from 'node:child_process'
import { readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import type { Machine } from './results.js'

/** The cores of this machine that play a part; null where processes cannot be bound to cores. */
export interface Cores {
  readonly load: number
  readonly server: number
}

/** Finds a core for the load and another for the server. */
export function chooseCores(): Cores | null {
  if (spawnSync('taskset', ['--version']).status !== 0) return null
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''
  const list = allowed.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
  const [load, server] = list
  return load === undefined || server === undefined ? null : { load, server }
}

/** Binds this process, with all its threads, to a core. */
export function bindToCore(core: number): void {
  spawnSync('taskset', ['-a', '-c', '-p', String(core), String(process.pid)])
}

/** The command line that runs a program on a core. */
export function onCore(core: number | null, program: string, args: readonly string[]): [string, string[]] {
  return core === null ? [program, [...args]] : ['taskset', ['-c', String(core), program, ...args]]
}

/** By the number Linux gives a file system. */
const fileSystems: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  16914836: 'tmpfs',
  801189825: 'zfs',
  26985: 'nfs',
  2035054128: 'overlay',
}

/** @param folder where the measured files lie. */
export function describeMachine(folder: string, pinned: boolean): Machine {
  const { type: magic } = statfsSync(folder)
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    node: process.version,
    fileSystem: fileSystems[magic] ?? `type 0x${magic.toString(16)}`,
    pinned,
  }
}

/** Milliseconds of processor time a process has used, with all its threads; NaN when the system does not tell. */
export function processorTime(pid: number): number {
  try {
    // The name of the program, in brackets, may hold anything; the fields behind it do not.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return Number.NaN
  }
}

/** Lets the peak be counted anew from what a process holds now. */
export function forgetPeakMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Then the peak is that of the whole life of the process, which is stricter.
  }
}

/** The most memory a process has held (resident, in bytes) since the last `forgetPeakMemory`; null when the system does not tell. */
export function peakMemory(pid: number): number | null {
  try {
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return peak ? Number(peak[1]) * 1024 : null
  } catch {
    return null
  }
}
