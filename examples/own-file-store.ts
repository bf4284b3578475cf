import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { blob } from 'node:stream/consumers'
import { createWopiHost, type FileInfo, type FileStore, signedAccessTokens } from 'wopikit'
import { memoryLockStore } from 'wopikit/drivers/memory'
import { nodeHandler } from 'wopikit/node'

export const documents = new Map<string, FileInfo & { content: Blob }>() // stands for your database
const arrived = new Map<string, Blob>() // complete, but not yet anybody's
export const files: FileStore = {
  stat: async (fileId) => documents.get(fileId) ?? null,
  async read(fileId, range) {
    const file = documents.get(fileId)
    return file ? { file, body: file.content.slice(range?.start, range && range.end + 1).stream() } : null
  },
  async stage(_fileId, body) {
    const [stagedId, content] = [randomUUID(), await blob(body)]
    const bytes = new Uint8Array(await content.arrayBuffer())
    arrived.set(stagedId, content)
    return { stagedId, size: content.size, sha256: createHash('sha256').update(bytes).digest('base64') }
  },
  async commit(fileId, { stagedId, size, sha256 }, expected, save) {
    const [before, content] = [documents.get(fileId), arrived.get(stagedId)]
    if (!content || before?.version !== expected.version) return { done: false, because: 'changed' }
    const modifiedAt = sha256 === before.sha256 ? before.modifiedAt : Math.max(save.at, before.modifiedAt + 1)
    const file = { ...before, content, size, sha256, modifiedAt, version: randomUUID() }
    documents.set(fileId, file)
    return { done: true, file }
  },
  discard: async ({ stagedId }) => void arrived.delete(stagedId),
}
export const host = createWopiHost({
  url: 'http://localhost:8080',
  files,
  locks: memoryLockStore(),
  tokens: signedAccessTokens({ keys: [randomBytes(32)] }),
  permission: ({ userId }, file) => (userId === file.ownerId ? 'edit' : 'view'), // asked at every request
})
createServer(nodeHandler(host)).listen(process.env.PORT ?? 8080)
