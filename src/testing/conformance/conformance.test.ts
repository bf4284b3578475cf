import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { memoryHost } from '../../../test/memory-host.js'
import { listen } from '../../../test/mounted-hosts.js'
import { nodeHandler } from '../../adapters/node.js'
import { openFolderLibrary } from '../../drivers/folder/index.js'
import type { HostEvent, WopiHostOptions } from '../../index.js'
import { type Report, runConformance } from './index.js'

const LIMIT = 6 * 1024 * 1024

/** What there is to see after a run. */
interface Run {
  readonly report: Report
  readonly events: readonly HostEvent[]
  readonly secrets: readonly string[]
}

/** Runs every check over node:http on a host with these drivers. */
async function runOver(drivers: Partial<WopiHostOptions>, fileId: string): Promise<Run> {
  // The address is known only when the server listens; the host is asked through it from then on.
  const server = await listen((incoming, outgoing) => void nodeHandler(world.host)(incoming, outgoing))
  const world = memoryHost({
    ...drivers,
    url: server.origin,
    maxFileSize: LIMIT,
    pageOrigin: 'https://docs.example',
    pages: (id) => ({
      edit: `https://docs.example/edit/${id}`,
      view: `https://docs.example/view/${id}`,
      close: 'https://docs.example/folder',
    }),
  })
  try {
    const expired = await world.host.issueToken(
      { userId: 'alice', userName: 'Alice', resource: { kind: 'file', id: fileId }, permission: 'edit' },
      -1,
    )
    const target = {
      wopiSrc: world.host.wopiSrc(fileId),
      accessToken: await world.token({ fileId }),
      viewToken: await world.token({ fileId, permission: 'view' }),
      secondToken: await world.token({ fileId, userId: 'bob' }),
      expiredToken: expired.accessToken,
      maxFileSize: LIMIT,
    }
    const report = await runConformance(target)
    const { accessToken, viewToken, secondToken, expiredToken } = target
    return { report, events: world.events, secrets: [accessToken, viewToken, secondToken, expiredToken] }
  } finally {
    await server.close()
  }
}

const inMemory = memoryHost()
const memory = await runOver({ files: inMemory.files, locks: inMemory.locks }, 'doc')

const folder = mkdtempSync(join(tmpdir(), 'wopikit-conformance-'))
writeFileSync(join(folder, 'report.docx'), 'content')
const library = await openFolderLibrary({ folder })
const document = await library.catalog.at('report.docx')
const before = await library.files.stat(document?.id ?? '')
const { files, locks, users } = library
const onDisk = await runOver({ files, locks, users }, document?.id ?? '')

afterAll(() => {
  library.close()
  rmSync(folder, { recursive: true })
})

describe.each([
  ['memory', memory],
  ['a folder', onDisk],
])('our host over node:http, with the drivers for %s', (_, { report, events, secrets }) => {
  it.each(report.results)('$level $id: $title', ({ outcome, detail }) => {
    // A check that is skipped proves nothing: this host offers everything and was given every token.
    expect([outcome, detail]).toEqual(['pass', null])
  })

  it('leaves nothing behind', () => {
    expect(report.leftBehind).toEqual([])
  })

  it('reported no fault of its own and no token', () => {
    expect(events.filter(({ type }) => type === 'fault')).toEqual([])
    const told = JSON.stringify([events, report])
    for (const secret of secrets) expect(told).not.toContain(secret)
    expect(told).not.toContain('access_token=')
  })
})

it('the given file is only read', async () => {
  expect(inMemory.text()).toBe('content')
  expect(await inMemory.version()).toBe('1')
  expect(await inMemory.lockId()).toBeNull()
  expect(inMemory.files.stagedCount).toBe(0)
  expect(await library.files.stat(document?.id ?? '')).toEqual(before)
  expect((await library.catalog.list('')).map(({ path }) => path)).toEqual(['report.docx'])
})
