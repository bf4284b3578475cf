import { describe, expect, it } from 'vitest'
import { memoryHost } from '../../../test/memory-host.js'
import { memoryFileStore } from '../../drivers/memory/file-store.js'
import type { WopiHostOptions } from '../../index.js'
import { permissions } from '../../index.js'
import { sha256Base64 } from '../../testing/contract.js'

const pages: Partial<WopiHostOptions> = {
  pageOrigin: 'https://docs.example',
  pages: (fileId) => ({
    edit: `https://docs.example/edit/${fileId}`,
    view: `https://docs.example/view/${fileId}`,
    close: 'https://docs.example/folder',
    download: `https://docs.example/download/${fileId}`,
    folder: { name: 'Folder', url: 'https://docs.example/folder' },
  }),
}

async function infoOf(options: Parameters<typeof memoryHost>[0], call: object = {}) {
  const answer = await memoryHost(options).checkFileInfo({}, call)
  expect(answer.status).toBe(200)
  return answer.json()
}

describe('CheckFileInfo', () => {
  it('describes a file to somebody who may edit it', async () => {
    const { checkFileInfo, files } = memoryHost(pages)
    const answer = await checkFileInfo()
    const file = await files.stat('doc')
    expect(answer.header('Content-Type')).toBe('application/json')
    expect(answer.header('Cache-Control')).toBe('no-store')
    expect(answer.json()).toEqual({
      BaseFileName: 'report.docx',
      FileExtension: '.docx',
      FileNameMaxLength: 250,
      Size: 7,
      Version: '1',
      OwnerId: 'owner',
      LastModifiedTime: `${new Date(file?.modifiedAt ?? 0).toISOString().slice(0, -1)}0000Z`,
      SHA256: sha256Base64(files.content('doc') ?? new Uint8Array()),
      SupportsUpdate: true,
      SupportsLocks: true,
      SupportsGetLock: true,
      SupportsExtendedLockLength: true,
      SupportsRename: true,
      SupportsDeleteFile: true,
      SupportsUserInfo: true,
      SupportsReviewing: true,
      UserId: 'alice',
      UserFriendlyName: 'Alice',
      UserCanWrite: true,
      ReadOnly: false,
      UserCanRename: true,
      UserCanNotWriteRelative: false,
      UserCanReview: true,
      UserCanOnlyComment: false,
      PostMessageOrigin: 'https://docs.example',
      ClosePostMessage: true,
      EditModePostMessage: true,
      EditNotificationPostMessage: true,
      HostEditUrl: 'https://docs.example/edit/doc',
      HostViewUrl: 'https://docs.example/view/doc',
      CloseUrl: 'https://docs.example/folder',
      DownloadUrl: 'https://docs.example/download/doc',
      BreadcrumbFolderName: 'Folder',
      BreadcrumbFolderUrl: 'https://docs.example/folder',
    })
  })

  it('has no property without a value', async () => {
    for (const permission of permissions) {
      const answer = await memoryHost().checkFileInfo({}, { permission })
      expect(answer.text).not.toContain('null')
      expect(Object.values(answer.json())).not.toContain('')
    }
  })

  it.each([
    ['view', { UserCanWrite: false, ReadOnly: true, UserCanReview: false, UserCanOnlyComment: false }],
    ['fill', { UserCanWrite: false, ReadOnly: false, UserCanReview: true, UserCanOnlyComment: false }],
    ['comment', { UserCanWrite: false, ReadOnly: false, UserCanReview: false, UserCanOnlyComment: true }],
    [
      'review',
      {
        UserCanWrite: false,
        ReadOnly: false,
        UserCanReview: true,
        UserCanOnlyComment: false,
        UserCanOnlyManageRedlines: true,
      },
    ],
    ['edit', { UserCanWrite: true, ReadOnly: false, UserCanReview: true, UserCanOnlyComment: false }],
  ] as const)('tells what somebody who may %s can do', async (permission, expected) => {
    const info = await infoOf({}, { permission })
    expect(info).toMatchObject(expected)
    expect(info.UserCanRename).toBe(permission === 'edit')
    expect(info.SupportsDeleteFile).toBe(permission === 'edit')
    expect(info.UserCanNotWriteRelative).toBe(permission !== 'edit' && permission !== 'fill')
    expect(info.UserCanOnlyManageRedlines ?? false).toBe(permission === 'review')
  })

  it('promises nothing a store that can only be read could not keep', async () => {
    const files = memoryFileStore()
    files.put('doc', 'report.docx', 'content')
    const info = await infoOf({ files: { stat: files.stat, read: files.read } })
    expect(info).toMatchObject({
      SupportsUpdate: false,
      SupportsRename: false,
      SupportsDeleteFile: false,
      UserCanWrite: false,
      UserCanRename: false,
      UserCanNotWriteRelative: true,
      ReadOnly: true,
    })
  })

  it('follows the file: name, size, version and time', async () => {
    const { checkFileInfo, files, post } = memoryHost()
    const before = (await checkFileInfo()).json()
    files.put('doc', 'report.docx', 'longer content')
    const after = (await checkFileInfo()).json()
    expect(after.Size).toBe(14)
    expect(after.Version).not.toBe(before.Version)
    expect(String(after.LastModifiedTime) > String(before.LastModifiedTime)).toBe(true)
    await post('RENAME_FILE', { 'X-WOPI-RequestedName': 'minutes' })
    const renamed = (await checkFileInfo()).json()
    expect(renamed).toMatchObject({
      BaseFileName: 'minutes.docx',
      Version: after.Version,
      LastModifiedTime: after.LastModifiedTime,
    })
  })

  it('is the same whether the file is locked or not, also for others', async () => {
    const { checkFileInfo, post } = memoryHost()
    const before = await checkFileInfo()
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    expect((await checkFileInfo()).json()).toEqual(before.json())
    expect((await checkFileInfo({}, { userId: 'bob', permission: 'view' })).status).toBe(200)
  })

  it('asks for the permission of this person at every call', async () => {
    let permission: 'edit' | 'view' | null = 'edit'
    const { checkFileInfo } = memoryHost({ permission: () => permission })
    expect((await checkFileInfo()).json().UserCanWrite).toBe(true)
    permission = 'view'
    expect((await checkFileInfo()).json().UserCanWrite).toBe(false)
    permission = null
    expect((await checkFileInfo()).status).toBe(404)
  })

  it.each([
    [['save'], { UserCanWrite: false, ReadOnly: true, UserCanReview: false, UserCanRename: true }],
    [['rename'], { UserCanWrite: true, ReadOnly: false, UserCanRename: false }],
    [['delete'], { UserCanWrite: true, SupportsDeleteFile: false }],
    [['save-copy'], { UserCanWrite: true, UserCanNotWriteRelative: true }],
  ] as const)('promises nothing that was taken out of a permission: %o', async (without, expected) => {
    const { checkFileInfo, post } = memoryHost({ permission: () => ({ permission: 'edit', without }) })
    expect((await checkFileInfo()).json()).toMatchObject(expected)
    const lock = { 'X-WOPI-Lock': 'A' }
    await post('LOCK', lock)
    const answers = {
      save: await post('PUT', lock, { body: 'x' }),
      rename: await post('RENAME_FILE', { ...lock, 'X-WOPI-RequestedName': 'x' }),
      'save-copy': await post('PUT_RELATIVE', { 'X-WOPI-SuggestedTarget': '.pdf' }),
      delete: (await post('UNLOCK', lock)) && (await post('DELETE')),
    }
    for (const [ability, answer] of Object.entries(answers)) {
      const refused = ability === 'save' ? 404 : 501
      expect(answer.status, ability).toBe((without as readonly string[]).includes(ability) ? refused : 200)
    }
  })

  it('tells that a guest is one', async () => {
    const { host, checkFileInfo } = memoryHost()
    const { accessToken } = await host.issueToken({
      userId: 'guest1',
      userName: 'Guest',
      anonymous: true,
      resource: { kind: 'file', id: 'doc' },
      permission: 'view',
    })
    expect((await checkFileInfo({}, { token: accessToken })).json()).toMatchObject({
      IsAnonymousUser: true,
      UserFriendlyName: 'Guest',
    })
    expect((await checkFileInfo()).json()).not.toHaveProperty('IsAnonymousUser')
  })

  it('leaves out an extension a name does not have', async () => {
    const files = memoryFileStore()
    files.put('doc', 'README', 'content')
    expect(await infoOf({ files })).not.toHaveProperty('FileExtension')
  })

  it('names the owner the store knows, else the owner of the host', async () => {
    const files = memoryFileStore()
    files.put('doc', 'a.txt', 'x')
    const stat = async (fileId: string) => {
      const file = await files.stat(fileId)
      return file && { ...file, ownerId: 'carol' }
    }
    expect((await infoOf({ files: { ...files, stat } })).OwnerId).toBe('carol')
    expect((await infoOf({ ownerId: 'company' })).OwnerId).toBe('company')
  })

  it('takes what the embedder adds, which wins', async () => {
    const info = await infoOf({
      fileInfo: (grant, file) => ({
        DisablePrint: true,
        UserFriendlyName: `${grant.userName} of ${file.name}`,
      }),
    })
    expect(info).toMatchObject({ DisablePrint: true, UserFriendlyName: 'Alice of report.docx' })
  })

  it('takes a session context of any length and other query parameters', async () => {
    const { checkFileInfo, token } = memoryHost()
    const accessToken = await token()
    const target = `/wopi/files/doc?sc=x&access_token_ttl=1&access_token=${accessToken}&permission=edit&x`
    const answer = await checkFileInfo({ 'X-WOPI-SessionContext': 'x'.repeat(3000) }, { target })
    expect(answer.status).toBe(200)
  })
})
