import type { CheckFileInfo } from '../../../protocol/check-file-info.js'
import { FILE_NAME_MAX_LENGTH, splitName } from '../../../protocol/file-name.js'
import { formatTime } from '../../../protocol/times.js'
import type { Call, FilePages } from '../../operation.js'
import { isWritable } from '../incoming.js'

/** Properties of the answer. One that is undefined does not apply, and is not sent. */
export type InfoProperties = { [Name in keyof CheckFileInfo]?: CheckFileInfo[Name] | undefined }

/** What at least two of the three client families read. */
export function forEveryClient(call: Call, filePages: FilePages): InfoProperties {
  return Object.assign(file(call), abilities(call), person(call), pages(call, filePages))
}

function file({ file, host }: Call): InfoProperties {
  const { extension } = splitName(file.name)
  return {
    BaseFileName: file.name,
    Size: file.size,
    Version: file.version,
    OwnerId: file.ownerId ?? host.ownerId,
    LastModifiedTime: formatTime(file.modifiedAt),
    FileExtension: extension || undefined,
    // Always sent: without it ONLYOFFICE cuts at 255 on its server and at 250 on its page.
    FileNameMaxLength: FILE_NAME_MAX_LENGTH,
  }
}

function abilities({ host }: Call): InfoProperties {
  return {
    SupportsUpdate: isWritable(host.files),
    // A host that lets people write must support locks: without them saves are refused.
    SupportsLocks: true,
    SupportsRename: host.files.rename !== undefined,
  }
}

function person({ grant, permission, may, host }: Call): InfoProperties {
  const canCopy = may('save-copy') && isWritable(host.files) && host.files.create !== undefined
  const canSave = may('save') && isWritable(host.files)
  return {
    UserId: grant.userId,
    UserFriendlyName: grant.userName,
    IsAnonymousUser: grant.anonymous || undefined,
    // ONLYOFFICE locks and never unlocks when ReadOnly and UserCanWrite are both true; one always excludes the other here.
    UserCanWrite: permission === 'edit' && canSave,
    // Who fills in a form sends it as a new file.
    ReadOnly: permission === 'fill' ? !canCopy : !canSave,
    UserCanRename: may('rename') && host.files.rename !== undefined,
    // Collabora takes absence for true, the others for false.
    UserCanNotWriteRelative: !canCopy,
  }
}

function pages({ host }: Call, { edit, view, close, folder }: FilePages): InfoProperties {
  return {
    // Without it Microsoft sends no messages, and ONLYOFFICE sends them to everybody and listens to nobody.
    PostMessageOrigin: host.pageOrigin ?? undefined,
    ClosePostMessage: host.pageOrigin !== null || undefined,
    HostEditUrl: edit,
    HostViewUrl: view,
    CloseUrl: close,
    BreadcrumbFolderName: folder?.name,
    BreadcrumbFolderUrl: folder?.url,
  }
}
