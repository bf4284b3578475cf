import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../support/command-line.js'
import { type IssuedToken, temporaryFolder } from '../support/server-process.js'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let documents: string

beforeAll(async () => {
  folder = await temporaryFolder()
  documents = join(folder.path, 'documents')
  const outside = join(folder.path, 'outside')
  for (const place of [documents, outside, join(documents, 'sub'), join(documents, '.hidden')]) {
    await mkdir(place)
    await writeFile(join(place, 'report.txt'), 'words')
  }
  await writeFile(join(documents, '.secret.txt'), 'hidden')
  await writeFile(join(documents, '~$report.docx'), 'left by an office program')
  await writeFile(join(documents, 'Größe 你好 #1 %2f?.txt'), 'any script')
  await symlink(join(outside, 'report.txt'), join(documents, 'link-outside.txt'))
  await symlink(outside, join(documents, 'folder-outside'))
  await symlink(join(documents, 'nowhere.txt'), join(documents, 'broken.txt'))
  await symlink(join(documents, 'sub', 'report.txt'), join(documents, 'link-inside.txt'))
})

afterAll(() => folder.remove())

const token = (path: string, ...more: string[]) =>
  runCommand(['token', path, '--folder', documents, '--json', ...more])

async function issued(path: string, ...more: string[]): Promise<IssuedToken> {
  const { code, stdout, stderr } = await token(path, ...more)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as IssuedToken
}

describe.concurrent('there is no token for', () => {
  test.each([
    ['what is not there', 'nothing.txt'],
    ['what lies outside', '../outside/report.txt'],
    ['what lies outside by a detour', 'sub/../../outside/report.txt'],
    ['an absolute path outside', '/etc/passwd'],
    ['the folder above', '..'],
    ['a link that leads outside', 'link-outside.txt'],
    ['a document in a linked folder outside', 'folder-outside/report.txt'],
    ['a linked folder outside', 'folder-outside'],
    ['a broken link', 'broken.txt'],
    ['a hidden document', '.secret.txt'],
    ['a document in a hidden folder', '.hidden/report.txt'],
    ['the data folder', '.wopikit'],
    ['the index', '.wopikit/index.sqlite'],
    ['the secrets', '.wopikit/secrets/token-keys'],
    ['a scratch file of an office program', '~$report.docx'],
    ['a document taken for a folder', 'sub/report.txt/more'],
  ])('%s', async (_, path) => {
    const { code, stdout, stderr } = await token(path)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^wopikit: There is no document or folder /)
    expect(stderr).not.toContain('outside/report.txt in /etc')
  })
})

describe.concurrent('there is one for', () => {
  test('a document, and it is the same one however the path is written', async () => {
    const ids = await Promise.all(
      ['sub/report.txt', './sub//report.txt', join(documents, 'sub', 'report.txt'), 'link-inside.txt'].map(
        async (path) => (await issued(path)).fileId,
      ),
    )
    expect(new Set(ids).size).toBe(1)
  })

  test('a name in any script', async () => {
    const { fileId, accessToken, wopiSrc } = await issued('Größe 你好 #1 %2f?.txt')
    expect(fileId).toMatch(/^[\w-]{1,128}$/)
    expect(accessToken).toMatch(/^[\w.~-]+$/)
    expect(wopiSrc.endsWith(`/wopi/files/${fileId}`)).toBe(true)
  })

  test('a folder', async () => {
    const { wopiSrc, fileId } = await issued('sub')
    expect(wopiSrc.endsWith(`/wopi/containers/${fileId}`)).toBe(true)
  })

  test('the time that was asked for', async () => {
    const { accessTokenTtl } = await issued('sub/report.txt', '--ttl', '30m')
    expect(Math.abs(accessTokenTtl - Date.now() - 30 * 60_000)).toBeLessThan(60_000)
  })
})

test('a folder that does not exist is told', async () => {
  const { code, stderr } = await runCommand(['token', 'a.txt', '--folder', join(folder.path, 'nowhere')])
  expect(code).toBe(1)
  expect(stderr).toContain('nowhere')
})
