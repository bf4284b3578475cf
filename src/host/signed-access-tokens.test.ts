import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Grant } from '../ports/access-tokens.js'
import { permissions } from '../protocol/permission.js'
import { signedAccessTokens } from './signed-access-tokens.js'

const key = (fill: number, length = 32) => new Uint8Array(length).fill(fill)

const grant: Grant = {
  userId: 'alice',
  userName: 'Alice',
  resource: { kind: 'file', id: 'doc' },
  permission: 'edit',
  expiresAt: 1_768_478_400_000,
}

const anyGrant: fc.Arbitrary<Grant> = fc.record(
  {
    userId: fc.stringMatching(/^[A-Za-z0-9._@:+=~|-]{1,60}$/),
    userName: fc.string({ unit: 'grapheme', maxLength: 40 }),
    resource: fc.record({
      kind: fc.constantFrom('file', 'container'),
      id: fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/),
    }),
    permission: fc.constantFrom(...permissions),
    expiresAt: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    anonymous: fc.constant(true),
    client: fc.webUrl({ size: 'small' }),
    issuedBy: fc.constant('operator'),
  },
  { requiredKeys: ['userId', 'userName', 'resource', 'permission', 'expiresAt'] },
)

describe('signed access tokens', () => {
  it('give back every grant, in unreserved characters that no client and no proxy changes', async () => {
    const tokens = signedAccessTokens({ keys: [key(1)] })
    const elsewhere = signedAccessTokens({ keys: [key(1)] })
    await fc.assert(
      fc.asyncProperty(anyGrant, async (granted) => {
        const token = await tokens.issue(granted)
        expect(token).toMatch(/^[A-Za-z0-9._~-]{1,1500}$/)
        expect(await tokens.verify(token)).toEqual(granted)
        expect(await elsewhere.verify(token)).toEqual(granted)
        // A second look comes from memory.
        expect(await tokens.verify(token)).toEqual(granted)
      }),
    )
  })

  it('are worth nothing once a character of them is changed', async () => {
    const tokens = signedAccessTokens({ keys: [key(1)] })
    const token = await tokens.issue(grant)
    // The last character carries two bits that belong to no byte.
    for (let index = 0; index < token.length - 1; index++) {
      const other = token[index] === 'A' ? 'B' : 'A'
      const changed = token.slice(0, index) + other + token.slice(index + 1)
      expect(await tokens.verify(changed), `character ${index}`).toBeNull()
    }
  })

  it('are refused, not fatal, when they are anything else', async () => {
    const tokens = signedAccessTokens({ keys: [key(1)] })
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 100 }), async (text) => {
        expect(await tokens.verify(text)).toBeNull()
      }),
    )
    const token = await tokens.issue(grant)
    for (const text of ['', '.', `${token}.`, `.${token}`, ` ${token}`, `${token}=`, 'x'.repeat(1_000_000)]) {
      expect(await tokens.verify(text)).toBeNull()
    }
  })

  it('of another key are refused; a new key in front keeps the old tokens good', async () => {
    const old = signedAccessTokens({ keys: [key(1)] })
    const token = await old.issue(grant)
    const rotated = signedAccessTokens({ keys: [key(2), key(1)] })
    expect(await rotated.verify(token)).toEqual(grant)
    const fresh = await rotated.issue(grant)
    expect(await rotated.verify(fresh)).toEqual(grant)
    expect(await old.verify(fresh)).toBeNull()
    expect(await signedAccessTokens({ keys: [key(2)] }).verify(token)).toBeNull()
  })

  it('are still known after very many others', async () => {
    const tokens = signedAccessTokens({ keys: [key(1)] })
    const token = await tokens.issue(grant)
    expect(await tokens.verify(token)).toEqual(grant)
    for (let index = 0; index < 300; index++) {
      await tokens.verify(await tokens.issue({ ...grant, userId: `user${index}` }))
    }
    expect(await tokens.verify(token)).toEqual(grant)
  })

  it('cannot be made for a user id that clients cannot carry, nor longer than a URL bears', async () => {
    const tokens = signedAccessTokens({ keys: [key(1)] })
    for (const userId of ['', 'a,b', 'ü', 'a b', '<script>', 'x'.repeat(241)]) {
      await expect(tokens.issue({ ...grant, userId })).rejects.toThrow(RangeError)
    }
    await expect(tokens.issue({ ...grant, userName: 'x'.repeat(2000) })).rejects.toThrow(/shorter/)
  })

  it('need keys worth the name', () => {
    expect(() => signedAccessTokens({ keys: [] })).toThrow(/at least one key/)
    expect(() => signedAccessTokens({ keys: [key(1), key(2, 31)] })).toThrow(/32 bytes/)
  })
})
