import { createHash, randomUUID } from 'node:crypto'
import type { Bytes, FileInfo, FileStore, Refusal, Staged } from '../../ports/file-store.js'

/** A file store in memory, with what a test wants to put in and to look at. */
export interface MemoryFileStore extends Required<FileStore> {
  /** Puts a file there as if another program had; an existing one of this id gets a new version. */
  put(fileId: string, name: string, content: Uint8Array | string): void
  content(fileId: string): Uint8Array | null
  readonly rescued: readonly { readonly refusal: Refusal; readonly content: Uint8Array }[]
  /** How much content has arrived and is nobody's yet. */
  readonly stagedCount: number
}

interface Entry {
  info: FileInfo
  content: Uint8Array
}

/** Files in memory: for tests, and as the shortest complete example of the port. All files lie in one place. */
export function memoryFileStore(): MemoryFileStore {
  const files = new Map<string, Entry>()
  const bodies = new Map<string, Uint8Array>()
  const rescued: { refusal: Refusal; content: Uint8Array }[] = []

  function set(fileId: string, name: string, content: Uint8Array, sha256: string, at = Date.now()): FileInfo {
    const before = files.get(fileId)?.info
    const sameBytes = before?.sha256 === sha256
    const info: FileInfo = {
      fileId,
      name,
      size: content.byteLength,
      version: String(Number(before?.version ?? 0) + 1),
      modifiedAt: before ? (sameBytes ? before.modifiedAt : Math.max(at, before.modifiedAt + 1)) : at,
      sha256,
    }
    files.set(fileId, { info, content })
    return info
  }

  function taken(name: string, exceptId?: string): FileInfo | null {
    for (const { info } of files.values()) if (info.name === name && info.fileId !== exceptId) return info
    return null
  }

  function take(staged: Staged): Uint8Array {
    const content = bodies.get(staged.stagedId)
    if (!content) throw new Error(`There is no staged content ${staged.stagedId}.`)
    bodies.delete(staged.stagedId)
    return content
  }

  return {
    rescued,
    get stagedCount() {
      return bodies.size
    },
    put(fileId, name, content) {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
      set(fileId, name, bytes, sha256Of(bytes))
    },
    content(fileId) {
      return files.get(fileId)?.content ?? null
    },
    async stat(fileId) {
      return files.get(fileId)?.info ?? null
    },
    async read(fileId, range) {
      const entry = files.get(fileId)
      if (!entry) return null
      return {
        file: entry.info,
        body: once(range ? entry.content.subarray(range.start, range.end + 1) : entry.content),
      }
    },
    async stage(_fileId, body) {
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(chunk.slice())
      const content = new Uint8Array(Buffer.concat(chunks))
      const stagedId = randomUUID()
      bodies.set(stagedId, content)
      return { stagedId, size: content.byteLength, sha256: sha256Of(content) }
    },
    async commit(fileId, staged, expected, save) {
      const entry = files.get(fileId)
      if (entry?.info.version !== expected.version) return { done: false, because: 'changed' }
      return { done: true, file: set(fileId, entry.info.name, take(staged), staged.sha256, save.at) }
    },
    async create(_besideId, name, staged, save) {
      const existing = taken(name)
      if (existing) return { done: false, because: 'name-taken', existing }
      return { done: true, file: set(randomUUID(), name, take(staged), staged.sha256, save.at) }
    },
    async isFree(_besideId, name) {
      return taken(name) === null
    },
    async discard(staged) {
      bodies.delete(staged.stagedId)
    },
    async rescue(staged, refusal) {
      rescued.push({ refusal, content: take(staged) })
    },
    async rename(fileId, name, expected) {
      const entry = files.get(fileId)
      if (entry?.info.version !== expected.version) return { done: false, because: 'changed' }
      if (taken(name, fileId)) return { done: false, because: 'name-taken' }
      entry.info = { ...entry.info, name }
      return { done: true, file: entry.info }
    },
    async delete(fileId, expected) {
      if (files.get(fileId)?.info.version !== expected.version) return { done: false, because: 'changed' }
      files.delete(fileId)
      return { done: true }
    },
  }
}

async function* once(content: Uint8Array): Bytes {
  if (content.byteLength > 0) yield content
}

function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('base64')
}
