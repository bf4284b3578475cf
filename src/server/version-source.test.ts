import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Browser,
  firstOwner,
  idOf,
  type Json,
  type LibraryServer,
  newPerson,
  startLibraryServer,
} from '../../test/support/library-server.js'
import { operations } from '../operations/index.js'
import { runConformance } from '../testing/index.js'

let server: LibraryServer
let owner: Browser

beforeAll(async () => {
  server = await startLibraryServer(
    { 'Team/report.txt': '', 'Team/other.txt': 'other', 'Team/few.txt': '', 'Team/going.txt': '' },
    { accounts: true, proof: 'off', versionsPerFile: 3 },
  )
  owner = await firstOwner(server)
})

afterAll(() => server.stop())

/** The token that a person's own page posts to the client, or the status of the page when there is none. */
async function pageToken(browser: Browser, fileId: string, query = ''): Promise<string | number> {
  const page = await browser.request('GET', `/open/${fileId}${query}`)
  return /name="access_token" value="([^"]+)"/.exec(await page.text())?.[1] ?? page.status
}

function wopi(id: string, token: string, path = '', init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.host.wopiSrc(id)}${path}?access_token=${token}`, init)
}

/** Saves as a client, and gives the ids of all versions as files of their own, the newest first. */
async function save(path: string, ...contents: string[]): Promise<{ fileId: string; ids: string[] }> {
  const fileId = await idOf(owner, path)
  const token = String(await pageToken(owner, fileId))
  const post = (way: string, override: string, body?: string) =>
    wopi(fileId, token, way, {
      method: 'POST',
      headers: { 'X-WOPI-Override': override, 'X-WOPI-Lock': 'session' },
      ...(body === undefined ? {} : { body }),
    })
  await post('', 'LOCK')
  for (const content of contents) expect((await post('/contents', 'PUT', content)).status).toBe(200)
  await post('', 'UNLOCK')
  const { versions } = await owner.api('GET', `/files/${fileId}/versions`)
  return { fileId, ids: versions.map(({ version }: Json) => `${fileId}.${version}`) }
}

const versionIn = (id: string) => id.slice(id.indexOf('.') + 1)

describe('a version as a file of its own', () => {
  let fileId: string
  let id: string
  let token: string

  beforeAll(async () => {
    const saved = await save('Team/report.txt', 'first words', 'second, other words')
    fileId = saved.fileId
    id = saved.ids[1] ?? ''
    token = String(await pageToken(owner, fileId, `?version=${versionIn(id)}`))
  })

  it('is described as what it was, to be read only', async () => {
    const info = (await (await wopi(id, token)).json()) as Json
    expect(info).toMatchObject({
      BaseFileName: 'report.txt',
      Size: 11,
      SHA256: createHash('sha256').update('first words').digest('base64'),
      Version: versionIn(id),
      ReadOnly: true,
      UserCanWrite: false,
      UserCanReview: false,
      UserCanOnlyComment: false,
      UserCanRename: false,
      UserCanNotWriteRelative: true,
      SupportsDeleteFile: false,
      EditModePostMessage: false,
      HostViewUrl: `${server.publicUrl}/open/${fileId}?version=${versionIn(id)}`,
    })
    expect(info).not.toHaveProperty('HostEditUrl')
  })

  it('delivers its own bytes, whole and in part, whatever the file is now', async () => {
    const whole = await wopi(id, token, '/contents')
    expect([whole.status, whole.headers.get('x-wopi-itemversion'), await whole.text()]).toEqual([
      200,
      versionIn(id),
      'first words',
    ])
    const part = await wopi(id, token, '/contents', { headers: { range: 'bytes=6-' } })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 6-10/11',
      'words',
    ])
  })

  it.each(operations.filter(({ needs }) => needs !== 'read').map((operation) => [operation.name, operation]))(
    'refuses %s as a file that one may only look at',
    async (_, { path, override, refusal }) => {
      // Also for a token that says more than a page of ours ever gives.
      const bold = { permission: 'edit', resource: { kind: 'file', id } } as const
      const person = (await owner.api('GET', '/session')).person
      const grants = [
        { ...bold, userId: person.id, userName: person.name },
        { ...bold, userId: 'script', userName: 'Script', issuedBy: 'operator' as const },
      ]
      const tokens = await Promise.all(grants.map((grant) => server.host.issueToken(grant)))
      const before = await owner.api('GET', `/files/${fileId}/versions`)
      const rescued = async () => (await owner.api('GET', '/rescued')).rescued as Json[]
      const kept = await rescued()
      for (const accessToken of [token, ...tokens.map((issued) => issued.accessToken)]) {
        const answer = await wopi(id, accessToken, path.endsWith('/contents') ? '/contents' : '', {
          method: 'POST',
          headers: {
            'X-WOPI-Override': override ?? '',
            'X-WOPI-Lock': 'mine',
            'X-WOPI-OldLock': 'mine',
            'X-WOPI-SuggestedTarget': '.txt',
            'X-WOPI-RequestedName': 'renamed',
          },
          body: 'written over',
        })
        expect(answer.status).toBe(refusal === 'not-found' ? 404 : 501)
        // Whoever only looks has nothing to lose.
        if (accessToken === token) expect(await rescued()).toEqual(kept)
      }
      for (const save of await rescued()) expect(save.fileId).toBe(fileId)
      expect(await owner.api('GET', `/files/${fileId}/versions`)).toEqual(before)
      expect((await owner.api('GET', `/items/${fileId}`)).lock).toBeNull()
      expect(await (await wopi(id, token, '/contents')).text()).toBe('first words')
    },
  )

  it('is opened by its own token alone, and its token opens nothing else', async () => {
    const other = await idOf(owner, 'Team/other.txt')
    const current = `${fileId}.${(await owner.api('GET', `/items/${fileId}`)).version}`
    for (const [source, given] of [
      [id, await pageToken(owner, fileId)],
      [id, await pageToken(owner, other)],
      [fileId, token],
      [other, token],
      [current, token],
    ] as const)
      expect((await wopi(source, String(given))).status).toBe(404)
    expect((await wopi(id, 'forged')).status).toBe(401)
  })

  it('has one name', async () => {
    const { id: userId, name: userName } = (await owner.api('GET', '/session')).person
    const version = versionIn(id)
    for (const alias of [`0${version}`, `${version}.0`, '', '0', `-${version}`, `${version}x`, '9999']) {
      const resource = { kind: 'file', id: `${fileId}.${alias}` } as const
      const issued = await server.host.issueToken({ userId, userName, permission: 'view', resource })
      expect([alias, (await wopi(resource.id, issued.accessToken)).status]).toEqual([alias, 404])
    }
    for (const unknown of ['0', '9999', 'x', `${version}.1`])
      expect(await pageToken(owner, fileId, `?version=${unknown}`)).toBe(404)
  })

  it('keeps to the protocol', async () => {
    const report = await runConformance({ wopiSrc: server.host.wopiSrc(id), accessToken: token })
    expect(report.results.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    expect(report.results.filter(({ outcome }) => outcome === 'pass').length).toBeGreaterThan(5)
  })
})

describe('who may look at a version', () => {
  it('are those who may change the file, for as long as they may', async () => {
    const { fileId, ids } = await save('Team/other.txt', 'next')
    const query = `?version=${versionIn(ids[1] ?? '')}`
    const folder = await idOf(owner, 'Team')
    const reader = await newPerson(server, owner, 'reader', 'viewer')
    expect(await pageToken(reader, fileId, query)).toBe(404)

    const editor = await newPerson(server, owner, 'editor', 'editor')
    const token = String(await pageToken(editor, fileId, query))
    const status = async (given: string) => (await wopi(ids[1] ?? '', given, '/contents')).status
    expect(await status(token)).toBe(200)
    await owner.api('PUT', `/items/${folder}/access/${editor.id}`, { role: 'reviewer' })
    expect(await status(token)).toBe(404)
  })

  it('guests of a link that lets them edit, until it ends', async () => {
    const { fileId, ids } = await save('Team/other.txt', 'and next')
    const query = `?version=${versionIn(ids[1] ?? '')}`
    const link = async (role: string) => {
      const share = await owner.api('POST', `/items/${fileId}/shares`, { role })
      const guest = server.browser()
      await guest.api('POST', '/shares/enter', { secret: share.url.split('/s/')[1] })
      return { share, guest }
    }
    const viewing = await link('viewer')
    expect(await pageToken(viewing.guest, fileId, query)).toBe(404)

    const { share, guest } = await link('editor')
    const token = String(await pageToken(guest, fileId, query))
    expect((await wopi(ids[1] ?? '', token)).status).toBe(200)
    await owner.api('DELETE', `/shares/${share.id}`)
    expect((await wopi(ids[1] ?? '', token)).status).toBe(404)
  })
})

describe('a version that is gone', () => {
  it('is not found once the rules have removed it', async () => {
    const { fileId, ids } = await save('Team/few.txt', 'one', 'two')
    const first = ids.at(-2) ?? ''
    const token = String(await pageToken(owner, fileId, `?version=${versionIn(first)}`))
    expect((await wopi(first, token)).status).toBe(200)
    await save('Team/few.txt', 'three', 'four', 'five', 'six')
    await server.library.tidy()
    expect((await wopi(first, token)).status).toBe(404)
    expect((await wopi(first, token, '/contents')).status).toBe(404)
    expect(await pageToken(owner, fileId, `?version=${versionIn(first)}`)).toBe(404)
  })

  it('is not found once the file is', async () => {
    const { fileId, ids } = await save('Team/going.txt', 'one', 'two')
    const token = String(await pageToken(owner, fileId, `?version=${versionIn(ids[1] ?? '')}`))
    await rm(join(server.folder, 'Team/going.txt'))
    await owner.api('GET', `/folders/${await idOf(owner, 'Team')}`)
    expect((await wopi(ids[1] ?? '', token)).status).toBe(404)
  })
})
