import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stagedFiles } from '../support/library-traces.js'
import { markedContent } from '../support/marked-content.js'
import { rawUpload } from '../support/raw-upload.js'
import { type ServerProcess, serverProcess, temporaryFolder } from '../support/server-process.js'
import { wopiClient } from '../support/wopi-client.js'

const MB = 1024 * 1024

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let documents: string
let servers: ServerProcess[]

beforeEach(async () => {
  folder = await temporaryFolder()
  documents = join(folder.path, 'documents')
  servers = []
  await mkdir(documents)
  await writeFile(join(documents, 'report.bin'), 'first words')
})

afterEach(async () => {
  for (const server of servers) {
    await server.kill()
    expect(await server.secretsInLog()).toEqual([])
  }
  await folder.remove()
})

async function start(options: Partial<Parameters<typeof serverProcess>[0]> = {}): Promise<ServerProcess> {
  const server = await serverProcess({ folder: documents, args: ['--log-level', 'debug'], ...options })
  servers.push(server)
  await server.start()
  return server
}

describe('a server that is told to stop', () => {
  test('finishes an upload of 50 MB that is under way, and keeps its lock', async () => {
    const server = await start()
    const access = await server.token('report.bin')
    const client = wopiClient(access)
    expect((await client.lock('A')).status).toBe(200)
    const content = markedContent({ file: 'report.bin', client: 'late', sequence: 1, size: 50 * MB + 1 })
    const upload = await rawUpload(access, 'A', { 'Content-Length': String(content.length) })
    upload.write(content.subarray(0, 20 * MB))
    await sleep(200)
    const stopped = server.stop()
    await sleep(200)
    expect(server.running).toBe(true)
    upload.write(content.subarray(20 * MB))
    expect(await upload.status()).toBe(200)
    const answeredAt = performance.now()
    expect(await stopped).toBe(0)
    // It does not wait for connections on which nothing is going on.
    expect(performance.now() - answeredAt).toBeLessThan(5000)
    expect((await readFile(join(documents, 'report.bin'))).equals(content)).toBe(true)
    expect(await stagedFiles(join(server.data, 'staging'), join(server.data, 'rescued'))).toEqual([])

    await server.start()
    expect((await client.getLock()).header('X-WOPI-Lock')).toBe('A')
    expect((await client.putFile(Buffer.from('after the restart'), 'A')).status).toBe(200)
    expect((await client.lock('B')).header('X-WOPI-Lock')).toBe('A')
  })

  test('takes no new request, and ends although a connection is kept open by its client', async () => {
    const server = await start()
    const client = wopiClient(await server.token('report.bin'))
    expect((await client.checkFileInfo()).status).toBe(200)
    const stopping = performance.now()
    expect(await server.stop()).toBe(0)
    expect(performance.now() - stopping).toBeLessThan(5000)
    await expect(client.checkFileInfo()).rejects.toThrow('ECONNREFUSED')
  })
})

describe('two servers on one folder', () => {
  test('see the same locks and the same content', async () => {
    const [one, two] = [await start(), await start()]
    const access = await one.token('report.bin')
    const [here, there] = [wopiClient(access), wopiClient(access, { port: two.port })]
    expect((await here.lock('A')).status).toBe(200)
    expect((await there.lock('B')).header('X-WOPI-Lock')).toBe('A')
    const saved = await there.putFile(Buffer.from('saved there'), 'A')
    const read = await here.getFile()
    expect(read.body.toString()).toBe('saved there')
    expect(read.header('X-WOPI-ItemVersion')).toBe(saved.header('X-WOPI-ItemVersion'))
    expect((await here.unlock('A')).status).toBe(200)
    expect((await there.lock('B')).status).toBe(200)
  })
})

test('a worker that is killed is replaced, and its locks and saves are there', async () => {
  const server = await start({ args: ['--workers', '2', '--log-level', 'debug'] })
  const answering = () =>
    [...server.log().matchAll(/"pid":(\d+),"msg":"a worker answers"/g)].map(([, pid]) => Number(pid))
  const client = wopiClient(await server.token('report.bin'))
  expect((await client.lock('A')).status).toBe(200)
  for (let killed = 0; killed < 2; killed++) {
    await expect.poll(() => answering().length, { timeout: 20_000 }).toBe(2 + killed)
    const worker = answering()[killed] as number
    expect((await client.putFile(Buffer.from(`before ${worker} died`), 'A')).status).toBe(200)
    process.kill(worker, 'SIGKILL')
    await expect.poll(() => answering().length, { timeout: 20_000 }).toBe(3 + killed)
    expect((await client.getLock()).header('X-WOPI-Lock')).toBe('A')
    expect((await client.getFile()).body.toString()).toBe(`before ${worker} died`)
  }
  expect(await server.stop()).toBe(0)
})

describe('secrets', () => {
  test('are readable by nobody else, whatever the umask and the folder', async () => {
    for (const data of [undefined, join(folder.path, 'data-made-before')]) {
      if (data) await mkdir(data, { mode: 0o755 })
      const server = await start({ shell: 'umask 000', ...(data ? { data } : {}) })
      await server.token('report.bin')
      const modes = await Promise.all(
        [
          'secrets',
          'secrets/token-keys',
          'secrets/proof-key.pem',
          'index.sqlite',
          'versions',
          'staging',
          'rescued',
        ].map(async (name) => `${name} ${((await stat(join(server.data, name))).mode & 0o077).toString(8)}`),
      )
      expect(modes.filter((mode) => !mode.endsWith(' 0'))).toEqual([])
      if (!data) expect((await stat(server.data)).mode & 0o777).toBe(0o700)
      await server.kill()
    }
  })

  test('stay the same over a restart, so that tokens stay valid', async () => {
    const server = await start()
    const client = wopiClient(await server.token('report.bin'))
    await server.kill()
    await server.start()
    expect((await client.checkFileInfo()).status).toBe(200)
  })

  test('are replaced by a new line in front, and nobody is logged out', async () => {
    const server = await start()
    const old = wopiClient(await server.token('report.bin'))
    const file = join(server.data, 'secrets', 'token-keys')
    const before = await readFile(file, 'utf8')
    const fresh = `${Buffer.alloc(32, 7).toString('hex')}\n`
    await writeFile(file, fresh + before)
    await server.stop()
    await server.start()
    expect((await old.checkFileInfo()).status).toBe(200)
    const young = wopiClient(await server.token('report.bin'))
    expect((await young.checkFileInfo()).status).toBe(200)
    // Only the new key signs: once the old one is taken away, its tokens are over.
    await writeFile(file, fresh)
    await server.stop()
    await server.start()
    expect((await young.checkFileInfo()).status).toBe(200)
    expect((await old.checkFileInfo()).status).toBe(401)
  })

  test('do not appear in the log, whatever goes wrong', async () => {
    const server = await start()
    const access = await server.token('report.bin')
    const expired = await server.token('report.bin', ['--ttl', '1ms'])
    const client = wopiClient(access)
    const elsewhere = { ...access, wopiSrc: `${access.wopiSrc.slice(0, -1)}x` }
    const statuses = [
      (await client.lock('A')).status,
      (await client.lock('B')).status,
      (await client.putFile(Buffer.from('x'), 'B')).status,
      (await client.post('NONSENSE')).status,
      (await client.post('LOCK')).status,
      (await client.renameFile('new name', 'B')).status,
      (await client.putRelativeFile(Buffer.from('x'), { 'X-WOPI-RelativeTarget': 'a/b' })).status,
      (await wopiClient(expired).checkFileInfo()).status,
      (await wopiClient({ ...access, accessToken: `${access.accessToken}x` }).checkFileInfo()).status,
      (await wopiClient(elsewhere).checkFileInfo()).status,
    ]
    expect(statuses).toEqual([200, 409, 409, 501, 400, 409, 400, 401, 401, 404])
    expect(server.log()).toContain('"status":409')
    expect(await server.secretsInLog()).toEqual([])
  })
})
