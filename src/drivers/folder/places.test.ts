import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFolderLibrary } from './index.js'

let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'wopikit-places-'))
  for (const folder of ['mine', 'yours']) {
    mkdirSync(join(place, folder))
    writeFileSync(join(place, folder, 'plan.txt'), folder)
  }
})
afterEach(() => rmSync(place, { recursive: true }))

/** Opens documents with a data folder; the id of the document in them. */
async function idWith(documents: string, data?: string): Promise<string | undefined> {
  const library = await openFolderLibrary({
    folder: join(place, documents),
    ...(data === undefined ? {} : { data: join(place, data) }),
  })
  try {
    return (await library.catalog.at('plan.txt'))?.id
  } finally {
    library.close()
  }
}

describe('a data folder', () => {
  it('belongs to one folder of documents, and is not opened with others', async () => {
    const id = await idWith('mine', 'data')
    const opening = idWith('yours', 'data')
    await expect(opening).rejects.toThrow(/data belongs to the documents in .*mine, not to those in .*yours/)
    await expect(opening).rejects.toThrow(/Choose another data folder/)
    expect(await idWith('mine', 'data')).toBe(id)
  })

  it('that lies in its documents is not opened with others either', async () => {
    await idWith('mine')
    await expect(idWith('yours', 'mine/.wopikit')).rejects.toThrow(/belongs to the documents in .*mine/)
  })

  it('follows documents that have moved', async () => {
    const id = await idWith('mine', 'data')
    renameSync(join(place, 'mine'), join(place, 'moved'))
    expect(await idWith('moved', 'data')).toBe(id)
    await expect(idWith('yours', 'data')).rejects.toThrow(/belongs to the documents in .*moved/)
  })

  it('goes with its documents into a copy of both', async () => {
    const id = await idWith('mine')
    cpSync(join(place, 'mine'), join(place, 'copy'), { recursive: true })
    expect(await idWith('copy')).toBe(id)
    expect(await idWith('mine')).toBe(id)
  })

  it('is opened with other documents when somebody says that they are the same', async () => {
    await idWith('mine', 'data')
    const note = join(place, 'data/documents')
    expect(readFileSync(note, 'utf8')).toContain('mine')
    rmSync(note)
    await expect(idWith('yours', 'data')).resolves.toBeDefined()
  })

  it('may not hold its own documents', async () => {
    await expect(idWith('mine', '.')).rejects.toThrow(
      /lies in the data folder .* Choose a data folder beside it/,
    )
  })
})
