import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ServedFolder } from './served-folder.js'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** A token by `wopikit token`, to act as a client besides the one in the browser. */
export async function issueToken(
  { folder }: ServedFolder,
  path: string,
): Promise<{ readonly wopiSrc: string; readonly accessToken: string }> {
  const args = [main, 'token', path, '--folder', folder, '--permission', 'edit', '--json']
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}
