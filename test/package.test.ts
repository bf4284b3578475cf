import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type InstalledPackage, installPackage } from './installed-package.js'

/** One name that must be there, for every entry of the package. */
const entries: Readonly<Record<string, string>> = {
  wopikit: 'createWopiHost',
  'wopikit/node': 'nodeHandler',
  'wopikit/express': 'expressHandler',
  'wopikit/fastify': 'fastifyPlugin',
  'wopikit/drivers/memory': 'memoryFileStore',
  'wopikit/drivers/folder': 'openFolderLibrary',
  'wopikit/testing': 'fileStoreContract',
  'wopikit/post-message': 'parseEditorMessage',
}

describe('the packed package, installed elsewhere', () => {
  let installed: InstalledPackage
  beforeAll(() => {
    installed = installPackage(['@types/node'])
  })
  afterAll(() => installed.remove())

  it('lists in this test every entry it has', () => {
    const { exports } = JSON.parse(
      readFileSync(join(installed.project, 'node_modules/wopikit/package.json'), 'utf8'),
    )
    const names = Object.keys(exports).map((path) => path.replace(/^\./, 'wopikit'))
    expect(names).toEqual([...Object.keys(entries), 'wopikit/package.json'])
  })

  it.each(Object.entries(entries))(
    'resolves %s, without the frameworks it can be mounted into',
    (entry, name) => {
      const { status, stdout, stderr } = installed.node(
        '--input-type=module',
        '-e',
        `import { ${name} } from '${entry}'; console.log(typeof ${name})`,
      )
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'function\n', stderr: '' })
    },
  )

  it('can be required by CommonJS, every entry of it', () => {
    const all = Object.entries(entries).map(([entry, name]) => `typeof require('${entry}').${name}`)
    const { status, stdout, stderr } = installed.node(
      '--input-type=commonjs',
      '-e',
      `console.log(new Set([${all.join(', ')}]))`,
    )
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: "Set(1) { 'function' }\n" })
  })

  it.each(['wopikit/dist/index.js', 'wopikit/operations', 'wopikit/src/index.ts'])(
    'keeps %s to itself',
    (entry) => {
      const { stderr } = installed.node('--input-type=module', '-e', `import '${entry}'`)
      expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
    },
  )

  it('is typed: strictly, with every declaration checked, and without the types of a browser', () => {
    const source = Object.entries(entries).map(
      ([entry, name]) => `export { ${name} as from${name} } from '${entry}'`,
    )
    installed.write('types.ts', source.join('\n'))
    const options =
      '--strict --noEmit --target es2023 --lib es2023 --module nodenext --types node --exactOptionalPropertyTypes'
    const { status, stdout } = installed.tool('tsc', ...options.split(' '), 'types.ts')
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  })

  it('has a core that loads nothing but itself', () => {
    installed.write(
      'record.mjs',
      "import { register } from 'node:module'\nregister('./hooks.mjs', import.meta.url)",
    )
    installed.write(
      'hooks.mjs',
      `import { writeSync } from 'node:fs'
      export async function resolve(specifier, context, next) {
        const resolved = await next(specifier, context)
        writeSync(1, resolved.url + '\\n')
        return resolved
      }`,
    )
    installed.write('core.mjs', "import 'wopikit'")
    const { stdout } = installed.node('--import', './record.mjs', 'core.mjs')
    const [, ...loaded] = stdout
      .trim()
      .split('\n')
      .slice(stdout.includes('hooks.mjs') ? 1 : 0)
    expect(loaded.length).toBeGreaterThan(20)
    const core = /\/node_modules\/wopikit\/dist\/(index|(host|operations|ports|protocol)\/.+)\.js$/
    expect(loaded.filter((url) => !core.test(url))).toEqual([])
  })

  it('brings licence, sources to read and the pages of the server, but no tests and nothing of the build', () => {
    const { packed } = installed
    expect(packed).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'package.json',
        'src/index.ts',
        'dist/index.d.ts',
        'dist/web/manifest.json',
      ]),
    )
    expect(
      packed.filter((path) =>
        /\.test\.|fixtures|tsbuildinfo|^(test|scripts|examples|web|tsconfig)\//.test(path),
      ),
    ).toEqual([])
  })

  it('has a command', () => {
    const { status, stdout } = installed.node('node_modules/wopikit/dist/cli/main.js', '--help')
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('wopikit serve') })
  })

  it('says what to do where SQLite was not installed', () => {
    const bare = installPackage()
    for (const name of ['better-sqlite3', 'better-sqlite3-13'])
      rmSync(join(bare.project, 'node_modules', name), { force: true })
    const { status, stderr } = bare.node('--input-type=module', '-e', "import 'wopikit/drivers/folder'")
    bare.remove()
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(
        /SQLite cannot be loaded: the package better-sqlite3(-13)? is missing .+ Install wopikit again/,
      ),
    })
  })

  it('leaves publint nothing to say', () => {
    const { status, stdout } = installed.tool('publint', 'run', installed.tarball, '--strict')
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('All good!') })
  })

  it('has the right types for every way of resolving ES modules (attw)', { timeout: 60_000 }, () => {
    const { status, stdout } = installed.tool(
      'attw',
      installed.tarball,
      '--profile',
      'esm-only',
      '--format',
      'ascii',
    )
    expect(status, stdout).toBe(0)
    expect(stdout).toContain('wopikit/drivers/folder')
  })
})
