import type { Exchange } from './bench.js'
import { type Check, checksOf, Page } from './check.js'
import { expectThat, quoted } from './expect.js'
import { describe } from './wire.js'

/** Statuses the protocol knows; 304, 405, 414, 416, 429, 431 are HTTP's own. */
const known = [200, 206, 304, 400, 401, 404, 405, 409, 410, 412, 413, 414, 416, 429, 431, 500, 501, 503]

function expectEvery(
  exchanges: readonly Exchange[],
  holds: (exchange: Exchange) => boolean,
  otherwise: (exchange: Exchange) => string,
): void {
  const broken = exchanges.find((exchange) => !holds(exchange))
  expectThat(broken === undefined, broken ? `${describe(broken.request)}: ${otherwise(broken)}` : '')
}

/** Rules for all operations at once, judged over everything the run has seen. */
export const everyAnswer: readonly Check[] = checksOf('any', 'common-headers', [
  {
    id: 'answer.no-redirect',
    title: 'No answer was a redirect: the signed address would no longer fit',
    async run({ exchanges }) {
      expectEvery(
        exchanges,
        ({ answer }) => answer.status < 300 || answer.status >= 400 || answer.status === 304,
        ({ answer }) => `answered ${answer.status}.`,
      )
    },
  },
  {
    id: 'answer.known-status',
    level: 'SHOULD',
    spec: Page.onlyoffice,
    title: 'Every status is one the protocol knows: success is 200, never 201 or 204; never 403, never 415',
    async run({ exchanges }) {
      expectEvery(
        exchanges,
        ({ answer }) => known.includes(answer.status),
        ({ answer }) => `answered ${answer.status}.`,
      )
    },
  },
  {
    id: 'answer.conflict-names-lock',
    spec: Page.onlyoffice,
    title: 'Every 409 carried X-WOPI-Lock, empty where there is no lock to show',
    async run({ exchanges }) {
      expectEvery(
        exchanges,
        ({ answer }) => answer.status !== 409 || answer.header('X-WOPI-Lock') !== undefined,
        () => 'answered 409 without X-WOPI-Lock.',
      )
    },
  },
  {
    id: 'answer.no-lock-on-success',
    level: 'SHOULD',
    spec: Page.onlyoffice,
    title: 'No 200 but that of GetLock carried X-WOPI-Lock',
    async run({ exchanges }) {
      expectEvery(
        exchanges,
        ({ answer, request }) =>
          answer.status !== 200 ||
          describe(request) === 'GET_LOCK' ||
          answer.header('X-WOPI-Lock') === undefined,
        ({ answer }) => `answered 200 with X-WOPI-Lock ${quoted(answer.header('X-WOPI-Lock'))}.`,
      )
    },
  },
  {
    id: 'answer.ascii-reasons',
    title: 'Every reason in a header was one line of printable ASCII',
    async run({ exchanges }) {
      const names = ['X-WOPI-LockFailureReason', 'X-WOPI-ServerError', 'X-WOPI-InvalidFileNameError']
      expectEvery(
        exchanges,
        ({ answer }) => names.every((name) => /^[\x20-\x7e]*$/.test(answer.header(name) ?? '')),
        () => 'a reason has characters that are not printable ASCII.',
      )
    },
  },
  {
    id: 'answer.no-secrets',
    title: 'No refusal repeated the access token',
    async run({ exchanges }) {
      expectEvery(
        exchanges,
        ({ answer, request }) => {
          const token = /[?&]access_token=([^&]{8,})/.exec(request.url)?.[1]
          if (token === undefined || answer.status < 400) return true
          return !`${[...answer.headers.values()].join('\n')}\n${answer.text}`.includes(token)
        },
        ({ answer }) => `answered ${answer.status} with the token in it.`,
      )
    },
  },
  {
    id: 'answer.not-stored',
    level: 'SHOULD',
    title: 'Every answer said that it must not be stored (Cache-Control: no-store)',
    async run({ exchanges }) {
      expectEvery(
        exchanges,
        ({ answer }) => /\bno-store\b/i.test(answer.header('Cache-Control') ?? '') || answer.status === 431,
        ({ answer }) => `answered ${answer.status} without it.`,
      )
    },
  },
  {
    id: 'answer.json-length',
    title: 'Every answer with a Content-Length had that many bytes, and no JSON began with a byte order mark',
    async run({ exchanges }) {
      expectEvery(
        exchanges.filter(({ request }) => request.method !== 'HEAD'),
        ({ answer }) => {
          const length = answer.header('Content-Length')
          return length === undefined || answer.status === 304 || Number(length) === answer.bytes.length
        },
        ({ answer }) => `announced ${answer.header('Content-Length')} bytes and sent ${answer.bytes.length}.`,
      )
    },
  },
])
