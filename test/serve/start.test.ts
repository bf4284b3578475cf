import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Sqlite } from '../../src/drivers/folder/sqlite.js'
import { type Finished, runCommand } from '../support/command-line.js'
import { mountDisk } from '../support/mounted-disk.js'
import { freePort, serverProcess, temporaryFolder } from '../support/server-process.js'
import { wopiClient } from '../support/wopi-client.js'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let documents: string
let cleanUp: (() => unknown)[]

beforeEach(async () => {
  folder = await temporaryFolder()
  documents = join(folder.path, 'documents')
  cleanUp = []
})

afterEach(async () => {
  for (const step of cleanUp) await step()
  await folder.remove()
})

async function serve(...args: string[]): Promise<Finished> {
  return runCommand(['serve', documents, '--port', String(await freePort()), ...args])
}

/** It ends by itself with exit code 1 and one message that names what is wrong; no stack trace. */
function expectFailure({ code, stderr }: Finished, ...words: string[]): void {
  expect(stderr).toMatch(/^wopikit: /m)
  expect(stderr).not.toMatch(/\n\s+at /)
  for (const word of words) expect(stderr).toContain(word)
  expect(code).toBe(1)
}

/** A server that has run on the folder and left its index. */
async function servedOnce(): Promise<string> {
  await mkdir(documents, { recursive: true })
  await writeFile(join(documents, 'report.txt'), 'words')
  const server = await serverProcess({ folder: documents })
  await server.start()
  await server.token('report.txt')
  expect(await server.stop()).toBe(0)
  return join(server.data, 'index.sqlite')
}

describe('serve refuses, with a reason, ', () => {
  test('a folder it may not write', async (context) => {
    await mkdir(documents)
    if (process.getuid?.() === 0) {
      // For root permissions do not count.
      const disk = await mountDisk(documents, 4)
      if (!disk) return context.skip('root, but not allowed to mount: no folder can be made unwritable')
      cleanUp.push(disk.remove)
      disk.readOnly()
    } else {
      await chmod(documents, 0o500)
      cleanUp.push(() => chmod(documents, 0o700))
    }
    expectFailure(await serve(), documents)
  })

  test('a file in place of the folder, of the data folder, and of a folder above', async () => {
    const file = join(folder.path, 'file')
    await writeFile(file, 'not a folder')
    const port = ['--port', String(await freePort())]
    expectFailure(await runCommand(['serve', file, ...port]), file, 'folder')
    expectFailure(await runCommand(['serve', join(file, 'documents'), ...port]), file)
    await mkdir(documents)
    expectFailure(await serve('--data', file), file)
    expect(await readFile(file, 'utf8')).toBe('not a folder')
  })

  test('a port in use', async () => {
    await mkdir(documents)
    const taken = createServer().listen(0, '127.0.0.1')
    cleanUp.push(() => taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    for (const workers of ['1', '2']) {
      const args = ['serve', documents, '--port', String(port), '--workers', workers]
      expectFailure(await runCommand(args), String(port), '--port')
    }
  })

  test('an address that is not ours', async () => {
    await mkdir(documents)
    expectFailure(await serve('--host', '192.0.2.1', '--accounts', 'true'), '192.0.2.1', '--host')
  })

  test('an index that is no database', async () => {
    const index = await servedOnce()
    await writeFile(index, 'no database at all'.repeat(1000))
    expectFailure(await serve(), index, 'documents are', 'backup')
    expect(await readFile(join(documents, 'report.txt'), 'utf8')).toBe('words')
  })

  test('an index of a newer version', async () => {
    const index = await servedOnce()
    const database = new Sqlite(index)
    database.pragma('user_version = 999')
    database.close()
    expectFailure(await serve(), index, 'newer version')
  })

  test('an index that another program keeps locked', { timeout: 30_000 }, async () => {
    const index = await servedOnce()
    const database = new Sqlite(index)
    cleanUp.push(() => database.close())
    database.exec('BEGIN EXCLUSIVE')
    expectFailure(await serve(), index, 'locked')
  })

  test('keys that are damaged, and it does not make new ones', async () => {
    await servedOnce()
    const keys = join(documents, '.wopikit', 'secrets', 'token-keys')
    await writeFile(keys, 'abc\n')
    expectFailure(await serve(), keys)
    expect(await readFile(keys, 'utf8')).toBe('abc\n')
  })
})

test('folders above the folder are made, and samples in it', async () => {
  documents = join(folder.path, 'a', 'b', 'documents')
  const fresh = await serverProcess({ folder: documents, makeFolder: false })
  cleanUp.push(fresh.kill)
  await fresh.start()
  const { accessToken, wopiSrc } = await fresh.token('中文/欢迎.md')
  expect((await wopiClient({ accessToken, wopiSrc }).getFile()).status).toBe(200)
})

test('an index that is locked for a while makes clients wait or come again, and nobody loses anything', {
  timeout: 60_000,
}, async () => {
  await servedOnce()
  const server = await serverProcess({ folder: documents })
  cleanUp.push(server.kill)
  await server.start()
  const client = wopiClient(await server.token('report.txt'))
  expect((await client.lock('A')).status).toBe(200)
  const database = new Sqlite(join(server.data, 'index.sqlite'))
  cleanUp.push(() => database.close())

  database.exec('BEGIN IMMEDIATE')
  const patient = client.putFile(Buffer.from('saved after a while'), 'A')
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect((await client.getFile()).body.toString()).toBe('words')
  database.exec('COMMIT')
  expect((await patient).status).toBe(200)

  database.exec('BEGIN IMMEDIATE')
  const [refused, refresh] = await Promise.all([
    client.putFile(Buffer.from('refused'), 'A'),
    client.refreshLock('A'),
  ])
  for (const answer of [refused, refresh]) {
    expect([answer.status, answer.header('Retry-After')]).toEqual([503, '5'])
    expect(answer.header('X-WOPI-ServerError')).toContain('busy')
  }
  database.exec('COMMIT')
  expect((await client.putFile(Buffer.from('came again'), 'A')).status).toBe(200)
  expect(await readFile(join(documents, 'report.txt'), 'utf8')).toBe('came again')
})

test('an index that is damaged while it is used costs no document, and the server lives', async () => {
  await servedOnce()
  const server = await serverProcess({ folder: documents })
  cleanUp.push(server.kill)
  await server.start()
  const client = wopiClient(await server.token('report.txt'))
  const index = join(server.data, 'index.sqlite')
  expect((await client.lock('A')).status).toBe(200)
  for (const file of [index, `${index}-wal`]) {
    const { size } = await stat(file).catch(() => ({ size: 0 }))
    if (size > 0) await writeFile(file, Buffer.alloc(size, 'damaged'), { flag: 'r+' })
  }
  const answers = [
    await client.putFile(Buffer.from('new words'), 'A'),
    await client.checkFileInfo(),
    await client.getLock(),
  ]
  for (const { status } of answers) expect([200, 404, 500, 503]).toContain(status)
  expect(server.running).toBe(true)
  expect(['words', 'new words']).toContain(await readFile(join(documents, 'report.txt'), 'utf8'))
  if (answers[0]?.status === 200) {
    expect(await readFile(join(documents, 'report.txt'), 'utf8')).toBe('new words')
  }
})
