import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onCore } from './machine.js'

/** A server that runs as a process of its own. */
export interface ServerProcess {
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

const wopikit = fileURLToPath(new URL('../cli/main.js', import.meta.url))
const baselineServer = fileURLToPath(new URL('baseline-server.js', import.meta.url))

/** How long a server may take until it says where it is. */
const START_MS = 60_000

/** How servers are run. */
export interface Circumstances {
  /** The core they run on; null = any. */
  readonly core: number | null
  /** Where a processor profile of each server is written when it ends; null = nowhere. */
  readonly profiles: string | null
}

/** Starts `wopikit serve` over a folder. Its log goes to a file, as under a service manager, at the level it has by default. */
export function startWopikit(
  folder: string,
  { core, profiles }: Circumstances,
  settings: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
  const profiling = profiles === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
  const args = [...profiling, wopikit, 'serve', folder, '--port=0', ...flags]
  return start(args, core, `${folder}.log`, /http:\/\/[^/]*:(\d+)\/?\s/)
}

export function startBaseline(folder: string, core: number | null): Promise<ServerProcess> {
  return start([baselineServer, folder], core, join(folder, 'baseline.log'), /^(\d+)\s/)
}

async function start(
  args: readonly string[],
  core: number | null,
  logFile: string,
  announcement: RegExp,
): Promise<ServerProcess> {
  const log = openSync(logFile, 'w')
  const child = spawn(...onCore(core, process.execPath, args), { stdio: ['ignore', 'pipe', log] })
  closeSync(log)
  const exited = once(child, 'exit')
  // A run that fails leaves no server behind.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const { pid } = child
  if (pid === undefined) throw new Error(`${process.execPath} could not be started.`)
  const port = await announced(child, announcement).catch((error: Error) => {
    child.kill('SIGKILL')
    throw new Error(`${error.message} Its log:\n${readFileSync(logFile, 'utf8').slice(-2000)}`)
  })
  return {
    pid,
    port,
    async stop() {
      child.kill('SIGTERM')
      const patience = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await exited
      clearTimeout(patience)
    },
  }
}

function announced(child: ChildProcess, announcement: RegExp): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = ''
    const patience = setTimeout(() => reject(new Error('A server did not start in time.')), START_MS)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const port = announcement.exec(said)?.[1]
      if (port === undefined) return
      clearTimeout(patience)
      resolve(Number(port))
    })
    child.once('exit', (code) => {
      clearTimeout(patience)
      reject(new Error(`A server ended with code ${code} before it listened.`))
    })
  })
}
