import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startStandInClient } from './e2e/stand-in-client.js'
import { editSession } from './edit-session.js'
import { type InstalledPackage, installPackage } from './installed-package.js'
import { freePort } from './support/server-process.js'

const inRepository = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const examples = readdirSync(inRepository('examples')).filter((name) => name.endsWith('.ts'))

describe('the examples, as programs of a project that has installed the package', () => {
  let installed: InstalledPackage
  let program: Program | null = null

  beforeAll(() => {
    installed = installPackage(['@types/node', '@types/express', 'express', 'fastify', 'hono'])
    for (const name of examples) copy(`examples/${name}`)
    for (const name of readdirSync(inRepository('test/beside-examples'))) copy(`test/beside-examples/${name}`)
    const options =
      '--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --skipLibCheck --target es2023 --lib es2023'
    const { status, stdout } = installed.tool(
      'tsc',
      ...`${options} --module nodenext --types node --rootDir . --outDir js`.split(' '),
      ...examples.map((name) => `examples/${name}`),
      'test/beside-examples/run-example.ts',
      'test/beside-examples/check-own-store.ts',
    )
    expect(status, stdout).toBe(0)
  })
  afterEach(async () => {
    await program?.end()
    program = null
  })
  afterAll(() => installed.remove())

  it('are all driven here', () => {
    expect(examples).toEqual([
      'express.ts',
      'fastify.ts',
      'hono.ts',
      'host-page.ts',
      'node-http.ts',
      'own-file-store.ts',
    ])
  })

  it.each([
    { example: 'express', open: '/open/plan' },
    { example: 'fastify', open: '/office/open/plan' },
    { example: 'hono', open: '/open/plan' },
  ])(
    'the example $example carries an editing session that its own page begins',
    async ({ example, open }) => {
      program = await start(installed, example)
      const { wopiSrc, accessToken } = await untilJson(program.origin + open)
      expect(wopiSrc.startsWith(`${program.origin}/`)).toBe(true)
      expect(await editSession(wopiSrc, accessToken, 'Lunch at one.')).toEqual(wholeSession)
    },
  )

  it('node-http.ts does so over a folder, and leaves it a folder of plain files', async () => {
    const document = join(installed.project, 'documents/plan.txt')
    mkdirSync(dirname(document))
    writeFileSync(document, 'Lunch at noon.')
    program = await start(installed, 'node-http', ['documents'])
    const { wopiSrc, accessToken } = await untilJson(`${program.origin}/open/plan.txt`)
    expect(await editSession(wopiSrc, accessToken, 'Lunch at one.')).toEqual(wholeSession)
    expect(readFileSync(document, 'utf8')).toBe('Lunch at one.')
    expect((await fetch(`${program.origin}/open/nothing.txt`)).status).toBe(404)
  })

  it('host-page.ts puts the editor of a client in front of a person, with a token that edits', async () => {
    const client = await startStandInClient()
    try {
      mkdirSync(join(installed.project, 'texts'))
      writeFileSync(join(installed.project, 'texts/plan.md'), 'Lunch at noon.')
      writeFileSync(join(installed.project, 'texts/photo.xyz'), '')
      program = await start(installed, 'host-page', ['texts', client.url])
      const page = await untilAnswered(`${program.origin}/open/plan.md`)
      expect(page.headers.get('Content-Security-Policy')).toContain(`frame-src ${client.url};`)
      const html = await page.text()
      const action = new URL(/ action="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '')
      const token = /name="access_token" value="([^"]+)"/.exec(html)?.[1] ?? ''
      expect(action.href).toContain(`${client.url}/edit?`)
      const session = await editSession(action.searchParams.get('WOPISrc') ?? '', token, 'Lunch at one.')
      expect(session).toMatchObject({ after: 'Lunch at one.', statuses: [200, 200, 200] })
      const refused = await fetch(`${program.origin}/open/photo.xyz`)
      expect([refused.status, await refused.text()]).toEqual([404, 'No editor opens documents of this kind.'])
    } finally {
      await client.stop()
    }
  })

  it('own-file-store.ts carries an editing session, and lets others only read', async () => {
    program = await start(installed, 'own-file-store')
    const { ana, ben } = JSON.parse(await program.firstLine())
    const wopiSrc = `${program.origin}/wopi/files/plan`
    expect(await editSession(wopiSrc, ana.accessToken, 'Lunch at one.')).toEqual(wholeSession)
    expect(await editSession(wopiSrc, ben.accessToken, 'No lunch.')).toMatchObject({
      info: { UserCanWrite: false },
      after: 'Lunch at one.',
      statuses: [404, 404, 404],
    })
  })

  it('own-file-store.ts passes the contract of file stores', () => {
    const { status, stdout } = installed.node(
      '--test-force-exit',
      'js/test/beside-examples/check-own-store.js',
      '../../examples/own-file-store.js',
    )
    expect(status, stdout).toBe(0)
    expect(stdout).toMatch(/# pass [1-9]\d/)
  })

  it('own-file-store.ts takes under 40 lines, and stands in the README as it is', () => {
    const source = readFileSync(inRepository('examples/own-file-store.ts'), 'utf8')
    expect(source.trimEnd().split('\n').length).toBeLessThan(40)
    expect(readFileSync(inRepository('README.md'), 'utf8')).toContain(source)
  })

  function copy(path: string) {
    mkdirSync(join(installed.project, path, '..'), { recursive: true })
    copyFileSync(inRepository(path), join(installed.project, path))
  }
})

const wholeSession = {
  info: expect.objectContaining({ BaseFileName: 'plan.txt', Size: 14, UserCanWrite: true }),
  before: 'Lunch at noon.',
  after: 'Lunch at one.',
  statuses: [200, 200, 200],
}

interface Program {
  readonly origin: string
  /** What it prints first. */
  firstLine(): Promise<string>
  end(): Promise<void>
}

async function start(
  installed: InstalledPackage,
  example: string,
  args: readonly string[] = [],
): Promise<Program> {
  const port = await freePort()
  const runner = ['js/test/beside-examples/run-example.js', `../../examples/${example}.js`, ...args]
  const child = spawn(process.execPath, runner, {
    cwd: installed.project,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { origin: `http://localhost:${port}`, firstLine: () => firstLineOf(child), end: () => ended(child) }
}

function firstLineOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk) => {
      text += chunk
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    child.once('exit', (code) => reject(new Error(`The example ended with exit code ${code}: ${text}`)))
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve()
    child.once('exit', () => resolve())
    child.kill()
  })
}

/** The JSON at a URL, as soon as somebody listens there. */
async function untilJson(url: string): Promise<{ wopiSrc: string; accessToken: string }> {
  return (await untilAnswered(url)).json()
}

async function untilAnswered(url: string): Promise<Response> {
  for (;;) {
    try {
      return await fetch(url)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
