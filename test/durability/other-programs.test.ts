import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openFolderLibrary } from '../../src/drivers/folder/index.js'
import { markedContent, nameOfContent } from '../support/marked-content.js'
import { isLong } from '../support/proof-size.js'
import { type ServerProcess, serverProcess, temporaryFolder } from '../support/server-process.js'
import { NoAnswer, type WopiClient, wopiClient } from '../support/wopi-client.js'

const ROUNDS = isLong ? 40 : 6
const LOCK = 'editing-session'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: ServerProcess
let client: WopiClient
let fileId: string
let place: string

beforeAll(async () => {
  folder = await temporaryFolder()
  const documents = join(folder.path, 'documents')
  await mkdir(documents)
  place = join(documents, 'shared.bin')
  await writeFile(place, content('start', 0))
  server = await serverProcess({ folder: documents })
  await server.start()
  const token = await server.token('shared.bin')
  fileId = token.fileId
  client = wopiClient(token)
  expect((await client.lock(LOCK)).status).toBe(200)
})

afterAll(async () => {
  expect(await server.secretsInLog()).toEqual([])
  await server.kill()
  await folder.remove()
})

test('a program that writes into a document under a live lock, and a kill just then, lose nothing of anybody', {
  timeout: ROUNDS * 20_000,
}, async () => {
  const expected: string[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    const saved = await client.putFile(content('editor', round), LOCK)
    expect(saved.status).toBe(200)
    expected.push(`editor/${round}`)

    await writeOutside(content('program', round), round % 2 === 0 ? 'in place' : 'over it')
    await server.kill()
    await server.start('kill@outside:kept')
    // Whoever looks first takes the change in; here that is the end of the server.
    await client.checkFileInfo().catch((error: unknown) => expect(error).toBeInstanceOf(NoAnswer))
    await server.ended()
    await server.start()

    const read = await client.getFile()
    expect(nameOfContent(read.body)).toBe(`program/${round}`)
    expect(Number(read.header('X-WOPI-ItemVersion'))).toBeGreaterThan(
      Number(saved.header('X-WOPI-ItemVersion')),
    )
    expect(nameOfContent(await readFile(place))).toBe(`program/${round}`)
    expected.push(`program/${round}`)
    expect((await client.getLock()).header('X-WOPI-Lock')).toBe(LOCK)
  }
  expect(await contents()).toEqual(['start/0', ...expected])
})

async function writeOutside(bytes: Buffer, how: 'in place' | 'over it'): Promise<void> {
  if (how === 'in place') return writeFile(place, bytes)
  const draft = join(folder.path, 'draft')
  await writeFile(draft, bytes)
  await rename(draft, place)
}

/** What is in the history of the file, the oldest first. */
async function contents(): Promise<string[]> {
  const library = await openFolderLibrary({ folder: server.folder, data: server.data })
  try {
    const { problems } = await library.verify()
    expect(problems).toEqual([])
    const { versions } = await library.versions.list(fileId, { limit: 500 })
    const names: string[] = []
    for (const { version } of versions.reverse()) {
      const chunks: Uint8Array[] = []
      for await (const chunk of (await library.versions.open(fileId, version))?.body ?? []) chunks.push(chunk)
      names.push(nameOfContent(Buffer.concat(chunks)))
    }
    return names
  } finally {
    library.close()
  }
}

function content(client: string, sequence: number): Buffer {
  return markedContent({ file: 'shared.bin', client, sequence, size: 1000 + sequence * 37 })
}
