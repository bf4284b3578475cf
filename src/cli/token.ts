import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOKEN_LIFETIME_MS } from '../host/host.js'
import { signedAccessTokens } from '../host/signed-access-tokens.js'
import { userIdProblem } from '../ports/access-tokens.js'
import { parsePermission, permissions } from '../protocol/permission.js'
import { pageAddress } from '../server/pages/page-addresses.js'
import { loadOrCreateTokenKeys } from '../server/secrets.js'
import { addressesFile, type ServerAddresses } from '../server/server-addresses.js'
import { flagOf, parseDuration, type SettingName, type Settings, variableOf } from '../server/settings.js'
import { itemAt, libraryHelp, withLibrary } from './library.js'
import { readArgs, settingOptions, type Typed, UsageError } from './usage.js'

const help = `wopikit token <path>: an access token for one document or folder, for scripts and tests

  path              relative to the folder of documents
  --user            user id; default owner
  --name            the name others see; default the user id
  --permission      ${permissions.join(', ')}; default edit
  --ttl             how long the token lives, such as 30m; default 10h
  --public-url      where browsers reach the server, if not as it says itself
  --wopi-url        where WOPI clients reach it, if not as it says itself
${libraryHelp}

Works beside a running server, whose addresses it uses.`

/** What `--json` prints. */
interface IssuedToken {
  readonly fileId: string
  readonly wopiSrc: string
  readonly accessToken: string
  readonly accessTokenTtl: number
  readonly hostPageUrl: string
}

export async function token(args: readonly string[]): Promise<number> {
  const typed = readArgs(args, {
    ...settingOptions(['folder', 'data', 'publicUrl', 'wopiUrl']),
    user: { type: 'string' },
    name: { type: 'string' },
    permission: { type: 'string' },
    ttl: { type: 'string' },
    json: { type: 'boolean' },
  })
  if (typed.values.help) {
    console.log(help)
    return 0
  }
  const [path, ...more] = typed.positionals
  if (path === undefined || more.length > 0) throw new UsageError(`token takes one path.\n\n${help}`)
  const issued = await issue(path, typed)
  if (typed.values.json) console.log(JSON.stringify(issued))
  else {
    for (const [name, value] of Object.entries(issued)) console.log(`${name.padEnd(15)} ${value}`)
  }
  return 0
}

async function issue(path: string, typed: Typed): Promise<IssuedToken> {
  const userId = text(typed, 'user') ?? 'owner'
  const problem = userIdProblem(userId)
  if (problem) throw new UsageError(`--user is ${JSON.stringify(userId)}. ${problem}.`)
  const permissionText = text(typed, 'permission') ?? 'edit'
  const permission = parsePermission(permissionText)
  if (!permission) {
    throw new UsageError(
      `--permission is ${JSON.stringify(permissionText)}; expected ${permissions.join(', ')}.`,
    )
  }
  const ttl = text(typed, 'ttl')
  const lifetime = ttl === undefined ? TOKEN_LIFETIME_MS : parseDuration(ttl)
  if (lifetime === null)
    throw new UsageError(`--ttl is ${JSON.stringify(ttl)}; expected a duration such as 10h or 30m.`)

  return withLibrary(
    typed,
    async (library, settings) => {
      const item = await itemAt(library, settings, path)
      const { publicUrl, wopiUrl } = addresses(settings, typed)
      const resource = {
        kind: item.kind === 'file' ? ('file' as const) : ('container' as const),
        id: item.id,
      }
      const expiresAt = Date.now() + lifetime
      const tokens = signedAccessTokens({ keys: loadOrCreateTokenKeys(join(settings.data, 'secrets')) })
      const userName = text(typed, 'name') ?? userId
      return {
        fileId: item.id,
        wopiSrc: `${wopiUrl}/wopi/${item.kind === 'file' ? 'files' : 'containers'}/${item.id}`,
        accessToken: await tokens.issue({
          userId,
          userName,
          resource,
          permission,
          expiresAt,
          issuedBy: 'operator',
        }),
        accessTokenTtl: expiresAt,
        hostPageUrl:
          item.kind === 'file'
            ? pageAddress.document(publicUrl, item.id)
            : pageAddress.folder(publicUrl, item.id),
      }
    },
    { mayBeNew: true },
  )
}

function text(typed: Typed, name: string): string | undefined {
  const value = typed.values[name]
  return typeof value === 'string' ? value : undefined
}

/** Those of the server that runs, or ran last, on this data folder; what is set explicitly wins. */
function addresses({ publicUrl, wopiUrl, data }: Settings, typed: Typed): ServerAddresses {
  const isSaid = (name: SettingName) =>
    typed.values[flagOf(name).slice(2)] !== undefined || process.env[variableOf(name)] !== undefined
  if (isSaid('publicUrl')) return { publicUrl, wopiUrl }
  try {
    const running = JSON.parse(readFileSync(join(data, addressesFile), 'utf8')) as ServerAddresses
    return isSaid('wopiUrl') ? { ...running, wopiUrl } : running
  } catch {
    return { publicUrl, wopiUrl }
  }
}
