/*
 * Starts the server of a checkout: builds what is missing, then does what `wopikit serve` does, with the same arguments.
 *
 *   npm start -- ./documents --port 9000
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const repository = new URL('../', import.meta.url)
const main = new URL('dist/cli/main.js', repository)
const web = new URL('dist/web/manifest.json', repository)

if (!existsSync(main) || !existsSync(web)) {
  console.error('Building wopikit, as it has not been built yet …')
  const { status } = spawnSync('npm', ['run', 'build'], {
    cwd: fileURLToPath(repository),
    // Standard output belongs to the server.
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    console.error(
      'The build failed; its messages are above. If packages are missing, `npm ci` installs them.',
    )
    process.exit(1)
  }
}

// npm passes SIGTERM on to the shell between it and this process, and no further: that shell's end is our signal.
if (process.env.npm_lifecycle_event) {
  const shell = process.ppid
  setInterval(() => {
    if (process.ppid !== shell) process.kill(process.pid, 'SIGTERM')
  }, 500).unref()
}

// In this very process, so that signals reach the server and its exit code is ours.
process.argv.splice(1, 1, fileURLToPath(main), 'serve')
await import(main.href)
