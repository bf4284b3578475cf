import assert from 'node:assert/strict'
import { bytesOf, readAll, sameBytes, sampleBytes, sha256Base64 } from '../contract.js'
import type { Check } from '../file-store-contract.js'
import { assertContent, assertFileInfo, manyNames, stat } from './subject.js'

/** Ids that name no file, and that a careless store takes for a path, a property or a pattern. */
const foreignIds = [
  'nobody',
  '.',
  '..',
  '../..',
  '../../../../etc/passwd',
  '/etc/passwd',
  '%2e%2e%2f',
  'a/b',
  'a\\b',
  '\0',
  'a\0b',
  '__proto__',
  'constructor',
  '*',
  '%',
  "' OR 1=1 --",
  'x'.repeat(10_000),
]

/** What `stat` and `read` must do in every store. */
export function readingFiles(check: Check): void {
  check('an id that is nobody’s has no file, however odd it is', async ({ store, add }) => {
    await add('a.txt', bytesOf('a'))
    for (const fileId of foreignIds) {
      const name = JSON.stringify(fileId.slice(0, 30))
      assert.equal(await store.stat(fileId), null, `stat of ${name}`)
      assert.equal(await store.read(fileId), null, `read of ${name}`)
    }
  })

  check('stat tells what is there', async ({ store, add }) => {
    const fileId = await add('report.docx', bytesOf('twelve bytes'))
    const file = await stat(store, fileId)
    assertFileInfo(file)
    assert.equal(file.fileId, fileId)
    assert.equal(file.name, 'report.docx')
    assert.equal(file.size, 12)
    if (file.sha256 !== undefined) assert.equal(file.sha256, sha256Base64(bytesOf('twelve bytes')))
  })

  check('looking changes nothing', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('a'))
    const before = await stat(store, fileId)
    await assertContent(store, fileId, 'a')
    const { sha256: _, ...after } = await stat(store, fileId)
    const { sha256: __, ...same } = before
    assert.deepEqual(after, same)
  })

  check('read gives the content together with the file it belongs to', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('content'))
    const found = await store.read(fileId)
    assert.ok(found)
    assert.equal(found.file.version, (await stat(store, fileId)).version)
    assert.equal(found.file.fileId, fileId)
    assert.equal(found.file.size, 7)
    assert.deepEqual(await readAll(found.body), bytesOf('content'))
  })

  check('an empty file is empty', async ({ store, add }) => {
    const fileId = await add('empty.docx', new Uint8Array())
    await assertContent(store, fileId, '')
  })

  check('a file of several megabytes comes back to the last byte', async ({ store, add }) => {
    const bytes = sampleBytes(5 * 1024 * 1024 + 13)
    const fileId = await add('large.bin', bytes)
    await assertContent(store, fileId, bytes)
  })

  check('names of every script come back as they are', async ({ store, add }) => {
    for (const [index, name] of manyNames.entries()) {
      const fileId = await add(name, bytesOf(String(index)))
      assert.equal((await stat(store, fileId)).name, name.normalize('NFC'))
      await assertContent(store, fileId, String(index))
    }
  })

  check('every file has an id of its own, also files that are alike', async ({ store, add }) => {
    const ids = new Set<string>()
    for (let index = 0; index < 20; index++) ids.add(await add(`same ${index}.txt`, bytesOf('same')))
    assert.equal(ids.size, 20)
    for (const fileId of ids) assertFileInfo(await stat(store, fileId))
  })

  check('a range is exactly these bytes, both ends included', async ({ store, add }) => {
    const bytes = sampleBytes(300_000)
    const fileId = await add('range.bin', bytes)
    const last = bytes.byteLength - 1
    for (const [start, end] of [
      [0, last],
      [0, 0],
      [last, last],
      [1, 2],
      [65_535, 65_536],
      [100_000, 250_000],
      [last - 1, last],
    ] as const) {
      const found = await store.read(fileId, { start, end })
      assert.ok(found)
      assert.equal(found.file.size, bytes.byteLength, 'the file is described whole')
      assert.ok(sameBytes(await readAll(found.body), bytes.slice(start, end + 1)), `bytes ${start} to ${end}`)
    }
  })

  check('whoever stops reading early does no harm', async ({ store, add }) => {
    const bytes = sampleBytes(400_000)
    const fileId = await add('a.bin', bytes)
    for (let round = 0; round < 5; round++) {
      const found = await store.read(fileId)
      assert.ok(found)
      for await (const piece of found.body) {
        assert.ok(piece.byteLength > 0)
        break
      }
      const untouched = await store.read(fileId)
      await untouched?.body[Symbol.asyncIterator]().return?.()
    }
    await assertContent(store, fileId, bytes)
  })

  check('many read one file at once', async ({ store, add }) => {
    const bytes = sampleBytes(200_000)
    const fileId = await add('a.bin', bytes)
    await Promise.all(Array.from({ length: 8 }, () => assertContent(store, fileId, bytes)))
  })
}
