#!/usr/bin/env node
import { SettingError } from '../server/settings.js'
import { version } from '../server/version.js'
import { check } from './check.js'
import { locks } from './locks.js'
import { rescued } from './rescued.js'
import { serve } from './serve.js'
import { token } from './token.js'
import { hint, UsageError } from './usage.js'
import { verify } from './verify.js'
import { versions } from './versions.js'
import { leaveSupervisor } from './workers.js'

const commands: Record<string, (args: readonly string[]) => Promise<number>> = {
  serve,
  token,
  versions,
  rescued,
  locks,
  verify,
  check,
}

const help = `wopikit: the WOPI host that never loses a save and always says why

  wopikit serve [folder]     serve a folder of documents (default ./documents)
  wopikit token <path>       an access token for one document or folder, for scripts and tests
  wopikit versions <path>    what a document has been; restore it
  wopikit rescued [path]     saves that had to be refused and were kept
  wopikit locks              which documents are open, by whom and in which client
  wopikit verify [folder]    whether everything that is kept is as it should be
  wopikit check <WOPISrc>    whether a WOPI host, whoever made it, does what clients rely on

Say "wopikit <command> --help" for the options of a command, "wopikit --version" for the version of all.`

/** Exit codes: 0 fine, 1 failed, 2 wrong usage. */
async function main(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args
  if (['', '--help', '-h', 'help'].includes(name)) {
    console.log(help)
    return name === '' ? 2 : 0
  }
  if (name === '--version' || name === '-v') {
    console.log(version)
    return 0
  }
  const command = commands[name]
  if (!command) throw new UsageError(`There is no command "${name}". ${hint(name, Object.keys(commands))}`)
  return command(rest)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const wrongUsage = error instanceof UsageError || error instanceof SettingError
  console.error(error instanceof Error ? `wopikit: ${error.message}` : error)
  process.exitCode = wrongUsage ? 2 : 1
}
leaveSupervisor()
