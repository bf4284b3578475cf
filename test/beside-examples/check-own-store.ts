/*
 * Runs the shipped contract over the example's own file store, by the test runner of Node, as somebody would who has just written such a
 * store. It runs inside an installed package's project.
 *
 *   node --test-force-exit check-own-store.js ./own-file-store.js
 */
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { fileStoreContract } from 'wopikit/testing'

const { documents, files } = await import(process.argv[2] ?? '')

await fileStoreContract({
  test,
  async create() {
    documents.clear()
    return {
      store: files,
      async add(name, bytes) {
        const fileId = randomUUID()
        const content = new Blob([new Uint8Array(bytes)])
        documents.set(fileId, {
          fileId,
          name,
          size: content.size,
          version: '1',
          modifiedAt: Date.now(),
          content,
        })
        return fileId
      },
      dispose: async () => {},
    }
  },
})
