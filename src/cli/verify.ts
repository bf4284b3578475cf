import { libraryHelp, libraryOptions, withLibrary } from './library.js'
import { readArgs, UsageError } from './usage.js'

const help = `wopikit verify [folder]: whether index, documents, versions and rescued saves agree

  folder            as --folder
  --quick           look at names and sizes only, and do not read every content
${libraryHelp}

A document counts from the first time that somebody saw it here. Ends with 1 when something is wrong. Works beside a running server.`

export async function verify(args: readonly string[]): Promise<number> {
  const typed = readArgs(args, { ...libraryOptions, quick: { type: 'boolean' }, json: { type: 'boolean' } })
  if (typed.values.help) {
    console.log(help)
    return 0
  }
  const [folder, ...more] = typed.positionals
  if (more.length > 0) throw new UsageError(`verify takes one folder.\n\n${help}`)
  return withLibrary(
    typed,
    async (library) => {
      const report = await library.verify({ content: typed.values.quick !== true })
      const { looked, problems, notes } = report
      if (typed.values.json) console.log(JSON.stringify(report))
      else {
        for (const { place, message } of [...problems, ...notes]) console.log(`${place}: ${message}`)
        const counts = [
          counted(looked.documents, 'document'),
          counted(looked.versions, 'version'),
          counted(looked.rescued, 'rescued save'),
          `${looked.binned} in the bin`,
        ]
        const verdict = problems.length === 0 ? 'everything is as it should be' : `${problems.length} wrong`
        console.log(`${counts.join(', ')}: ${verdict}.`)
      }
      return problems.length === 0 ? 0 : 1
    },
    { folder },
  )
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
