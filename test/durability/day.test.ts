import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFolderLibrary } from '../../src/drivers/folder/index.js'
import { signedAccessTokens } from '../../src/host/signed-access-tokens.js'
import { loadOrCreateTokenKeys } from '../../src/server/secrets.js'
import {
  collabora,
  type Mishap,
  microsoft,
  onlyoffice,
  type Session,
  viewer,
} from '../support/client-sessions.js'
import { type FileOracle, fileOracle } from '../support/file-oracle.js'
import { markedContent } from '../support/marked-content.js'
import { isLong } from '../support/proof-size.js'
import { randomness } from '../support/randomness.js'
import { movedClock, type ServerProcess, serverProcess, temporaryFolder } from '../support/server-process.js'
import { type DayRecord, type SimulatedDocument, simulatedDocument } from '../support/simulated-document.js'
import { wopiClient } from '../support/wopi-client.js'

const SESSIONS = isLong ? 2000 : 200
const FILES = isLong ? 200 : 30
const RESTARTS = isLong ? 60 : 10

/** Another one for every run; the one of a failure brings it back. */
const SEED = Number(process.env.PROOF_SEED ?? Date.now() % 1_000_000)
const random = randomness(SEED)

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const families = {
  onlyoffice,
  'Collabora 22.05': collabora('22.05'),
  'Collabora 23.05': collabora('23.05'),
  'Collabora 25.04': collabora('25.04'),
  microsoft,
  viewer,
} satisfies Record<string, (document: SimulatedDocument, mishap: Mishap) => Session>

type Family = keyof typeof families

interface DayFile {
  readonly fileId: string
  readonly oracle: FileOracle
  /** Saves that must be found in the history. */
  readonly kept: Set<string>
  /** Which families have it open. */
  readonly open: Family[]
}

/** Something that is to happen. */
interface Event {
  readonly at: number
  happen(): Promise<void>
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: ServerProcess
let files: DayFile[]
/** The time of the day, as all see it. */
let now = Date.now() + HOUR

beforeAll(async () => {
  folder = await temporaryFolder()
  const documents = join(folder.path, 'documents')
  await mkdir(documents)
  const names = Array.from({ length: FILES }, (_, index) => `document-${index}.docx`)
  for (const [index, file] of names.entries()) {
    // Every sixth document is new and empty.
    const start =
      index % 6 === 0 ? '' : markedContent({ file, client: 'start', sequence: 0, size: 5000 + index })
    await writeFile(join(documents, file), start)
  }
  const library = await openFolderLibrary({ folder: documents })
  const found = await Promise.all(
    names.map(async (name) => ({
      item: await library.catalog.at(name),
      content: await readFile(join(documents, name)),
    })),
  )
  library.close()
  files = found.map(({ item, content }) => ({
    fileId: item?.id ?? '',
    oracle: fileOracle(content),
    kept: new Set(),
    open: [],
  }))
  server = await serverProcess({ folder: documents, nodeArgs: movedClock, args: ['--log-level', 'error'] })
  await server.start()
})

afterAll(async () => {
  await server.kill()
  await folder.remove()
})

test(`${SESSIONS} editing sessions of a day, with restarts: every answer is the one the protocol demands`, {
  timeout: SESSIONS * 3000,
}, async () => {
  const record: DayRecord = { surprises: [], requests: 0, conflicts: 0 }
  const start = now
  const events: Event[] = []
  const counts: Record<string, number> = {}

  for (let index = 0; index < SESSIONS; index++) {
    events.push({ at: start + random() * 20 * HOUR, happen: () => begin(index) })
  }
  for (let index = 0; index < RESTARTS; index++) {
    events.push({
      at: start + ((index + 0.5) * 22 * HOUR) / RESTARTS,
      happen: () => restart(index % 2 === 0),
    })
  }

  async function begin(index: number): Promise<void> {
    const family = pick([
      'onlyoffice',
      'onlyoffice',
      'onlyoffice',
      'Collabora 22.05',
      'Collabora 23.05',
      'Collabora 23.05',
      'Collabora 25.04',
      'microsoft',
      'viewer',
    ] as const)
    const mishap = pick([
      'none',
      'none',
      'none',
      'none',
      'none',
      'none',
      'lost answers',
      'crash',
      'sleep',
    ] as const)
    // Whoever opens a document with the same client joins the session there is; another client is turned away by the lock.
    const free = files.filter(({ open }) => !open.includes(family) && (open.length === 0 || random() < 0.2))
    const file = pick(free.length > 0 ? free : files.filter(({ open }) => !open.includes(family)))
    const tokenEnds = now + (random() < 0.15 ? 45 * MINUTE : 10 * HOUR)
    const document = simulatedDocument({
      who: `${family}-${index}`,
      fileId: file.fileId,
      client: wopiClient(await access(file.fileId, tokenEnds)),
      oracle: file.oracle,
      kept: file.kept,
      record,
      tokenEnds,
      now: () => now,
      random,
    })
    counts[family] = (counts[family] ?? 0) + 1
    file.open.push(family)
    const session = families[family](document, mishap)
    const goOn = async (): Promise<void> => {
      const { done, value } = await session.next()
      if (done) file.open.splice(file.open.indexOf(family), 1)
      else events.push({ at: now + value, happen: goOn })
    }
    await goOn()
  }

  while (events.length > 0) {
    const next = events.reduce((first, event) => (event.at < first.at ? event : first))
    events.splice(events.indexOf(next), 1)
    now = Math.max(now + 1, Math.floor(next.at))
    await server.moveClock(now)
    await next.happen()
  }

  expect(record.surprises, `with PROOF_SEED=${SEED}`).toEqual([])
  const rescued = await expectKept()
  console.log(
    `a day (seed ${SEED}) of ${((now - start) / HOUR).toFixed(1)} hours: ${SESSIONS} sessions (${Object.entries(
      counts,
    )
      .map(([family, count]) => `${family} ${count}`)
      .join(', ')}), ${record.requests} requests, ${RESTARTS} restarts, ${record.conflicts} conflicts, ` +
      `${rescued} rescued saves, 0 surprises`,
  )
  expect(await server.secretsInLog()).toEqual([])
})

/** Every save that was taken is current or a version, every one that was refused is rescued, and nothing else is. */
async function expectKept(): Promise<number> {
  const library = await openFolderLibrary({ folder: server.folder, now: () => now })
  try {
    for (const { fileId, oracle, kept } of files) {
      const { versions } = await library.versions.list(fileId, { limit: 1000 })
      const history = new Set(versions.map(({ sha256 }) => sha256))
      expect([...kept].filter((hash) => !history.has(hash))).toEqual([])
      const rescued = new Set(library.rescued.list(fileId).map(({ sha256 }) => sha256))
      const lost = [...oracle.refused].filter((hash) => !rescued.has(hash) && !history.has(hash))
      // So many rescued saves are kept of one file; the oldest make way.
      expect(lost.length).toBeLessThanOrEqual(Math.max(0, oracle.refused.size - 20))
      expect([...rescued].filter((hash) => !oracle.refused.has(hash))).toEqual([])
    }
    expect((await library.verify()).problems).toEqual([])
    return library.rescued.list().length
  } finally {
    library.close()
  }
}

async function restart(gently: boolean): Promise<void> {
  if (gently) expect(await server.stop()).toBe(0)
  else await server.kill()
  await server.start()
  await server.moveClock(now)
}

/** A token like those of `wopikit token`, without a process for each. */
async function access(fileId: string, expiresAt: number) {
  const tokens = signedAccessTokens({ keys: loadOrCreateTokenKeys(join(server.data, 'secrets')) })
  const accessToken = await tokens.issue({
    userId: 'alice',
    userName: 'Alice',
    resource: { kind: 'file', id: fileId },
    permission: 'edit',
    issuedBy: 'operator',
    expiresAt,
  })
  return { accessToken, wopiSrc: `http://127.0.0.1:${server.port}/wopi/files/${fileId}` }
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T
}
