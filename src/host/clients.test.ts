import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Headers, MINUTE, memoryHost, plainRequest, START, settled } from '../../test/memory-host.js'
import type { ProofPolicy, WopiHostOptions } from '../index.js'

const [first, second, third] = Array.from(
  { length: 3 },
  () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
) as [KeyObject, KeyObject, KeyObject]

const OFFICE = 'https://office.example'

interface Keys {
  readonly current: KeyObject
  readonly old?: KeyObject
}

interface Office {
  readonly url: string
  keys: Keys | null
  down: boolean
  /** How often its discovery was asked for. */
  reads: number
  discovery(): Response
}

/** A client that signs, and whose discovery can be changed and taken down. */
function office(keys: Keys | null, url = OFFICE): Office {
  const client: Office = {
    url,
    keys,
    down: false,
    reads: 0,
    discovery() {
      client.reads++
      if (client.down) throw new TypeError('fetch failed')
      return new Response(
        `<?xml version="1.0"?><wopi-discovery>${proofKeyElement(client.keys)}</wopi-discovery>`,
      )
    },
  }
  return client
}

function proofKeyElement(keys: Keys | null): string {
  if (!keys) return ''
  const current = publicNumbers(keys.current)
  const old = publicNumbers(keys.old ?? keys.current)
  return `<proof-key modulus="${current.n}" exponent="${current.e}" oldmodulus="${old.n}" oldexponent="${old.e}"/>`
}

function publicNumbers(key: KeyObject): { n: string; e: string } {
  const { n = '', e = '' } = key.export({ format: 'jwk' })
  return {
    n: Buffer.from(n, 'base64url').toString('base64'),
    e: Buffer.from(e, 'base64url').toString('base64'),
  }
}

/** The headers of a signed request, put together byte by byte as a client does. */
function signed(url: string, at: number, keys: { proof: KeyObject; proofOld?: KeyObject }): Headers {
  const ticks = BigInt(at) * 10_000n + 621_355_968_000_000_000n
  const token = Buffer.from(new URL(url).searchParams.get('access_token') ?? '')
  const upper = Buffer.from(url.toUpperCase())
  const data = Buffer.concat([lengthOf(token), token, lengthOf(upper), upper, length(8), int64(ticks)])
  const signature = (key: KeyObject) => sign('RSA-SHA256', data, key).toString('base64')
  return {
    'X-WOPI-TimeStamp': String(ticks),
    'X-WOPI-Proof': signature(keys.proof),
    'X-WOPI-ProofOld': signature(keys.proofOld ?? keys.proof),
  }
}

function lengthOf(bytes: Buffer): Buffer {
  return length(bytes.length)
}

function length(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

/** A host that lets these clients in. */
function hostWith(clients: Office[], proof: ProofPolicy | undefined, more: Partial<WopiHostOptions> = {}) {
  const fetched: string[] = []
  const fake = memoryHost({
    clients: clients.map(({ url }) => ({ url })),
    ...(proof === undefined ? {} : { proof }),
    fetch: async (input) => {
      fetched.push(String(input))
      const client = clients.find(({ url }) => `${url}/hosting/discovery` === String(input))
      return client ? client.discovery() : new Response('', { status: 404 })
    },
    ...more,
  })
  const url = async (options = {}) => `${fake.host.wopiSrc('doc')}?access_token=${await fake.token(options)}`
  /** The status of CheckFileInfo at this address with these headers. */
  async function status(address: string, headers: Headers = {}, target?: string): Promise<number> {
    const { pathname, search } = new URL(address)
    const response = await fake.host.handle(plainRequest('GET', target ?? pathname + search, headers))
    return response.status
  }
  return { ...fake, url, status, fetched }
}

describe('a proof', () => {
  it('lets a request in that is signed with the current key of discovery', async () => {
    const { url, status, fetched } = hostWith([office({ current: first })], 'required')
    const address = await url()
    expect(await status(address, signed(address, START, { proof: first }))).toBe(200)
    expect(fetched).toEqual([`${OFFICE}/hosting/discovery`])
  })

  it('is asked of every operation, before the token is judged', async () => {
    const { host, post, token, text } = hostWith([office({ current: first })], 'required')
    for (const override of ['LOCK', 'PUT', 'PUT_RELATIVE', 'DELETE', 'GET_LOCK', 'NO_SUCH_OPERATION']) {
      const answer = await post(override, { 'X-WOPI-Lock': 'A' }, { body: 'x' })
      expect([answer.status, answer.text]).toEqual([500, ''])
    }
    expect(text()).toBe('content')
    const address = `${host.wopiSrc('doc')}?access_token=bad`
    const headers = signed(address, START, { proof: first })
    const target = '/wopi/files/doc?access_token=bad'
    expect((await host.handle(plainRequest('GET', target, {}))).status).toBe(500)
    expect((await host.handle(plainRequest('GET', target, headers))).status).toBe(401)
    expect(
      (await host.handle(plainRequest('GET', `/wopi/files/doc?access_token=${await token()}`, headers)))
        .status,
    ).toBe(500)
  })

  it('covers the address the client was told, whether or not a proxy took the prefix off', async () => {
    const { url, status } = hostWith([office({ current: first })], 'required', {
      url: 'https://Docs.Example:443/office/',
    })
    const address = `${await url()}&sc=Ab%2fc`
    expect(address).toMatch(/^https:\/\/docs\.example\/office\/wopi\/files\/doc\?/)
    const headers = signed(address, START, { proof: first })
    const { pathname, search } = new URL(address)
    expect(await status(address, headers, pathname + search)).toBe(200)
    expect(await status(address, headers, pathname.replace('/office', '') + search)).toBe(200)
    expect(await status(address, headers, `${pathname}${search}&more=1`)).toBe(500)
  })

  it('may be 20 minutes old and no more, and is refused when it is missing or unreadable', async () => {
    const { url, status } = hostWith([office({ current: first })], 'required')
    const address = await url()
    for (const [age, expected] of [
      [20 * MINUTE, 200],
      [20 * MINUTE + 1, 500],
      [-20 * MINUTE - 1, 500],
    ] as const) {
      expect(await status(address, signed(address, START - age, { proof: first }))).toBe(expected)
    }
    const good = signed(address, START, { proof: first })
    for (const broken of [
      {},
      { ...good, 'X-WOPI-Proof': '' },
      { ...good, 'X-WOPI-TimeStamp': '' },
      { ...good, 'X-WOPI-TimeStamp': 'soon' },
      { ...good, 'X-WOPI-Proof': 'AAAA', 'X-WOPI-ProofOld': 'AAAA' },
      signed(address, START, { proof: third }),
    ]) {
      expect(await status(address, broken)).toBe(500)
    }
    expect(await status(address, { ...good, 'X-WOPI-ProofOld': 'nonsense' })).toBe(200)
    expect(await status(address, { ...good, 'X-WOPI-ProofOld': '' })).toBe(200)
  })

  it('that fails is explained in the log, without the token', async () => {
    const { url, status, events } = hostWith([office({ current: first })], 'required')
    const address = await url()
    expect(await status(address, signed(address, START, { proof: third }))).toBe(500)
    expect(events).toContainEqual({
      type: 'proof-failed',
      explain: expect.stringContaining('https://host.example/wopi/files/doc?access_token=***'),
    })
    const token = new URL(address).searchParams.get('access_token') ?? ''
    expect(JSON.stringify(events)).not.toContain(token)
    expect(JSON.stringify(events).toUpperCase()).not.toContain(token.toUpperCase())
  })
})

describe('a rotation of keys', () => {
  it('is survived while our discovery is stale, and noticed: discovery is read again', async () => {
    const client = office({ current: first })
    const { url, status, clock } = hostWith([client], 'required')
    const address = await url()
    expect(await status(address, signed(address, START, { proof: first }))).toBe(200)
    client.keys = { current: second, old: first }
    clock.now += MINUTE
    const rotated = { proof: second, proofOld: first }
    expect(await status(address, signed(address, clock.now, rotated))).toBe(200)
    await settled()
    expect(client.reads).toBe(2)
    expect(await status(address, signed(address, clock.now, { proof: second, proofOld: third }))).toBe(200)
  })

  it('is survived by nodes of the client that still sign with the key before', async () => {
    const { url, status } = hostWith([office({ current: second, old: first })], 'required')
    const address = await url()
    expect(await status(address, signed(address, START, { proof: first, proofOld: third }))).toBe(200)
  })

  it('never makes a retired key good again: ProofOld under the old key is refused', async () => {
    const { url, status } = hostWith([office({ current: second, old: first })], 'required')
    const address = await url()
    expect(await status(address, signed(address, START, { proof: third, proofOld: first }))).toBe(500)
  })

  it('that goes two keys far is caught up with by reading discovery, at most once a minute', async () => {
    const client = office({ current: first })
    const { url, status, clock } = hostWith([client], 'required')
    const address = await url()
    const at = (keys: { proof: KeyObject; proofOld?: KeyObject }) => signed(address, clock.now, keys)
    expect(await status(address, at({ proof: first }))).toBe(200)
    client.keys = { current: third, old: second }
    clock.now += MINUTE - 1
    expect(await status(address, at({ proof: third, proofOld: second }))).toBe(500)
    expect(client.reads).toBe(1)
    clock.now += 1
    expect(await status(address, at({ proof: third, proofOld: second }))).toBe(200)
    expect(client.reads).toBe(2)
    for (let attempt = 0; attempt < 5; attempt++) {
      clock.now += 10_000
      expect(await status(address, at({ proof: first }))).toBe(500)
    }
    expect(client.reads).toBe(2)
    clock.now += 10_000
    await Promise.all(Array.from({ length: 5 }, () => status(address, at({ proof: first }))))
    expect(client.reads, 'many at once read it once').toBe(3)
  })
})

describe('discovery that cannot be read', () => {
  it('says what stands behind a fetch that failed', async () => {
    const certificate = new TypeError('fetch failed', { cause: new Error('self-signed certificate') })
    // Where a name has several addresses, Node says why by a code alone.
    const port = new TypeError('fetch failed', {
      cause: Object.assign(new Error(''), { code: 'ECONNREFUSED' }),
    })
    for (const [error, reason] of [
      [certificate, 'self-signed certificate'],
      [port, 'ECONNREFUSED'],
    ] as const) {
      const { host } = memoryHost({ clients: [{ url: OFFICE }], fetch: async () => Promise.reject(error) })
      await expect(host.clients.list[0]?.discovery()).rejects.toThrow(
        `${OFFICE}/hosting/discovery: fetch failed: ${reason}`,
      )
    }
  })

  it('never switches a known key off', async () => {
    const client = office({ current: first })
    const { url, status, clock, host } = hostWith([client], 'when-offered')
    const address = await url()
    expect(await status(address, signed(address, START, { proof: first }))).toBe(200)
    client.down = true
    clock.now += 13 * 60 * MINUTE
    const later = await url()
    expect(await status(later, {})).toBe(500)
    expect(client.reads).toBe(2)
    expect(host.clients.list[0]?.state.problem).toContain(`${OFFICE}/hosting/discovery`)
    expect(await status(later, signed(later, clock.now, { proof: third }))).toBe(500)
    expect(await status(later, signed(later, clock.now, { proof: first }))).toBe(200)
  })

  it('refuses when proofs are required, lets in when they are taken where offered', async () => {
    for (const [policy, expected] of [
      ['required', 500],
      ['when-offered', 200],
      ['off', 200],
    ] as const) {
      const client = office({ current: first })
      client.down = true
      const { url, status } = hostWith([client], policy)
      const address = await url()
      expect(await status(address, signed(address, START, { proof: first })), policy).toBe(expected)
    }
  })

  it('is tried again after seconds, not at every request', async () => {
    const client = office({ current: first })
    client.down = true
    const { url, status, clock, events } = hostWith([client], 'required')
    const address = await url()
    for (let attempt = 0; attempt < 5; attempt++)
      await status(address, signed(address, START, { proof: first }))
    expect(client.reads).toBe(1)
    expect(events).toContainEqual(expect.objectContaining({ type: 'discovery', client: OFFICE }))
    client.down = false
    clock.now += 3_000
    expect(await status(address, signed(address, clock.now, { proof: first }))).toBe(200)
    expect(client.reads).toBe(2)
  })

  it.each([
    ['an error', () => new Response('', { status: 502 })],
    ['a login page', () => new Response('<html><body>Sign in</body></html>')],
    ['no XML', () => new Response('nonsense')],
    [
      'a proof key nobody can read',
      () => new Response('<wopi-discovery><proof-key value="x"/></wopi-discovery>'),
    ],
    ['five megabytes', () => new Response(`<wopi-discovery>${' '.repeat(5 * 1024 * 1024)}</wopi-discovery>`)],
  ])('because it is %s is no discovery, and says so', async (_, response) => {
    const { host } = memoryHost({ clients: [{ url: `${OFFICE}/` }], fetch: async () => response() })
    await expect(host.clients.list[0]?.discovery()).rejects.toThrow(`${OFFICE}/hosting/discovery`)
    expect(host.clients.list[0]?.state.discovery).toBeNull()
  })
})

describe('the policy', () => {
  it('when-offered asks exactly the clients with keys', async () => {
    const silent = hostWith([office(null)], undefined)
    expect(await silent.status(await silent.url(), {})).toBe(200)
    const signing = hostWith([office({ current: first })], undefined)
    expect(await signing.status(await signing.url(), {})).toBe(500)
    const nobody = hostWith([], undefined)
    expect(await nobody.status(await nobody.url(), {})).toBe(200)
  })

  it('required lets nobody in who has no keys, nor anybody when there are no clients', async () => {
    const silent = hostWith([office(null)], 'required')
    expect(await silent.status(await silent.url(), {})).toBe(500)
    const nobody = hostWith([], 'required')
    expect(await nobody.status(await nobody.url(), {})).toBe(500)
  })

  it('off asks nobody, and reads no discovery for it', async () => {
    const { url, status, fetched } = hostWith([office({ current: first })], 'off')
    expect(await status(await url(), { 'X-WOPI-Proof': 'nonsense' })).toBe(200)
    expect(fetched).toEqual([])
  })
})

describe('several clients', () => {
  const clients = () => [office({ current: first }), office({ current: second }, 'https://other.example')]

  it('are all let in, each by its own keys', async () => {
    const { url, status } = hostWith(clients(), 'required')
    const address = await url()
    for (const [key, expected] of [
      [first, 200],
      [second, 200],
      [third, 500],
    ] as const) {
      expect(await status(address, signed(address, START, { proof: key }))).toBe(expected)
    }
  })

  it('count alone when the token was made for one of them', async () => {
    const { host, status } = hostWith([...clients(), office(null, 'https://silent.example')], 'when-offered')
    const urlFor = async (client: string) => {
      const { accessToken } = await host.issueToken({
        userId: 'alice',
        userName: 'Alice',
        resource: { kind: 'file', id: 'doc' },
        permission: 'edit',
        client,
      })
      return `${host.wopiSrc('doc')}?access_token=${accessToken}`
    }
    const forOffice = await urlFor(OFFICE)
    expect(await status(forOffice, signed(forOffice, START, { proof: first }))).toBe(200)
    expect(await status(forOffice, signed(forOffice, START, { proof: second }))).toBe(500)
    expect(await status(forOffice, {})).toBe(500)
    const forSilent = await urlFor('https://silent.example')
    expect(await status(forSilent, {})).toBe(200)
    const forStranger = await urlFor('https://stranger.example')
    expect(await status(forStranger, signed(forStranger, START, { proof: first }))).toBe(500)
  })

  it('that only call with tokens of their own are not asked about tokens that name nobody', async () => {
    const builtIn = office({ current: first })
    const { host, url, status } = hostWith([builtIn], 'when-offered', {
      clients: [{ url: OFFICE, ownTokensOnly: true }],
    })
    expect(await status(await url(), {})).toBe(200)
    const { accessToken } = await host.issueToken({
      userId: 'alice',
      userName: 'Alice',
      resource: { kind: 'file', id: 'doc' },
      permission: 'edit',
      client: OFFICE,
    })
    const own = `${host.wopiSrc('doc')}?access_token=${accessToken}`
    expect(await status(own, {})).toBe(500)
    expect(await status(own, signed(own, START, { proof: first }))).toBe(200)
  })
})

describe('a client that calls with tokens of its own only', () => {
  const builtIn = 'https://builtin.example'
  const withBuiltIn = (proof: ProofPolicy, others: Office[] = []) =>
    hostWith([office({ current: second }, builtIn), ...others], proof, {
      clients: [{ url: builtIn, ownTokensOnly: true }, ...others.map(({ url }) => ({ url }))],
    })
  const forBuiltIn = async (world: ReturnType<typeof withBuiltIn>) => {
    const { accessToken } = await world.host.issueToken({
      userId: 'alice',
      userName: 'Alice',
      resource: { kind: 'file', id: 'doc' },
      permission: 'edit',
      client: builtIn,
    })
    return `${world.host.wopiSrc('doc')}?access_token=${accessToken}`
  }

  it('is measured by its keys with these, and asks nothing of others', async () => {
    const world = withBuiltIn('when-offered')
    expect(await world.status(await world.url(), {})).toBe(200)
    const own = await forBuiltIn(world)
    expect(await world.status(own, {})).toBe(500)
    expect(await world.status(own, signed(own, START, { proof: second }))).toBe(200)
  })

  it('does not vouch for a token that names no client', async () => {
    const world = withBuiltIn('when-offered', [office({ current: first })])
    const address = await world.url()
    expect(await world.status(address, signed(address, START, { proof: second }))).toBe(500)
    expect(await world.status(address, signed(address, START, { proof: first }))).toBe(200)
  })

  it('leaves a token that names no client without anybody to sign when proofs are required', async () => {
    const world = withBuiltIn('required')
    const address = await world.url()
    expect(await world.status(address, signed(address, START, { proof: second }))).toBe(500)
    const own = await forBuiltIn(world)
    expect(await world.status(own, signed(own, START, { proof: second }))).toBe(200)
  })
})

describe('the state of a client', () => {
  it('is read once for many who ask, and again in the background after half a day', async () => {
    const client = office({ current: first })
    const { host, clock } = hostWith([client], 'off')
    const [known] = host.clients.list
    expect(known).toMatchObject({ url: OFFICE, name: 'office.example' })
    expect(known?.state).toEqual({ discovery: null, readAt: null, problem: null })
    const asked = await Promise.all(Array.from({ length: 5 }, () => known?.discovery()))
    expect(client.reads).toBe(1)
    expect(new Set(asked).size).toBe(1)
    expect(known?.state.readAt).toBe(START)
    clock.now += 12 * 60 * MINUTE
    await known?.discovery()
    await settled()
    expect(client.reads).toBe(1)
    clock.now += 1
    expect(await known?.discovery()).toBe(asked[0])
    await settled()
    expect([client.reads, known?.state.readAt]).toEqual([2, clock.now])
  })
})
