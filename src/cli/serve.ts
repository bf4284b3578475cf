import { createLog } from '../server/log.js'
import { prepareFolder, startServer } from '../server/server.js'
import { settingNames } from '../server/settings.js'
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
  const log = createLog(settings.logLevel)
  const stop = toldToStop()
  if (!isWorker) {
    await prepareFolder(settings, log)
    if (settings.workers > 1) return superviseWorkers(settings.workers, log, stop)
  }
  const server = await startServer(settings, log)
  console.log(`wopikit serves ${settings.folder} at ${server.publicUrl}/`)
  await stop
  log.info('stopping: finishing what is being answered')
  await server.close()
  return 0
}

function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}
