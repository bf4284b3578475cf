import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strFromU8, strToU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { harmlessName, type ZipEntry, zipOf } from './zip.js'

const hasPython = spawnSync('python3', ['--version']).status === 0

function entry(name: string, text: string, size = text.length): ZipEntry {
  async function* content() {
    for (let at = 0; at < text.length; at += 3) yield strToU8(text.slice(at, at + 3))
  }
  return { name, modifiedAt: Date.UTC(2026, 0, 2, 12), size, open: async () => content() }
}

async function archive(...entries: ZipEntry[]): Promise<Uint8Array> {
  async function* all() {
    yield* entries
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of zipOf(all())) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('zipOf', () => {
  it('makes an archive from which everything comes out as it was', async () => {
    const bytes = await archive(
      entry('docs/Übersicht 报告.txt', 'hello '.repeat(1000)),
      entry('docs/empty/', ''),
      entry('a.docx', 'PK…'),
    )
    const files = unzipSync(bytes)
    expect(Object.keys(files)).toEqual(['docs/Übersicht 报告.txt', 'docs/empty/', 'a.docx'])
    expect(strFromU8(files['docs/Übersicht 报告.txt'] as Uint8Array)).toBe('hello '.repeat(1000))
    expect(bytes.length).toBeLessThan(1000)
  })

  // Python stands for the other programs; where it is missing there is nobody to ask.
  it.skipIf(!hasPython)(
    'makes an archive that other programs unpack, also with the sizes of large files',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'wopikit-zip-'))
      try {
        const place = join(folder, 'a.zip')
        writeFileSync(
          place,
          await archive(entry('large.txt', 'announced as large', 2 ** 33), entry('small.txt', 'small')),
        )
        const script =
          'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print([(i.filename, z.read(i).decode()) for i in z.infolist()])'
        const printed = execFileSync('python3', ['-c', script, place], { encoding: 'utf8' })
        expect(printed.trim()).toBe("[('large.txt', 'announced as large'), ('small.txt', 'small')]")
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )

  it('gives two files of one name, in whatever case, two names', async () => {
    const files = unzipSync(await archive(entry('a.txt', '1'), entry('A.txt', '2'), entry('a.txt', '3')))
    expect(Object.keys(files)).toEqual(['a.txt', 'A (1).txt', 'a (2).txt'])
  })

  it('leaves out what has gone meanwhile', async () => {
    const gone: ZipEntry = { name: 'gone.txt', modifiedAt: 0, size: 1, open: async () => null }
    expect(Object.keys(unzipSync(await archive(gone, entry('here.txt', 'x'))))).toEqual(['here.txt'])
  })

  it('breaks off when a file cannot be read, and lets go of it', async () => {
    let released = false
    async function* failing() {
      try {
        yield strToU8('first')
        throw new Error('disk')
      } finally {
        released = true
      }
    }
    const bad: ZipEntry = { name: 'bad', modifiedAt: 0, size: 9, open: async () => failing() }
    await expect(archive(bad)).rejects.toThrow('disk')
    expect(released).toBe(true)
  })

  it('lets go of a file when nobody reads on', async () => {
    let released = false
    async function* endless() {
      try {
        for (;;) yield crypto.getRandomValues(new Uint8Array(65_536))
      } finally {
        released = true
      }
    }
    async function* all(): AsyncGenerator<ZipEntry> {
      yield { name: 'endless', modifiedAt: 0, size: 0, open: async () => endless() }
    }
    let read = 0
    for await (const chunk of zipOf(all())) {
      read += chunk.length
      if (read > 200_000) break
    }
    await expect.poll(() => released).toBe(true)
  })
})

describe('harmlessName', () => {
  it.each([
    ['../../etc/passwd', '__/__/etc/passwd'],
    ['/etc/passwd', 'etc/passwd'],
    ['a//b/./c', 'a/b/_/c'],
    ['C:\\Windows\\x.exe', 'C__Windows_x.exe'],
    ['..\\..\\x', '.._.._x'],
    ['report\u202Exslx.exe', 'reportxslx.exe'],
    ['line\nbreak', 'linebreak'],
    ['...', '___'],
    ['folder/', 'folder/'],
    ['', ''],
    ['.hidden', '.hidden'],
  ])('%j → %j', (name, harmless) => expect(harmlessName(name)).toBe(harmless))
})
