import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** How a command is run. */
export interface RunOptions {
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[]
  /** Commands of a shell that run first, such as `ulimit -n 100`. */
  readonly shell?: string
  readonly cwd?: string
}

/** What a command that has ended leaves. */
export interface Finished {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the built `wopikit` as a person would, in an environment without settings of whoever runs the tests. */
export function startCommand(
  args: readonly string[],
  options: RunOptions,
  stdio: SpawnOptions['stdio'],
): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(WOPIKIT_|NODE_OPTIONS$)/.test(name))
  const env = { ...Object.fromEntries(inherited), ...options.env }
  const node = [process.execPath, ...(options.nodeArgs ?? []), program, ...args]
  const [command = '', ...rest] =
    options.shell === undefined ? node : ['/bin/sh', '-c', `${options.shell}; exec "$@"`, 'sh', ...node]
  return spawn(command, rest, { env, stdio, ...(options.cwd === undefined ? {} : { cwd: options.cwd }) })
}

/** Runs a command to its end. One that has not ended after half a minute is killed. */
export function runCommand(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = startCommand(args, options, ['ignore', 'pipe', 'pipe'])
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const tooLong = setTimeout(() => child.kill('SIGKILL'), 30_000)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(tooLong)
      resolve({ code, stdout, stderr })
    })
  })
}
