import { parseArgs } from 'node:util'
import { nearest } from '../server/nearest.js'
import {
  flagOf,
  readSettings,
  type SettingName,
  type Settings,
  settingNames,
  settingsTable,
} from '../server/settings.js'

/** The command line cannot be understood: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The options of a command as they were typed. */
export interface Typed {
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  readonly positionals: readonly string[]
}

type OptionTypes = Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly multiple?: true }>>

/**
 * Reads a command line strictly.
 *
 * @throws UsageError naming what is not known.
 */
export function readArgs(args: readonly string[], options: OptionTypes): Typed {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean' } },
      allowPositionals: true,
    })
    return { values, positionals }
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'The command line cannot be read.'
    const unknown = /^Unknown option '(--?[^' =]+)/.exec(problem)?.[1]
    if (unknown === undefined) throw new UsageError(problem)
    const known = Object.keys(options).map((name) => `--${name}`)
    const meant = nearest(unknown, known)
    throw new UsageError(
      `There is no option ${unknown}. ${meant === null ? `Known are: ${known.join(', ')}.` : `Did you mean ${meant}?`}`,
    )
  }
}

/** The flags of some settings, for `readArgs`. */
export function settingOptions(names: readonly SettingName[]): OptionTypes {
  return Object.fromEntries([
    ['config', { type: 'string' }],
    ...names.map((name) => [
      flagOf(name).slice(2),
      { type: 'string', ...('repeatable' in settingsTable[name] ? { multiple: true } : {}) },
    ]),
  ]) as OptionTypes
}

/** The settings as flags, environment and configuration file give them. */
export function settingsFrom(typed: Typed, folder: string | undefined): Settings {
  const flags = Object.fromEntries(
    settingNames
      .map((name) => [name, typed.values[flagOf(name).slice(2)]] as const)
      .filter(([, value]) => value !== undefined),
  )
  const configFile = typed.values.config ?? process.env.WOPIKIT_CONFIG
  return readSettings({
    flags: { ...flags, ...(folder === undefined ? {} : { folder }) } as Parameters<
      typeof readSettings
    >[0]['flags'],
    environment: process.env,
    ...(typeof configFile === 'string' ? { configFile } : {}),
  })
}

/** The help text of a command's settings. */
export function settingsHelp(names: readonly SettingName[]): string {
  return names
    .map(
      (name) =>
        `  ${flagOf(name).padEnd(22)} ${settingsTable[name].summary}\n${' '.repeat(25)}default ${settingsTable[name].byDefault}`,
    )
    .join('\n')
}
