import { createPrivateKey, generateKeyPair, type KeyObject, randomUUID, sign } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The RSA private keys with which a client proves that a request is its own. `old` signs too, so that hosts survive a rotation. */
export interface ProofKeys {
  readonly current: KeyObject
  /** The key before the last rotation; the current one until there has been a rotation. */
  readonly old: KeyObject
}

/** A public key as discovery shows it: Microsoft's CSP blob, and modulus and exponent big-endian, all base64. */
export interface PublishedKey {
  readonly value: string
  readonly modulus: string
  readonly exponent: string
}

const KEY_BITS = 2048
const CURRENT = 'proof-key.pem'
const OLD = 'proof-key-old.pem'

/**
 * Reads the editor's proof keys from a folder, or makes them at the first start. Several processes may start at once: they end up
 * with the same key. The files are readable by their owner alone.
 *
 * @throws when the folder cannot be written, or a key file is there that is not an RSA private key in PEM form.
 */
export async function loadOrCreateProofKeys(folder: string): Promise<ProofKeys> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  let current = await readKey(join(folder, CURRENT))
  if (!current) {
    const fresh = await writeFreshKey(folder)
    // link() refuses an existing target: whoever comes second takes the first one's key.
    await link(fresh, join(folder, CURRENT)).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error
    })
    await rm(fresh)
    current = await readKey(join(folder, CURRENT))
    if (!current)
      throw new Error(`The proof key ${join(folder, CURRENT)} vanished while it was being created.`)
  }
  return { current, old: (await readKey(join(folder, OLD))) ?? current }
}

/**
 * Puts a new key in place and keeps the present one as the old one. At every moment of it the folder holds a usable pair; a host that
 * read discovery before goes on accepting requests by the old key.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/scenarios/proofkeys
 */
export async function rotateProofKeys(folder: string): Promise<ProofKeys> {
  await loadOrCreateProofKeys(folder)
  const kept = join(folder, `${randomUUID()}.tmp`)
  await link(join(folder, CURRENT), kept)
  await rename(kept, join(folder, OLD))
  await rename(await writeFreshKey(folder), join(folder, CURRENT))
  return loadOrCreateProofKeys(folder)
}

/** Base64 RSA-SHA256 (PKCS#1 v1.5) signature of the proof bytes. */
export function signProof(key: KeyObject, bytes: Uint8Array): string {
  return sign('RSA-SHA256', bytes, key).toString('base64')
}

/** The public half in the two forms discovery carries. */
export function publishedKey(key: KeyObject): PublishedKey {
  const { n, e } = key.export({ format: 'jwk' })
  const modulus = Buffer.from(n ?? '', 'base64url')
  const exponent = Buffer.from(e ?? '', 'base64url')
  // PUBLICKEYSTRUC (PUBLICKEYBLOB, version 2, CALG_RSA_KEYX), RSAPUBKEY ("RSA1", bits, exponent), modulus: all little-endian.
  const head = Buffer.alloc(20)
  head.writeUInt32LE(0x0206, 0)
  head.writeUInt32LE(0xa400, 4)
  head.write('RSA1', 8, 'latin1')
  head.writeUInt32LE(modulus.length * 8, 12)
  head.writeUInt32LE(exponent.readUIntBE(0, exponent.length), 16)
  const value = Buffer.concat([head, Buffer.from(modulus).reverse()])
  return {
    value: value.toString('base64'),
    modulus: modulus.toString('base64'),
    exponent: exponent.toString('base64'),
  }
}

async function writeFreshKey(folder: string): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS })
  const path = join(folder, `${randomUUID()}.tmp`)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await file.sync()
  } finally {
    await file.close()
  }
  return path
}

async function readKey(path: string): Promise<KeyObject | null> {
  const pem = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  })
  if (pem === null) return null
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'rsa') return key
  } catch {
    // Reported below: the reason OpenSSL gives would not help anybody.
  }
  throw new Error(
    `The proof key ${path} is not an RSA private key in PEM form. Put the right file back, or delete it to have a new key made.`,
  )
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
