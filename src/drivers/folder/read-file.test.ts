import {
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Content } from '../../ports/file-store.js'
import { openForReading } from './read-file.js'

const content = Buffer.from(Array.from({ length: 700_000 }, (_, index) => index % 251))

let folder: string
let place: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wopikit-read-'))
  place = join(folder, 'file')
  writeFileSync(place, content)
})
afterEach(() => rmSync(folder, { recursive: true }))

function opened() {
  const file = openForReading(place)
  if (!file) throw new Error('not opened')
  return file
}

/** How many files of this test are open in this process; 0 where the system does not tell. */
function openCount(): number {
  try {
    return readdirSync('/proc/self/fd').filter((name) => readlink(name).startsWith(folder)).length
  } catch {
    return 0
  }
}

function readlink(name: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${name}`)
  } catch {
    return ''
  }
}

/** All that is lent, copied as whoever takes a part has to. */
async function allLent(body: Content): Promise<Buffer> {
  const parts: Buffer[] = []
  await body.lend?.(async (part) => {
    await new Promise(setImmediate)
    parts.push(Buffer.from(part))
  })
  return Buffer.concat(parts)
}

async function all(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('reading a file', () => {
  it.each([
    ['all of it', undefined],
    ['its beginning', { start: 0, end: 9 }],
    ['a large part', { start: 1234, end: 654_321 }],
    ['its last byte', { start: 699_999, end: 699_999 }],
  ])('gives and lends %s and closes it', async (_, range) => {
    const expected = content.subarray(range?.start ?? 0, range ? range.end + 1 : undefined)
    expect((await all(opened().read(range))).equals(expected)).toBe(true)
    expect((await allLent(opened().read(range))).equals(expected)).toBe(true)
    expect(openCount()).toBe(0)
  })

  it('lends to many at once without mixing up their parts', async () => {
    const read = await Promise.all(Array.from({ length: 40 }, () => allLent(opened().read())))
    expect(read.every((bytes) => bytes.equals(content))).toBe(true)
  })

  it('closes the file when a part is not taken', async () => {
    const lending = opened()
      .read()
      .lend?.(() => Promise.reject(new Error('The client has gone.')))
    await expect(lending).rejects.toThrow('The client has gone.')
    expect(openCount()).toBe(0)
  })

  it('gives the bytes that were opened, whatever becomes of the name', async () => {
    const body = opened().read()
    rmSync(place)
    writeFileSync(place, 'other')
    expect((await all(body)).equals(content)).toBe(true)
  })

  it('closes the file when the reader ends early, before the first piece or after it', async () => {
    for await (const _ of opened().read()) break
    await opened().read()[Symbol.asyncIterator]().return?.()
    opened().close()
    expect(openCount()).toBe(0)
  })

  it('does not close the file under a read that is on its way', async () => {
    const iterator = opened().read()[Symbol.asyncIterator]()
    const piece = iterator.next()
    const ended = iterator.return?.()
    expect((await piece).value?.byteLength).toBe(128 * 1024)
    await ended
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(openCount()).toBe(0)
  })

  it('closes the file when a stream over it is destroyed', async () => {
    const stream = Readable.from(opened().read())
    stream.on('error', () => {})
    stream.read()
    stream.destroy()
    await new Promise((resolve) => stream.on('close', resolve))
    await expect.poll(openCount).toBe(0)
  })

  it('says when another program cuts it short meanwhile, and closes it', async () => {
    const body = opened().read()
    truncateSync(place, 300_000)
    await expect(all(body)).rejects.toThrow('cut short by another program')
    await expect(allLent(opened().read({ start: 0, end: 400_000 }))).rejects.toThrow('cut short')
    expect(openCount()).toBe(0)
  })

  it('follows no link, and opens no folder', () => {
    symlinkSync(place, join(folder, 'link'))
    expect(openForReading(join(folder, 'link'))).toBeNull()
    expect(openForReading(folder)).toBeNull()
    expect(openForReading(join(folder, 'nothing'))).toBeNull()
    expect(openForReading(join(place, 'below'))).toBeNull()
  })
})
