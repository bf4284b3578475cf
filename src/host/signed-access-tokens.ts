import { type AccessTokens, type Grant, userIdProblem } from '../ports/access-tokens.js'
import { parsePermission } from '../protocol/permission.js'

/** How many tokens are remembered as verified. An entry is a few hundred bytes. */
const REMEMBERED = 10_000

const MAX_TOKEN_LENGTH = 1500

/**
 * Access tokens that carry their grant, signed with HMAC-SHA-256: nothing is stored, and every process with the keys can verify them.
 *
 * @param options.keys secrets of at least 32 random bytes. The first one signs; the others still verify, so that a key is replaced by
 * putting a new one in front, and nobody is logged out before their tokens end.
 * @throws RangeError when there is no key, or one is shorter than 32 bytes.
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/concepts#access-token
 */
export function signedAccessTokens(options: { readonly keys: readonly Uint8Array[] }): AccessTokens {
  if (options.keys.length === 0) throw new RangeError('signedAccessTokens: keys must hold at least one key.')
  if (options.keys.some((key) => key.byteLength < 32)) {
    throw new RangeError(
      'signedAccessTokens: every key must have at least 32 bytes, from a source of randomness.',
    )
  }
  const keys = options.keys.map(importKey)
  const verified = new Map<string, Grant>()

  return {
    async issue(grant) {
      const problem = userIdProblem(grant.userId)
      if (problem) throw new RangeError(`${problem}.`)
      const payload = encode(new TextEncoder().encode(JSON.stringify(toClaims(grant))))
      const signature = await crypto.subtle.sign('HMAC', await first(keys), new TextEncoder().encode(payload))
      const token = `${payload}.${encode(new Uint8Array(signature))}`
      if (token.length > MAX_TOKEN_LENGTH) {
        throw new RangeError(
          'The access token would be too long for a URL; the user name or file id must be shorter.',
        )
      }
      return token
    },

    verify(token) {
      // A token found here was verified by its signature before; one that was never made by us cannot be in the map.
      return verified.get(token) ?? verifySlowly(token)
    },
  }

  async function verifySlowly(token: string): Promise<Grant | null> {
    const match = token.length <= MAX_TOKEN_LENGTH && /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/.exec(token)
    if (!match) return null
    const [, payload = '', signature = ''] = match
    const data = new TextEncoder().encode(payload)
    for (const key of keys) {
      // The platform compares in constant time.
      if (await crypto.subtle.verify('HMAC', await key, decode(signature), data)) {
        const grant = toGrant(JSON.parse(new TextDecoder().decode(decode(payload))))
        if (grant) remember(token, grant)
        return grant
      }
    }
    return null
  }

  function remember(token: string, grant: Grant) {
    if (verified.size >= REMEMBERED) {
      for (const oldest of verified.keys()) {
        verified.delete(oldest)
        break
      }
    }
    verified.set(token, grant)
  }
}

/** What stands in a token, short because it travels in every URL. */
interface Claims {
  readonly u: string
  readonly n: string
  readonly k: 'file' | 'container'
  readonly i: string
  readonly p: string
  readonly e: number
  readonly a?: 1
  readonly c?: string
  readonly o?: 1
}

function toClaims(grant: Grant): Claims {
  return {
    u: grant.userId,
    n: grant.userName,
    k: grant.resource.kind,
    i: grant.resource.id,
    p: grant.permission,
    e: grant.expiresAt,
    ...(grant.anonymous ? { a: 1 as const } : {}),
    ...(grant.client === undefined ? {} : { c: grant.client }),
    ...(grant.issuedBy === 'operator' ? { o: 1 as const } : {}),
  }
}

/** Null for claims of a version that is not ours, although the signature is. */
function toGrant(claims: Partial<Claims>): Grant | null {
  const permission = parsePermission(claims.p ?? '')
  if (!permission || !claims.u || !claims.i || !claims.k || claims.n === undefined || claims.e === undefined)
    return null
  return {
    userId: claims.u,
    userName: claims.n,
    resource: { kind: claims.k, id: claims.i },
    permission,
    expiresAt: claims.e,
    ...(claims.a ? { anonymous: true } : {}),
    ...(claims.c === undefined ? {} : { client: claims.c }),
    ...(claims.o ? { issuedBy: 'operator' as const } : {}),
  }
}

function importKey(key: Uint8Array): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', new Uint8Array(key), algorithm, false, ['sign', 'verify'])
}

function first<T>(list: readonly T[]): T {
  return list[0] as T
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
