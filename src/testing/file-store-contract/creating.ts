import assert from 'node:assert/strict'
import { bytesOf, sampleBytes } from '../contract.js'
import type { Check } from '../file-store-contract.js'
import {
  aSave,
  assertContent,
  assertFileInfo,
  create,
  expecting,
  manyNames,
  NOW,
  saving,
  stage,
  stat,
} from './subject.js'

/** What `create` must do. */
export function creatingFiles(check: Check): void {
  check('a new file is made beside another, with an id of its own', async ({ store, add }) => {
    const besideId = await add('a.txt', bytesOf('a'))
    const before = await stat(store, besideId)
    const file = await create(store, besideId, 'b.txt', 'content of b')
    assertFileInfo(file)
    assert.notEqual(file.fileId, besideId)
    assert.equal(file.name, 'b.txt')
    assert.equal(file.size, 12)
    assert.deepEqual(await stat(store, file.fileId), file)
    await assertContent(store, file.fileId, 'content of b')
    assert.deepEqual(await stat(store, besideId), before)
  })

  check('empty and large files are made', async ({ store, add }) => {
    const besideId = await add('a.txt', bytesOf('a'))
    const empty = await create(store, besideId, 'empty.docx', '')
    await assertContent(store, empty.fileId, '')
    const bytes = sampleBytes(3 * 1024 * 1024 + 1)
    const large = await create(store, besideId, 'large.bin', bytes)
    await assertContent(store, large.fileId, bytes)
  })

  check('files are made with names of every script', async ({ store, add }) => {
    const besideId = await add('source', bytesOf('a'))
    for (const [index, name] of manyNames.entries()) {
      const file = await create(store, besideId, name.normalize('NFC'), String(index))
      assert.equal(file.name, name.normalize('NFC'))
      await assertContent(store, file.fileId, String(index))
    }
  })

  check(
    'a taken name is told with the file that has it, and nothing is overwritten',
    async ({ store, add }) => {
      const besideId = await add('a.txt', bytesOf('a'))
      const takenId = await add('taken.txt', bytesOf('precious'))
      const existing = await stat(store, takenId)
      const staged = await stage(store, besideId, 'new')
      const refused = await store.create?.(besideId, 'taken.txt', staged, aSave())
      assert.ok(refused && !refused.done && refused.existing)
      assert.equal(refused.because, 'name-taken')
      assert.equal(refused.existing.fileId, takenId)
      assert.equal(refused.existing.version, existing.version)
      await assertContent(store, takenId, 'precious')
      const second = await store.create?.(besideId, 'free.txt', staged, aSave())
      assert.ok(second?.done, 'what was refused one name may have another')
      await assertContent(store, second.file.fileId, 'new')
    },
  )

  check('a name is free until a file has it', async ({ store, add }) => {
    if (!store.isFree) return
    const besideId = await add('a.txt', bytesOf('a'))
    assert.equal(await store.isFree(besideId, 'a.txt'), false)
    assert.equal(await store.isFree(besideId, 'b.txt'), true)
    await create(store, besideId, 'b.txt', 'content of b')
    assert.equal(await store.isFree(besideId, 'b.txt'), false)
  })

  check('content refused a name may replace the file that has it', async ({ store, add }) => {
    const besideId = await add('a.txt', bytesOf('a'))
    const takenId = await add('taken.txt', bytesOf('old'))
    const staged = await stage(store, besideId, 'new')
    const refused = await store.create?.(besideId, 'taken.txt', staged, aSave())
    assert.ok(refused && !refused.done && refused.existing)
    const committed = await saving(store).commit(takenId, staged, expecting(refused.existing), aSave())
    assert.ok(committed.done)
    assert.equal(committed.file.fileId, takenId)
    await assertContent(store, takenId, 'new')
  })

  check('of many files of one name at once exactly one is made', async ({ store, add }) => {
    const besideId = await add('a.txt', bytesOf('a'))
    const texts = Array.from({ length: 8 }, (_, index) => `racer ${index}`)
    const staged = await Promise.all(texts.map((text) => stage(store, besideId, text)))
    const outcomes = await Promise.all(
      staged.map((one) => store.create?.(besideId, 'one.txt', one, aSave({ at: NOW }))),
    )
    const made = outcomes.filter((outcome) => outcome?.done)
    assert.equal(made.length, 1)
    const winner = outcomes.findIndex((outcome) => outcome?.done)
    const [outcome] = made
    assert.ok(outcome?.done)
    await assertContent(store, outcome.file.fileId, texts[winner] ?? '')
  })

  check('a name that differs in case alone never overwrites', async ({ store, add }) => {
    const besideId = await add('Report.txt', bytesOf('precious'))
    const staged = await stage(store, besideId, 'new')
    const created = await store.create?.(besideId, 'REPORT.txt', staged, aSave())
    assert.ok(created)
    if (!created.done) assert.equal(created.existing?.fileId, besideId)
    await assertContent(store, besideId, 'precious')
  })
}
