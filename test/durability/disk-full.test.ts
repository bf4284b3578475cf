import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { FaultPoint } from '../../src/drivers/folder/faults.js'
import { openFolderLibrary } from '../../src/drivers/folder/index.js'
import { runCommand } from '../support/command-line.js'
import { stagedFiles } from '../support/library-traces.js'
import { markedContent, nameOfContent } from '../support/marked-content.js'
import { type MountedDisk, mountDisk } from '../support/mounted-disk.js'
import { type ServerProcess, serverProcess, temporaryFolder } from '../support/server-process.js'
import { type Answer, type WopiClient, wopiClient } from '../support/wopi-client.js'

const KB = 1024
const LOCK = 'editing-session'
const notMounted = 'this user may not mount; a full disk is shown by injected faults only'

/** The statuses by which a full disk may be told. */
const refusals = [413, 500, 503]

function content(sequence: number, size: number): Buffer {
  return markedContent({ file: 'report.bin', client: 'editor', sequence, size })
}

/** A refusal says in words that it is about space. */
function expectClear(answer: Answer): void {
  expect(refusals).toContain(answer.status)
  if (answer.status === 413) return
  expect(answer.header('X-WOPI-ServerError')).toMatch(/full|space/)
}

/** Opens the library beside the server, as a second process does, and looks at everything. */
async function inspect(server: ServerProcess, fileId: string) {
  const library = await openFolderLibrary({ folder: server.folder, data: server.data })
  try {
    const { problems, notes } = await library.verify()
    const { versions } = await library.versions.list(fileId, { limit: 500 })
    const names: string[] = []
    for (const { version } of versions) {
      const chunks: Uint8Array[] = []
      for await (const chunk of (await library.versions.open(fileId, version))?.body ?? []) chunks.push(chunk)
      names.push(nameOfContent(Buffer.concat(chunks)))
    }
    return { wrong: [...problems, ...notes], history: names.reverse() }
  } finally {
    library.close()
  }
}

describe.each(['documents and data', 'documents', 'data'] as const)('a full disk that has the %s', (what) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let disk: MountedDisk | null
  let server: ServerProcess
  let client: WopiClient
  let other: WopiClient
  let fileId: string
  const acknowledged: string[] = []
  let sequence = 1

  beforeAll(async () => {
    folder = await temporaryFolder()
    disk = await mountDisk(join(folder.path, 'disk'), 12)
    if (!disk) return
    const documents = what === 'data' ? join(folder.path, 'documents') : join(disk.path, 'documents')
    const data = what === 'documents' ? join(folder.path, 'data') : join(disk.path, 'data')
    await mkdir(documents)
    await writeFile(join(documents, 'report.bin'), content(0, 300 * KB))
    await writeFile(join(documents, 'other.bin'), 'somebody else’s')
    server = await serverProcess({ folder: documents, data })
    await server.start()
    const token = await server.token('report.bin')
    fileId = token.fileId
    client = wopiClient(token)
    other = wopiClient(await server.token('other.bin'))
    expect((await client.lock(LOCK)).status).toBe(200)
    await save(200 * KB)
  })

  afterAll(async () => {
    if (disk) {
      expect(await server.secretsInLog()).toEqual([])
      await server.kill()
    }
    disk?.remove()
    await folder.remove()
  })

  /** Saves, and keeps account of what was answered. */
  async function save(size: number): Promise<Answer> {
    const number = sequence++
    const answer = await client.putFile(content(number, size), LOCK)
    if (answer.status === 200) acknowledged.push(`editor/${number}`)
    else expectClear(answer)
    return answer
  }

  /** The document is, in every respect, the last save that was answered with 200. */
  async function expectUnharmed(): Promise<void> {
    const read = await client.getFile()
    expect(nameOfContent(read.body)).toBe(acknowledged.at(-1))
    expect(nameOfContent(await readFile(join(server.folder, 'report.bin')))).toBe(acknowledged.at(-1))
    expect((await client.getLock()).header('X-WOPI-Lock')).toBe(LOCK)
  }

  async function expectWorking(): Promise<void> {
    expect((await save(250 * KB)).status).toBe(200)
    await expectUnharmed()
    const { wrong, history } = await inspect(server, fileId)
    expect(wrong).toEqual([])
    expect(history).toEqual(expect.arrayContaining(acknowledged))
  }

  test('refuses a save that does not fit, clearly, and keeps the document', async (context) => {
    if (!disk) return context.skip(notMounted)
    disk.fill(100 * KB)
    const answer = await save(700 * KB)
    // The data folder alone takes no body in: there it depends on what else has to be written.
    if (what !== 'data') expect(answer.status).toBe(413)
    await expectUnharmed()
    disk.makeRoom()
    await expectWorking()
  })

  test('answers everything clearly while nothing at all can be written', async (context) => {
    if (!disk) return context.skip(notMounted)
    disk.fill()
    for (let attempt = 0; attempt < 5; attempt++) await save(50 * KB + attempt)
    await expectUnharmed()
    const reads = [await client.checkFileInfo(), await client.getFile(), await other.getLock()]
    expect(reads.map(({ status }) => status)).toEqual([200, 200, 200])
    const writes = [
      await client.refreshLock(LOCK),
      await other.lock('other-session'),
      await client.putRelativeFile(content(0, 60 * KB), { 'X-WOPI-SuggestedTarget': 'copy.bin' }),
      await other.renameFile('renamed', 'other-session'),
    ]
    for (const answer of writes) if (answer.status !== 200) expectClear(answer)
    await expectUnharmed()

    disk.makeRoom()
    // Whoever got the lock on the full disk has it, and whoever did not gets it now.
    expect((await other.lock('other-session')).status).toBe(200)
    expect((await other.putFile(Buffer.from('again'), 'other-session')).status).toBe(200)
    await expectWorking()
  })

  test('survives a kill, and a start on the full disk works or says why it does not', async (context) => {
    if (!disk) return context.skip(notMounted)
    disk.fill()
    await save(80 * KB)
    await server.kill()
    const started = await server.start().then(
      () => true,
      () => false,
    )
    if (started) await expectUnharmed()
    else {
      const { folder: documents, data, port } = server
      const told = await runCommand(['serve', documents, '--data', data, '--port', String(port)])
      expect(told.code).toBe(1)
      expect(told.stderr).toMatch(/^wopikit: .*(full|space)/m)
      expect(told.stderr).not.toMatch(/\n\s+at /)
    }
    expect(nameOfContent(await readFile(join(server.folder, 'report.bin')))).toBe(acknowledged.at(-1))
    disk.makeRoom()
    await server.kill()
    await server.start()
    // What was refused and found no place then has been rescued now.
    expect(
      await stagedFiles(join(server.data, 'staging'), join(server.folder, '.wopikit', 'staging')),
    ).toEqual([])
    await expectUnharmed()
    await expectWorking()
  })

  test('that is filled by the saves themselves costs none of those that were acknowledged', async (context) => {
    if (!disk) return context.skip(notMounted)
    disk.fill(3000 * KB)
    let answer = await save(301 * KB)
    for (let saves = 0; saves < 100 && answer.status === 200; saves++) answer = await save(301 * KB + saves)
    // Documents alone take no more room than their latest version.
    if (what !== 'documents') expect(answer.status).not.toBe(200)
    await expectUnharmed()
    disk.makeRoom()
    await expectWorking()
    console.log(`disk full (${what}): ${sequence - 1} saves, ${acknowledged.length} acknowledged, 0 lost`)
  })
})

describe('a disk that becomes full in the middle of a step', () => {
  // One of each kind of writing; the library's own tests have them all.
  const points = [
    'stage:written',
    'save:kept',
    'save:switched',
    'create:named',
    'rescue:moved',
    'move:linked',
    'index:before-commit',
  ] as const

  test.each<FaultPoint>(points)('(%s) harms nothing, and the service recovers', async (point) => {
    const folder = await temporaryFolder()
    const documents = join(folder.path, 'documents')
    await mkdir(documents)
    const before = content(0, 2000)
    await writeFile(join(documents, 'report.bin'), before)
    const server = await serverProcess({ folder: documents })
    onTestFinished(async () => {
      await server.kill()
      await folder.remove()
    })
    const token = await server.token('report.bin')
    const client = wopiClient({
      ...token,
      wopiSrc: `http://127.0.0.1:${server.port}/wopi/files/${token.fileId}`,
    })

    await server.start(`full@${point}`)
    expect((await client.lock(LOCK)).status).toBe(point === 'index:before-commit' ? 413 : 200)
    const answers = [
      await client.putFile(content(1, 3000), LOCK),
      await client.putFile(content(2, 3000), 'a wrong lock'),
      await client.putRelativeFile(content(3, 3000), { 'X-WOPI-SuggestedTarget': 'copy.bin' }),
      await client.renameFile('renamed', LOCK),
    ]
    for (const answer of answers) if (![200, 409].includes(answer.status)) expectClear(answer)
    const name = answers[3]?.status === 200 ? 'renamed.bin' : 'report.bin'
    expect((await client.checkFileInfo()).json().BaseFileName).toBe(name)
    const expected = answers[0]?.status === 200 ? content(1, 3000) : before
    expect((await client.getFile()).body.equals(expected)).toBe(true)
    expect((await readFile(join(documents, name))).equals(expected)).toBe(true)
    const copied = answers[2]?.status === 200
    expect(new Set(await readdir(documents))).toEqual(
      new Set(['.wopikit', name, ...(copied ? ['copy.bin'] : [])]),
    )

    expect(await server.stop()).toBe(0)
    await server.start()
    expect((await client.getFile()).body.equals(expected)).toBe(true)
    expect((await client.lock(LOCK)).status).toBe(200)
    expect((await client.putFile(content(4, 4000), LOCK)).status).toBe(200)
    expect((await client.renameFile('once more', LOCK)).status).toBe(200)
    const { wrong, history } = await inspect(server, token.fileId)
    expect(wrong).toEqual([])
    expect(history).toContain('editor/4')
    expect(await stagedFiles(join(server.data, 'staging'))).toEqual([])
    expect(await server.secretsInLog()).toEqual([])
  })
})
