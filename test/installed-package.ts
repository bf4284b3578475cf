import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('..', import.meta.url))

/** The package as strangers get it, unpacked into a project of its own outside the repository. */
export interface InstalledPackage {
  /** The folder of the project. */
  readonly project: string
  readonly tarball: string
  /** Paths in the tarball. */
  readonly packed: readonly string[]
  /** Writes a file of the project. */
  write(path: string, content: string): void
  /** Runs Node in the project. */
  node(...args: string[]): { status: number | null; stdout: string; stderr: string }
  /** Runs a tool of the repository in the project. */
  tool(name: string, ...args: string[]): { status: number | null; stdout: string; stderr: string }
  remove(): void
}

/**
 * Packs what `npm run build` has built and installs it with its declared dependencies, and `others`, out of the repository's own `node_modules`:
 * the same outcome as `npm install`, without a network.
 */
export function installPackage(others: readonly string[] = []): InstalledPackage {
  if (!existsSync(join(repository, 'dist/cli/main.js'))) {
    throw new Error(
      'The package has not been built. Say `npm run build` first, or run the tests by `npm test`.',
    )
  }
  const project = mkdtempSync(join(tmpdir(), 'wopikit-installed-'))
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', project]
  const [{ filename, files }] = JSON.parse(
    execFileSync('npm', pack, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )
  const tarball = join(project, filename)
  const home = join(project, 'node_modules/wopikit')
  mkdirSync(home, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', home, '--strip-components=1'])
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  // Of those that are optional, what this version of Node does not need is not there.
  const optional = Object.keys(manifest.optionalDependencies).filter((name) =>
    existsSync(join(repository, 'node_modules', name)),
  )
  for (const name of [...Object.keys(manifest.dependencies), ...optional, ...others]) {
    const link = join(project, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(repository, 'node_modules', name), link)
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))

  const run = (command: string, args: readonly string[]) =>
    spawnSync(command, args, { cwd: project, encoding: 'utf8' })
  return {
    project,
    tarball,
    packed: files.map((file: { path: string }) => file.path),
    write(path, content) {
      mkdirSync(dirname(join(project, path)), { recursive: true })
      writeFileSync(join(project, path), content)
    },
    node: (...args) => run(process.execPath, args),
    tool: (name, ...args) => run(join(repository, 'node_modules/.bin', name), args),
    remove: () => rmSync(project, { recursive: true, force: true }),
  }
}
