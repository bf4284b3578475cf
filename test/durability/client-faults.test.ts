import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { residentBytes, stagedFiles } from '../support/library-traces.js'
import { markedContent } from '../support/marked-content.js'
import { isLong } from '../support/proof-size.js'
import { chunk, type RawUpload, rawUpload } from '../support/raw-upload.js'
import {
  type IssuedToken,
  type ServerProcess,
  serverProcess,
  temporaryFolder,
} from '../support/server-process.js'
import { type Answer, type Headers, type WopiClient, wopiClient } from '../support/wopi-client.js'

const LOCK = 'editing-session'
const MB = 1024 * 1024

/** Larger than anything that is gathered before it is written. */
const next = markedContent({ file: 'attacked.bin', client: 'victim', sequence: 1, size: 3 * MB + 17 })
const before = markedContent({ file: 'attacked.bin', client: 'start', sequence: 0, size: 70_001 })

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: ServerProcess
let token: IssuedToken
let other: WopiClient
let attacked: WopiClient

beforeAll(async () => {
  folder = await temporaryFolder()
  const documents = join(folder.path, 'documents')
  await mkdir(documents)
  await writeFile(join(documents, 'attacked.bin'), before)
  await writeFile(join(documents, 'other.bin'), 'somebody else’s')
  server = await serverProcess({ folder: documents })
  await server.start()
  token = await server.token('attacked.bin')
  attacked = wopiClient(token)
  other = wopiClient(await server.token('other.bin'))
  expect((await attacked.lock(LOCK)).status).toBe(200)
  expect((await other.lock('other-session')).status).toBe(200)
})

afterAll(async () => {
  expect(await server.secretsInLog()).toEqual([])
  await server.kill()
  await folder.remove()
})

/** Whatever was sent: the file and its version are as before, and nothing is left behind. */
async function expectUntouched(version: string | undefined): Promise<void> {
  await expect.poll(() => stagedFiles(join(server.data, 'staging')), { timeout: 10_000 }).toEqual([])
  expect((await readFile(join(server.folder, 'attacked.bin'))).equals(before)).toBe(true)
  const answer = await attacked.getFile()
  expect([answer.status, answer.header('X-WOPI-ItemVersion')]).toEqual([200, version])
  expect(answer.body.equals(before)).toBe(true)
  expect(await stagedFiles(join(server.data, 'rescued'))).toEqual([])
}

async function versionNow(): Promise<string | undefined> {
  return String((await attacked.checkFileInfo()).json().Version)
}

describe('a body that is cut', () => {
  const whole = { 'Content-Length': String(next.byteLength) }
  const offsets = [0, 1, 4095, 64 * 1024, 512 * 1024 - 1, 512 * 1024, 512 * 1024 + 1, 2 * MB, next.length - 1]

  test.each(offsets)('after %d bytes changes nothing', async (offset) => {
    const version = await versionNow()
    for (const how of ['end', 'reset'] as const) {
      const upload = await rawUpload(token, LOCK, whole)
      upload.write(next.subarray(0, offset))
      // One cut comes after the server has read the last bytes, the other may overtake them.
      if (how === 'end') await sleep(20)
      upload.cut(how)
      expect(await upload.status()).not.toBe(200)
    }
    await expectUntouched(version)
  })

  const whenChunked: [string, (upload: RawUpload) => unknown][] = [
    ['before the first chunk', () => {}],
    ['in the size of a chunk', (upload) => upload.write('10')],
    ['inside a chunk', (upload) => upload.write(chunk(next.subarray(0, 70_000)).subarray(0, 50_000))],
    ['between two chunks', (upload) => upload.write(chunk(next.subarray(0, 600_000)))],
    ['before the end of a chunk', (upload) => upload.write(chunk(next.subarray(0, 70_000)).subarray(0, -2))],
    ['before the last, empty chunk', (upload) => upload.write(chunk(next))],
    [
      'inside the last, empty chunk',
      (upload) => upload.write(Buffer.concat([chunk(next), Buffer.from('0\r\n')])),
    ],
  ]
  test.each(whenChunked)('%s changes nothing', async (_, send) => {
    const version = await versionNow()
    for (const how of ['end', 'reset'] as const) {
      const upload = await rawUpload(token, LOCK, { 'Transfer-Encoding': 'chunked' })
      send(upload)
      await sleep(20)
      upload.cut(how)
      expect(await upload.status()).not.toBe(200)
    }
    await expectUntouched(version)
  })
})

describe('a body that contradicts its head', () => {
  const wrong: [string, Headers, string | Buffer][] = [
    ['a Content-Length that is no number', { 'Content-Length': '12x' }, 'twelve bytes'],
    ['a negative Content-Length', { 'Content-Length': '-1' }, 'twelve bytes'],
    ['Content-Length beside chunks', { 'Content-Length': '12', 'Transfer-Encoding': 'chunked' }, chunk(next)],
    ['a chunk size that is no number', { 'Transfer-Encoding': 'chunked' }, 'zz\r\nabc\r\n0\r\n\r\n'],
    ['a chunk that is longer than it says', { 'Transfer-Encoding': 'chunked' }, '3\r\nabcdef\r\n0\r\n\r\n'],
    ['an unknown transfer encoding', { 'Transfer-Encoding': 'gzip' }, 'abc'],
    ['a Content-Length beyond the limit', { 'Content-Length': '99999999999999' }, 'abc'],
  ]
  test.each(wrong)('%s is refused', async (_, headers, body) => {
    const version = await versionNow()
    const upload = await rawUpload(token, LOCK, headers)
    upload.write(body)
    const status = await Promise.race([upload.status(), sleep(5000, 'no answer')])
    upload.cut('reset')
    expect(status).toSatisfy((code) => code === null || (Number(code) >= 400 && Number(code) < 500))
    await expectUntouched(version)
  })

  test('a Content-Length larger than the body waits, and changes nothing when the client gives up', async () => {
    const version = await versionNow()
    const upload = await rawUpload(token, LOCK, { 'Content-Length': String(next.byteLength + 1) })
    upload.write(next)
    expect(await Promise.race([upload.status(), sleep(300, 'waiting')])).toBe('waiting')
    upload.cut('end')
    expect(await upload.status()).not.toBe(200)
    await expectUntouched(version)
  })

  test('X-WOPI-Size is no more than an announcement', async () => {
    const answer = await other.putFile(Buffer.from('short'), 'other-session', { 'X-WOPI-Size': '5000' })
    expect(answer.status).toBe(200)
  })
})

test('a body that comes drop by drop is taken, and nobody else waits for it', async () => {
  const content = Buffer.from('slow but complete'.repeat(3))
  const slowToken = await server.token('other.bin')
  const upload = await rawUpload(slowToken, 'other-session', { 'Content-Length': String(content.length) })
  for (const byte of content) {
    upload.write(Buffer.of(byte))
    await sleep(15)
    expect((await attacked.checkFileInfo()).status).toBe(200)
  }
  expect(await upload.status()).toBe(200)
  expect(await readFile(join(server.folder, 'other.bin'), 'utf8')).toBe(content.toString())
})

test('memory does not grow with the size and the number of bodies', async () => {
  const size = 24 * MB
  const [rounds, atOnce] = isLong ? [20, 8] : [2, 6]
  const start = await residentBytes(server.pid)
  let peak = 0
  const watch = setInterval(async () => {
    peak = Math.max(peak, (await residentBytes(server.pid)) ?? 0)
  }, 20)
  for (let round = 0; round < rounds; round++) {
    await Promise.all(
      Array.from({ length: atOnce }, async (_, index) => {
        // Every second one is cut at its end, so that nothing is gained by keeping it.
        const upload = await rawUpload(token, LOCK, { 'Content-Length': String(size + (index % 2)) })
        await writeSlowly(upload, size)
        if (index % 2 === 1) upload.cut('reset')
        else expect(await upload.status()).toBe(200)
      }),
    )
  }
  clearInterval(watch)
  const end = (await residentBytes(server.pid)) ?? 0
  console.log(
    `memory: ${rounds * atOnce} bodies of ${size / MB} MB, ${atOnce} at once: ${inMb(start)} before, ${inMb(peak)} at most, ${inMb(end)} after`,
  )
  if (start === null) return console.log('memory: not measured, this system has no /proc')
  // Less than half of what is under way at one time would be, if it were kept.
  expect(peak - start).toBeLessThan(Math.min(100 * MB, (atOnce * size) / 2 + 40 * MB))
  expect((await attacked.putFile(before, LOCK)).status).toBe(200)
  await expect.poll(() => stagedFiles(join(server.data, 'staging')), { timeout: 10_000 }).toEqual([])
})

test('thousands of half-open uploads at once hurt nobody and leave nothing', async () => {
  const limit = Number(execFileSync('/bin/sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()) || 1024
  // The server needs two files for each, and some for itself.
  const count = Math.min(2000, Math.floor((limit - 200) / 2))
  if (count < 2000) console.log(`half-open uploads: only ${count}, since the limit of open files is ${limit}`)
  const version = await versionNow()
  const start = await residentBytes(server.pid)
  const uploads: RawUpload[] = []
  for (let opened = 0; opened < count; opened += 50) {
    const some = Array.from({ length: Math.min(50, count - opened) }, async () => {
      const upload = await rawUpload(token, LOCK, { 'Content-Length': String(MB) })
      upload.write(next.subarray(0, 1000))
      return upload
    })
    uploads.push(...(await Promise.all(some)))
  }
  await expect
    .poll(async () => (await stagedFiles(join(server.data, 'staging'))).length, { timeout: 30_000 })
    .toBe(count)
  const during = await residentBytes(server.pid)
  const startedAt = performance.now()
  const answers: Answer[] = [
    await other.checkFileInfo(),
    await other.getFile(),
    await other.refreshLock('other-session'),
    await other.putFile(next, 'other-session'),
    await attacked.getFile(),
  ]
  const tookMs = performance.now() - startedAt
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  for (const [index, upload] of uploads.entries()) upload.cut(index % 2 === 0 ? 'end' : 'reset')
  await Promise.all(uploads.map((upload) => upload.closed()))
  await expect
    .poll(() => stagedFiles(join(server.data, 'staging')), { timeout: 30_000, interval: 200 })
    .toEqual([])
  const after = await residentBytes(server.pid)
  console.log(
    `half-open uploads: ${count} at once, 5 calls beside them in ${tookMs.toFixed(0)} ms; memory ${inMb(start)} before, ${inMb(during)} during, ${inMb(after)} after`,
  )
  await expectUntouched(version)
  // 60 kB for each of them at most, and nothing of it for good.
  if (start !== null) expect((during ?? 0) - start).toBeLessThan(count * 60 * 1024 + 40 * MB)
  if (start !== null) expect((after ?? 0) - start).toBeLessThan(count * 60 * 1024 + 40 * MB)
})

test('more connections than the system allows are survived', async () => {
  const place = join(folder.path, 'few')
  await mkdir(place)
  await writeFile(join(place, 'attacked.bin'), before)
  const few = await serverProcess({ folder: place, shell: 'ulimit -n 400' })
  await few.start()
  try {
    const access = await few.token('attacked.bin')
    const client = wopiClient(access)
    expect((await client.lock(LOCK)).status).toBe(200)
    const uploads = await Promise.all(
      Array.from({ length: 200 }, () =>
        rawUpload(access, LOCK, { 'Content-Length': String(MB) }).catch(() => null),
      ),
    )
    for (const upload of uploads) upload?.write(next.subarray(0, 1000))
    await sleep(500)
    for (const upload of uploads) upload?.cut('reset')
    await expect
      .poll(async () => (await client.checkFileInfo().catch(() => null))?.status, { timeout: 10_000 })
      .toBe(200)
    expect((await client.putFile(next, LOCK)).status).toBe(200)
    expect((await client.getFile()).body.equals(next)).toBe(true)
    expect(await stagedFiles(join(few.data, 'staging'))).toEqual([])
    expect(await few.secretsInLog()).toEqual([])
  } finally {
    await few.kill()
  }
})

/** Sends so many bytes no faster than the server takes them. */
async function writeSlowly(upload: RawUpload, size: number): Promise<void> {
  const piece = Buffer.alloc(256 * 1024, 'x')
  for (let sent = 0; sent < size; ) {
    const part = piece.subarray(0, Math.min(piece.length, size - sent))
    sent += part.length
    if (!upload.write(part) && upload.socket.writable) {
      await Promise.race([once(upload.socket, 'drain'), upload.closed()])
    }
  }
}

function inMb(bytes: number | null): string {
  return bytes === null ? 'unknown' : `${(bytes / MB).toFixed(0)} MB`
}
