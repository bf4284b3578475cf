import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeSampleDocuments } from './sample-documents.js'
import { sampleFiles } from './sample-files.js'

let place = ''

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'wopikit-samples-'))
})

afterEach(async () => {
  await rm(place, { recursive: true, force: true })
})

describe('writeSampleDocuments', () => {
  test('creates the folder with every sample, and nothing beside it', async () => {
    const folder = join(place, 'new', 'documents')
    await writeSampleDocuments(folder)
    expect(new Set(await readdir(folder))).toEqual(
      new Set([
        'Budget.xlsx',
        'Letter.docx',
        'Notes.txt',
        'Presentation.pptx',
        'Report.odt',
        'Welcome.md',
        '中文',
      ]),
    )
    expect(new Set(await readdir(join(folder, '中文')))).toEqual(new Set(['会议纪要.docx', '欢迎.md']))
    for (const { path, content } of sampleFiles()) {
      expect(new Uint8Array(await readFile(join(folder, path))), path).toEqual(content)
    }
    expect(await readdir(dirname(folder))).toEqual(['documents'])
  })

  test('gives the folder the permissions that any new folder has', async () => {
    await mkdir(join(place, 'plain'))
    await writeSampleDocuments(join(place, 'documents'))
    expect((await stat(join(place, 'documents'))).mode).toBe((await stat(join(place, 'plain'))).mode)
  })

  test('leaves a folder with something in it as it is', async () => {
    const folder = join(place, 'documents')
    await mkdir(folder)
    await writeFile(join(folder, 'mine.txt'), 'mine')
    await expect(writeSampleDocuments(folder)).rejects.toThrow(
      /already something at .*documents\. It was left as it is/,
    )
    expect(await readdir(folder)).toEqual(['mine.txt'])
    expect(await readdir(place)).toEqual(['documents'])
  })

  test('leaves a file of that name as it is', async () => {
    await writeFile(join(place, 'documents'), 'mine')
    await expect(writeSampleDocuments(join(place, 'documents'))).rejects.toThrow(/already something at/)
    expect(await readFile(join(place, 'documents'), 'utf8')).toBe('mine')
    expect(await readdir(place)).toEqual(['documents'])
  })

  test('says why it cannot write, and where', async () => {
    await writeFile(join(place, 'file'), '')
    await expect(writeSampleDocuments(join(place, 'file', 'documents'))).rejects.toThrow(
      /could not be created in .*documents: .* Name a folder in a place that can be written to/,
    )
  })
})
