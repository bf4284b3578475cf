import { bytesOf, sampleBytes } from '../contract.js'
import type { Bench, RemoteFile } from './bench.js'
import { type Check, checksOf, Page } from './check.js'
import { expectBytes, expectSame, expectStatus, expectThat } from './expect.js'
import { split } from './wire.js'

const lock = { 'X-WOPI-Lock': 'A' }
const rawLock = [
  ['X-WOPI-Override', 'PUT'],
  ['X-WOPI-Lock', 'A'],
] as const

const LARGEST_TRIED = 64 * 1024 * 1024

async function lockedFile({ file }: Bench): Promise<RemoteFile> {
  const scratch = await file('old content')
  await scratch.lock('A')
  return scratch
}

/** Sends a save that never becomes whole, and expects that nothing of it can be seen. */
async function expectUnharmed(bench: Bench, broken: (file: RemoteFile) => Promise<unknown>): Promise<void> {
  const scratch = await lockedFile(bench)
  const { Version } = await scratch.info()
  await broken(scratch)
  const answer = await scratch.getFile()
  expectStatus(answer, 200)
  expectBytes(answer.bytes, bytesOf('old content'), 'The content after a save that broke off')
  expectSame((await scratch.info()).Version, Version, 'Version after a save that broke off')
  expectStatus(await scratch.post('PUT', lock, 'the next save'), 200)
}

export const putFileBodies: readonly Check[] = checksOf('PutFile', 'files/putfile', [
  {
    id: 'put-file.large',
    title: 'A body of several megabytes is stored to the last byte',
    async run(bench) {
      const scratch = await lockedFile(bench)
      const bytes = sampleBytes(Math.min(5 * 1024 * 1024 + 13, bench.target.maxFileSize ?? LARGEST_TRIED))
      expectStatus(await scratch.post('PUT', lock, bytes), 200)
      expectBytes((await scratch.getFile()).bytes, bytes, 'The content')
    },
  },
  {
    id: 'put-file.empty',
    title: 'An empty body is legal: 200 and Size 0',
    async run(bench) {
      const scratch = await lockedFile(bench)
      expectStatus(await scratch.post('PUT', lock), 200)
      expectSame((await scratch.info()).Size, 0, 'Size')
    },
  },
  {
    id: 'put-file.any-bytes',
    title: 'The bytes need not fit the extension',
    async run(bench) {
      const scratch = await lockedFile(bench)
      for (const bytes of [
        sampleBytes(1000),
        bytesOf('{"a":'),
        bytesOf('\r\n\0\r\n'),
        bytesOf('a=1&b=%zz'),
      ]) {
        expectStatus(await scratch.post('PUT', lock, bytes), 200)
        expectBytes((await scratch.getFile()).bytes, bytes, 'The content')
      }
    },
  },
  {
    id: 'put-file.any-content-type',
    spec: Page.onlyoffice,
    title: 'The body is taken whatever its Content-Type, also without one',
    async run(bench) {
      const scratch = await lockedFile(bench)
      const types = [
        'application/octet-stream',
        'application/x-www-form-urlencoded',
        'application/json',
        'text/plain',
      ]
      for (const type of [...types, 'multipart/form-data; boundary=x', 'nonsense', '']) {
        const body = bytesOf(`a=${type}`)
        expectStatus(await scratch.post('PUT', { ...lock, 'Content-Type': type }, body), 200)
        expectBytes((await scratch.getFile()).bytes, body, 'The content')
      }
      expectStatus(await scratch.post('PUT', lock, 'without a type'), 200)
    },
  },
  {
    id: 'put-file.chunked',
    title: 'A body in chunks, without Content-Length, is taken',
    async run(bench) {
      const scratch = await lockedFile(bench)
      const chunks = ['7\r\nchunked\r\n', '1;extension=1\r\n \r\n', '4\r\nbody\r\n', '0\r\n\r\n']
      const [answer] = await bench.raw(
        'POST',
        scratch.url('/contents'),
        [...rawLock, ['Transfer-Encoding', 'chunked']],
        chunks.map((write) => ({ write })),
      )
      expectThat(answer !== undefined, 'A save in chunks was not answered.')
      expectStatus(answer, 200)
      expectBytes((await scratch.getFile()).bytes, bytesOf('chunked body'), 'The content')
    },
  },
  {
    id: 'put-file.short-body',
    title: 'A body shorter than its Content-Length changes nothing',
    run: (bench) =>
      expectUnharmed(bench, (scratch) =>
        bench.raw(
          'POST',
          scratch.url('/contents'),
          [...rawLock, ['Content-Length', '1000']],
          [{ write: 'only the beginning' }, { end: true }],
        ),
      ),
  },
  {
    id: 'put-file.aborted',
    title: 'A client that hangs up half-way changes nothing',
    run: (bench) =>
      expectUnharmed(bench, (scratch) =>
        bench.raw(
          'POST',
          scratch.url('/contents'),
          [...rawLock, ['Content-Length', '2000000']],
          [{ write: sampleBytes(1_000_000) }, { hangUp: true }],
        ),
      ),
  },
  {
    id: 'put-file.unfinished-chunks',
    title: 'Chunks without the last one change nothing',
    run: (bench) =>
      expectUnharmed(bench, (scratch) =>
        bench.raw(
          'POST',
          scratch.url('/contents'),
          [...rawLock, ['Transfer-Encoding', 'chunked']],
          [{ write: '5\r\nhello\r\n' }, { end: true }],
        ),
      ),
  },
  {
    id: 'put-file.too-large',
    title: 'A body over the limit of the host is 413, and the content stays',
    async run(bench) {
      const { maxFileSize = 0 } = bench.target
      bench.needs(maxFileSize > 0 && maxFileSize < LARGEST_TRIED, 'No limit of at most 64 MiB was given.')
      const scratch = await lockedFile(bench)
      expectStatus(await scratch.post('PUT', lock, sampleBytes(maxFileSize + 1)), 413)
      expectBytes((await scratch.getFile()).bytes, bytesOf('old content'), 'The content')
      expectStatus(await scratch.post('PUT', lock, sampleBytes(maxFileSize)), 200)
    },
  },
  {
    id: 'put-file.too-large-announced',
    level: 'SHOULD',
    title: 'A Content-Length over the limit is 413 before the body has come',
    async run(bench) {
      const { maxFileSize } = bench.target
      bench.needs(maxFileSize !== undefined, 'No limit was given.')
      const scratch = await lockedFile(bench)
      const length = String((maxFileSize ?? 0) + 1)
      const [answer] = await bench.raw('POST', scratch.url('/contents'), [
        ...rawLock,
        ['Content-Length', length],
      ])
      expectThat(answer !== undefined, 'The host waited for a body it cannot take.')
      expectStatus(answer, 413)
    },
  },
  {
    id: 'put-file.too-large-in-chunks',
    title: 'A body in chunks that grows over the limit is 413, and the content stays',
    async run(bench) {
      const { maxFileSize = 0 } = bench.target
      bench.needs(maxFileSize > 0 && maxFileSize < LARGEST_TRIED, 'No limit of at most 64 MiB was given.')
      const scratch = await lockedFile(bench)
      const size = maxFileSize + 1
      const [answer] = await bench.raw(
        'POST',
        scratch.url('/contents'),
        [...rawLock, ['Transfer-Encoding', 'chunked']],
        [{ write: `${size.toString(16)}\r\n` }, { write: sampleBytes(size) }, { write: '\r\n0\r\n\r\n' }],
      )
      expectThat(answer !== undefined, 'The connection was closed without an answer.')
      expectStatus(answer, 413)
      expectBytes((await scratch.getFile()).bytes, bytesOf('old content'), 'The content')
    },
  },
  {
    id: 'put-file.connection-after-refusal',
    level: 'SHOULD',
    title: 'After a refused save the connection is good for the next request, or is said to be closed',
    async run(bench) {
      const scratch = await lockedFile(bench)
      const body = 'refused body'
      const { origin, path } = split(scratch.url())
      const [refused, after] = await bench.raw(
        'POST',
        scratch.url('/contents'),
        [
          ['X-WOPI-Override', 'PUT'],
          ['X-WOPI-Lock', 'B'],
          ['Content-Length', String(body.length)],
        ],
        [{ write: `${body}GET ${path} HTTP/1.1\r\nHost: ${origin.host}\r\n\r\n` }],
        2,
      )
      expectThat(refused !== undefined, 'A save under another lock was not answered.')
      expectStatus(refused, 409)
      if (refused.header('Connection')?.toLowerCase() === 'close') return
      expectThat(
        after !== undefined,
        'The request after a refused save on the same connection was not answered.',
      )
      bench.needs(bench.target.sign === undefined, 'The second request on the connection is not signed.')
      expectStatus(after, 200)
    },
  },
])
