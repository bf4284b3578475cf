import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What lies in the places where bodies arrive, as paths: nothing, when nobody is uploading. */
export async function stagedFiles(...places: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const place of places) {
    const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of entries) if (entry.isFile()) found.push(join(entry.parentPath, entry.name))
  }
  return found
}

/** The resident memory of a process, in bytes; null on systems that do not tell. */
export async function residentBytes(pid: number | undefined): Promise<number | null> {
  return memoryOf(pid, 'VmRSS')
}

/** The most resident memory a process has had since `forgetPeak`, in bytes; null on systems that do not tell. */
export async function peakBytes(pid: number | undefined): Promise<number | null> {
  return memoryOf(pid, 'VmHWM')
}

/** Begins a new measurement of `peakBytes`. */
export async function forgetPeak(pid: number | undefined): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5')
}

async function memoryOf(pid: number | undefined, what: 'VmRSS' | 'VmHWM'): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const match = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status)
  return match ? Number(match[1]) * 1024 : null
}
