import type { ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunOptions, runCommand, startCommand } from './command-line.js'

/** What `wopikit token --json` prints. */
export interface IssuedToken {
  readonly fileId: string
  readonly wopiSrc: string
  readonly accessToken: string
  readonly accessTokenTtl: number
  readonly hostPageUrl: string
}

export interface ServerOptions extends RunOptions {
  /** The folder of documents. */
  readonly folder: string
  /** Whether the folder is made here, so that the server puts no samples in it. Default true. */
  readonly makeFolder?: boolean
  /** Default: `.wopikit` in the folder. */
  readonly data?: string
  readonly args?: readonly string[]
}

/** `wopikit serve` as a process of its own, which may be killed and started again on the same port. */
export interface ServerProcess {
  readonly folder: string
  readonly data: string
  readonly port: number
  /** The present or the last process; undefined before the first. */
  readonly pid: number | undefined
  /** Whether the present process lives. */
  readonly running: boolean
  /** Starts it, with a fault if one is named, and returns once it answers. */
  start(fault?: string): Promise<void>
  /** `kill -9`. */
  kill(): Promise<void>
  /** Asks it to stop; its exit code. */
  stop(): Promise<number | null>
  /** Waits until the present process has ended, however it comes to it. */
  ended(): Promise<void>
  /** Tells it what time it is, in milliseconds since 1970. Only for a server started with `movedClock`. */
  moveClock(now: number): Promise<void>
  /** Everything written to standard error, by all processes so far. */
  log(): string
  /** A token by `wopikit token`. It is remembered for `secretsInLog`. */
  token(path: string, more?: readonly string[], options?: RunOptions): Promise<IssuedToken>
  /** Tokens and keys that were found in the log: none, if all is well. */
  secretsInLog(): Promise<string[]>
}

/** Runs a server with a clock that `moveClock` sets. */
export const movedClock = ['--import', new URL('./moved-clock.mjs', import.meta.url).href]

/** Tests that are broken off leave no servers behind. */
const living = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

export async function serverProcess(options: ServerOptions): Promise<ServerProcess> {
  if (options.makeFolder !== false) await mkdir(options.folder, { recursive: true })
  const data = options.data ?? join(options.folder, '.wopikit')
  const port = await freePort()
  const places = ['--data', data]
  const ipc = options.nodeArgs === movedClock
  let child: ChildProcess | undefined
  let end: Promise<void> = Promise.resolve()
  let log = ''
  const tokens: string[] = []

  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null

  async function start(fault?: string): Promise<void> {
    const args = ['serve', options.folder, ...places, '--port', String(port), ...(options.args ?? [])]
    const env = { ...options.env, ...(fault === undefined ? {} : { WOPIKIT_FAULT: fault }) }
    const started = startCommand(args, { ...options, env }, [
      'ignore',
      'ignore',
      'pipe',
      ...(ipc ? ['ipc' as const] : []),
    ])
    child = started
    living.add(started)
    started.stderr?.on('data', (chunk) => {
      log += chunk
    })
    started.once('exit', () => living.delete(started))
    end = new Promise((resolve) => started.once('close', () => resolve()))
    while (!(await answers(port))) {
      if (!isRunning()) throw new Error(`wopikit serve ended before it answered.\n${log.slice(-2000)}`)
      await sleep(5)
    }
  }

  return {
    folder: options.folder,
    data,
    port,
    get pid() {
      return child?.pid
    },
    get running() {
      return isRunning()
    },
    start,
    async kill() {
      child?.kill('SIGKILL')
      await end
    },
    async stop() {
      child?.kill('SIGTERM')
      await end
      return child?.exitCode ?? null
    },
    ended: () => end,
    moveClock(now) {
      return new Promise((resolve, reject) => {
        child?.once('message', () => resolve())
        child?.send({ now }, (error) => error && reject(error))
      })
    },
    log: () => log,
    async token(path, more = [], run = {}) {
      const args = ['token', path, '--folder', options.folder, ...places, '--json', ...more]
      const { code, stdout, stderr } = await runCommand(args, run)
      if (code !== 0) throw new Error(`wopikit token ended with ${code}.\n${stderr}`)
      const issued = JSON.parse(stdout) as IssuedToken
      tokens.push(issued.accessToken)
      return issued
    },
    async secretsInLog() {
      const keys = await readFile(join(data, 'secrets', 'token-keys'), 'utf8').catch(() => '')
      // The second half of a token is its signature: without it the first is worth nothing.
      const secrets = [...keys.trim().split('\n'), ...tokens.map((token) => token.split('.').at(-1) ?? token)]
      return secrets.filter((secret) => secret !== '' && log.includes(secret))
    },
  }
}

/** A folder of its own for a test, and how to be rid of it. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'wopikit-proof-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** A port nobody uses, below those the system gives to outgoing connections: it stays free while a server that was killed is down. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000)
    if (await canListen(port)) return port
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** Whether a WOPI request is answered. A server that listens and is still starting lets it wait. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request({ host: '127.0.0.1', port, path: '/wopi/files/none', agent: false }, (response) => {
      response.resume()
      resolve(true)
    })
    probe.on('error', () => resolve(false))
    probe.end()
  })
}
