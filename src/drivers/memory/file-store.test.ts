import { describe, expect, test } from 'vitest'
import { bytesOf } from '../../testing/contract.js'
import { fileStoreContract } from '../../testing/file-store-contract.js'
import { memoryFileStore } from './file-store.js'

async function create() {
  const store = memoryFileStore()
  let files = 0
  return {
    store,
    async add(name: string, content: Uint8Array) {
      const fileId = `file-${++files}`
      store.put(fileId, name, content)
      return fileId
    },
    stagedCount: async () => store.stagedCount,
    dispose: async () => {},
  }
}

describe('file store in memory', async () => {
  await fileStoreContract({ test, create })

  test('keeps rescued content where a test finds it', async () => {
    const store = memoryFileStore()
    const save = {
      userId: 'alice',
      userName: 'Alice',
      editors: [],
      origin: 'save',
      modifiedByUser: true,
      at: 0,
    } as const
    const staged = await store.stage(
      '1',
      (async function* () {
        yield bytesOf('work')
      })(),
      save,
    )
    await store.rescue(staged, { fileId: '1', code: 'lock-mismatch', reason: 'Locked.', save, version: '1' })
    expect(store.rescued[0]?.content).toEqual(bytesOf('work'))
  })
})

describe('a file store that only has stat and read', async () => {
  await fileStoreContract({
    test,
    async create() {
      const { store, add, dispose } = await create()
      return { store: { stat: store.stat, read: store.read }, add, dispose }
    },
  })
})
