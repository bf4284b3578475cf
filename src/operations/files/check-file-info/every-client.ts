import type { CheckFileInfo } from '../../../protocol/check-file-info.js'
import { FILE_NAME_MAX_LENGTH, splitName } from '../../../protocol/file-name.js'
import { formatTime } from '../../../protocol/times.js'
import type { Call } from '../../operation.js'
import { isWritable } from '../incoming.js'

/** What at least two of the three client families read. */
export function forEveryClient(call: Call): CheckFileInfo {
  return { ...file(call), ...abilities(call), ...person(call), ...pages(call) }
}

function file({ file, host }: Call) {
  const { extension } = splitName(file.name)
  return {
    BaseFileName: file.name,
    Size: file.size,
    Version: file.version,
    OwnerId: file.ownerId ?? host.ownerId,
    LastModifiedTime: formatTime(file.modifiedAt),
    ...(extension === '' ? {} : { FileExtension: extension }),
    // Always sent: without it ONLYOFFICE cuts at 255 on its server and at 250 on its page.
    FileNameMaxLength: FILE_NAME_MAX_LENGTH,
  }
}

function abilities({ host }: Call) {
  return {
    SupportsUpdate: isWritable(host.files),
    // A host that lets people write must support locks: without them saves are refused.
    SupportsLocks: true,
    SupportsRename: host.files.rename !== undefined,
  }
}

function person({ grant, permission, may, host }: Call) {
  const canCopy = may('save-copy') && isWritable(host.files) && host.files.create !== undefined
  const canSave = may('save') && isWritable(host.files)
  return {
    UserId: grant.userId,
    UserFriendlyName: grant.userName,
    ...(grant.anonymous ? { IsAnonymousUser: true } : {}),
    // ONLYOFFICE locks and never unlocks when ReadOnly and UserCanWrite are both true; one always excludes the other here.
    UserCanWrite: permission === 'edit' && canSave,
    // Who fills in a form sends it as a new file.
    ReadOnly: permission === 'fill' ? !canCopy : !canSave,
    UserCanRename: may('rename') && host.files.rename !== undefined,
    // Collabora takes absence for true, the others for false.
    UserCanNotWriteRelative: !canCopy,
  }
}

function pages({ host, file, grant }: Call) {
  const { edit, view, close, folder } = host.pages(file.fileId, grant)
  return {
    // Without it Microsoft sends no messages, and ONLYOFFICE sends them to everybody and listens to nobody.
    ...(host.pageOrigin === null ? {} : { PostMessageOrigin: host.pageOrigin, ClosePostMessage: true }),
    ...(edit === undefined ? {} : { HostEditUrl: edit }),
    ...(view === undefined ? {} : { HostViewUrl: view }),
    ...(close === undefined ? {} : { CloseUrl: close }),
    ...(folder === undefined ? {} : { BreadcrumbFolderName: folder.name, BreadcrumbFolderUrl: folder.url }),
  }
}
