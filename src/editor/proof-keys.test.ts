import { createPublicKey, verify } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadOrCreateProofKeys, publishedKey, rotateProofKeys, signProof } from './proof-keys.js'

let folder: string

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'proof-keys-')), 'secrets')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('keys are made once, and only their owner can read them', async () => {
  const first = await loadOrCreateProofKeys(folder)
  const second = await loadOrCreateProofKeys(folder)
  expect(second.current.equals(first.current)).toBe(true)
  expect(second.old.equals(first.current)).toBe(true)
  expect(statSync(join(folder, 'proof-key.pem')).mode & 0o777).toBe(0o600)
})

test('whoever starts at the same moment gets the same key, and nothing is left lying about', async () => {
  const starts = await Promise.all([1, 2, 3, 4].map(() => loadOrCreateProofKeys(folder)))
  for (const { current } of starts) expect(current.equals(starts[0]?.current ?? current)).toBe(true)
  expect(readdirSync(folder)).toEqual(['proof-key.pem'])
})

test('after a rotation the key of before is the old one', async () => {
  const before = await loadOrCreateProofKeys(folder)
  const after = await rotateProofKeys(folder)
  expect(after.old.equals(before.current)).toBe(true)
  expect(after.current.equals(before.current)).toBe(false)
  const again = await rotateProofKeys(folder)
  expect(again.old.equals(after.current)).toBe(true)
  expect(readdirSync(folder).sort()).toEqual(['proof-key-old.pem', 'proof-key.pem'])
  expect(statSync(join(folder, 'proof-key.pem')).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'proof-key-old.pem')).mode & 0o777).toBe(0o600)
})

test('a damaged key file is named, and left alone', async () => {
  await loadOrCreateProofKeys(folder)
  const path = join(folder, 'proof-key.pem')
  writeFileSync(path, 'garbage')
  await expect(loadOrCreateProofKeys(folder)).rejects.toThrow(path)
  expect(existsSync(path)).toBe(true)
})

test('what is published verifies what is signed, in both forms', async () => {
  const { current } = await loadOrCreateProofKeys(folder)
  const { modulus, exponent, value } = publishedKey(current)
  const toUrl = (base64: string) => Buffer.from(base64, 'base64').toString('base64url')
  const jwk = { kty: 'RSA', n: toUrl(modulus), e: toUrl(exponent) }
  const bytes = new TextEncoder().encode('proof')
  const signature = Buffer.from(signProof(current, bytes), 'base64')
  expect(verify('RSA-SHA256', bytes, createPublicKey({ key: jwk, format: 'jwk' }), signature)).toBe(true)

  const blob = Buffer.from(value, 'base64')
  expect(blob.subarray(0, 16).toString('hex')).toBe('0602000000a400005253413100080000')
  expect(blob.readUInt32LE(16)).toBe(0x10001)
  expect(Buffer.from(blob.subarray(20)).reverse().toString('base64')).toBe(modulus)
})
