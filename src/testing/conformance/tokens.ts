import { sampleBytes } from '../contract.js'
import type { Bench, RemoteFile } from './bench.js'
import { type Check, checksOf, Page } from './check.js'
import { expectSame, expectStatus, expectThat } from './expect.js'
import type { Answer } from './wire.js'

/** Every operation with a body and headers that would otherwise do. */
const requests: readonly ((file: RemoteFile, token: string | null) => Promise<Answer>)[] = [
  (file, token) => file.checkFileInfo({}, { token }),
  (file, token) => file.getFile({}, { token }),
  ...[
    'LOCK',
    'GET_LOCK',
    'REFRESH_LOCK',
    'UNLOCK',
    'PUT',
    'PUT_RELATIVE',
    'RENAME_FILE',
    'DELETE',
    'PUT_USER_INFO',
    'NO_SUCH_OPERATION',
  ].map(
    (override) => (file: RemoteFile, token: string | null) =>
      file.post(
        override,
        {
          'X-WOPI-Lock': 'wopikit-check',
          ...(override === 'PUT_RELATIVE' ? { 'X-WOPI-SuggestedTarget': '.txt' } : {}),
          ...(override === 'RENAME_FILE' ? { 'X-WOPI-RequestedName': 'stolen' } : {}),
        },
        'stolen',
        { token },
      ),
  ),
]

/** The token with one character in its middle changed: what a forger has. */
function tampered(token: string): string {
  const middle = Math.floor(token.length / 2)
  return token.slice(0, middle) + (token[middle] === 'A' ? 'B' : 'A') + token.slice(middle + 1)
}

async function expectRefused(
  file: RemoteFile,
  tokens: readonly (string | null)[],
  ...statuses: readonly number[]
): Promise<void> {
  const before = await file.info()
  for (const token of tokens) {
    for (const request of requests) expectStatus(await request(file, token), ...statuses)
  }
  const after = await file.info()
  for (const name of ['BaseFileName', 'Version', 'UserInfo']) expectSame(after[name], before[name], name)
  expectSame(await file.currentLock(), '', 'The lock')
}

export const tokens: readonly Check[] = checksOf('any', 'concepts#access-token', [
  {
    id: 'token.bad',
    title:
      'A missing, empty, made-up or tampered token is refused by every operation: 401 (404 is tolerated)',
    async run({ file }) {
      const scratch = await file()
      await expectRefused(scratch, [null, '', 'made-up', tampered(scratch.accessToken)], 401, 404)
    },
  },
  {
    id: 'token.bad-with-body',
    title: 'A refusal that needs no body is answered also to a client that sends a large one first',
    async run({ given }) {
      const body = sampleBytes(3_000_000)
      for (const override of ['PUT', 'RENAME_FILE', 'NO_SUCH_OPERATION']) {
        expectStatus(await given.post(override, { 'X-WOPI-Lock': 'A' }, body, { token: 'made-up' }), 401, 404)
      }
    },
  },
  {
    id: 'token.bad-is-401',
    level: 'SHOULD',
    spec: Page.onlyoffice,
    title: 'A bad token is refused with 401, which tells it from a file that is not there',
    async run({ given }) {
      for (const token of [null, '', 'made-up', tampered(given.accessToken)]) {
        expectStatus(await given.checkFileInfo({}, { token }), 401)
      }
    },
  },
  {
    id: 'token.bad-elsewhere',
    level: 'SHOULD',
    title:
      'A bad token is refused at the addresses of containers and the ecosystem, too, whether or not there are any: 401 (404 is tolerated)',
    async run({ given, send, needs }) {
      const [, base] = /^(.+)\/files\/[^/]+$/.exec(given.wopiSrc) ?? []
      needs(base !== undefined, 'The address of the file does not end in /files/<id>.')
      for (const address of [`${given.wopiSrc}/ancestry`, `${base}/containers/x`, `${base}/ecosystem`]) {
        for (const query of ['', '?access_token=made-up'])
          expectStatus(await send({ method: 'GET', url: address + query, headers: {} }), 401, 404)
      }
    },
  },
  {
    id: 'token.of-another-file',
    title: 'A token for another file is refused by every operation: 404 (401 is tolerated)',
    async run({ file }) {
      const [scratch, other] = [await file(), await file()]
      await expectRefused(scratch, [other.accessToken], 404, 401)
    },
  },
  {
    id: 'token.made-is-for-one-file',
    title: 'The token PutRelativeFile makes does not open the file it was made beside',
    async run({ file, given }) {
      const { accessToken } = await file()
      expectStatus(await given.checkFileInfo({}, { token: accessToken }), 404, 401)
      expectStatus(await given.getFile({}, { token: accessToken }), 404, 401)
    },
  },
  {
    id: 'token.expired',
    title: 'A token whose time is over is refused: 401 (404 is tolerated)',
    async run({ target, given, needs }) {
      needs(target.expiredToken !== undefined, 'No expired token was given.')
      for (const request of requests.slice(0, 3)) {
        expectStatus(await request(given, target.expiredToken ?? ''), 401, 404)
      }
    },
  },
  {
    id: 'token.query-alone',
    title: 'The token in the query decides: one in Authorization neither replaces nor spoils it',
    spec: Page.onlyoffice,
    async run({ given }) {
      const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
      expectStatus(await given.checkFileInfo(bearer('another')), 200)
      expectStatus(await given.checkFileInfo(bearer(given.accessToken), { token: null }), 401, 404)
    },
  },
  {
    id: 'token.escaped',
    title: 'The token is percent-decoded, and found behind other parameters',
    async run({ given, send }) {
      const escaped = [...given.accessToken]
        .map((character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
        .join('')
      for (const query of [`access_token=${escaped}`, `sc=x&access_token=${escaped}`]) {
        const url = `${given.wopiSrc}?${query}`
        expectStatus(await send({ method: 'GET', url, headers: {} }), 200)
      }
    },
  },
  {
    id: 'token.unreserved',
    level: 'SHOULD',
    title:
      'Tokens have unreserved characters only, at most 1500, so that no proxy changes the signed address',
    async run({ file, given }: Bench) {
      for (const { accessToken } of [given, await file()]) {
        expectThat(
          /^[A-Za-z0-9._~-]{1,1500}$/.test(accessToken),
          'The token has other characters, or too many.',
        )
      }
    },
  },
])
