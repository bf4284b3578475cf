import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Headers, MINUTE, memoryHost, plainRequest, START } from '../../test/memory-host.js'
import { memoryFileStore } from '../drivers/memory/file-store.js'
import { signedAccessTokens } from '../index.js'
import { bytesOf } from '../testing/contract.js'

const HOUR = 60 * MINUTE
const TEN_HOURS = 10 * HOUR

/** Every operation a client can ask for, with headers that suffice. */
const everyOperation: readonly (readonly [override: string | null, headers: Headers])[] = [
  [null, {}],
  ['contents', {}],
  ['LOCK', { 'X-WOPI-Lock': 'A' }],
  ['LOCK', { 'X-WOPI-Lock': 'B', 'X-WOPI-OldLock': 'A' }],
  ['GET_LOCK', {}],
  ['REFRESH_LOCK', { 'X-WOPI-Lock': 'A' }],
  ['UNLOCK', { 'X-WOPI-Lock': 'A' }],
  ['PUT', { 'X-WOPI-Lock': 'A' }],
  ['PUT_RELATIVE', { 'X-WOPI-SuggestedTarget': '.pdf' }],
  ['RENAME_FILE', { 'X-WOPI-RequestedName': 'x' }],
  ['DELETE', {}],
  ['PUT_USER_INFO', {}],
  ['NO_SUCH_OPERATION', {}],
]

function call(
  host: ReturnType<typeof memoryHost>,
  [override, headers]: (typeof everyOperation)[number],
  options: object,
) {
  if (override === null) return host.checkFileInfo(headers, options)
  if (override === 'contents') return host.getFile(headers, options)
  return host.post(override, headers, { body: 'body', ...options })
}

describe('the access token', () => {
  it.each(everyOperation)('decides over %s %o: bad is 401, another file’s is 404', async (...operation) => {
    const host = memoryHost()
    host.files.put('other', 'other.docx', 'x')
    const good = await host.token()
    const [payload = '', signature = ''] = good.split('.')
    const foreign = signedAccessTokens({ keys: [new Uint8Array(32).fill(8)] })
    const forged = await foreign.issue({
      userId: 'alice',
      userName: 'Alice',
      resource: { kind: 'file', id: 'doc' },
      permission: 'edit',
      expiresAt: START + HOUR,
    })
    const otherPayload = (await host.token({ userId: 'mallory' })).split('.')[0]
    const bad = [
      null,
      '',
      'garbage',
      'a.b',
      payload,
      `.${signature}`,
      `${otherPayload}.${signature}`,
      forged,
      'x'.repeat(5000),
      '\u0000',
      'é',
    ]
    for (const token of bad) {
      const answer = await call(host, operation, { token })
      expect([answer.status, answer.text], String(token).slice(0, 20)).toEqual([401, ''])
    }
    const ofContainer = await host.host.issueToken({
      userId: 'alice',
      userName: 'Alice',
      resource: { kind: 'container', id: 'doc' },
      permission: 'edit',
    })
    for (const token of [await host.token({ fileId: 'other' }), ofContainer.accessToken]) {
      expect((await call(host, operation, { token })).status).toBe(404)
    }
    expect(host.text()).toBe('content')
    expect(await host.lockId()).toBeNull()
    expect(host.files.stagedCount).toBe(0)
  })

  it('is over at the instant it names', async () => {
    const { checkFileInfo, token, clock } = memoryHost()
    const accessToken = await token()
    clock.now += TEN_HOURS - 1
    expect((await checkFileInfo({}, { token: accessToken })).status).toBe(200)
    clock.now += 1
    expect((await checkFileInfo({}, { token: accessToken })).status).toBe(401)
  })

  it('is taken from the query alone; Authorization is ignored', async () => {
    const { checkFileInfo, token } = memoryHost()
    const good = await token()
    expect((await checkFileInfo({ Authorization: 'Bearer something-of-the-client' })).status).toBe(200)
    expect((await checkFileInfo({ Authorization: `Bearer ${good}` }, { token: null })).status).toBe(401)
    expect((await checkFileInfo({ Authorization: `Bearer ${good}` }, { token: 'bad' })).status).toBe(401)
  })

  it('is found among other parameters, escaped or not, and the first one counts', async () => {
    const { checkFileInfo, token } = memoryHost()
    const good = await token()
    const escaped = [...good].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('')
    const status = async (query: string) =>
      (await checkFileInfo({}, { target: `/wopi/files/doc?${query}` })).status
    expect(await status(`access_token=${escaped}`)).toBe(200)
    expect(await status(`sc=1&access_token=${good}&access_token_ttl=0`)).toBe(200)
    expect(await status(`access_token=${good}&access_token=bad`)).toBe(200)
    expect(await status(`access_token=bad&access_token=${good}`)).toBe(401)
    expect(await status(`Access_Token=${good}`)).toBe(401)
    expect(await status(`access_token=%${good}`)).toBe(401)
    expect(await status(`xaccess_token=${good}`)).toBe(401)
  })

  it('still names a deleted file: 404, not 401', async () => {
    const { checkFileInfo, post } = memoryHost()
    await post('DELETE')
    expect((await checkFileInfo()).status).toBe(404)
  })

  it('opens nothing when the person may no longer see the file', async () => {
    const host = memoryHost({ permission: () => null })
    for (const operation of everyOperation) expect((await call(host, operation, {})).status).toBe(404)
  })
})

describe('the order of checks', () => {
  it('is route, proof, token, file, operation, permission, headers, locks, size', async () => {
    const { handle, token } = await orderHost()
    const good = await token()
    const view = await token({ permission: 'view' })
    const gone = await token({ fileId: 'gone' })
    const post = (path: string, headers: Headers, body = '') =>
      handle(plainRequest('POST', path, { 'X-WOPI-Override': 'PUT_RELATIVE', ...headers }, body))
    const doc = '/wopi/files/doc?access_token='
    const both = { 'X-WOPI-SuggestedTarget': 'a', 'X-WOPI-RelativeTarget': 'b' }
    const foreignLock = { 'X-WOPI-SuggestedTarget': 'a', 'X-WOPI-Lock': 'B' }

    expect((await handle(plainRequest('PUT', `${doc}bad`, {}))).status).toBe(405)
    expect((await post('/wopi/files/a%2fb?access_token=bad', both)).status).toBe(404)
    expect((await post(`${doc}bad`, { ...both, 'X-WOPI-Override': 'NOPE' })).status).toBe(401)
    for (const path of ['/wopi/containers/x', '/wopi/ecosystem', '/wopi/files/doc/ancestry']) {
      expect([path, (await handle(plainRequest('GET', `${path}?access_token=bad`, {}))).status]).toEqual([
        path,
        401,
      ])
      expect((await handle(plainRequest('GET', `${path}?access_token=${good}`, {}))).status).toBe(501)
    }
    expect(
      (await handle(plainRequest('GET', `/wopi/files/doc/ancestry?access_token=${gone}`, {}))).status,
    ).toBe(404)
    expect((await post(`/wopi/files/gone?access_token=${gone}`, { 'X-WOPI-Override': 'NOPE' })).status).toBe(
      404,
    )
    expect((await post(`${doc}${view}`, { ...both, 'X-WOPI-Override': 'NOPE' })).status).toBe(501)
    expect((await post(`${doc}${view}`, both)).status).toBe(501)
    expect((await post(`${doc}${good}`, { ...foreignLock, ...both }, 'too large')).status).toBe(400)
    expect((await post(`${doc}${good}`, foreignLock, 'too large')).status).toBe(409)
    expect((await post(`${doc}${good}`, { 'X-WOPI-SuggestedTarget': 'a' }, 'too large')).status).toBe(413)
    expect((await post(`${doc}${good}`, { 'X-WOPI-SuggestedTarget': 'a' }, 'fits')).status).toBe(200)
  })

  async function orderHost() {
    const { host, token, post } = memoryHost({ maxFileSize: 4 })
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    return { handle: host.handle, token }
  }
})

describe('the last save of a session whose token has ended', () => {
  async function endedHost(leniency = {}) {
    const host = memoryHost({ leniency })
    const accessToken = await host.token()
    host.clock.now += TEN_HOURS
    await host.post('LOCK', { 'X-WOPI-Lock': 'A' }, { userId: 'bob' })
    return { ...host, ended: { token: accessToken } }
  }

  it('is taken under the live lock, and so is the Unlock after it', async () => {
    const { post, ended, text, lockId, events, clock } = await endedHost()
    clock.now += 29 * MINUTE
    expect((await post('PUT', { 'X-WOPI-Lock': 'A' }, { ...ended, body: 'saved' })).status).toBe(200)
    expect(text()).toBe('saved')
    expect(events).toContainEqual({
      type: 'leniency',
      name: 'last-save-grace',
      fileId: 'doc',
      userId: 'alice',
    })
    expect((await post('UNLOCK', { 'X-WOPI-Lock': 'A' }, ended)).status).toBe(200)
    expect(await lockId()).toBeNull()
  })

  it.each([
    ['another lock', { 'X-WOPI-Lock': 'B' }],
    ['no lock', {}],
    ['an empty lock', { 'X-WOPI-Lock': '' }],
  ])('is refused under %s', async (_, headers) => {
    const { post, ended, text } = await endedHost()
    expect((await post('PUT', headers, { ...ended, body: 'x' })).status).toBe(401)
    expect(text()).toBe('content')
  })

  it('is refused when nothing is locked, even into an empty file', async () => {
    const { post, ended, files } = await endedHost()
    await post('UNLOCK', { 'X-WOPI-Lock': 'A' })
    files.put('doc', 'report.docx', '')
    expect((await post('PUT', { 'X-WOPI-Lock': 'A' }, { ...ended, body: 'x' })).status).toBe(401)
    expect((await post('PUT', {}, { ...ended, body: 'x' })).status).toBe(401)
  })

  it('is all the ended token is good for', async () => {
    const host = await endedHost()
    for (const operation of everyOperation) {
      const [override, headers] = operation
      if (override === 'PUT' || override === 'UNLOCK') continue
      const answer = await call(host, [override, { 'X-WOPI-Lock': 'A', ...headers }], host.ended)
      expect(answer.status, String(override)).toBe(401)
    }
  })

  it('ends with the grace', async () => {
    const { post, ended, clock } = await endedHost()
    for (const half of [1, 2]) {
      clock.now += 29 * MINUTE
      expect((await post('REFRESH_LOCK', { 'X-WOPI-Lock': 'A' })).status, String(half)).toBe(200)
    }
    clock.now += 2 * MINUTE - 1
    expect((await post('PUT', { 'X-WOPI-Lock': 'A' }, { ...ended, body: 'x' })).status).toBe(200)
    clock.now += 1
    expect((await post('PUT', { 'X-WOPI-Lock': 'A' }, { ...ended, body: 'y' })).status).toBe(401)
  })

  it('is refused when that leniency is switched off', async () => {
    const { post, ended, events } = await endedHost({ lastSaveGraceMs: 0 })
    expect((await post('PUT', { 'X-WOPI-Lock': 'A' }, { ...ended, body: 'x' })).status).toBe(401)
    expect(events.filter(({ type }) => type === 'leniency')).toEqual([])
  })

  it('is no way into another file', async () => {
    const { post, ended, files } = await endedHost()
    files.put('other', 'other.docx', 'x')
    const answer = await post('PUT', { 'X-WOPI-Lock': 'A' }, { ...ended, fileId: 'other', body: 'y' })
    expect(answer.status).toBe(404)
  })

  it('is refused when the person may no longer save', async () => {
    let permission: 'edit' | 'view' = 'edit'
    const host = memoryHost({ permission: () => permission })
    const token = await host.token()
    host.clock.now += TEN_HOURS
    await host.post('LOCK', { 'X-WOPI-Lock': 'A' })
    permission = 'view'
    expect((await host.post('PUT', { 'X-WOPI-Lock': 'A' }, { token, body: 'x' })).status).toBe(404)
  })
})

describe('every answer', () => {
  it('may not be stored, is no redirect, and has no body when it is a refusal', async () => {
    const host = memoryHost()
    for (const operation of everyOperation) {
      for (const token of [undefined, 'bad']) {
        const answer = await call(host, operation, token === undefined ? {} : { token })
        expect(answer.header('Cache-Control')).toBe('no-store')
        expect(answer.header('X-Content-Type-Options')).toBe('nosniff')
        expect(answer.status < 300 || answer.status >= 400).toBe(true)
        if (answer.status >= 400) expect(answer.text).toBe('')
      }
    }
  })

  it('to a fault of the host is 500 without details, and the log has them', async () => {
    const files = memoryFileStore()
    const secret = new Error('SQLITE_CORRUPT at /var/lib/secret')
    const { checkFileInfo, events } = memoryHost({
      files: {
        ...files,
        async stat() {
          throw secret
        },
      },
    })
    const answer = await checkFileInfo()
    expect([answer.status, answer.text]).toEqual([500, ''])
    expect(answer.header('X-WOPI-ServerError')).toMatch(/^[\x20-\x7e]+$/)
    expect(answer.header('X-WOPI-ServerError')).not.toContain('secret')
    expect(events).toContainEqual({ type: 'fault', operation: 'CheckFileInfo', error: secret })
  })

  it('to an outage the store announces is 503, and says when to come again', async () => {
    const { WopiError } = await import('../index.js')
    const files = memoryFileStore()
    const { checkFileInfo } = memoryHost({
      files: {
        ...files,
        async stat() {
          throw new WopiError('unavailable', 'Der Speicher ist überlastet.')
        },
      },
    })
    const answer = await checkFileInfo()
    expect([answer.status, answer.header('Retry-After')]).toEqual([503, '5'])
    expect(answer.header('X-WOPI-ServerError')).toBe('Der Speicher ist ?berlastet.')
  })
})

describe('the events', () => {
  it('tell one request each, with who, what, why and the ids of the client', async () => {
    const { post, events, clock } = memoryHost()
    const ids = { 'X-WOPI-CorrelationId': 'corr-1', 'X-WOPI-SessionId': 'session-1' }
    await post('LOCK', { 'X-WOPI-Lock': 'A', ...ids })
    clock.now += 1
    await post('LOCK', { 'X-WOPI-Lock': 'B' }, { userId: 'bob' })
    await post('LOCK', { 'X-WOPI-Lock': 'B' }, { token: 'bad' })
    expect(events).toEqual([
      {
        type: 'request',
        operation: 'Lock',
        fileId: 'doc',
        userId: 'alice',
        status: 200,
        reason: null,
        durationMs: 0,
        correlationId: 'corr-1',
        sessionId: 'session-1',
      },
      expect.objectContaining({
        operation: 'Lock',
        userId: 'bob',
        status: 409,
        reason: expect.stringContaining('open in another editing session'),
        correlationId: null,
      }),
      expect.objectContaining({ operation: 'Lock', fileId: 'doc', userId: null, status: 401 }),
    ])
  })

  it('cannot turn a stored save into a failure, whatever the listener does', async () => {
    const { post, text } = memoryHost({
      onEvent() {
        throw new Error('The log is full.')
      },
    })
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    expect((await post('PUT', { 'X-WOPI-Lock': 'A' }, { body: 'saved' })).status).toBe(200)
    expect(text()).toBe('saved')
  })

  it('and answers never contain a token, and reasons no lock id', async () => {
    const secretText = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/)
    const asked = fc.array(fc.constantFrom(...everyOperation), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(asked, secretText, secretText, async (all, lockId, held) => {
        fc.pre(lockId !== held)
        const host = memoryHost()
        const good = await host.token()
        await host.post('LOCK', { 'X-WOPI-Lock': held })
        const answers: unknown[] = []
        const reasons: unknown[] = []
        for (const [override, headers] of all) {
          for (const token of [good, `${good}x`, lockId]) {
            const withLock = { ...headers, 'X-WOPI-Lock': lockId, Authorization: `Bearer ${good}` }
            const answer = await call(host, [override, withLock], { token })
            answers.push([answer.text, ...answer.headers.values()])
            reasons.push([answer.header('X-WOPI-LockFailureReason'), answer.header('X-WOPI-ServerError')])
          }
          // The token that was good ends on the way.
          host.clock.now += 3 * HOUR
        }
        expect(JSON.stringify([host.events, answers])).not.toContain(good)
        const told = JSON.stringify([host.events, reasons])
        for (const secret of [lockId, held]) expect(told).not.toContain(secret)
      }),
      { numRuns: 60 },
    )
  })

  it('about a rescued save contain no content', async () => {
    const { post, events } = memoryHost()
    await post('PUT', {}, { body: bytesOf('top-secret-work') })
    expect(JSON.stringify(events)).not.toContain('top-secret-work')
    expect(events.map(({ type }) => type)).toEqual(['rescued', 'request'])
  })
})
