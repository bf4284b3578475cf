import { mkdir } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { setupLink } from '../server/api/people.js'
import { createLog } from '../server/log.js'
import { firstLinkToken } from '../server/people/first-link.js'
import { prepareFolder, startServer } from '../server/server.js'
import { requireAccountsForOthers, type Settings, settingNames } from '../server/settings.js'
import { readArgs, settingOptions, settingsFrom, settingsHelp, UsageError } from './usage.js'
import { isWorker, superviseWorkers } from './workers.js'

const flags = settingNames.filter((name) => name !== 'folder')

const help = `wopikit serve [folder]: a document library over a folder, in the browser

  folder                 the folder of documents; default ./documents, made with samples when it does not exist
  --config               a YAML file with any of these settings
${settingsHelp(flags)}

Every option is also an environment variable, such as WOPIKIT_PUBLIC_URL, and a key of the file, such as publicUrl.`

/** Serves until it is told to stop; then every request that is being answered is finished first. */
export async function serve(args: readonly string[]): Promise<number> {
  const typed = readArgs(args, settingOptions(flags))
  if (typed.values.help) {
    console.log(help)
    return 0
  }
  if (typed.positionals.length > 1) {
    throw new UsageError(
      `serve takes one folder, not ${typed.positionals.length}. Put a path with spaces in quotes.`,
    )
  }
  const settings = settingsFrom(typed, typed.positionals[0])
  requireAccountsForOthers(settings)
  // Bodies arrive in pieces that lie outside V8's heap, and that it gives back when it has looked for garbage: a young generation that stays small is
  // looked through so often that hardly any outlives it. Without that, the whole heap would be looked through for them, several times a second.
  setFlagsFromString('--semi-space-growth-factor=1')
  // V8 would let what is in use grow several times before it looks what has become garbage. Whoever else is on this machine, such as an
  // office suite, needs the memory more.
  setFlagsFromString('--heap-growing-percent=100')
  const log = createLog(settings.logLevel)
  const stop = toldToStop()
  if (!isWorker) {
    await prepareFolder(settings, log)
    if (settings.workers > 1) {
      await sayFirstLink(settings, settings.publicUrl)
      return superviseWorkers(settings.workers, log, stop)
    }
  }
  const server = await startServer(settings, log)
  console.log(`wopikit serves ${settings.folder} at ${server.publicUrl}/`)
  if (!isWorker) await sayFirstLink(settings, server.publicUrl)
  await stop
  log.info('stopping: finishing what is being answered')
  await server.close()
  return 0
}

/** Whoever started the server makes the first account: by a link that nobody else gets to see, and that works once. */
async function sayFirstLink({ accounts, data }: Settings, publicUrl: string): Promise<void> {
  if (!accounts) return
  await mkdir(data, { recursive: true, mode: 0o700 })
  const token = await firstLinkToken(data)
  if (token === null) return
  console.log(`Nobody has an account yet. Make yours within seven days at\n  ${setupLink(publicUrl, token)}`)
}

function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}
