import { bytesOf, sampleBytes } from '../contract.js'
import { type Check, checksOf } from './check.js'
import { expectBytes, expectSame, expectStatus, expectThat, quoted } from './expect.js'

/** Every byte there is, and line ends of all kinds: what a careless host takes for text. */
const everyByte = Uint8Array.from({ length: 512 }, (_, index) => (index * 7) % 256)

const seven = bytesOf('content')

export const getFile: readonly Check[] = checksOf('GetFile', 'files/getfile', [
  {
    id: 'get-file.bytes',
    title: 'The body is the content, byte for byte, with its Content-Length',
    async run({ file }) {
      for (const bytes of [everyByte, sampleBytes(1_000_003)]) {
        const answer = await (await file(bytes)).getFile()
        expectStatus(answer, 200)
        expectBytes(answer.bytes, bytes, 'The body')
        const length = answer.header('Content-Length')
        if (length !== undefined) expectSame(length, String(bytes.length), 'Content-Length')
      }
    },
  },
  {
    id: 'get-file.given',
    title: 'The content of the given file has the size CheckFileInfo tells',
    async run({ given, info, needs }) {
      needs(Number(info.Size) <= 64 * 1024 * 1024, 'The given file is larger than 64 MiB.')
      const answer = await given.getFile()
      expectStatus(answer, 200)
      expectSame(answer.bytes.length, info.Size, 'The length of the body')
    },
  },
  {
    id: 'get-file.empty',
    title: 'An empty file is 200 with an empty body',
    async run({ file }) {
      const answer = await (await file('')).getFile()
      expectStatus(answer, 200)
      expectBytes(answer.bytes, new Uint8Array(), 'The body')
    },
  },
  {
    id: 'get-file.item-version',
    level: 'SHOULD',
    title: 'X-WOPI-ItemVersion is the Version of CheckFileInfo',
    async run({ file }) {
      const scratch = await file()
      expectSame(
        (await scratch.getFile()).header('X-WOPI-ItemVersion'),
        (await scratch.info()).Version,
        'X-WOPI-ItemVersion',
      )
    },
  },
  {
    id: 'get-file.content-type',
    level: 'SHOULD',
    title: 'The Content-Type is a binary one, so that nothing on the way changes the bytes',
    async run({ given }) {
      const type = (await given.getFile()).header('Content-Type') ?? ''
      expectThat(
        /^(application|image|font|audio|video)\//i.test(type),
        `The Content-Type is ${quoted(type)}.`,
      )
    },
  },
  {
    id: 'get-file.too-large',
    title: 'A file larger than X-WOPI-MaxExpectedSize is 412',
    async run({ file }) {
      const scratch = await file(seven)
      for (const limit of ['6', '1', '0']) {
        expectStatus(await scratch.getFile({ 'X-WOPI-MaxExpectedSize': limit }), 412)
      }
    },
  },
  {
    id: 'get-file.within-limit',
    title: 'A file of at most X-WOPI-MaxExpectedSize bytes is delivered, up to the largest number of 32 bits',
    async run({ file }) {
      const scratch = await file(seven)
      for (const limit of ['7', '8', '104857600', '2147483647', '4294967295']) {
        const answer = await scratch.getFile({ 'X-WOPI-MaxExpectedSize': limit })
        expectStatus(answer, 200)
        expectBytes(answer.bytes, seven, 'The body')
      }
    },
  },
  {
    id: 'get-file.unreadable-limit',
    level: 'SHOULD',
    title: 'An empty or unreadable X-WOPI-MaxExpectedSize is no limit',
    async run({ file }) {
      const scratch = await file(seven)
      for (const limit of ['', 'lots', '-1']) {
        expectStatus(await scratch.getFile({ 'X-WOPI-MaxExpectedSize': limit }), 200)
      }
    },
  },
  {
    id: 'get-file.identity',
    title: 'The bytes come without a content coding, whatever the client accepts',
    async run({ file }) {
      const bytes = bytesOf('repeated '.repeat(1000))
      const answer = await (await file(bytes)).getFile({ 'Accept-Encoding': 'gzip, compress, deflate, br' })
      expectThat(
        (answer.header('Content-Encoding') ?? 'identity') === 'identity',
        `The Content-Encoding is ${quoted(answer.header('Content-Encoding'))}.`,
      )
      expectBytes(answer.bytes, bytes, 'The body')
    },
  },
  {
    id: 'get-file.range',
    title: 'A Range is answered with 206 and exactly these bytes, or with the whole file',
    async run({ file }) {
      const bytes = sampleBytes(100_000)
      const scratch = await file(bytes)
      for (const [start, end] of [
        [0, 0],
        [10, 70_000],
        [99_999, 99_999],
      ] as const) {
        const answer = await scratch.getFile({ Range: `bytes=${start}-${end}` })
        expectStatus(answer, 206, 200)
        if (answer.status === 200) expectBytes(answer.bytes, bytes, 'The body')
        else {
          expectBytes(answer.bytes, bytes.slice(start, end + 1), `The range ${start}-${end}`)
          expectSame(answer.header('Content-Range'), `bytes ${start}-${end}/100000`, 'Content-Range')
        }
      }
      expectStatus(await scratch.getFile(), 200)
    },
  },
  {
    id: 'get-file.locked',
    title: 'A lock keeps nobody from reading',
    async run({ file }) {
      const scratch = await file(seven)
      await scratch.lock('wopikit-check')
      const answer = await scratch.getFile()
      expectStatus(answer, 200)
      expectBytes(answer.bytes, seven, 'The body')
    },
  },
  {
    id: 'get-file.foreign-bearer',
    title: 'An Authorization header that the client has for itself is ignored',
    async run({ given }) {
      const headers = { Authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.a-token-of-the-client' }
      expectStatus(await given.getFile(headers), 200)
      expectStatus(await given.checkFileInfo(headers), 200)
    },
  },
  {
    id: 'get-file.old-content-is-whole',
    title: 'A second GetFile after a save brings the new content, never a mixture',
    async run({ file }) {
      const scratch = await file(sampleBytes(500_000, 1))
      const bytes = sampleBytes(500_000, 2)
      await scratch.lock('wopikit-check')
      expectStatus(await scratch.post('PUT', { 'X-WOPI-Lock': 'wopikit-check' }, bytes), 200)
      expectBytes((await scratch.getFile()).bytes, bytes, 'The body')
    },
  },
])
