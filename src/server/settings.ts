import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { nearest } from './nearest.js'

/** What `wopikit serve` is configured by. Every setting has a flag, an environment variable and a key in the configuration file. */
export interface Settings {
  readonly folder: string
  readonly data: string
  readonly host: string
  readonly port: number
  readonly publicUrl: string
  readonly wopiUrl: string
  readonly accounts: boolean
  readonly proxies: number
  readonly offload: 'none' | 'x-accel-redirect' | 'x-sendfile'
  readonly client: readonly string[]
  readonly textEditor: boolean
  readonly proof: 'required' | 'when-offered' | 'off'
  readonly durability: 'process-crash' | 'power-cut'
  readonly maxFileSize: number
  readonly tokenLifetime: number
  readonly lastSaveGrace: number
  readonly repeatedSave: boolean
  readonly saveAfterUnlock: boolean
  readonly versionsPerFile: number
  readonly versionsSize: number
  readonly versionsAge: number
  readonly rescuedPerFile: number
  readonly rescuedSize: number
  readonly rescuedAge: number
  readonly binSize: number
  readonly binAge: number
  readonly blockDamaged: readonly string[]
  readonly workers: number
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** A setting as the table below describes it. */
interface Setting {
  readonly summary: string
  /** What is accepted, in words. */
  readonly accepts: string
  /** In words; the value itself is computed in `complete`. */
  readonly byDefault: string
  /** What the documented configuration file shows where the words of `byDefault` are no value. */
  readonly example?: string
  readonly schema: z.ZodType
  /** Whether the flag may be given several times. */
  readonly repeatable?: true
}

const GIB = 1024 ** 3
const DAY_MS = 24 * 3_600_000

const baseUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !/[?#]/.test(text))
  .transform((text) => text.replace(/\/+$/, ''))

/** In the file a number, elsewhere digits. Not what else would become a number: nothing at all, `true`, `0x10`. */
const wholeNumber = z.union([
  z.number().int(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
])

const within = (least: number, most: number) => wholeNumber.pipe(z.number().min(least).max(most))

const yesOrNo = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const durationWithUnit = z
  .string()
  .regex(/^\d{1,9}(ms|s|m|h|d)$/)
  .transform((text) => Number.parseInt(text, 10) * (units[text.replace(/\d+/, '')] ?? 1))
const duration = z.union([within(0, Number.MAX_SAFE_INTEGER), durationWithUnit])
const someTime = duration.pipe(z.number().min(1))

/** `10h` → milliseconds; null when it is no duration with its unit. */
export function parseDuration(text: string): number | null {
  const result = durationWithUnit.safeParse(text)
  return result.success ? result.data : null
}

const sizes: Record<string, number> = {
  B: 1,
  kB: 1000,
  KiB: 1024,
  MB: 1e6,
  MiB: 1024 ** 2,
  GB: 1e9,
  GiB: 1024 ** 3,
}
const byteSize = z.union([
  within(0, Number.MAX_SAFE_INTEGER),
  z
    .string()
    .regex(/^\d{1,9}(B|kB|KiB|MB|MiB|GB|GiB)$/)
    .transform((text) => Number.parseInt(text, 10) * (sizes[text.replace(/\d+/, '')] ?? 1)),
])

const someBytes = byteSize.pipe(z.number().min(1))

/** `100MB` → bytes; null when it is no size. */
export function parseByteSize(text: string): number | null {
  const result = byteSize.safeParse(text)
  return result.success ? result.data : null
}

/** The table of settings: flags, environment variables, the configuration file and its documentation all follow from it. */
export const settingsTable = {
  folder: {
    summary: 'The folder of documents. Created, with a few sample documents, when it does not exist.',
    accepts: 'a path',
    byDefault: './documents',
    schema: z.string().min(1),
  },
  data: {
    summary:
      'Where index, locks, versions, rescued saves and secrets are kept. One data folder belongs to one folder of documents.',
    accepts: 'a path',
    byDefault: '<folder>/.wopikit',
    example: './documents/.wopikit',
    schema: z.string().min(1),
  },
  host: {
    summary: 'The address to listen on.',
    accepts: 'an IP address or a host name',
    byDefault: '127.0.0.1',
    schema: z.string().min(1),
  },
  port: {
    summary: 'The port to listen on; 0 takes any free one.',
    accepts: 'a number from 0 to 65535',
    byDefault: '8080',
    schema: within(0, 65535),
  },
  publicUrl: {
    summary: 'Where browsers reach the server, with its path prefix if it has one.',
    accepts: 'an http or https URL without query',
    byDefault: 'http://<host>:<port>',
    example: 'https://files.example.com',
    schema: baseUrl,
  },
  wopiUrl: {
    summary: 'Where WOPI clients reach the server. WOPISrc is made of it, and proofs are checked over it.',
    accepts: 'an http or https URL without query',
    byDefault: 'the public URL',
    example: 'https://files.example.com',
    schema: baseUrl,
  },
  accounts: {
    summary:
      'Whether people sign in. Without accounts whoever reaches the server may do everything, so it must stay on this machine.',
    accepts: 'true or false',
    byDefault:
      'false on this machine; true when the public URL names another; to be said when only the host does',
    example: 'true',
    schema: yesOrNo,
  },
  proxies: {
    summary:
      'How many reverse proxies of yours stand in front. Each adds to X-Forwarded-For, from which the address of a visitor is read.',
    accepts: 'a number from 0 to 10',
    byDefault: '0',
    schema: within(0, 10),
  },
  offload: {
    summary:
      'How a reverse proxy sends large documents to clients itself. Only for a proxy that asks for it with X-Sendfile-Type: see docs/reverse-proxy.md.',
    accepts: 'none, x-accel-redirect (nginx) or x-sendfile (Apache with mod_xsendfile)',
    byDefault: 'none',
    schema: z.enum(['none', 'x-accel-redirect', 'x-sendfile']),
  },
  client: {
    summary:
      'A WOPI client, such as ONLYOFFICE Docs or Collabora Online: the URL where this server reaches it. May be given several times.',
    accepts: 'an http or https URL without query',
    byDefault: 'none; the built-in text editor is always there',
    example: '[https://office.example.com]',
    schema: z.preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(baseUrl)),
    repeatable: true,
  },
  textEditor: {
    summary: 'Whether the built-in text editor is offered for text formats that no other client edits.',
    accepts: 'true or false',
    byDefault: 'true',
    schema: yesOrNo,
  },
  proof: {
    summary: 'Whether requests must prove, with the key in a client’s discovery, that they come from it.',
    accepts: 'required, when-offered (from the clients that have a key) or off',
    byDefault: 'when-offered',
    schema: z.enum(['required', 'when-offered', 'off']),
  },
  durability: {
    summary: 'What locks and the index survive. Documents and versions survive a power cut in either case.',
    accepts: 'process-crash or power-cut (flushes the disk for every group of changes)',
    byDefault: 'process-crash',
    schema: z.enum(['process-crash', 'power-cut']),
  },
  maxFileSize: {
    summary: 'The largest document that is taken.',
    accepts: 'a size such as 100MB or 2GiB, or a number of bytes; more than 0',
    byDefault: '1GiB',
    schema: someBytes,
  },
  tokenLifetime: {
    summary:
      'How long an access token lives. ONLYOFFICE cannot renew one, so keep it longer than a working day.',
    accepts: 'a duration such as 10h or 30m, or a number of milliseconds; more than 0',
    byDefault: '10h',
    schema: someTime,
  },
  lastSaveGrace: {
    summary:
      'How long after its token has expired the last save of a live lock is still taken; 0 = not at all.',
    accepts: 'a duration such as 1h, or a number of milliseconds',
    byDefault: '1h',
    schema: duration,
  },
  repeatedSave: {
    summary:
      'Whether a save that Collabora repeats because it lost the answer is a success instead of a conflict.',
    accepts: 'true or false',
    byDefault: 'true',
    schema: yesOrNo,
  },
  saveAfterUnlock: {
    summary: 'Whether the exit save that Collabora 22.05 sends just after its Unlock is taken.',
    accepts: 'true or false',
    byDefault: 'true',
    schema: yesOrNo,
  },
  versionsPerFile: {
    summary: 'How many versions of one document are kept. The present, pinned and last good ones always are.',
    accepts: 'a number from 1 to 1000000',
    byDefault: '500',
    schema: within(1, 1_000_000),
  },
  versionsSize: {
    summary: 'How much all versions that were replaced may take; the oldest go first.',
    accepts: 'a size such as 500MB or 20GiB, or a number of bytes',
    byDefault: '20GiB',
    schema: byteSize,
  },
  versionsAge: {
    summary: 'How long a version that was replaced is kept.',
    accepts: 'a duration such as 90d, or a number of milliseconds',
    byDefault: '36500d, which is a hundred years',
    example: '36500d',
    schema: duration,
  },
  rescuedPerFile: {
    summary: 'How many rescued saves of one document are kept; the oldest go first, never the newest.',
    accepts: 'a number from 1 to 1000000',
    byDefault: '20',
    schema: within(1, 1_000_000),
  },
  rescuedSize: {
    summary: 'How much all rescued saves may take.',
    accepts: 'a size such as 500MB or 20GiB, or a number of bytes',
    byDefault: '2GiB',
    schema: byteSize,
  },
  rescuedAge: {
    summary: 'How long a rescued save is kept.',
    accepts: 'a duration such as 90d, or a number of milliseconds',
    byDefault: '90d',
    schema: duration,
  },
  binSize: {
    summary: 'How much the bin may take.',
    accepts: 'a size such as 500MB or 20GiB, or a number of bytes',
    byDefault: '10GiB',
    schema: byteSize,
  },
  binAge: {
    summary: 'How long something stays in the bin.',
    accepts: 'a duration such as 90d, or a number of milliseconds',
    byDefault: '60d',
    schema: duration,
  },
  blockDamaged: {
    summary:
      'Formats, by their extension, for which a save that looks damaged is refused and kept as a rescued save. Outside the protocol: the client only sees that saving failed. May be given several times.',
    accepts: 'extensions such as .docx',
    byDefault: 'none; damaged saves are taken, marked, and the last good version is kept',
    example: '[.docx, .xlsx]',
    schema: z.preprocess(
      (value) => (typeof value === 'string' ? value.split(',') : value),
      z.array(z.string().regex(/^\.[A-Za-z0-9]{1,16}$/)),
    ),
    repeatable: true,
  },
  workers: {
    summary: 'How many processes serve. They share the port, the folder and the data folder.',
    accepts: 'a number from 1 to 64',
    byDefault: '1',
    schema: within(1, 64),
  },
  logLevel: {
    summary: 'How much is written to standard error.',
    accepts: 'debug, info, warn, error or silent',
    byDefault: 'info',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
  },
} as const satisfies Record<keyof Settings, Setting>

export type SettingName = keyof typeof settingsTable

export const settingNames = Object.keys(settingsTable) as SettingName[]

/** A setting that cannot be used: which one, where it was read, what was there and what is accepted. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}

/** `publicUrl` → `--public-url`. */
export function flagOf(name: SettingName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** `publicUrl` → `WOPIKIT_PUBLIC_URL`. */
export function variableOf(name: SettingName): string {
  return `WOPIKIT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** The value of a setting as one would write it: `10h`, not 36000000. */
export function asWritten<Value>(name: SettingName, value: Value): Value | string {
  const schema: z.ZodType = settingsTable[name].schema
  const isDuration = schema === duration || schema === someTime
  const known = isDuration ? units : schema === byteSize || schema === someBytes ? sizes : null
  if (known === null || typeof value !== 'number') return value
  const exact = Object.entries(known).filter(([, size]) => value % size === 0)
  const [unit, size] = exact.reduce((one, other) => (other[1] > one[1] ? other : one), ['', 1])
  return `${value / size}${unit}`
}

/** Where settings are read: flags win over the environment, the environment over the file. */
export interface SettingSources {
  /** By setting, as they were typed. */
  readonly flags: Readonly<Partial<Record<SettingName, string | readonly string[]>>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The configuration file (YAML); absent = none. */
  readonly configFile?: string
}

/**
 * Reads and checks all settings.
 *
 * @throws SettingError naming the first setting that is wrong or unknown.
 */
export function readSettings(sources: SettingSources): Settings {
  const given: Partial<Record<SettingName, unknown>> = {}
  const fromFile = sources.configFile === undefined ? {} : readConfigFile(sources.configFile)
  checkEnvironment(sources.environment)
  for (const name of settingNames) {
    const places = [
      [flagOf(name), sources.flags[name]],
      [variableOf(name), sources.environment[variableOf(name)]],
      [`${name} in ${sources.configFile}`, fromFile[name]],
    ] as const
    const found = places.find(([, value]) => value !== undefined)
    if (found) given[name] = checked(name, found[0], found[1])
  }
  return complete(given as Partial<Settings>)
}

function checked(name: SettingName, place: string, value: unknown): unknown {
  const setting: Setting = settingsTable[name]
  const result = setting.schema.safeParse(value)
  if (result.success) return result.data
  const [index] = result.error.issues[0]?.path ?? []
  const wrong = Array.isArray(value) && typeof index === 'number' ? value[index] : value
  const found = wrong === null || wrong === '' ? 'empty' : JSON.stringify(wrong)
  throw new SettingError(`${place} is ${found}; expected ${setting.accepts}.`)
}

function complete(given: Partial<Settings>): Settings {
  const folder = resolve(given.folder ?? './documents')
  const host = given.host ?? '127.0.0.1'
  const port = given.port ?? 8080
  const publicUrl = given.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    host,
    port,
    publicUrl,
    wopiUrl: publicUrl,
    // Who names an address for others means to let them in; they sign in then.
    accounts: given.publicUrl !== undefined && !isThisMachine(new URL(publicUrl).hostname),
    proxies: 0,
    offload: 'none',
    client: [],
    textEditor: true,
    proof: 'when-offered',
    durability: 'process-crash',
    maxFileSize: GIB,
    tokenLifetime: 10 * 3_600_000,
    lastSaveGrace: 3_600_000,
    repeatedSave: true,
    saveAfterUnlock: true,
    versionsPerFile: 500,
    versionsSize: 20 * GIB,
    versionsAge: 36_500 * DAY_MS,
    rescuedPerFile: 20,
    rescuedSize: 2 * GIB,
    rescuedAge: 90 * DAY_MS,
    binSize: 10 * GIB,
    binAge: 60 * DAY_MS,
    blockDamaged: [],
    workers: 1,
    logLevel: 'info',
    ...given,
    folder,
    data: resolve(given.data ?? join(folder, '.wopikit')),
  }
}

/**
 * Makes sure that a server where nobody signs in is reached from this machine only.
 *
 * @throws SettingError naming the setting that opens it to others.
 */
export function requireAccountsForOthers({ accounts, host, publicUrl }: Settings): void {
  if (accounts) return
  const open: readonly (readonly [SettingName, string, string])[] = [
    ['host', host, host],
    ['publicUrl', publicUrl, new URL(publicUrl).hostname],
  ]
  for (const [name, value, address] of open) {
    if (isThisMachine(address)) continue
    throw new SettingError(
      `${flagOf(name)} is ${value}, which other machines can reach, and nobody has to sign in: whoever comes may do everything. ` +
        `Say ${flagOf('accounts')} true (or ${variableOf('accounts')}=true), so that people sign in, or keep to 127.0.0.1.`,
    )
  }
}

function isThisMachine(address: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(address)
}

function readConfigFile(file: string): Record<string, unknown> {
  if (!existsSync(file)) throw new SettingError(`The configuration file ${file} does not exist.`)
  const text = attempt(`The configuration file ${file} cannot be read`, () => readFileSync(file, 'utf8'))
  const content: unknown = attempt(`${file} is not valid YAML`, () => parseYaml(text)) ?? {}
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SettingError(`${file} must hold settings, one "name: value" a line.`)
  }
  for (const key of Object.keys(content)) refuseUnknown(key, settingNames, file)
  return content as Record<string, unknown>
}

function attempt<T>(problem: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw new SettingError(`${problem}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** A misspelt variable would otherwise be a setting that silently does nothing. `WOPIKIT_FAULT…` is for tests of crashes. */
function checkEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
  for (const key of Object.keys(environment)) {
    if (!key.startsWith('WOPIKIT_') || key.startsWith('WOPIKIT_FAULT') || key === 'WOPIKIT_CONFIG') continue
    refuseUnknown(key, settingNames.map(variableOf), 'the environment')
  }
}

function refuseUnknown(key: string, known: readonly string[], place: string): void {
  if (known.includes(key)) return
  const meant = nearest(key, known)
  throw new SettingError(
    `${key} in ${place} is not a setting. ${meant === null ? `Known are: ${known.join(', ')}.` : `Did you mean ${meant}?`}`,
  )
}
