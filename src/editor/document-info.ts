import type { CheckFileInfo } from '../protocol/check-file-info.js'
import type { DocumentInfo, HostCommand } from './editor-api.js'

/** Used where the host does not say how long a name may be. */
const DEFAULT_NAME_LENGTH = 250

/**
 * Checks a host's CheckFileInfo answer and keeps what the editor acts on. Hosts vary, so a missing property has its default;
 * `null` means that there is no name, without which nothing can be opened.
 *
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/wopi-rest-api/checkfileinfo/
 */
export function documentInfoFrom(answer: unknown): DocumentInfo | null {
  if (typeof answer !== 'object' || answer === null) return null
  const info = answer as Partial<Record<keyof CheckFileInfo, unknown>>
  const text = (name: keyof CheckFileInfo) => {
    const value = info[name]
    return typeof value === 'string' ? value : ''
  }
  const flag = (name: keyof CheckFileInfo) => info[name] === true
  const command = (message: keyof CheckFileInfo, url: keyof CheckFileInfo): HostCommand => ({
    message: flag(message),
    url: webUrl(text(url)),
  })

  const name = text('BaseFileName')
  if (name === '') return null
  const size = Number(info.Size)
  const canWrite = flag('UserCanWrite') && !flag('ReadOnly')
  return {
    name,
    // FileExtension wins over the name's own extension.
    extension: (text('FileExtension') || name.slice(Math.max(0, name.lastIndexOf('.'))))
      .replace(/^\./, '')
      .toLowerCase(),
    size: Number.isSafeInteger(size) && size >= 0 ? size : 0,
    version: text('Version'),
    lastModified: text('LastModifiedTime'),
    userId: text('UserId'),
    canWrite,
    locks: flag('SupportsLocks'),
    canRename: canWrite && flag('SupportsRename') && flag('UserCanRename'),
    canSaveCopy: flag('SupportsUpdate') && !flag('UserCanNotWriteRelative'),
    maxNameLength: Number(info.FileNameMaxLength) || DEFAULT_NAME_LENGTH,
    messageOrigin: originOf(text('PostMessageOrigin')),
    close: command('ClosePostMessage', 'CloseUrl'),
    share: command('FileSharingPostMessage', 'FileSharingUrl'),
    versions: command('FileVersionPostMessage', 'FileVersionUrl'),
    edit: command('EditModePostMessage', 'HostEditUrl'),
    reportsEdits: flag('EditNotificationPostMessage'),
  }
}

/** The URL if a browser may safely be sent there (no `javascript:` from a careless host), else empty. */
export function webUrl(text: string): string {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : ''
}

function originOf(text: string): string {
  return webUrl(text) === '' ? '' : new URL(text).origin
}
