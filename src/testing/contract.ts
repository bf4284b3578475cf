import { createHash } from 'node:crypto'

/**
 * How a suite registers its tests: `test` of Vitest, of node:test, `it` of Mocha, `Deno.test`. A suite needs nothing else of a test framework.
 */
export type RegisterTest = (name: string, run: () => Promise<void>) => unknown

/** Something a suite was given for one test and gives back after it. */
export interface Disposable {
  /** Removes whatever was made for this test. */
  dispose(): Promise<void>
}

/** A test that gets a fresh subject, and disposes of it also when it fails. */
export function testWith<Subject extends Disposable>(
  test: RegisterTest,
  create: () => Promise<Subject>,
): (name: string, run: (subject: Subject) => Promise<void>) => void {
  return (name, run) => {
    test(name, async () => {
      const subject = await create()
      try {
        await run(subject)
      } finally {
        await subject.dispose()
      }
    })
  }
}

/** `count` bytes that look random and are the same every time; `seed` makes other ones. */
export function sampleBytes(count: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(count)
  let state = seed * 2_654_435_761
  for (let index = 0; index < count; index++) {
    // xorshift32: no zip and no text comes of it by chance.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[index] = state & 0xff
  }
  return bytes
}

/** Bytes in pieces of odd sizes, as a network brings them. */
export async function* inPieces(content: Uint8Array, size = 61_111): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.byteLength; start += size) {
    yield content.subarray(start, Math.min(start + size, content.byteLength))
  }
}

/** All bytes of a body. */
export async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  // A copy, in case the store uses its buffer again.
  for await (const piece of body) pieces.push(piece.slice())
  return new Uint8Array(Buffer.concat(pieces))
}

/** Base64 of the SHA-256, as `FileInfo.sha256` has it. */
export function sha256Base64(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('base64')
}

/** UTF-8 of a text. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Two contents are the same, told by their hashes: a difference of megabytes would print megabytes. */
export function sameBytes(actual: Uint8Array, expected: Uint8Array): boolean {
  return actual.byteLength === expected.byteLength && sha256Base64(actual) === sha256Base64(expected)
}
