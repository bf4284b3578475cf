import type { RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import { answerOf, type MemoryHost, memoryHost } from '../../../test/memory-host.js'
import { listen } from '../../../test/mounted-hosts.js'
import { nodeHandler } from '../../adapters/node.js'
import { memoryFileStore } from '../../drivers/memory/file-store.js'
import type { WopiHost, WopiHostOptions, WopiRequest, WopiResponse } from '../../index.js'
import { checks, type Report, runConformance, type Target } from './index.js'

/** What a host does wrong: to its answers, or by how it is made. */
interface Sabotage {
  readonly answer?: (response: WopiResponse, request: WopiRequest) => WopiResponse | Promise<WopiResponse>
  /** The request as the host takes it. */
  readonly request?: (request: WopiRequest) => WopiRequest
  readonly options?: Partial<WopiHostOptions>
}

/** Runs some checks on a host that does something wrong. */
async function judged(
  { answer = (response) => response, request = (whole) => whole, options = {} }: Sabotage,
  ids: readonly string[] | null,
  more: (world: MemoryHost) => Promise<Partial<Target>> = async () => ({}),
): Promise<{ report: Report; world: MemoryHost }> {
  let listener: RequestListener = () => {}
  const server = await listen((incoming, outgoing) => listener(incoming, outgoing))
  try {
    const world = memoryHost({ url: server.origin, ...options })
    const wrong: WopiHost = {
      ...world.host,
      handle: async (whole) => answer(await world.host.handle(request(whole)), whole),
    }
    listener = (incoming, outgoing) => void nodeHandler(wrong)(incoming, outgoing)
    const target = {
      wopiSrc: world.host.wopiSrc('doc'),
      accessToken: await world.token(),
      ...(await more(world)),
    }
    const selected = ids === null ? checks : checks.filter(({ id }) => ids.includes(id))
    return { report: await runConformance(target, { checks: selected }), world }
  } finally {
    await server.close()
  }
}

const isOverride = (request: WopiRequest, override: string) => request.header('X-WOPI-Override') === override

function without(response: WopiResponse, name: string): WopiResponse {
  const { [name]: _, ...headers } = response.headers
  return { ...response, headers }
}

/** Changes the JSON of the answers to CheckFileInfo. */
function changedInfo(change: (info: Record<string, unknown>) => object): Sabotage {
  return {
    async answer(response, request) {
      if (request.method !== 'GET' || request.target.includes('/contents') || response.status !== 200)
        return response
      return { ...response, body: JSON.stringify(change((await answerOf(response)).json())) }
    },
  }
}

const wrongs: readonly (readonly [wrong: string, sabotage: Sabotage, finds: readonly string[]])[] = [
  ['sends null', changedInfo((info) => ({ ...info, CloseUrl: null })), ['check-file-info.no-null']],
  [
    'sends "true" as a text',
    changedInfo((info) => ({ ...info, UserCanWrite: 'true' })),
    ['check-file-info.types'],
  ],
  ['sends no UserId', changedInfo(({ UserId: _, ...info }) => info), ['check-file-info.required']],
  [
    'sends a path as the name',
    changedInfo((info) => ({ ...info, BaseFileName: 'a/b.docx' })),
    ['check-file-info.name'],
  ],
  [
    'has a version of its own at every look',
    changedInfo((info) => ({ ...info, Version: Math.random().toString() })),
    ['check-file-info.stable'],
  ],
  [
    'counts characters as bytes',
    changedInfo((info) => ({ ...info, Size: Number(info.Size) - 1 })),
    ['check-file-info.size'],
  ],
  [
    'announces half of the extended set',
    changedInfo((info) => ({ ...info, SequenceNumber: 1 })),
    ['check-file-info.extended-set'],
  ],
  [
    'loses X-WOPI-Lock on conflicts',
    { answer: (response) => (response.status === 409 ? without(response, 'X-WOPI-Lock') : response) },
    [
      'lock.other',
      'refresh-lock.unlocked',
      'unlock.other',
      'put-file.unlocked',
      'answer.conflict-names-lock',
    ],
  ],
  [
    'answers conflicts with 400',
    { answer: (response) => (response.status === 409 ? { ...response, status: 400 } : response) },
    ['lock.other', 'relock.other', 'put-file.other-lock', 'delete.locked', 'rename.other-lock'],
  ],
  [
    'folds the case of lock ids',
    {
      request: (request) => ({
        ...request,
        header: (name) =>
          name.toLowerCase() === 'x-wopi-lock' ? request.header(name)?.toLowerCase() : request.header(name),
      }),
    },
    ['lock.exact', 'lock.odd-ids'],
  ],
  [
    'ignores X-WOPI-OldLock',
    {
      request: (request) => ({
        ...request,
        header: (name) => (name.toLowerCase() === 'x-wopi-oldlock' ? undefined : request.header(name)),
      }),
    },
    ['relock.fits', 'relock.unlocked', 'relock.empty-old-lock'],
  ],
  [
    'compresses line ends',
    {
      async answer(response, request) {
        if (!request.target.includes('/contents?') || request.method !== 'GET') return response
        const { bytes } = await answerOf(response)
        const changed = bytes.map((byte) => (byte === 13 ? 10 : byte))
        return {
          ...response,
          body: (async function* () {
            yield changed
          })(),
        }
      },
    },
    ['get-file.bytes', 'put-file.any-bytes'],
  ],
  [
    'answers a save of the same bytes without a new version',
    {
      options: (() => {
        const files = memoryFileStore()
        files.put('doc', 'report.docx', 'content')
        return {
          files: {
            ...files,
            async commit(fileId, staged, expected, save) {
              const file = await files.stat(fileId)
              if (file && file.sha256 === staged.sha256) return { done: true, file }
              return files.commit(fileId, staged, expected, save)
            },
          },
        } satisfies Partial<WopiHostOptions>
      })(),
    },
    ['put-file.new-version'],
  ],
  [
    'answers 201 to a new file and 415 to forms',
    {
      answer: (response, request) =>
        isOverride(request, 'PUT') && request.header('Content-Type')?.includes('form')
          ? { ...response, status: 415 }
          : response,
    },
    ['put-file.any-content-type', 'answer.known-status'],
  ],
  [
    'tells LastModifiedTime of a copy',
    {
      async answer(response, request) {
        if (!isOverride(request, 'PUT_RELATIVE') || response.status !== 200) return response
        const body = { ...(await answerOf(response)).json(), LastModifiedTime: 'x' }
        return { ...response, body: JSON.stringify(body) }
      },
    },
    ['put-relative.nothing-else'],
  ],
  [
    'wants the lock of the source for a copy',
    {
      request: (request) => ({
        ...request,
        header: (name) =>
          isOverride(request, 'PUT_RELATIVE') && name.toLowerCase() === 'x-wopi-lock'
            ? request.header(name) || 'none'
            : request.header(name),
      }),
    },
    ['put-relative.source-locked'],
  ],
  [
    'redirects to another host',
    {
      answer: (response, request) =>
        request.target.includes('/contents') && request.method === 'GET'
          ? { status: 302, headers: { Location: 'https://elsewhere.example' }, body: null }
          : response,
    },
    ['get-file.given', 'answer.no-redirect'],
  ],
  [
    'repeats the token in its refusals',
    {
      answer: (response, request) =>
        response.status === 404
          ? { ...response, headers: { ...response.headers, 'X-Debug': request.target } }
          : response,
    },
    ['answer.no-secrets'],
  ],
  [
    'answers an unknown override with 200',
    {
      answer: (response) => (response.status === 501 ? { ...response, status: 200 } : response),
    },
    ['input.unknown-override', 'input.wrong-place'],
  ],
  [
    'lets every token in',
    {
      options: {
        tokens: {
          issue: async ({ resource }) => `token-for-${resource.id}`,
          verify: () => ({
            userId: 'alice',
            userName: 'Alice',
            resource: { kind: 'file', id: 'doc' },
            permission: 'edit',
            expiresAt: Number.MAX_SAFE_INTEGER,
          }),
        },
      },
    },
    ['token.bad-is-401', 'token.of-another-file'],
  ],
  [
    'takes the token from Authorization too',
    {
      request: (request) => {
        const bearer = request.header('Authorization')?.replace('Bearer ', '')
        const [path] = request.target.split('?')
        return bearer === undefined ? request : { ...request, target: `${path}?access_token=${bearer}` }
      },
    },
    ['get-file.foreign-bearer', 'token.query-alone'],
  ],
  [
    'forgets which person a user info belongs to',
    changedInfo(({ UserInfo: _, ...info }) => info),
    ['put-user-info.round-trip', 'put-user-info.of-the-person'],
  ],
]

/** Checks that look back at what others did need others to have run. */
const others = [
  'lock.other',
  'delete.locked',
  'put-file.any-content-type',
  'token.of-another-file',
  'delete.deletes',
]

describe('the judge finds a host that', () => {
  it.each(wrongs)('%s', async (_, sabotage, finds) => {
    const { report } = await judged(sabotage, [...finds, ...others])
    for (const id of finds) {
      const result = report.results.find((one) => one.id === id)
      const level = checks.find((check) => check.id === id)?.level
      expect([id, result?.outcome]).toEqual([id, level === 'MUST' ? 'fail' : 'warn'])
      expect(result?.detail, 'it says what came').toMatch(/\w{4,}/)
      expect(result?.detail).not.toMatch(/access_token=[^*]/)
    }
  })
})

describe('the judge', () => {
  it('tells which rules it could not try, and why', async () => {
    const { report } = await judged({}, ['check-file-info.viewer', 'put-file.too-large', 'lock.of-the-file'])
    expect(report.counts).toEqual({ pass: 0, warn: 0, fail: 0, skip: 3 })
    expect(report.conforms).toBe(true)
    for (const { detail } of report.results) expect(detail).toMatch(/given/)
  })

  it('only reads on a host that makes no files, and skips the rest', async () => {
    const files = memoryFileStore()
    files.put('doc', 'report.docx', 'content')
    const { report, world } = await judged(
      { options: { files: { stat: files.stat, read: files.read } } },
      null,
    )
    expect(report.counts.fail).toBe(0)
    expect(report.counts.skip).toBeGreaterThan(80)
    expect(report.leftBehind).toEqual([])
    expect(await world.lockId()).toBeNull()
  })

  it('uses few files again and again on a host that deletes none, and names what it leaves', async () => {
    const { delete: _, ...files } = memoryFileStore()
    files.put('doc', 'report.docx', 'content')
    const ids = checks
      .filter(({ operation }) => operation === 'Lock' || operation === 'PutFile')
      .map(({ id }) => id)
    const { report } = await judged({ options: { files } }, ids)
    expect(report.counts.fail).toBe(0)
    expect(report.counts.pass).toBeGreaterThan(30)
    expect(report.leftBehind.length).toBeLessThanOrEqual(3)
    for (const name of report.leftBehind) expect(name).toMatch(/^wopikit-check-[0-9a-f]{8}.*\.docx$/)
  })

  it('signs what it sends when it is told how', async () => {
    const signed: string[] = []
    const { report } = await judged({}, ['lock.unlocked', 'put-file.chunked'], async () => ({
      sign(url, accessToken) {
        signed.push(url)
        expect(url).toContain(encodeURIComponent(accessToken))
        return { 'X-WOPI-Proof': 'x' }
      },
    }))
    expect(report.counts.pass).toBe(2)
    expect(signed.length).toBeGreaterThan(5)
  })

  it.each([
    ['a bad token', async () => ({ accessToken: 'bad' }), /401.*make a new one/s],
    ['an address with a query', async () => ({ wopiSrc: 'https://host/wopi/files/1?x' }), /without query/],
    [
      'an address with a slash at its end',
      async () => ({ wopiSrc: 'https://host/wopi/files/1/' }),
      /slash at its end/,
    ],
    ['another file', async (world: MemoryHost) => ({ wopiSrc: world.host.wopiSrc('other') }), /404/],
  ])('refuses %s and says what to change', async (_, more, message) => {
    await expect(judged({}, [], more)).rejects.toThrow(message)
  })

  it('tells about proofs when the host asks for them', async () => {
    await expect(judged({ options: { proof: 'required' } }, [])).rejects.toThrow(/500.*proof/s)
  })
})

describe('the checks', () => {
  it('have ids of their own, a page of a specification and a sentence', () => {
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length)
    for (const { id, spec, title } of checks) {
      expect(id).toMatch(/^[a-z-]+\.[a-z0-9-]+$/)
      expect(spec).toMatch(
        /^https:\/\/(learn\.microsoft\.com|api\.onlyoffice\.com|sdk\.collaboraonline\.com)\//,
      )
      expect(title).toMatch(/^[A-Z].{15,}[^.]$/)
    }
  })
})
