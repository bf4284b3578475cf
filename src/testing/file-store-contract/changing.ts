import assert from 'node:assert/strict'
import type { FileStore } from '../../ports/file-store.js'
import { bytesOf } from '../contract.js'
import type { Check } from '../file-store-contract.js'
import { aSave, assertContent, create, expecting, manyNames, save, stage, stat } from './subject.js'

/** What `rename` and `delete` must do, and what another store over the same files sees. */
export function changingFiles(
  check: Check,
  has: { rename: boolean; delete: boolean; reopen: boolean },
): void {
  if (has.rename) renaming(check)
  if (has.delete) deleting(check)
  if (has.reopen) reopening(check)
}

function renaming(check: Check): void {
  check('a renamed file keeps id, version, time and content', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('content'))
    const before = await stat(store, fileId)
    const renamed = await rename(store, fileId, 'b.txt')
    assert.ok(renamed.done)
    assert.equal(renamed.file.name, 'b.txt')
    const after = await stat(store, fileId)
    assert.deepEqual(
      [after.fileId, after.name, after.version, after.modifiedAt, after.size],
      [fileId, 'b.txt', before.version, before.modifiedAt, before.size],
    )
    await assertContent(store, fileId, 'content')
  })

  check('files are renamed to names of every script', async ({ store, add }) => {
    const fileId = await add('start', bytesOf('content'))
    for (const name of manyNames) {
      const renamed = await rename(store, fileId, name.normalize('NFC'))
      assert.ok(renamed.done, name)
      assert.equal((await stat(store, fileId)).name, name.normalize('NFC'))
    }
    await assertContent(store, fileId, 'content')
  })

  check('a rename to a taken name changes neither file', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('a'))
    const takenId = await add('b.txt', bytesOf('b'))
    assert.deepEqual(await rename(store, fileId, 'b.txt'), { done: false, because: 'name-taken' })
    assert.equal((await stat(store, fileId)).name, 'a.txt')
    await assertContent(store, fileId, 'a')
    await assertContent(store, takenId, 'b')
  })

  check('a rename that expects another version does nothing', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('a'))
    const outcome = await store.rename?.(fileId, 'b.txt', {
      ...expecting(await stat(store, fileId)),
      version: 'another',
    })
    assert.deepEqual(outcome, { done: false, because: 'changed' })
    assert.equal((await stat(store, fileId)).name, 'a.txt')
    const nobody = await store.rename?.('nobody', 'c.txt', expecting(await stat(store, fileId)))
    assert.deepEqual(nobody, { done: false, because: 'changed' })
  })

  check('of two files renamed to one name at once exactly one gets it', async ({ store, add }) => {
    const ids = await Promise.all(['a.txt', 'b.txt', 'c.txt'].map((name) => add(name, bytesOf(name))))
    const outcomes = await Promise.all(ids.map((fileId) => rename(store, fileId, 'one.txt')))
    assert.equal(outcomes.filter((outcome) => outcome.done).length, 1)
    const names = await Promise.all(ids.map(async (fileId) => (await stat(store, fileId)).name))
    assert.equal(names.filter((name) => name === 'one.txt').length, 1)
    for (const [index, name] of ['a.txt', 'b.txt', 'c.txt'].entries()) {
      await assertContent(store, ids[index] ?? '', name)
    }
  })

  check('a name given up is free for another file', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('a'))
    const otherId = await add('b.txt', bytesOf('b'))
    assert.ok((await rename(store, fileId, 'c.txt')).done)
    assert.ok((await rename(store, otherId, 'a.txt')).done)
    await assertContent(store, fileId, 'a')
    await assertContent(store, otherId, 'b')
  })
}

function deleting(check: Check): void {
  check('a deleted file is gone, and stays gone', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('a'))
    const before = await stat(store, fileId)
    assert.deepEqual(await store.delete?.(fileId, expecting(before)), { done: true })
    assert.equal(await store.stat(fileId), null)
    assert.equal(await store.read(fileId), null)
    assert.deepEqual(await store.delete?.(fileId, expecting(before)), { done: false, because: 'changed' })
  })

  check('a delete that expects another version does nothing', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('a'))
    const expected = { ...expecting(await stat(store, fileId)), version: 'another' }
    assert.deepEqual(await store.delete?.(fileId, expected), { done: false, because: 'changed' })
    await assertContent(store, fileId, 'a')
  })

  check('a new file of a deleted file’s name is another file', async ({ store, add }) => {
    const fileId = await add('a.txt', bytesOf('old'))
    await store.delete?.(fileId, expecting(await stat(store, fileId)))
    const newId = await add('a.txt', bytesOf('new'))
    assert.notEqual(newId, fileId)
    assert.equal(await store.stat(fileId), null)
    await assertContent(store, newId, 'new')
  })

  check('only the file that was meant is deleted', async ({ store, add }) => {
    const ids = await Promise.all(['a.txt', 'a', 'a.txt.txt'].map((name) => add(name, bytesOf(name))))
    await store.delete?.(ids[0] ?? '', expecting(await stat(store, ids[0] ?? '')))
    await assertContent(store, ids[1] ?? '', 'a')
    await assertContent(store, ids[2] ?? '', 'a.txt.txt')
  })
}

function reopening(check: Check): void {
  check('another store over the same files sees all that was answered', async ({ store, add, reopen }) => {
    assert.ok(reopen)
    const fileId = await add('a.txt', bytesOf('old'))
    const states = [await stat(store, fileId)]
    if (store.stage) {
      states[0] = await save(store, fileId, 'saved')
      if (store.create) states.push(await create(store, fileId, 'created.txt', 'created'))
      // What arrived and was not decided is nobody's, after a new start too.
      await stage(store, fileId, 'undecided', aSave())
    }
    if (store.rename) {
      const renamed = await rename(store, fileId, 'renamed.txt')
      assert.ok(renamed.done)
      states[0] = await stat(store, fileId)
    }
    const other = await reopen()
    for (const before of states) assert.deepEqual(await stat(other, before.fileId), before)
    await assertContent(other, fileId, store.stage ? 'saved' : 'old')
  })

  check(
    'of saves committed at once through two stores exactly one is done',
    async ({ store, add, reopen }) => {
      assert.ok(reopen)
      if (!store.stage) return
      const fileId = await add('a.txt', bytesOf('old'))
      const other = await reopen()
      const expected = expecting(await stat(store, fileId))
      const outcomes = await Promise.all(
        [store, other].map(async (one, index) =>
          one.commit?.(fileId, await stage(one, fileId, `racer ${index}`), expected, aSave()),
        ),
      )
      assert.equal(outcomes.filter((outcome) => outcome?.done).length, 1)
      const winner = outcomes.findIndex((outcome) => outcome?.done)
      for (const one of [store, other]) await assertContent(one, fileId, `racer ${winner}`)
    },
  )
}

async function rename(store: FileStore, fileId: string, name: string) {
  const renamed = await store.rename?.(fileId, name, expecting(await stat(store, fileId)))
  assert.ok(renamed)
  return renamed
}
