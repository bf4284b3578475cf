import { headerText } from './headers.js'
import { formatTime, ticksToMs } from './times.js'

/** A client's public RSA key as discovery gives it: both numbers big-endian in base64. */
export interface ProofKey {
  readonly modulus: string
  readonly exponent: string
}

/** The keys of one client. `old` is the key before the last rotation, when the client still names it. */
export interface ProofKeys {
  readonly current: ProofKey
  readonly old: ProofKey | null
}

/** What a request brings to its proof. */
export interface SignedRequest {
  /** The access token after percent-decoding. */
  readonly token: string
  /** The full URL the client called, character for character: the configured base and the raw path and query of the request line. */
  readonly url: string
  /** `X-WOPI-TimeStamp` */
  readonly timestamp: string | undefined
  /** `X-WOPI-Proof` */
  readonly proof: string | undefined
  /** `X-WOPI-ProofOld` */
  readonly proofOld: string | undefined
}

/** Whether a signature (RSA PKCS#1 v1.5 with SHA-256) over the data was made with the key's private half. False too for a key or signature that is none. */
export type VerifySignature = (
  key: ProofKey,
  data: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
) => boolean | Promise<boolean>

/**
 * The outcome of a proof. `by` other than `current` says that our copy of discovery and the client are one rotation apart: the request is
 * good, and discovery is due for a refresh. `explain` is one line of ASCII for the log: what was expected, what came, what to check.
 */
export type ProofVerdict =
  | { readonly pass: true; readonly by: 'current' | 'client-rotated' | 'host-newer' }
  | {
      readonly pass: false
      readonly reason: 'missing' | 'malformed-timestamp' | 'expired' | 'bad-signature'
      readonly explain: string
    }

/** How far the client's clock may be from ours, either way. */
const MAX_AGE_MS = 20 * 60 * 1000

/** The largest RSA key in use anywhere. */
const KEY_MAX_BITS = 16_384

/** The last tick of the year 9999, where .NET's time ends. */
const MAX_TICKS = 3_155_378_975_999_999_999n

/**
 * Decides whether a request comes from the client whose keys these are. Never throws for anything a request may contain.
 *
 * @param now milliseconds since 1970 UTC.
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/scenarios/proofkeys
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/proof-keys/
 */
export async function checkProof(
  signed: SignedRequest,
  keys: ProofKeys,
  now: number,
  verify: VerifySignature = verifyWithWebCrypto,
): Promise<ProofVerdict> {
  if (!signed.proof || !signed.timestamp) {
    const missing = signed.proof
      ? 'X-WOPI-TimeStamp'
      : signed.timestamp
        ? 'X-WOPI-Proof'
        : 'X-WOPI-Proof and X-WOPI-TimeStamp'
    return failed(
      'missing',
      `The request has no ${missing}: its sender does not sign, or a proxy took the headers away.`,
    )
  }
  const ticks = parseTicks(signed.timestamp)
  if (ticks === null) {
    const came = headerText(signed.timestamp).slice(0, 40)
    return failed(
      'malformed-timestamp',
      `X-WOPI-TimeStamp must be .NET ticks in decimal digits, but it is "${came}".`,
    )
  }
  const signedAt = ticksToMs(ticks)
  if (Math.abs(now - signedAt) > MAX_AGE_MS) return failed('expired', explainAge(signedAt, now))

  const data = proofBytes({ token: signed.token, url: signed.url, ticks })
  const proof = fromBase64(signed.proof)
  if (proof && (await verify(keys.current, data, proof))) return { pass: true, by: 'current' }
  const proofOld = fromBase64(signed.proofOld ?? '')
  if (proofOld && (await verify(keys.current, data, proofOld))) return { pass: true, by: 'client-rotated' }
  if (proof && keys.old && (await verify(keys.old, data, proof))) return { pass: true, by: 'host-newer' }
  // ProofOld under the old key is never tried: whoever holds a retired key could sign for ever.
  return failed('bad-signature', explainSignature(signed, keys, ticks))
}

function failed(reason: Extract<ProofVerdict, { pass: false }>['reason'], explain: string): ProofVerdict {
  return { pass: false, reason, explain }
}

function parseTicks(text: string): bigint | null {
  if (!/^\d{1,19}$/.test(text)) return null
  const ticks = BigInt(text)
  return ticks <= MAX_TICKS ? ticks : null
}

const utf8 = new TextEncoder()

/**
 * The bytes a client signs: token, upper-case URL and time, each behind its length in bytes. The token keeps its case; in the URL the
 * ASCII letters are raised, those of percent escapes and of the token included.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/scenarios/proofkeys
 */
export function proofBytes({
  token,
  url,
  ticks,
}: {
  token: string
  url: string
  ticks: bigint
}): Uint8Array<ArrayBuffer> {
  const tokenLength = utf8Length(token)
  const urlLength = utf8Length(url)
  const urlStart = 4 + tokenLength + 4
  const timeStart = urlStart + urlLength + 4
  const bytes = new Uint8Array(timeStart + 8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, tokenLength)
  utf8.encodeInto(token, bytes.subarray(4))
  view.setUint32(urlStart - 4, urlLength)
  utf8.encodeInto(url, bytes.subarray(urlStart))
  for (let index = urlStart; index < urlStart + urlLength; index++) {
    const byte = bytes[index] ?? 0
    if (byte >= 0x61 && byte <= 0x7a) bytes[index] = byte - 0x20
  }
  view.setUint32(timeStart - 4, 8)
  view.setBigInt64(timeStart, ticks)
  return bytes
}

function utf8Length(text: string): number {
  let { length } = text
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    if (unit < 0x800) length += 1
    // A pair is two units in four bytes; half a pair is written as U+FFFD, in three.
    else if (unit >= 0xd800 && unit < 0xdc00 && text.charCodeAt(index + 1) >> 10 === 0xdc00 >> 10) {
      length += 2
      index++
    } else length += 2
  }
  return length
}

const importedKeys = new Map<string, Promise<CryptoKey | null>>()

/** Two keys for each of far more clients than a host has: enough to never drop a key in use, and an end to what stays in memory. */
const IMPORTED_KEYS_MAX = 64

/** Verifies with the platform's Web Crypto. Keys are imported once. A key or a signature that cannot be one is just no match. */
export const verifyWithWebCrypto: VerifySignature = async (key, data, signature) => {
  const imported = await importedKey(key)
  return imported !== null && (await crypto.subtle.verify('RSASSA-PKCS1-v1_5', imported, signature, data))
}

function importedKey(key: ProofKey): Promise<CryptoKey | null> {
  const id = `${key.modulus} ${key.exponent}`
  const known = importedKeys.get(id)
  if (known !== undefined) return known
  const oldest = importedKeys.keys().next().value
  if (oldest !== undefined && importedKeys.size >= IMPORTED_KEYS_MAX) importedKeys.delete(oldest)
  const jwk = { kty: 'RSA', n: toBase64Url(key.modulus), e: toBase64Url(key.exponent) }
  const imported = crypto.subtle
    .importKey('jwk', jwk, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['verify'])
    .catch(() => null)
  importedKeys.set(id, imported)
  return imported
}

/**
 * Reads the `value` attribute of discovery's `proof-key`: a Microsoft public-key blob (PUBLICKEYBLOB, RSA, little-endian) in base64.
 *
 * @returns the key in the form of the `modulus` and `exponent` attributes, or null when the text is no such blob.
 * @see https://learn.microsoft.com/windows/win32/seccrypto/rsa-schannel-key-blobs
 */
export function keyFromBlob(value: string): ProofKey | null {
  const blob = fromBase64(value)
  if (blob === null || blob.length < 20) return null
  const view = new DataView(blob.buffer)
  const bits = view.getUint32(12, true)
  // Header: PUBLICKEYBLOB, version 2, two zero bytes; the algorithm is RSA for key exchange or for signatures; the magic is "RSA1".
  const algorithm = view.getUint32(4, true)
  const isRsaBlob =
    view.getUint32(0) === 0x06020000 &&
    (algorithm === 0xa400 || algorithm === 0x2400) &&
    view.getUint32(8) === 0x52534131
  const isWholeKey = bits > 0 && bits <= KEY_MAX_BITS && blob.length === 20 + Math.ceil(bits / 8)
  if (!isRsaBlob || !isWholeKey || view.getUint32(16) === 0) return null
  const exponentBytes = blob.slice(16, 20).reverse()
  return {
    modulus: toBase64(blob.slice(20).reverse()),
    exponent: toBase64(exponentBytes.subarray(exponentBytes.findIndex((byte) => byte !== 0))),
  }
}

function explainAge(signedAt: number, now: number): string {
  const seconds = Math.ceil(Math.abs(now - signedAt) / 1000)
  const direction = now > signedAt ? 'before' : 'after'
  return (
    `X-WOPI-TimeStamp is ${formatTime(signedAt)}, ${seconds} s ${direction} the host's time ${formatTime(now)}; ` +
    `${MAX_AGE_MS / 1000} s either way are allowed. Set the clocks of both machines.`
  )
}

function explainSignature(signed: SignedRequest, keys: ProofKeys, ticks: bigint): string {
  return (
    `No signature fits. Expected over: URL ${headerText(withoutToken(signed.url))}, ` +
    `access token of ${utf8Length(signed.token)} bytes, time ${ticks}. ` +
    `Came: X-WOPI-Proof ${describeSignature(signed.proof)}, X-WOPI-ProofOld ${describeSignature(signed.proofOld)}. ` +
    `Keys of discovery: current ${describeKey(keys.current)}, old ${keys.old ? describeKey(keys.old) : 'none'}. ` +
    'Check that the client calls the host under exactly this URL and that these are the keys in its discovery.'
  )
}

/** The URL with `***` for the access token, however the parameter's name is escaped. */
function withoutToken(url: string): string {
  return url.replace(/([?&])([^?&=#]*)=[^&#]*/g, (parameter, separator: string, name: string) =>
    decodedName(name).toLowerCase() === 'access_token' ? `${separator}${name}=***` : parameter,
  )
}

function decodedName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function describeSignature(header: string | undefined): string {
  if (!header) return 'missing'
  const signature = fromBase64(header)
  return signature === null ? 'not base64' : `of ${signature.length * 8} bits`
}

function describeKey(key: ProofKey): string {
  const modulus = fromBase64(key.modulus)
  if (modulus === null) return 'not base64'
  const first = modulus.findIndex((byte) => byte !== 0)
  const bits = first === -1 ? 0 : (modulus.length - first) * 8
  return `of ${bits} bits beginning ${key.modulus.slice(0, 8)}`
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  // `atob` passes over white space.
  if (text === '' || /\s/.test(text)) return null
  let binary: string
  try {
    binary = atob(text)
  } catch {
    return null
  }
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

function toBase64Url(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
