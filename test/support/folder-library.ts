import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import {
  type FolderLibrary,
  type FolderLibraryOptions,
  openFolderLibrary,
} from '../../src/drivers/folder/index.js'
import type { Bytes, FileInfo, SaveInfo } from '../../src/ports/file-store.js'

/** A folder of documents for one test, and the libraries that were opened on it. */
export interface TestFolder {
  readonly path: string
  readonly data: string
  /** Opens the folder, again as another instance if it is open already. */
  open(options?: Partial<FolderLibraryOptions>): Promise<FolderLibrary>
  /** Puts a file there as another program does. */
  put(path: string, content: string | Uint8Array): void
  text(path: string): string
  place(path: string): string
  /** Names of all files below a folder of ours, relative to the data folder. */
  ours(part: string): string[]
  remove(): void
}

/** In memory where there is room enough: most tests are about what is written, not about the disk it is written to. */
const quickPlace =
  existsSync('/dev/shm') && statfsSync('/dev/shm').bavail * statfsSync('/dev/shm').bsize > 1024 ** 3
    ? '/dev/shm'
    : tmpdir()

export function testFolder({
  in: parent = quickPlace,
  data,
}: {
  in?: string
  data?: string
} = {}): TestFolder {
  const top = mkdtempSync(join(parent, 'wopikit-folder-'))
  const path = join(top, 'documents')
  mkdirSync(path)
  const dataFolder = data ?? join(path, '.wopikit')
  const opened = new Set<FolderLibrary>()
  const place = (name: string) => join(path, ...name.split('/'))
  return {
    path,
    data: dataFolder,
    place,
    async open(options = {}) {
      const library = await openFolderLibrary({ folder: path, data: dataFolder, ...options })
      opened.add(library)
      return {
        ...library,
        close() {
          if (opened.delete(library)) library.close()
        },
      }
    },
    put(name, content) {
      mkdirSync(dirname(place(name)), { recursive: true })
      writeFileSync(place(name), content)
    },
    text: (name) => readFileSync(place(name), 'utf8'),
    ours(part) {
      return readdirSync(join(dataFolder, part), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
        .sort()
    },
    remove() {
      for (const library of opened) library.close()
      rmSync(top, { recursive: true, force: true })
    },
  }
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export async function* body(content: string | Uint8Array): Bytes {
  yield typeof content === 'string' ? bytes(content) : content
}

export function aSave(save: Partial<SaveInfo> = {}): SaveInfo {
  return {
    userId: 'alice',
    userName: 'Alice',
    editors: ['alice'],
    origin: 'save',
    modifiedByUser: true,
    at: Date.now(),
    ...save,
  }
}

/** The id of a file, by its path. */
export async function idOf(library: FolderLibrary, path: string): Promise<string> {
  const item = await library.catalog.at(path)
  if (!item) throw new Error(`There is no ${path}.`)
  return item.id
}

/** Saves as a client would that holds the lock, if there is one. */
export async function save(
  library: FolderLibrary,
  fileId: string,
  content: string | Uint8Array,
  info: Partial<SaveInfo> = {},
): Promise<FileInfo> {
  const by = aSave(info)
  const staged = await library.files.stage(fileId, body(content), by)
  const now = Date.now()
  const file = await library.files.stat(fileId)
  const lock = await library.locks.get(fileId, now)
  const expected = { version: file?.version ?? '', lockId: lock?.lockId ?? null, now }
  const committed = await library.files.commit(fileId, staged, expected, by).catch(async (error: unknown) => {
    await library.files.discard(staged)
    throw error
  })
  if (!committed.done) throw new Error('The file was changed meanwhile.')
  return committed.file
}

export async function read(library: FolderLibrary, fileId: string): Promise<string | null> {
  const content = await library.files.read(fileId)
  return content && textOf(content.body)
}

export async function textOf(content: Bytes): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

export function lockFor(lockId: string, ms = 30 * 60 * 1000) {
  const now = Date.now()
  return { lockId, acquiredAt: now, expiresAt: now + ms, userName: 'Bob', client: null }
}

let bundle: Promise<string> | null = null

/** What a child process did: its last line of output, and how it ended. */
export interface ChildEnd {
  readonly output: string
  readonly errors: string
  readonly signal: NodeJS.Signals | null
  readonly code: number | null
}

/** Runs the program of `folder-library-child.ts` in a process of its own, until it ends or is killed by a fault. */
export async function runChild(folder: TestFolder, task: string, fault?: string): Promise<ChildEnd> {
  bundle ??= bundleChild()
  const program = await bundle
  const child = spawn(process.execPath, [program, folder.path, folder.data, task], {
    env: { ...process.env, ...(fault === undefined ? {} : { WOPIKIT_FAULT: fault }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors] = ['', ''].map((start) => ({ text: start }))
  if (!output || !errors) throw new Error('unreachable')
  child.stdout.on('data', (chunk) => (output.text += String(chunk)))
  child.stderr.on('data', (chunk) => (errors.text += String(chunk)))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) =>
      resolve({ output: output.text.trim(), errors: errors.text, signal, code }),
    )
  })
}

/** The sources as they are, in one file that Node runs; it lies in the package, so that its dependencies are found. */
async function bundleChild(): Promise<string> {
  const source = fileURLToPath(new URL('folder-library-child.ts', import.meta.url))
  const out = fileURLToPath(
    new URL(`../../node_modules/.cache/wopikit-tests/${process.pid}`, import.meta.url),
  )
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: source,
      outDir: out,
      target: 'node20',
      minify: false,
      rollupOptions: { output: { entryFileNames: 'child.mjs' } },
    },
  })
  process.on('exit', () => rmSync(out, { recursive: true, force: true }))
  return join(out, 'child.mjs')
}
