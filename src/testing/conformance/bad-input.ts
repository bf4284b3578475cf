import type { Bench } from './bench.js'
import { type Check, checksOf } from './check.js'
import { expectSame, expectStatus, expectThat } from './expect.js'

/** Last segments of addresses that name no file, however they are read. */
const strangeIds = [
  '..',
  '.',
  '%2e%2e',
  '..%2f..%2f..%2fetc%2fpasswd',
  '%2fetc%2fpasswd',
  'a%2fb',
  'a%5cb',
  'a%00b',
  'a%0d%0aX-Injected:1',
  '%ff%fe',
  '%',
  '%zz',
  '*',
  '__proto__',
  'constructor',
  'x'.repeat(300),
]

async function expectAlive({ given }: Bench): Promise<void> {
  expectStatus(await given.checkFileInfo(), 200)
}

function refused(status: number): boolean {
  return status >= 400 && status < 500
}

export const badInput: readonly Check[] = checksOf('any', 'endpoints', [
  {
    id: 'input.unknown-file',
    title: 'An id that names no file is 404 (401 is tolerated, since no token fits)',
    async run({ given, send }) {
      const base = given.wopiSrc.slice(0, given.wopiSrc.lastIndexOf('/'))
      const query = `access_token=${encodeURIComponent(given.accessToken)}`
      for (const path of ['wopikit-no-such-file', 'wopikit-no-such-file/contents']) {
        expectStatus(await send({ method: 'GET', url: `${base}/${path}?${query}`, headers: {} }), 404, 401)
      }
    },
  },
  {
    id: 'input.strange-ids',
    title: 'Ids with dots, escaped slashes, NUL, line breaks or broken escapes are refused, never followed',
    async run(bench) {
      const { given, send } = bench
      const base = given.wopiSrc.slice(0, given.wopiSrc.lastIndexOf('/'))
      const query = `access_token=${encodeURIComponent(given.accessToken)}`
      for (const id of strangeIds) {
        for (const path of ['', '/contents']) {
          const answer = await send({ method: 'GET', url: `${base}/${id}${path}?${query}`, headers: {} })
          expectThat(
            refused(answer.status),
            `The id ${id.slice(0, 40)} was answered ${answer.status}, expected 404.`,
          )
          expectThat(answer.header('X-Injected') === undefined, 'A line break in an id became a header.')
        }
      }
      await expectAlive(bench)
    },
  },
  {
    id: 'input.long-id',
    title: 'An id of ten thousand characters is refused (404, 414 or 431), and the host goes on',
    async run(bench) {
      const { given, raw } = bench
      const url = given.url().replace(/\/[^/]*$/, `/${'x'.repeat(10_000)}`)
      const [answer] = await raw('GET', url, [])
      if (answer) expectThat(refused(answer.status), `It was answered ${answer.status}.`)
      await expectAlive(bench)
    },
  },
  {
    id: 'input.unknown-override',
    title: 'An override that is unknown, empty or missing is 501',
    async run({ file, send }) {
      const scratch = await file()
      for (const override of ['NO_SUCH_OPERATION', 'COBALT', '', 'LOCK_', '%00']) {
        for (const url of [scratch.url(), scratch.url('/contents')]) {
          const headers = { 'X-WOPI-Override': override, 'X-WOPI-Lock': 'A' }
          expectStatus(await send({ method: 'POST', url, headers }), 501)
        }
      }
      expectStatus(await send({ method: 'POST', url: scratch.url(), headers: { 'X-WOPI-Lock': 'A' } }), 501)
      expectSame(await scratch.currentLock(), '', 'The lock')
    },
  },
  {
    id: 'input.override-case',
    title: 'The override is compared without regard to case',
    async run({ file }) {
      const scratch = await file()
      expectStatus(await scratch.post('lock', { 'X-WOPI-Lock': 'A' }), 200)
      expectStatus(await scratch.post('Put', { 'X-WOPI-Lock': 'A' }, 'saved'), 200)
      expectSame((await scratch.getFile()).text, 'saved', 'The content')
    },
  },
  {
    id: 'input.header-case',
    title: 'Header names come in any case',
    async run({ file, raw }) {
      const scratch = await file()
      const head = [
        ['x-wopi-override', 'LOCK'],
        ['X-Wopi-LOCK', 'A'],
        ['content-length', '0'],
      ] as const
      const [answer] = await raw('POST', scratch.url(), head)
      expectSame(answer?.status, 200, 'The status of a lock with odd header names')
      expectSame(await scratch.currentLock(), 'A', 'The lock')
    },
  },
  {
    id: 'input.wrong-place',
    title: 'An override at the wrong address does nothing: 501 (400 and 404 are tolerated)',
    async run({ file, send }) {
      const scratch = await file('content')
      const put = { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': 'A' }
      const lock = { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'A' }
      const body = new TextEncoder().encode('new')
      expectStatus(await send({ method: 'POST', url: scratch.url(), headers: put, body }), 501, 400, 404)
      expectStatus(
        await send({ method: 'POST', url: scratch.url('/contents'), headers: lock }),
        501,
        400,
        404,
      )
      expectSame((await scratch.getFile()).text, 'content', 'The content')
      expectSame(await scratch.currentLock(), '', 'The lock')
    },
  },
  {
    id: 'input.wrong-method',
    title: 'Another method on a file or its contents changes nothing and is no success',
    async run({ file, send }) {
      const scratch = await file('content')
      for (const method of ['PUT', 'DELETE', 'PATCH']) {
        for (const url of [scratch.url(), scratch.url('/contents')]) {
          const { status } = await send({ method, url, headers: {} })
          expectThat(status >= 400 && status !== 500, `${method} was answered ${status}, expected 405.`)
        }
      }
      expectSame((await scratch.getFile()).text, 'content', 'The content')
    },
  },
  {
    id: 'input.405',
    level: 'SHOULD',
    title: 'Another method is 405, with Allow',
    async run({ given, send }) {
      for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD']) {
        for (const url of [given.url(), given.url('/contents')]) {
          if (method === 'DELETE') continue
          const answer = await send({ method, url, headers: {} })
          if (method === 'HEAD' && answer.status === 200) continue
          expectStatus(answer, 405)
          expectThat(
            /\bGET\b.*\bPOST\b/.test(answer.header('Allow') ?? ''),
            'The 405 has no Allow with GET and POST.',
          )
        }
      }
    },
  },
  {
    id: 'input.form-type-without-body',
    title: 'An empty POST that says it is a form is an ordinary operation, never 415',
    async run({ file }) {
      const scratch = await file()
      const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
      expectStatus(await scratch.post('LOCK', { ...form, 'X-WOPI-Lock': 'A' }), 200)
      expectStatus(await scratch.post('UNLOCK', { ...form, 'X-WOPI-Lock': 'A' }), 200)
    },
  },
  {
    id: 'input.two-lengths',
    title: 'Two different Content-Lengths are refused, and the content stays',
    async run({ file, raw }) {
      const scratch = await file('content')
      await scratch.lock('A')
      const head = [
        ['X-WOPI-Override', 'PUT'],
        ['X-WOPI-Lock', 'A'],
        ['Content-Length', '3'],
        ['Content-Length', '30'],
      ] as const
      const [answer] = await raw('POST', scratch.url('/contents'), head, [{ write: 'new' }, { end: true }])
      if (answer) expectThat(refused(answer.status), `It was answered ${answer.status}, expected 400.`)
      expectSame((await scratch.getFile()).text, 'content', 'The content')
    },
  },
  {
    id: 'input.doubled-headers',
    level: 'SHOULD',
    title: 'Two X-WOPI-Lock or X-WOPI-Override headers that differ fit nothing',
    async run({ file, raw }) {
      const scratch = await file('content')
      await scratch.lock('A')
      const doubled = [
        [
          ['X-WOPI-Override', 'PUT'],
          ['X-WOPI-Lock', 'A'],
          ['X-WOPI-Lock', 'B'],
        ],
        [
          ['X-WOPI-Override', 'PUT'],
          ['X-WOPI-Override', 'LOCK'],
          ['X-WOPI-Lock', 'A'],
        ],
      ] as const
      for (const head of doubled) {
        const [answer] = await raw(
          'POST',
          scratch.url('/contents'),
          [...head, ['Content-Length', '3']],
          [{ write: 'new' }],
        )
        expectThat(
          answer !== undefined && answer.status >= 400,
          `It was answered ${answer?.status ?? 'not at all'}.`,
        )
      }
      expectSame((await scratch.getFile()).text, 'content', 'The content')
    },
  },
  {
    id: 'input.control-characters',
    title: 'NUL in a header or in the address harms nothing',
    async run(bench) {
      const { file, raw } = bench
      const scratch = await file()
      const heads = [
        [
          ['X-WOPI-Override', 'LOCK'],
          ['X-WOPI-Lock', 'A\0B'],
          ['Content-Length', '0'],
        ],
        [
          ['X-WOPI-Override', 'LOCK'],
          ['X-WOPI-Lock', 'A\u0001B'],
          ['Content-Length', '0'],
        ],
      ] as const
      for (const head of heads) {
        const [answer] = await raw('POST', scratch.url(), head)
        if (answer) expectThat(answer.status >= 400, `It was answered ${answer.status}, expected 400.`)
      }
      const [answer] = await raw('GET', scratch.url().replace('?', '\0?'), [])
      if (answer) expectThat(refused(answer.status), `It was answered ${answer.status}, expected 400.`)
      expectSame(await scratch.currentLock(), '', 'The lock')
      await expectAlive(bench)
    },
  },
  {
    id: 'input.large-headers',
    title: 'Headers as large as clients send them (a lock, a token, two signatures) are taken',
    async run({ file, info }) {
      const scratch = await file()
      const lockId = 'x'.repeat(info.SupportsExtendedLockLength === true ? 1024 : 256)
      const headers = {
        'X-WOPI-Lock': lockId,
        'X-Diagnostics': 'y'.repeat(4000),
        'X-WOPI-CorrelationId': 'z'.repeat(100),
      }
      expectStatus(await scratch.post('LOCK', headers), 200)
    },
  },
])
