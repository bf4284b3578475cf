import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  asWritten,
  flagOf,
  readSettings,
  requireAccountsForOthers,
  SettingError,
  settingNames,
  settingsTable,
  variableOf,
} from './settings.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wopikit-settings-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function configFile(text: string): string {
  const file = join(folder, 'wopikit.yaml')
  writeFileSync(file, text)
  return file
}

function read(
  flags: Parameters<typeof readSettings>[0]['flags'] = {},
  environment: Record<string, string> = {},
  text?: string,
) {
  return readSettings({ flags, environment, ...(text === undefined ? {} : { configFile: configFile(text) }) })
}

describe('settings', () => {
  it('have sensible defaults, made of each other', () => {
    expect(read()).toMatchObject({
      folder: resolve('documents'),
      data: resolve('documents/.wopikit'),
      publicUrl: 'http://127.0.0.1:8080',
      wopiUrl: 'http://127.0.0.1:8080',
      client: [],
      tokenLifetime: 36_000_000,
    })
    expect(read({ host: '::1', port: '9000' }).publicUrl).toBe('http://[::1]:9000')
    expect(read({ publicUrl: 'https://docs.example.com/files/' })).toMatchObject({
      publicUrl: 'https://docs.example.com/files',
      wopiUrl: 'https://docs.example.com/files',
    })
  })

  it('are taken from flags before the environment, and from there before the file', () => {
    const text = 'port: 1\nlogLevel: error\ndurability: power-cut\n'
    const settings = read({ port: '3' }, { WOPIKIT_PORT: '2', WOPIKIT_LOG_LEVEL: 'warn' }, text)
    expect(settings).toMatchObject({ port: 3, logLevel: 'warn', durability: 'power-cut' })
  })

  it('name several clients, by a repeated flag, commas in the environment, or a list in the file', () => {
    const two = ['https://a.example', 'https://b.example/office']
    expect(read({ client: two }).client).toEqual(two)
    expect(read({}, { WOPIKIT_CLIENT: two.join(',') }).client).toEqual(two)
    expect(read({}, {}, `client:\n  - ${two[0]}\n  - ${two[1]}/\n`).client).toEqual(two)
  })

  it('understand sizes and durations with their units', () => {
    expect(read({ maxFileSize: '2MiB', lastSaveGrace: '90s' })).toMatchObject({
      maxFileSize: 2 * 1024 ** 2,
      lastSaveGrace: 90_000,
    })
    expect(read({ lastSaveGrace: '0ms' }).lastSaveGrace).toBe(0)
  })

  it('understand sizes and durations without a unit, as bytes and milliseconds, wherever they stand', () => {
    expect(read({ maxFileSize: '1000', lastSaveGrace: '0' }, { WOPIKIT_BIN_AGE: '5' })).toMatchObject({
      maxFileSize: 1000,
      lastSaveGrace: 0,
      binAge: 5,
    })
    expect(read({}, {}, 'rescuedSize: 0\ntokenLifetime: 60000\n')).toMatchObject({
      rescuedSize: 0,
      tokenLifetime: 60_000,
    })
  })

  it('say how much is kept, and for which formats damaged saves are refused', () => {
    const flags = { versionsPerFile: '7', rescuedAge: '30d', binSize: '1GB', blockDamaged: ['.docx', '.odt'] }
    expect(read(flags)).toMatchObject({
      versionsPerFile: 7,
      rescuedAge: 30 * 86_400_000,
      binSize: 1e9,
      blockDamaged: ['.docx', '.odt'],
    })
    expect(() => read({ versionsPerFile: '0' })).toThrow(/^--versions-per-file is "0"/)
    expect(() => read({ blockDamaged: ['docx'] })).toThrow(
      /^--block-damaged .* expected extensions such as \.docx/,
    )
  })

  it.each([
    ['a flag', { port: 'http' }, {}, undefined, /^--port is "http"; expected a number from 0 to 65535/],
    ['a variable', {}, { WOPIKIT_PROOF: 'yes' }, undefined, /^WOPIKIT_PROOF is "yes"; expected required/],
    [
      'a key of the file',
      {},
      {},
      'publicUrl: docs.example.com',
      /^publicUrl in .*yaml is "docs.example.com"/,
    ],
    ['a URL with a query', { wopiUrl: 'https://a.example/?x=1' }, {}, undefined, /^--wopi-url is/],
    [
      'a misspelt variable',
      {},
      { WOPIKIT_PROT: '1' },
      undefined,
      /WOPIKIT_PROT in the environment .* WOPIKIT_PORT\?/,
    ],
    ['a misspelt key', {}, {}, 'publicURL: https://a.example', /publicURL in .* Did you mean publicUrl\?/],
    [
      'a number that is empty',
      {},
      { WOPIKIT_PORT: '' },
      undefined,
      /^WOPIKIT_PORT is empty; expected a number/,
    ],
    ['a key without a value', {}, {}, 'port:', /^port in .*yaml is empty; expected a number/],
    ['a number that is none', {}, {}, 'port: true', /^port in .*yaml is true; expected a number/],
    ['a number in other digits', { port: '0x50' }, {}, undefined, /^--port is "0x50"/],
    ['tokens that end at once', { tokenLifetime: '0h' }, {}, undefined, /^--token-lifetime .* more than 0/],
    ['documents of no size', { maxFileSize: '0' }, {}, undefined, /^--max-file-size .* more than 0/],
    ['one client of several', { client: ['https://a.example', 'b'] }, {}, undefined, /^--client is "b"/],
    ['a file that is no YAML', {}, {}, 'port: [', /is not valid YAML/],
    ['a file that is a list', {}, {}, '- port', /must hold settings/],
  ] as const)('refuse %s, naming it', (_, flags, environment, text, message) => {
    const reading = () => read(flags, environment, text)
    expect(reading).toThrow(SettingError)
    expect(reading).toThrow(message)
  })

  it('let people sign in as soon as a public address is named', () => {
    expect(read().accounts).toBe(false)
    expect(read({ publicUrl: 'http://localhost:9000' }).accounts).toBe(false)
    expect(read({ publicUrl: 'https://docs.example.com' }).accounts).toBe(true)
    expect(() => requireAccountsForOthers(read({ publicUrl: 'https://docs.example.com' }))).not.toThrow()
    for (const flags of [{ host: '0.0.0.0' }, { publicUrl: 'https://docs.example.com', accounts: 'false' }]) {
      expect(() => requireAccountsForOthers(read(flags))).toThrow(
        /^--(host|public-url) is .* Say --accounts true/,
      )
    }
  })

  it('say that a configuration file does not exist, or cannot be read', () => {
    const missing = join(folder, 'none.yaml')
    expect(() => readSettings({ flags: {}, environment: {}, configFile: missing })).toThrow(/does not exist/)
    expect(() => readSettings({ flags: {}, environment: {}, configFile: folder })).toThrow(/cannot be read: /)
  })

  it('are all in the documented file, as lines that can be taken as they are', () => {
    const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
    const documented = /```yaml\n(.*)```/s.exec(page)?.[1] ?? ''
    const lines = documented.split('\n').filter((line) => /^# \w+: /.test(line))
    expect(lines.map((line) => /\w+/.exec(line)?.[0])).toEqual(settingNames)
    const settings = read({}, {}, lines.map((line) => line.slice(2)).join('\n'))
    const { data, publicUrl, wopiUrl, accounts, client, blockDamaged, ...defaults } = read()
    expect(settings).toMatchObject(defaults)
  })

  it('are told as they would be written', () => {
    const settings = read({ versionsSize: '1500MB', rescuedAge: '90m' })
    const written = (name: (typeof settingNames)[number]) => asWritten(name, settings[name])
    expect(written('maxFileSize')).toBe('1GiB')
    expect(written('versionsSize')).toBe('1500MB')
    expect(written('tokenLifetime')).toBe('10h')
    expect(written('versionsAge')).toBe('36500d')
    expect(written('rescuedAge')).toBe('90m')
    expect(written('port')).toBe(8080)
    for (const name of ['versionsSize', 'rescuedAge', 'maxFileSize'] as const)
      expect(read({ [name]: String(written(name)) })[name]).toBe(settings[name])
  })

  it('have one name each in every place', () => {
    for (const spelling of [flagOf, variableOf]) {
      expect(new Set(settingNames.map(spelling)).size).toBe(settingNames.length)
    }
    expect(flagOf('publicUrl')).toBe('--public-url')
    expect(variableOf('publicUrl')).toBe('WOPIKIT_PUBLIC_URL')
    for (const name of settingNames) expect(settingsTable[name].summary).toMatch(/\.$/)
  })
})
