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
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    return { values, positionals }
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'The command line cannot be read.'
    const unknown = /^Unknown option '(--?[^' =]+)/.exec(problem)?.[1]
    if (unknown !== undefined) {
      const known = Object.keys(options).map((name) => `--${name}`)
      throw new UsageError(`There is no option ${unknown}. ${hint(unknown, known)}`)
    }
    const empty = /^Option '(?:-\w, )?(--[^' ]+) <value>' argument missing/.exec(problem)?.[1]
    if (empty === undefined) throw new UsageError(problem)
    const setting = settingNames.find((name) => flagOf(name) === empty)
    throw new UsageError(
      `${empty} needs a value${setting === undefined ? '' : `: ${settingsTable[setting].accepts}`}.`,
    )
  }
}

/** What was probably meant by a word that is not known, or all that is. */
export function hint(unknown: string, known: readonly string[]): string {
  const meant = nearest(unknown, known)
  return meant === null ? `Known are: ${known.join(', ')}.` : `Did you mean ${meant}?`
}

/** What a command was asked to do, and with which version or rescued save. */
export interface ChosenAction<Name extends string> {
  readonly name: Name
  readonly value: string
}

/**
 * The one action that was asked for; null = none, so that the command lists.
 *
 * @param actions each with the options that mean something only with it.
 * @throws UsageError when two were asked for, or an option stands there without its action.
 */
export function chosenAction<Name extends string>(
  typed: Typed,
  actions: Readonly<Record<Name, readonly string[]>>,
): ChosenAction<Name> | null {
  const names = Object.keys(actions) as Name[]
  const [chosen, another] = names.filter((name) => typed.values[name] !== undefined)
  if (chosen !== undefined && another !== undefined) {
    throw new UsageError(`--${chosen} and --${another} are two things to do. Say them one after the other.`)
  }
  for (const name of names) {
    const stray = actions[name].find((option) => name !== chosen && typed.values[option] !== undefined)
    if (stray !== undefined) throw new UsageError(`--${stray} goes with --${name}, which was not said.`)
  }
  return chosen === undefined ? null : { name: chosen, value: String(typed.values[chosen]) }
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
