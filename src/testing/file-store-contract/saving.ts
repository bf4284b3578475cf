import assert from 'node:assert/strict'
import { bytesOf, inPieces, readAll, sameBytes, sampleBytes, sha256Base64 } from '../contract.js'
import type { Check, FileStoreUnderTest } from '../file-store-contract.js'
import { aSave, assertContent, assertFileInfo, expecting, NOW, save, saving, stage, stat } from './subject.js'

/** What `stage`, `commit`, `discard` and `rescue` must do. */
export function savingFiles(check: Check, has: { staged: boolean; rescue: boolean }): void {
  check('a save replaces the content, and nothing else of the file', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('old'))
    const before = await stat(store, fileId)
    const file = await save(store, fileId, 'new content')
    assertFileInfo(file)
    assert.equal(file.fileId, fileId)
    assert.equal(file.name, 'a.txt')
    assert.equal(file.size, 11)
    assert.notEqual(file.version, before.version)
    assert.ok(file.modifiedAt > before.modifiedAt, 'modifiedAt has moved forward')
    assert.deepEqual(await stat(store, fileId), file)
    await assertContent(store, fileId, 'new content')
  })

  check('staged content is measured, and nobody’s yet', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('old'))
    const before = await stat(store, fileId)
    const bytes = sampleBytes(200_000)
    const staged = await stage(store, fileId, bytes)
    assert.equal(staged.size, bytes.byteLength)
    assert.equal(staged.sha256, sha256Base64(bytes))
    assert.deepEqual(await stat(store, fileId), before)
    await assertContent(store, fileId, 'old')
  })

  check('a file can be emptied and filled again', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('old'))
    assert.equal((await save(store, fileId, '')).size, 0)
    await assertContent(store, fileId, '')
    await save(store, fileId, 'again')
    await assertContent(store, fileId, 'again')
  })

  check('a save of several megabytes is stored to the last byte', async ({ store, add }) => {
    const fileId = await add('large.bin', bytesOf('small'))
    const bytes = sampleBytes(6 * 1024 * 1024 + 7)
    await save(store, fileId, bytes)
    await assertContent(store, fileId, bytes)
  })

  check('the same bytes are a new version of the same time', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('old'))
    const first = await save(store, fileId, 'same', aSave({ at: NOW + 1000 }))
    const second = await save(store, fileId, 'same', aSave({ at: NOW + 2000 }))
    assert.notEqual(second.version, first.version)
    assert.equal(second.modifiedAt, first.modifiedAt)
    assert.equal((await stat(store, fileId)).modifiedAt, first.modifiedAt)
  })

  check('a version never comes again, whatever the content', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('start'))
    const versions = [(await stat(store, fileId)).version]
    for (const text of ['A', 'B', 'A', 'A', '', 'A', 'start', '', '']) {
      versions.push((await save(store, fileId, text)).version)
    }
    assert.equal(new Set(versions).size, versions.length, versions.join(' '))
  })

  check('modifiedAt moves strictly forward, also when the clock does not', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('start'))
    let before = (await stat(store, fileId)).modifiedAt
    for (const [index, at] of [NOW, NOW, NOW - 60_000, NOW - 3_600_000, NOW].entries()) {
      const { modifiedAt } = await save(store, fileId, `content ${index}`, aSave({ at }))
      assert.ok(modifiedAt > before, `${modifiedAt} comes after ${before}`)
      assert.ok(Number.isSafeInteger(modifiedAt))
      before = modifiedAt
    }
  })

  check(
    'a commit that expects another version does nothing, and may be tried again',
    async ({ store, add }) => {
      const fileId = await add('a.txt', bytesOf('first'))
      const seen = await stat(store, fileId)
      const staged = await stage(store, fileId, 'late')
      const current = await save(store, fileId, 'second')
      const late = await saving(store).commit(fileId, staged, expecting(seen), aSave())
      assert.deepEqual(late, { done: false, because: 'changed' })
      assert.deepEqual(await stat(store, fileId), current)
      await assertContent(store, fileId, 'second')
      const again = await saving(store).commit(fileId, staged, expecting(current), aSave())
      assert.ok(again.done)
      await assertContent(store, fileId, 'late')
    },
  )

  check('a commit to a file that is not there says changed', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('a'))
    const staged = await stage(store, fileId, 'b')
    const expected = expecting(await stat(store, fileId))
    assert.deepEqual(await saving(store).commit('nobody', staged, expected, aSave()), {
      done: false,
      because: 'changed',
    })
  })

  check('of many commits at once exactly one is done', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('start'))
    const expected = expecting(await stat(store, fileId))
    const texts = Array.from({ length: 8 }, (_, index) => `racer ${index}`)
    const staged = await Promise.all(texts.map((text) => stage(store, fileId, text)))
    const outcomes = await Promise.all(
      staged.map((one) => saving(store).commit(fileId, one, expected, aSave())),
    )
    assert.equal(outcomes.filter((outcome) => outcome.done).length, 1)
    await assertContent(store, fileId, texts[outcomes.findIndex((outcome) => outcome.done)] ?? '')
  })

  check('bodies that arrive at the same time do not mix', async ({ store, add }) => {
    const ids = await Promise.all([1, 2, 3, 4].map((number) => add(`${number}.bin`, bytesOf('old'))))
    const bodies = ids.map((_, index) => sampleBytes(150_000 + index, index + 1))
    const staged = await Promise.all(
      ids.map((fileId, index) =>
        saving(store).stage(fileId, inPieces(bodies[index] ?? new Uint8Array(), 999 + index), aSave()),
      ),
    )
    await Promise.all(
      ids.map(async (fileId, index) => {
        const one = staged[index]
        assert.ok(one)
        await saving(store).commit(fileId, one, expecting(await stat(store, fileId)), aSave())
      }),
    )
    for (const [index, fileId] of ids.entries()) {
      await assertContent(store, fileId, bodies[index] ?? new Uint8Array())
    }
  })

  check('who began to read before a save reads the old content to its end', async ({ store, add }) => {
    const old = sampleBytes(3 * 1024 * 1024, 1)
    const fileId = await add('a.bin', old)
    const reading = await store.read(fileId)
    assert.ok(reading)
    const iterator = reading.body[Symbol.asyncIterator]()
    const first = await iterator.next()
    await save(store, fileId, sampleBytes(1024 * 1024, 2))
    const rest = await readAll({ [Symbol.asyncIterator]: () => iterator })
    const all = new Uint8Array(Buffer.concat([first.value ?? new Uint8Array(), rest]))
    assert.ok(sameBytes(all, old), `${all.byteLength} bytes were read`)
  })

  check('discarded content is gone, and discarding what is gone does no harm', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('old'))
    const staged = await stage(store, fileId, 'unwanted')
    await saving(store).discard(staged)
    await saving(store).discard(staged)
    const used = await stage(store, fileId, 'wanted')
    const committed = await saving(store).commit(fileId, used, expecting(await stat(store, fileId)), aSave())
    assert.ok(committed.done)
    await saving(store).discard(used)
    await assertContent(store, fileId, 'wanted')
  })

  brokenBodies(check)
  if (has.staged) leavingNothingBehind(check)
  if (has.rescue) rescuing(check)
}

class BodyBroke extends Error {}

/** A body that ends in an error after some bytes, as when the client hangs up. */
async function* breaking(after: number): AsyncGenerator<Uint8Array> {
  yield* inPieces(sampleBytes(after))
  throw new BodyBroke('The client has gone.')
}

function brokenBodies(check: Check): void {
  check('a body that breaks passes its own error on and changes nothing', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('old'))
    const before = await stat(store, fileId)
    for (const after of [0, 1, 250_000]) {
      await assert.rejects(saving(store).stage(fileId, breaking(after), aSave()), BodyBroke)
    }
    assert.deepEqual(await stat(store, fileId), before)
    await assertContent(store, fileId, 'old')
  })
}

function leavingNothingBehind(check: Check): void {
  check('nothing staged stays behind', async (given) => {
    const { store, add } = given
    const fileId = await add('a.txt', bytesOf('old'))
    const before = await count(given)
    await assert.rejects(saving(store).stage(fileId, breaking(250_000), aSave()), BodyBroke)
    assert.equal(await count(given), before, 'after a body that broke')
    const staged = await stage(store, fileId, 'unwanted')
    assert.equal(await count(given), before + 1, 'while it waits')
    await saving(store).discard(staged)
    assert.equal(await count(given), before, 'after discard')
    for (const text of ['new', 'new']) {
      const used = await stage(store, fileId, text)
      await saving(store).commit(fileId, used, expecting(await stat(store, fileId)), aSave())
      await saving(store).discard(used)
      assert.equal(await count(given), before, 'after commit and discard')
    }
  })
}

function rescuing(check: Check): void {
  check('a refused save is rescued without touching the file, also when the file is gone', async (given) => {
    const { store, add } = given
    const fileId = await add('a.txt', bytesOf('old'))
    const before = await stat(store, fileId)
    for (const refused of [
      { fileId, version: before.version },
      { fileId: 'nobody', version: null },
    ]) {
      const info = aSave({ origin: 'exit-save' })
      const staged = await stage(store, fileId, `refused for ${refused.fileId}`, info)
      await store.rescue?.(staged, {
        ...refused,
        code: 'lock-mismatch',
        reason: 'The file is locked by another program.',
        save: info,
      })
      await saving(store).discard(staged)
    }
    assert.deepEqual(await stat(store, fileId), before)
    await assertContent(store, fileId, 'old')
    if (given.stagedCount) assert.equal(await count(given), 0)
  })
}

async function count(given: FileStoreUnderTest): Promise<number> {
  return (await given.stagedCount?.()) ?? 0
}
