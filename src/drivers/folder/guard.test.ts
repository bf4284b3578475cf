import { zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  aSave,
  body,
  bytes,
  idOf,
  read,
  save,
  type TestFolder,
  testFolder,
} from '../../../test/support/folder-library.js'
import type { FolderLibrary, LibraryEvent } from './index.js'

const zip = (text: string) =>
  zipSync({ 'word/document.xml': bytes(text), '[Content_Types].xml': bytes('<Types/>') })
const ole = (text: string) =>
  Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.from(text.padEnd(600))])
const pdf = (text: string) => bytes(`%PDF-1.7\n${text}\n%%EOF`)

let folder: TestFolder
let library: FolderLibrary
beforeEach(async () => {
  folder = testFolder()
  library = await folder.open()
})
afterEach(() => folder.remove())

/** What the guard says when one content is saved over another. */
async function doubt(name: string, before: Uint8Array, after: Uint8Array): Promise<string | null> {
  folder.put(name, before)
  const id = await idOf(library, name)
  const { version } = await save(library, id, after)
  expect(Buffer.from(after).equals(Buffer.from((await contentOf(id)) ?? 'gone'))).toBe(true)
  return library.versions.find(id, version)?.suspicious ?? null
}

async function contentOf(id: string): Promise<Uint8Array | null> {
  const content = await library.files.read(id)
  const pieces: Uint8Array[] = []
  for await (const piece of content?.body ?? []) pieces.push(piece)
  return content && Buffer.concat(pieces)
}

describe('content that looks damaged', () => {
  const bigZip = zipSync({
    'a.xml': bytes('x'.repeat(300_000)),
    'noise.bin': Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 7919) % 251)),
  })
  it.each<[string, string, Uint8Array, Uint8Array]>([
    ['empty over a document', 'a.docx', zip('text'), bytes('')],
    ['empty over a file of a kind nobody knows', 'a.bin', bytes('some bytes'), bytes('')],
    ['an error page over a document', 'a.docx', zip('text'), bytes('<html>502 Bad Gateway</html>')],
    ['a document that was cut off', 'a.xlsx', bigZip, bigZip.subarray(0, bigZip.byteLength - 5000)],
    ['a document without its beginning', 'a.odt', zip('text'), zip('text').subarray(100)],
    ['a zip archive whose directory points nowhere', 'a.pptx', zip('text'), brokenDirectory(zip('text'))],
    ['text over an older office document', 'a.doc', ole('text'), bytes('plain')],
    ['something else over a PDF', 'a.pdf', pdf('x'), zip('x')],
    ['zero bytes over text', 'a.txt', bytes('Grüße'), new Uint8Array(2000)],
    ['what is not UTF-8 over text that was', 'a.md', bytes('Grüße'), Buffer.from('Grüße', 'latin1')],
    [
      'damage at the end of a long text',
      'a.csv',
      bytes('x,y\n'.repeat(40_000)),
      Buffer.concat([bytes('x,y\n'.repeat(40_000)), Buffer.from([0xff, 0xfe, 0xff])]),
    ],
  ])('%s is committed, marked, and the version before is pinned', async (_, name, before, after) => {
    const events: LibraryEvent[] = []
    library.subscribe((event) => events.push(event))
    expect(await doubt(name, before, after)).toMatch(
      /^The save is (empty; the version before had \d+ bytes|not .* any more, as the version before was)\.$/,
    )
    const id = await idOf(library, name)
    expect(library.versions.find(id, '1')).toMatchObject({ pinned: true, suspicious: null })
    expect(events.find(({ type }) => type === 'suspicious-save')).toMatchObject({
      id,
      name,
      version: '2',
      reason: expect.any(String),
    })
  })

  it('looks for no damage where a character goes on beyond what is looked at', async () => {
    const looked = 64 * 1024
    for (let shift = 0; shift < 4; shift++) {
      const text = `${'x'.repeat(shift)}${'😀'.repeat(looked / 4)}${'y'.repeat(shift)}`
      expect(await doubt(`${shift}.txt`, bytes('x'), bytes(text)), `shifted by ${shift}`).toBeNull()
    }
  })

  it.each<[string, string, Uint8Array, Uint8Array]>([
    ['another document', 'a.docx', zip('text'), zip('other')],
    ['a document with a long comment at its end', 'a.docx', zip('text'), withComment(zip('text'), 60_000)],
    ['a document that got a password', 'a.docx', zip('text'), ole('EncryptedPackage')],
    ['an older office document', 'a.xls', ole('a'), ole('b')],
    ['a PDF with something before its mark', 'a.pdf', pdf('x'), bytes(`\n\n${'x'.repeat(500)}%PDF-1.4`)],
    [
      'a text of any script, longer than what is looked at',
      'a.txt',
      bytes('x'),
      bytes('中文😀'.repeat(30_000)),
    ],
    ['text in UTF-16 that says so', 'a.txt', bytes('x'), Buffer.from('\ufeffGrüße', 'utf16le')],
    ['a first content', 'a.docx', bytes(''), zip('text')],
    ['what was no document before either', 'a.docx', bytes('never was one'), bytes('nor is')],
    ['text that was never UTF-8', 'a.txt', Buffer.from('Grüße', 'latin1'), Buffer.from('Größe', 'latin1')],
    ['a kind nobody knows', 'a.dat', bytes('x'), new Uint8Array([0, 1, 2])],
    ['empty over empty', 'a.txt', bytes(''), bytes('')],
  ])('%s is not doubted', async (_, name, before, after) => {
    expect(await doubt(name, before, after)).toBeNull()
    expect(library.versions.find(await idOf(library, name), '1')?.pinned ?? false).toBe(false)
  })

  it('is still doubted when it follows on other damage, and the last good version stays the pinned one', async () => {
    folder.put('a.docx', zip('good'))
    const id = await idOf(library, 'a.docx')
    await save(library, id, 'damage')
    const { version } = await save(library, id, 'more damage')
    expect(library.versions.find(id, version)?.suspicious).not.toBeNull()
    const { versions } = await library.versions.list(id)
    expect(versions.map(({ pinned }) => pinned)).toEqual([false, false, true])
    expect(await library.versions.restore(id, '1', { userId: 'a', userName: 'A' })).toMatchObject({
      done: true,
    })
    expect(library.versions.find(id, '4')).toMatchObject({ suspicious: null, current: true })
  })

  it('keeps the good version against every limit', async () => {
    library.close()
    library = await folder.open({ versions: { perFile: 1, totalBytes: 0, maxAgeMs: 0 } })
    folder.put('a.txt', 'good')
    const id = await idOf(library, 'a.txt')
    await save(library, id, '')
    await save(library, id, 'next')
    await library.tidy()
    const { versions } = await library.versions.list(id)
    expect(versions.map(({ size, pinned }) => [size, pinned])).toEqual([
      [4, false],
      [4, true],
    ])
  })
})

describe('block', () => {
  it('refuses what looks damaged, for these kinds of file alone', async () => {
    library.close()
    library = await folder.open({ guard: { block: ['.DOCX'] } })
    folder.put('a.docx', zip('text'))
    folder.put('a.odt', zip('text'))
    const [docx, odt] = [await idOf(library, 'a.docx'), await idOf(library, 'a.odt')]
    const by = aSave()
    const staged = await library.files.stage(docx, body('damage'), by)
    const committing = library.files.commit(docx, staged, { version: '1', lockId: null, now: Date.now() }, by)
    await expect(committing).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('not an office document'),
    })
    expect(await library.files.stat(docx)).toMatchObject({ version: '1' })
    await library.files.rescue(staged, {
      fileId: docx,
      code: 'bad-request',
      reason: 'Blocked.',
      save: by,
      version: '1',
    })
    expect(library.rescued.list(docx)).toHaveLength(1)
    await save(library, odt, 'damage')
    expect(await read(library, odt)).toBe('damage')
  })
})

function withComment(archive: Uint8Array, length: number): Uint8Array {
  const copy = Buffer.concat([archive, Buffer.alloc(length, 'c')])
  copy.writeUInt16LE(length, archive.byteLength - 2)
  return copy
}

function brokenDirectory(archive: Uint8Array): Uint8Array {
  const copy = Buffer.from(archive)
  copy.writeUInt32LE(archive.byteLength + 10, archive.byteLength - 6)
  return copy
}
