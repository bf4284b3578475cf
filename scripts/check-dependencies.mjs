/*
 * Proves the direction of dependencies: every import in the sources must be allowed by the table below. The compiler already keeps Node out
 * of the core, and the core away from the rest; this adds the borders that lie inside those projects, and the npm packages.
 *
 *   node scripts/check-dependencies.mjs [folder of the repository]
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const core = ['src/host', 'src/operations', 'src/ports', 'src/protocol']
const edge = ['src/index.ts', 'src/post-message.ts', 'src/adapters', 'src/drivers', 'src/testing']
const any = ['*']

/**
 * What the files of an area may import besides each other: areas or files of ours, `node:`, packages by name, `*` for any package.
 * A file belongs to the first area that its path begins with.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const allowed = {
  'src/protocol': [],
  'src/ports': ['src/protocol'],
  'src/operations': ['src/ports', 'src/protocol'],
  'src/host': ['src/operations', 'src/ports', 'src/protocol'],
  'src/index.ts': core,
  'src/post-message.ts': core,
  'src/adapters': [...core, 'node:'],
  'src/drivers': ['src/ports', 'src/protocol', 'node:', 'better-sqlite3'],
  'src/testing': [...core, 'src/index.ts', 'node:'],
  'src/editor': ['src/protocol', 'node:', 'zod'],
  'src/server': [...core, ...edge, 'src/editor', 'node:', ...any],
  'src/cli': [...core, ...edge, 'src/editor', 'src/server', 'node:', ...any],
  'web/vite.config.ts': ['node:', 'vite'],
  web: ['src/protocol', 'src/editor/editor-api.ts', 'src/host/host-page-script.ts', ...any],
  examples: ['wopikit', 'node:', 'express', 'fastify', 'hono'],
}

const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'))
const files = ['src', 'web', 'examples'].flatMap(sourcesIn)
const violations = files.flatMap(violationsOf)
for (const violation of violations) console.error(violation)
if (files.length === 0) {
  console.error(`There are no sources in ${root}; expected the folder of the repository.`)
} else if (violations.length > 0) {
  console.error(
    `\n${violations.length} imports go against the direction of dependencies. The table of what is allowed`,
  )
  console.error('stands in scripts/check-dependencies.mjs, the reasons in docs/architecture.md.')
} else {
  console.log(`The imports of ${files.length} files go in the right direction.`)
}
process.exitCode = files.length === 0 || violations.length > 0 ? 1 : 0

/**
 * Paths of the sources below a folder, without tests, which may import anything.
 * @param {string} folder
 */
function sourcesIn(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
}

/** @param {string} file */
function violationsOf(file) {
  const area = Object.keys(allowed).find((prefix) => within(file, prefix))
  if (area === undefined) return [`${file} belongs to no area of the table.`]
  const mayImport = [area, ...(allowed[area] ?? [])]
  return importsIn(readFileSync(join(root, file), 'utf8'))
    .map((specifier) => (specifier.startsWith('.') ? target(file, specifier) : specifier))
    .filter((imported) => !mayImport.some((prefix) => within(imported, prefix)))
    .map((imported) => `${file} imports ${imported}, which ${area} must not know.`)
}

/**
 * Whatever is imported, exported from elsewhere, or loaded by `import()`; of types too, since they bind as much as code does.
 * @param {string} source
 */
function importsIn(source) {
  const patterns = [
    /^\s*(?:import|export)\s+(?:type\s+)?[\w*{][^'"]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  ]
  return patterns.flatMap((pattern) => [...source.matchAll(pattern)].map((match) => match[1] ?? ''))
}

/**
 * The source a relative import means: what ends in `.js` here is written in TypeScript.
 * @param {string} file
 * @param {string} specifier
 */
function target(file, specifier) {
  return join(dirname(file), specifier)
    .replaceAll('\\', '/')
    .replace(/\.js(x?)$/, '.ts$1')
}

/**
 * @param {string} path
 * @param {string} prefix
 */
function within(path, prefix) {
  if (prefix === '*') return !path.startsWith('src/') && !path.startsWith('web/') && !path.startsWith('node:')
  return path === prefix || path.startsWith(prefix.endsWith(':') ? prefix : `${prefix}/`)
}
