import type { CheckFileInfo } from '../../protocol/check-file-info.js'
import { FILE_NAME_MAX_LENGTH, splitName } from '../../protocol/file-name.js'
import { formatTime } from '../../protocol/times.js'
import { json } from '../message.js'
import { type Call, type FilePages, filePage, type Operation } from '../operation.js'
import { isWritable } from './incoming.js'

/** Properties of the answer. One that is undefined does not apply, and is not sent. */
type InfoProperties = { [Name in keyof CheckFileInfo]?: CheckFileInfo[Name] | undefined }

/**
 * Tells a client everything about a file and about what this person may do with it, as this very token stands at this moment.
 * One answer serves all clients: a client is never recognised by its name, and reads only the properties it knows.
 */
export const checkFileInfo: Operation = {
  name: 'CheckFileInfo',
  method: 'GET',
  path: '/files/:fileId',
  override: null,
  needs: 'read',
  refusal: 'not-found',
  spec: filePage('checkfileinfo'),
  async run(call) {
    const { host, file, grant } = call
    const info = properties(call, host.pages(file.fileId, grant), await host.users?.get(grant.userId))
    return json(Object.assign(info, host.fileInfo(grant, file)))
  },
}

function properties(
  { file, grant, host, may, permission }: Call,
  pages: FilePages,
  userInfo: string | null | undefined,
): InfoProperties {
  const writable = isWritable(host.files)
  const canSave = may('save') && writable
  const canCopy = may('save-copy') && writable && host.files.create !== undefined
  const sendsMessages = host.pageOrigin !== null || undefined
  // One literal with all of them, whether they apply or not: putting the answer together from parts takes longer than everything else here.
  return {
    BaseFileName: file.name,
    Size: file.size,
    Version: file.version,
    OwnerId: file.ownerId ?? host.ownerId,
    LastModifiedTime: formatTime(file.modifiedAt),
    FileExtension: splitName(file.name).extension || undefined,
    // Always sent: without it ONLYOFFICE cuts at 255 on its server and at 250 on its page.
    FileNameMaxLength: FILE_NAME_MAX_LENGTH,
    SHA256: file.sha256,

    SupportsUpdate: writable,
    // A host that lets people write must support locks: without them saves are refused.
    SupportsLocks: true,
    SupportsGetLock: true,
    SupportsExtendedLockLength: true,
    SupportsRename: host.files.rename !== undefined,
    SupportsDeleteFile: host.files.delete !== undefined && may('delete'),
    SupportsUserInfo: host.users !== null,
    // Only an explicit false turns reviewing off in ONLYOFFICE.
    SupportsReviewing: true,

    UserId: grant.userId,
    UserFriendlyName: grant.userName,
    IsAnonymousUser: grant.anonymous || undefined,
    UserInfo: userInfo || undefined,
    // ONLYOFFICE locks and never unlocks when ReadOnly and UserCanWrite are both true; one always excludes the other here.
    UserCanWrite: permission === 'edit' && canSave,
    // Who fills in a form sends it as a new file.
    ReadOnly: permission === 'fill' ? !canCopy : !canSave,
    UserCanRename: may('rename') && host.files.rename !== undefined,
    // Collabora takes absence for true, the others for false.
    UserCanNotWriteRelative: !canCopy,
    // Deviation: a form is filled in in a session without edit right, which ONLYOFFICE would force into view mode unless one of its
    // three rights is given. Reviewing changes nothing in a form, so it is the one that is given.
    UserCanReview:
      permission === 'fill' || ((permission === 'edit' || permission === 'review') && may('save')),
    UserCanOnlyComment: permission === 'comment' && may('save'),
    // Collabora's nearest to reviewing: tracked changes may be accepted and rejected, nothing else.
    UserCanOnlyManageRedlines: permission === 'review' || undefined,

    // Without it Microsoft sends no messages, and ONLYOFFICE sends them to everybody and listens to nobody.
    PostMessageOrigin: host.pageOrigin ?? undefined,
    ClosePostMessage: sendsMessages,
    EditModePostMessage: sendsMessages,
    EditNotificationPostMessage: sendsMessages,
    HostEditUrl: pages.edit,
    HostViewUrl: pages.view,
    CloseUrl: pages.close,
    DownloadUrl: pages.download,
    BreadcrumbFolderName: pages.folder?.name,
    BreadcrumbFolderUrl: pages.folder?.url,
  }
}
