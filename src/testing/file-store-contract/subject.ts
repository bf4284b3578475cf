import assert from 'node:assert/strict'
import type { Expected, FileInfo, FileStore, SaveInfo, Staged } from '../../ports/file-store.js'
import { bytesOf, inPieces, readAll, sameBytes } from '../contract.js'

/** The clock of the contract, in milliseconds since 1970. */
export const NOW = Date.UTC(2026, 0, 15, 12)

/** Names a document may have, of many scripts and with every kind of legal character. */
export const manyNames: readonly string[] = [
  'report.docx',
  'no extension',
  'two.dots.tar.gz',
  'Größe été naïve.odt',
  '年度 报告 2026.xlsx',
  'файл.pptx',
  'ملف عربي.txt',
  'קובץ.txt',
  'ไฟล์.txt',
  'हिन्दी.md',
  '日本語 ファイル.docx',
  '😀 👩‍👩‍👧 🇫🇷.docx',
  `'quoted' (1) & [2] {3} #4 %41 %2F + = ; , ! @ $ ^ ~ \`.txt`,
  '-dash.txt',
  `${'x'.repeat(200)}.txt`,
  `${'永'.repeat(80)}.docx`,
]

/** The methods of a store that takes saves. */
export type SavingStore = FileStore & Required<Pick<FileStore, 'stage' | 'commit' | 'discard'>>

export function saving(store: FileStore): SavingStore {
  assert.ok(store.stage && store.commit && store.discard, 'the store has stage, commit and discard')
  return store as SavingStore
}

export function aSave(save: Partial<SaveInfo> = {}): SaveInfo {
  return {
    userId: 'alice',
    userName: 'Alice Ünïcode 王',
    editors: ['alice', 'bob'],
    origin: 'save',
    modifiedByUser: true,
    at: NOW,
    ...save,
  }
}

/** What holds of a file as it was seen, without a lock. */
export function expecting(file: FileInfo, lockId: string | null = null, now = NOW): Expected {
  return { version: file.version, lockId, now }
}

export async function stat(store: FileStore, fileId: string): Promise<FileInfo> {
  const file = await store.stat(fileId)
  assert.ok(file, `stat finds ${fileId}`)
  return file
}

async function content(store: FileStore, fileId: string): Promise<Uint8Array> {
  const found = await store.read(fileId)
  assert.ok(found, `read finds ${fileId}`)
  return readAll(found.body)
}

export async function assertContent(store: FileStore, fileId: string, expected: Uint8Array | string) {
  const bytes = typeof expected === 'string' ? bytesOf(expected) : expected
  const actual = await content(store, fileId)
  assert.ok(
    sameBytes(actual, bytes),
    `the content has ${actual.byteLength} bytes and is not the ${bytes.byteLength} bytes that were expected`,
  )
  assert.equal((await stat(store, fileId)).size, bytes.byteLength)
}

export async function stage(
  store: FileStore,
  fileId: string,
  bytes: Uint8Array | string,
  save: SaveInfo = aSave(),
): Promise<Staged> {
  return saving(store).stage(fileId, inPieces(typeof bytes === 'string' ? bytesOf(bytes) : bytes), save)
}

/** Saves in one go, expecting the file as it is; the file afterwards. */
export async function save(
  store: FileStore,
  fileId: string,
  bytes: Uint8Array | string,
  info: SaveInfo = aSave(),
): Promise<FileInfo> {
  const staged = await stage(store, fileId, bytes, info)
  const committed = await saving(store).commit(fileId, staged, expecting(await stat(store, fileId)), info)
  assert.ok(committed.done, 'the save is committed')
  return committed.file
}

/** Creates a file in one go; the new file. */
export async function create(
  store: FileStore,
  besideId: string,
  name: string,
  bytes: Uint8Array | string,
): Promise<FileInfo> {
  const staged = await stage(store, besideId, bytes)
  const created = await store.create?.(besideId, name, staged, aSave({ origin: 'save-as' }))
  assert.ok(created?.done, `${name} is created`)
  return created.file
}

/** What every description of a file must be, whoever gives it. */
export function assertFileInfo(file: FileInfo): void {
  // Clients make document keys and lock ids of it, and replace or cut what does not fit.
  assert.match(file.fileId, /^[A-Za-z0-9_-]{1,128}$/, 'a file id is URL-safe and at most 128 characters long')
  assert.notEqual(file.name, '')
  assert.ok(!file.name.includes('/'), 'a name has no path')
  assert.ok(Number.isSafeInteger(file.size) && file.size >= 0, 'the size is a whole number of bytes')
  assert.match(file.version, /^[\x21\x23-\x7e]{1,128}$/, 'a version fits into a header and an entity tag')
  assert.ok(Number.isSafeInteger(file.modifiedAt), 'modifiedAt is a whole number of milliseconds')
  if (file.sha256 !== undefined) assert.match(file.sha256, /^[A-Za-z0-9+/]{43}=$/)
}
