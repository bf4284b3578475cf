import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** `wopikit serve` over a folder of its own, as a process of its own. */
export interface ServedFolder {
  readonly folder: string
  /** Where the browser goes, with a trailing slash. */
  readonly url: string
  /** What the server has said to the person who started it. */
  printed(): string
  stop(): Promise<void>
}

/** Serves these files, by their paths. */
export async function serveFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  flags: readonly string[] = [],
): Promise<ServedFolder> {
  const folder = mkdtempSync(join(tmpdir(), 'wopikit-e2e-'))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  const server = spawn(
    process.execPath,
    [main, 'serve', folder, '--port', '0', '--log-level', 'warn', ...flags],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let printed = ''
  server.stdout.on('data', (chunk: Buffer) => {
    printed += chunk
  })
  const url = await announcedUrl(server)
  return {
    folder,
    url,
    printed: () => printed,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The address the server prints once it listens. */
function announcedUrl(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    server.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk
      const [url] = /http:\S+/.exec(printed) ?? []
      if (url) resolve(url)
    })
    server.once('exit', (code) => reject(new Error(`wopikit serve ended with ${code} before it listened.`)))
  })
}
