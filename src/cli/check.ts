import { parseByteSize } from '../server/settings.js'
import { checks, type Report, type Result, runConformance, type Target } from '../testing/index.js'
import { readArgs, type Typed, UsageError } from './usage.js'

const help = `wopikit check <WOPISrc>: whether a WOPI host, whoever made it, does what clients rely on

  WOPISrc                the address of a file on the host: https://host/wopi/files/<id>, without a query
  --token <t>            an access token for that file, of somebody who may edit it
  --view-token <t>       one of somebody who may only look at it
  --second-token <t>     one of somebody else who may edit it; the file is locked for a moment
  --expired-token <t>    one whose time is over
  --max-file-size <size> the largest file the host takes, such as 10MB
  --only <id>            only checks whose id begins so, such as lock or put-file.empty; may be given several times
  --json                 print JSON and nothing else

The file itself is only read: everything else happens to files made beside it, which are removed again. Only --token must be given; each
further option lets more checks run. Ends with 1 when a MUST fails.`

export async function check(args: readonly string[]): Promise<number> {
  const typed = readArgs(args, {
    token: { type: 'string' },
    'view-token': { type: 'string' },
    'second-token': { type: 'string' },
    'expired-token': { type: 'string' },
    'max-file-size': { type: 'string' },
    only: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  })
  if (typed.values.help) {
    console.log(help)
    return 0
  }
  const target = targetFrom(typed)
  const asJson = typed.values.json === true
  const report = await runConformance(target, {
    checks: chosenChecks(typed),
    onResult: (result) => {
      if (!asJson && result.outcome !== 'pass') console.log(inWords(result))
    },
  })
  console.log(asJson ? JSON.stringify(report) : summary(report))
  return report.conforms ? 0 : 1
}

function targetFrom({ values, positionals }: Typed): Target {
  const [wopiSrc, ...more] = positionals
  if (wopiSrc === undefined || more.length > 0) throw new UsageError(`check takes one WOPISrc.\n\n${help}`)
  const { token } = values
  if (typeof token !== 'string') {
    throw new UsageError(
      'check needs --token and an access token for the file. For a host of wopikit, "wopikit token <path>" makes one.',
    )
  }
  const size = values['max-file-size']
  const maxFileSize = typeof size === 'string' ? parseByteSize(size) : undefined
  if (maxFileSize === null) {
    throw new UsageError(`--max-file-size is ${JSON.stringify(size)}; expected a size such as 100MB or 2GiB.`)
  }
  return {
    wopiSrc,
    accessToken: token,
    ...(typeof values['view-token'] === 'string' && { viewToken: values['view-token'] }),
    ...(typeof values['second-token'] === 'string' && { secondToken: values['second-token'] }),
    ...(typeof values['expired-token'] === 'string' && { expiredToken: values['expired-token'] }),
    ...(maxFileSize !== undefined && { maxFileSize }),
  }
}

function chosenChecks({ values: { only } }: Typed): typeof checks {
  if (!Array.isArray(only)) return checks
  for (const beginning of only) {
    if (checks.some(({ id }) => id.startsWith(beginning))) continue
    const operations = [...new Set(checks.map(({ id }) => id.replace(/\..*/, '')))]
    throw new UsageError(
      `--only is ${JSON.stringify(beginning)}, and no check begins so. They begin with: ${operations.join(', ')}.`,
    )
  }
  return checks.filter(({ id }) => only.some((beginning) => id.startsWith(beginning)))
}

function inWords({ outcome, level, id, title, detail, spec }: Result): string {
  const reference = outcome === 'skip' ? '' : `\n      ${spec}`
  return `${outcome}  ${id} (${level}): ${title}\n      ${detail ?? ''}${reference}`
}

function summary({ results, counts, conforms, leftBehind }: Report): string {
  const left = leftBehind.length === 0 ? '' : `\nCould not be removed: ${leftBehind.join(', ')}.`
  return (
    `${results.length} checks: ${counts.pass} passed, ${counts.fail} failed (MUST), ${counts.warn} not kept (SHOULD), ${counts.skip} skipped. ` +
    `The host ${conforms ? 'conforms' : 'does not conform'}.${left}`
  )
}
