import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  checkProof,
  keyFromBlob,
  type ProofKeys,
  proofBytes,
  type SignedRequest,
  type VerifySignature,
  verifyWithWebCrypto,
} from './proof-key.js'

/** One signed request with both signatures, made with an independent implementation. */
const vector = {
  token: 'tok+en/=1.aZ',
  url: 'https://wopi.example.test/wopi/files/8f3c1d2e?access_token=tok%2Ben%2F%3D1.aZ&sc=Ab%2fc',
  unixMs: 1768478400000,
  ticks: '639040752000000000',
  modulus:
    'v43WHlTLJkITICxjeQUI2ED9HrvX5hi2Y+dNhbUC9JRNnrMk/9qqJ7oWgRDw9QsW3Bn7ASB8d0G5Rfxm4VHZptchvA6MILQP+iFfwdSyps8dE/pOEpjoSqfm0yNq1WstKr5qVU2x0fgiOlzzfHM137O1LRMDT0uY9XPDHeetbOsZcNEHoVzHpsy8qGqihL+0X+pRqy4kEv5uW0lRLyb+l4OylGbzOGrTUeb0B9GK8ccaU6qeVomqb5OSyG2M8XR39iVW49V174kQXgajMw3bYFqUy54GREvlT66mwpQn2Odz8NdBOa31+ikDkhfj55O06Rf7zLZYSMBK2tzonhjkPw==',
  exponent: 'AQAB',
  value:
    'BgIAAACkAABSU0ExAAgAAAEAAQA/5Bie6NzaSsBIWLbM+xfptJPn4xeSAyn69a05Qdfwc+fYJ5TCpq5P5UtEBp7LlFpg2w0zowZeEInvddXjViX2d3TxjG3IkpNvqolWnqpTGsfxitEH9OZR02o482aUsoOX/iYvUUlbbv4SJC6rUepftL+EomqovMymx1yhB9FwGetsrecdw3P1mEtPAxMttbPfNXN881w6IvjRsU1Var4qLWvVaiPT5qdK6JgSTvoTHc+mstTBXyH6D7QgjA68Idem2VHhZvxFuUF3fCAB+xncFgv18BCBFronqtr/JLOeTZT0ArWFTedjthjm17se/UDYCAV5YywgE0Imy1Qe1o2/',
  oldModulus:
    'zPZVnWuWKk29G/l0ZrF80l5jjjslYD2o/cXRCbRcCJOvHec5D/9vgZp1QP+HBUbxISBDaxfn6j9abOafk8QMneamqIRH0aw43VgAeZVTJ3P1VI7WnIHktNI3+vD6elCanQYORHGEx9efUSnJf2Y4Km5FfNRis3Qv+XxcKBb882kLY1NhI8uj2QH04Z2RIQ/3md3IRWXVXIJQzWZVA59llqygkSPqe1SBRaK8+brrTO3PQBUX/9p7xWCjEQ2xZ53YHUxxDMK2EhlsDL72+uBTN6oZfN+MXKSRXltAX/ShH+aogCg6Q/7oopVscYq91ZTwcBHrAktTm3e03cHr9+9iJw==',
  oldExponent: 'AQAB',
  byCurrent:
    'YQOjFfmEnGTNUXj+Cue2S78nFm3Am5lAMMxpMtlP9UsNpFagw6Lqy4BFmtJnMrDoqKNcctgZEPvL8Idz2eG23ty5Iiblhbc7fGcnNfV2iRyDh4RBUmRN0eJFVp35MuLKkar7SvodaxQZb8vCiNL+VXdkQwT1E2cfmEgr4aiqGrQE3N3S/SXj52GtNvVctmclNH9XkrBkgy/PkCAKXq52Mi6bM91WnJciI7BwUNwwaDOprbYd9M7MHV6hr5XAfU4bE7AM/tJYo1I9dq5TsX7uwsBSwdNo8wv84ouBLyb0jsJq+dLGc7+/fd6zcqLX8ATcCfkPXra+npapZ3aF/Wbu9w==',
  byOld:
    'aYc8eXoQbl3oe5s27Srku5M2XjbQknQS4ik48kUWOsBFlieftK2dOCV86WpevxhZSChSC6D+8ddbLbyW4H55eQG943wXWU1TO111p0PyR/oL6ZzWD4pozWFXO7Lc63E17VFjEfK6leToxZ5LSsAh2YmFxE3BcatwTTbGV9lADQIJfI4ywV6R/rQPJy8dUZfPNmnaphPT1l6Fw5Ma2geA5Rh/kbiHIB4lh1Ck4lUPL2pSy1nzRoF6Jq+Fx3/W4aYZAQ4ATIvt7ywWQ5EmpYvlCJ60iE32+AKJaE2A+1kxH6OcVQrJBpqidDX76lyhgv8PplBQoAuEIXKS75m98jfH7g==',
  hex: '0000000c746f6b2b656e2f3d312e615a0000005748545450533a2f2f574f50492e4558414d504c452e544553542f574f50492f46494c45532f38463343314432453f4143434553535f544f4b454e3d544f4b253242454e253246253344312e415a2653433d4142253246430000000808de542d9bf56000',
}

const keys: ProofKeys = {
  current: { modulus: vector.modulus, exponent: vector.exponent },
  old: { modulus: vector.oldModulus, exponent: vector.oldExponent },
}
const minute = 60_000

/** Signatures by a key nobody knows, over the vector's bytes. */
let byUnknown = ''
beforeAll(async () => {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const { privateKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const data = proofBytes({ token: vector.token, url: vector.url, ticks: BigInt(vector.ticks) })
  const signature = await crypto.subtle.sign(algorithm.name, privateKey, data)
  byUnknown = btoa(String.fromCharCode(...new Uint8Array(signature)))
})

function request(changes: Partial<SignedRequest> = {}): SignedRequest {
  return {
    token: vector.token,
    url: vector.url,
    timestamp: vector.ticks,
    proof: vector.byCurrent,
    proofOld: vector.byOld,
    ...changes,
  }
}

function check(changes: Partial<SignedRequest> = {}, now = vector.unixMs, withKeys = keys) {
  return checkProof(request(changes), withKeys, now)
}

/** A text that differs from another in one character, in more than its case. */
function withOneChange(text: string, at: number, to: string): string {
  const position = at % text.length
  const replacement = text.charAt(position).toUpperCase() === to.toUpperCase() ? '!' : to
  return text.slice(0, position) + replacement + text.slice(position + 1)
}

describe('proofBytes', () => {
  it('lays out token, URL and time as the vector has them', () => {
    const bytes = proofBytes({ token: vector.token, url: vector.url, ticks: BigInt(vector.ticks) })
    expect(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(vector.hex)
  })

  it('agrees with a plain construction for every token and URL', () => {
    const anyText = fc.string({
      unit: fc.oneof(fc.nat(0xffff), fc.nat(0x7f)).map((unit) => String.fromCharCode(unit)),
    })
    const anyTicks = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
    fc.assert(
      fc.property(anyText, anyText, anyTicks, (token, url, ticks) => {
        const encoder = new TextEncoder()
        const parts = [token, url.replace(/[a-z]/g, (letter) => letter.toUpperCase())].map((part) =>
          encoder.encode(part),
        )
        const expected: number[] = []
        const pushBigEndian = (value: bigint, size: number) => {
          for (let shift = size - 1; shift >= 0; shift--)
            expected.push(Number((value >> BigInt(8 * shift)) & 0xffn))
        }
        for (const part of parts) {
          pushBigEndian(BigInt(part.length), 4)
          expected.push(...part)
        }
        pushBigEndian(8n, 4)
        pushBigEndian(ticks, 8)
        expect([...proofBytes({ token, url, ticks })]).toEqual(expected)
      }),
    )
  })
})

describe('checkProof', () => {
  it('passes a request signed with the current key', async () => {
    expect(await check()).toEqual({ pass: true, by: 'current' })
  })

  it('passes a client that has not learned of the new key', async () => {
    expect(await check({ proof: vector.byOld, proofOld: byUnknown })).toEqual({
      pass: true,
      by: 'host-newer',
    })
  })

  it('passes a client that has rotated while our discovery is stale', async () => {
    expect(await check({ proof: byUnknown, proofOld: vector.byCurrent })).toEqual({
      pass: true,
      by: 'client-rotated',
    })
  })

  it('fails when only the old signature fits the old key', async () => {
    expect(await check({ proof: byUnknown, proofOld: vector.byOld })).toMatchObject({
      pass: false,
      reason: 'bad-signature',
    })
  })

  it('fails when neither signature fits', async () => {
    expect(await check({ proof: byUnknown, proofOld: byUnknown })).toMatchObject({
      pass: false,
      reason: 'bad-signature',
    })
  })

  it('passes the same URL in lower case', async () => {
    const url = vector.url.toLowerCase()
    expect(await check({ url })).toEqual({ pass: true, by: 'current' })
  })

  it('passes the token escaped with lower-case digits in the URL', async () => {
    const url = vector.url.replace('%2B', '%2b')
    expect(url).not.toBe(vector.url)
    expect(await check({ url })).toEqual({ pass: true, by: 'current' })
  })

  it('minds the case of the token itself', async () => {
    expect(await check({ token: vector.token.toUpperCase() })).toMatchObject({
      pass: false,
      reason: 'bad-signature',
    })
  })

  it.each([undefined, '', '***', 'AAAA', byUnknown])(
    'does not need X-WOPI-ProofOld (%j) when X-WOPI-Proof fits',
    async (proofOld) => {
      expect(await check({ proofOld })).toEqual({ pass: true, by: 'current' })
    },
  )

  it('works for a client that names no old key', async () => {
    const withoutOld = { current: keys.current, old: null }
    expect(await check({}, vector.unixMs, withoutOld)).toEqual({ pass: true, by: 'current' })
    expect(await check({ proof: vector.byOld }, vector.unixMs, withoutOld)).toMatchObject({ pass: false })
  })

  it.each([20 * minute, -20 * minute])('passes a clock that differs by %d ms', async (difference) => {
    expect(await check({}, vector.unixMs + difference)).toEqual({ pass: true, by: 'current' })
  })

  it.each([20 * minute + 1000, -20 * minute - 1000])(
    'fails a clock that differs by %d ms, and says by how much',
    async (difference) => {
      const verdict = await check({}, vector.unixMs + difference)
      expect(verdict).toMatchObject({
        pass: false,
        reason: 'expired',
        explain: expect.stringContaining('1201 s'),
      })
      expect(verdict).toMatchObject({ explain: expect.stringContaining('2026-01-15T12:00:00') })
    },
  )

  it.each([
    'now',
    '1.5',
    '-1',
    '0x10',
    ' 639040752000000000',
    '639040752000000000n',
    '9999999999999999999',
    '1'.repeat(400),
  ])('fails the timestamp %j', async (timestamp) => {
    expect(await check({ timestamp })).toMatchObject({ pass: false, reason: 'malformed-timestamp' })
  })

  it.each([
    [{ proof: undefined }, 'no X-WOPI-Proof:'],
    [{ proof: '' }, 'no X-WOPI-Proof:'],
    [{ timestamp: undefined }, 'no X-WOPI-TimeStamp:'],
    [{ timestamp: '' }, 'no X-WOPI-TimeStamp:'],
    [{ proof: undefined, timestamp: undefined }, 'no X-WOPI-Proof and X-WOPI-TimeStamp:'],
  ])('names what is missing of %j', async (changes, explain) => {
    expect(await check(changes)).toMatchObject({
      pass: false,
      reason: 'missing',
      explain: expect.stringContaining(explain),
    })
  })

  it.each([
    ['not base64', '*** nothing ***'],
    ['broken base64', 'AAAAA'],
    ['too short', 'AAAA'],
    ['too long', `AAAA${vector.byCurrent}`],
    ['another alphabet', vector.byCurrent.replaceAll('+', '-').replaceAll('/', '_')],
  ])('fails a signature that is %s without throwing', async (_what, proof) => {
    expect(await check({ proof })).toMatchObject({ pass: false, reason: 'bad-signature' })
  })

  it('fails under keys that are none', async () => {
    const broken = { modulus: '', exponent: '***' }
    expect(await check({}, vector.unixMs, { current: broken, old: broken })).toMatchObject({
      reason: 'bad-signature',
    })
  })

  it('fails whatever single byte of token, URL or time is changed', async () => {
    const part = fc.constantFrom('token', 'url', 'timestamp')
    const to = fc.constantFrom('0', '1', '7', 'x', '%', '/', '-')
    await fc.assert(
      fc.asyncProperty(part, fc.nat(1000), to, async (name, at, replacement) => {
        const changed = withOneChange(request()[name] ?? '', at, replacement)
        expect(await check({ [name]: changed })).toMatchObject({ pass: false })
      }),
    )
  })

  it('fails whatever single character of the signature is changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(340), fc.constantFrom('A', 'b', '9', '/', '?'), async (at, to) => {
        fc.pre(vector.byCurrent[at] !== to)
        const proof = vector.byCurrent.slice(0, at) + to + vector.byCurrent.slice(at + 1)
        expect(await check({ proof })).toMatchObject({ pass: false, reason: 'bad-signature' })
      }),
    )
  })

  it('answers, never throws, whatever the headers hold', async () => {
    const header = fc.option(fc.string({ unit: 'binary' }), { nil: undefined })
    const ticks = fc.oneof(header, fc.bigInt({ min: 0n, max: 2n ** 66n }).map(String))
    await fc.assert(
      fc.asyncProperty(
        fc.webUrl(),
        fc.string(),
        ticks,
        header,
        header,
        async (url, token, timestamp, proof, proofOld) => {
          expect(await check({ url, token, timestamp, proof, proofOld })).toMatchObject({ pass: false })
        },
      ),
    )
  })

  it('asks the given verifier in the order that costs a good request least', async () => {
    const asked: string[] = []
    const verify: VerifySignature = (key, _data, signature) => {
      asked.push(
        `${signature.length === 256 ? 'Proof' : 'ProofOld'}/${key === keys.current ? 'current' : 'old'}`,
      )
      return false
    }
    await checkProof(request({ proofOld: 'AAAA' }), keys, vector.unixMs, verify)
    expect(asked).toEqual(['Proof/current', 'ProofOld/current', 'Proof/old'])
  })
})

describe('the explanation of a failed proof', () => {
  async function explain(changes: Partial<SignedRequest>): Promise<string> {
    const verdict = await check(changes)
    return verdict.pass ? '' : verdict.explain
  }

  it('tells the URL, time and keys that were expected and what came', async () => {
    const text = await explain({ proof: byUnknown, proofOld: undefined })
    expect(text).toContain('https://wopi.example.test/wopi/files/8f3c1d2e?access_token=***&sc=Ab%2fc')
    expect(text).toContain('token of 12 bytes')
    expect(text).toContain(vector.ticks)
    expect(text).toContain('X-WOPI-Proof of 2048 bits, X-WOPI-ProofOld missing')
    expect(text).toContain('current of 2048 bits beginning v43WHlTL, old of 2048 bits beginning zPZVnWuW')
    expect(await explain({ proof: '***' })).toContain('X-WOPI-Proof not base64')
  })

  it.each([
    'https://h/wopi/files/1?access_token=SECRET',
    'https://h/wopi/files/1?a=b&ACCESS_TOKEN=SECRET&c=d',
    'https://h/wopi/files/1?access%5Ftoken=SECRET',
    'https://h/wopi/files/1?%61ccess_token=SECRET&access_token=SECRET',
    'https://h/wopi/files/1??access_token=SECRET',
    'https://h/wopi/files/1?a%ZZ=1&access_token=SECRET#x',
  ])('hides the token of %s', async (url) => {
    const text = await explain({ url, token: 'SECRET' })
    expect(text).toContain('=***')
    expect(text).not.toContain('SECRET')
  })

  it('is one line of printable ASCII', async () => {
    const everyKind = [
      { timestamp: 'ü\r\n' },
      { timestamp: '0' },
      { proof: undefined },
      { url: 'https://h/\r\nInjected: 1/é?access_token=x' },
    ]
    for (const changes of everyKind) expect(await explain(changes)).toMatch(/^[ -~]+$/)
  })
})

describe('verifyWithWebCrypto', () => {
  it('knows its keys apart, and goes on when more keys were seen than it remembers', async () => {
    const data = proofBytes({ token: vector.token, url: vector.url, ticks: BigInt(vector.ticks) })
    const signature = Uint8Array.from(atob(vector.byCurrent), (character) => character.charCodeAt(0))
    for (let round = 0; round < 100; round++) {
      const other = {
        modulus: `${vector.oldModulus.slice(0, -4)}${String(round).padStart(2, 'A')}==`,
        exponent: 'AQAB',
      }
      expect(await verifyWithWebCrypto(other, data, signature)).toBe(false)
    }
    expect(await verifyWithWebCrypto(keys.current, data, signature)).toBe(true)
  })
})

describe('keyFromBlob', () => {
  function blobWith(change: (bytes: Uint8Array) => Uint8Array): string {
    const bytes = Uint8Array.from(atob(vector.value), (character) => character.charCodeAt(0))
    return btoa(String.fromCharCode(...change(bytes)))
  }

  function withByte(position: number, value: number) {
    return (bytes: Uint8Array) => {
      bytes[position] = value
      return bytes
    }
  }

  it('reads the same key as modulus and exponent say', () => {
    expect(keyFromBlob(vector.value)).toEqual(keys.current)
  })

  it('reads a key marked for signatures too', () => {
    expect(keyFromBlob(blobWith(withByte(5, 0x24)))).toEqual(keys.current)
  })

  it.each([
    ['empty', ''],
    ['not base64', '<blob>'],
    ['too short', 'BgIAAA=='],
    ['not a public key', blobWith(withByte(0, 7))],
    ['for another algorithm', blobWith(withByte(5, 0x22))],
    ['without the RSA1 mark', blobWith(withByte(11, 0x32))],
    ['cut', blobWith((bytes) => bytes.subarray(0, -1))],
    ['longer than its key', blobWith((bytes) => Uint8Array.of(...bytes, 0))],
    ['without an exponent', blobWith((bytes) => bytes.fill(0, 16, 20))],
    ['without a key', blobWith((bytes) => bytes.fill(0, 12, 16).subarray(0, 20))],
  ])('refuses a blob that is %s', (_what, value) => {
    expect(keyFromBlob(value)).toBeNull()
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (value) => {
        keyFromBlob(value)
      }),
    )
  })
})
