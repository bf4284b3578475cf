import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Finished, type RunOptions, runCommand } from '../support/command-line.js'
import { temporaryFolder } from '../support/server-process.js'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let documents: string

beforeAll(async () => {
  folder = await temporaryFolder()
  documents = join(folder.path, 'documents')
  await mkdir(documents)
  await writeFile(join(documents, 'report.txt'), 'words')
})

afterAll(() => folder.remove())

/** Wrong usage ends with exit code 2, one message for a person, and nothing on standard output that a script could take for an answer. */
function expectWrongUsage({ code, stdout, stderr }: Finished, ...words: string[]): void {
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^wopikit: /)
  expect(stderr).not.toMatch(/\n\s+at /)
  for (const word of words) expect(stderr).toContain(word)
}

const run = (args: string[], options?: RunOptions) => runCommand(args, { cwd: folder.path, ...options })

describe.concurrent('the command line', () => {
  test.each([
    [['sreve'], 'sreve'],
    [['serve', '--prot', '9000'], '--prot'],
    [['serve', 'a', 'b'], 'quotes'],
    [['serve', '--port', 'many'], '--port'],
    [['serve', '--port', '70000'], '65535'],
    [['serve', '--port', '-1'], '--port'],
    [['serve', '--public-url', 'docs.example.com'], '--public-url'],
    [['serve', '--public-url', 'ftp://docs.example.com'], 'http'],
    [['serve', '--wopi-url', 'http://docs.example.com/?a=b'], 'without query'],
    [['serve', '--client', 'localhost:9980'], '--client'],
    [['serve', '--proof', 'sometimes'], 'when-offered'],
    [['serve', '--max-file-size', '10 parsecs'], '100MB'],
    [['serve', '--token-lifetime', 'forever'], '10h'],
    [['serve', '--text-editor', 'maybe'], 'true or false'],
    [['serve', '--durability', 'none'], 'power-cut'],
    [['serve', '--log-level', 'loud'], 'debug'],
    [['serve', '--config', 'nowhere.yaml'], 'nowhere.yaml'],
  ])('%j is wrong usage', async (args, word) => {
    expectWrongUsage(await run(args), word)
  })

  test('without a command it says what there is, as wrong usage', async () => {
    const { code, stdout } = await run([])
    expect(code).toBe(2)
    expect(stdout).toContain('wopikit serve')
  })

  test.each([[['--help']], [['-h']], [['serve', '--help']], [['token', '-h']], [['check', '-h']]])(
    '%j is answered',
    async (args) => {
      const { code, stdout, stderr } = await run(args)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('wopikit')
    },
  )
})

test('the version is that of the package', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(await run(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` })
})

describe.concurrent('the environment', () => {
  test.each([
    [{ WOPIKIT_PROT: '9000' }, 'WOPIKIT_PORT'],
    [{ WOPIKIT_PUBLIC_URI: 'http://a' }, 'WOPIKIT_PUBLIC_URL'],
    [{ WOPIKIT_PORT: 'many' }, 'WOPIKIT_PORT'],
    [{ WOPIKIT_CONFIG: 'nowhere.yaml' }, 'nowhere.yaml'],
  ])('%j is wrong usage', async (env, word) => {
    expectWrongUsage(await run(['serve', documents], { env }), word)
  })
})

describe.concurrent('the configuration file', () => {
  test.each([
    ['prot: 9000', ['prot', 'port']],
    ['publicUrls: http://a', ['publicUrl']],
    ['port: many', ['port', '65535']],
    ['port: {a: 1}', ['port']],
    ['client: [9980]', ['client']],
    ['port: [', ['YAML']],
    ['just words', ['settings']],
    ['- port', ['settings']],
  ])('with %j is wrong usage, and the message names the file', async (content, words) => {
    const name = `with${content.replace(/\W/g, '-')}.yaml`
    await writeFile(join(folder.path, name), content)
    const finished = await run(['serve', documents, '--config', name])
    expectWrongUsage(finished, name, ...words)
    await rm(join(folder.path, name))
  })
})

describe.concurrent('wopikit token', () => {
  test.each([
    [['token'], 'one path'],
    [['token', 'a', 'b'], 'one path'],
    [['token', 'report.txt', '--permission', 'everything'], 'view'],
    [['token', 'report.txt', '--ttl', 'soon'], '10h'],
    [['token', 'report.txt', '--user', 'Zoë'], 'ASCII'],
    [['token', 'report.txt', '--user', ''], '--user'],
    [['token', 'report.txt', '--port', '1'], '--port'],
  ])('%j is wrong usage', async (args, word) => {
    expectWrongUsage(await run([...args, '--folder', documents]), word)
  })
})

test('nothing of it made a file or folder', async () => {
  expect(await readdir(folder.path)).toEqual(['documents'])
  expect(await readdir(documents)).toEqual(['report.txt'])
})
