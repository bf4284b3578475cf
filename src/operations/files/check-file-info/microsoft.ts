import type { CheckFileInfo } from '../../../protocol/check-file-info.js'
import type { Call } from '../../operation.js'

/** What Microsoft 365 for the web reads beyond the common properties. */
export async function forMicrosoft({ file, grant, host, may }: Call): Promise<Partial<CheckFileInfo>> {
  const userInfo = await host.users?.get(grant.userId)
  const { download } = host.pages(file.fileId, grant)
  return {
    SupportsGetLock: true,
    SupportsExtendedLockLength: true,
    SupportsDeleteFile: host.files.delete !== undefined && may('delete'),
    SupportsUserInfo: host.users !== null,
    ...(userInfo ? { UserInfo: userInfo } : {}),
    ...(file.sha256 === undefined ? {} : { SHA256: file.sha256 }),
    ...(download === undefined ? {} : { DownloadUrl: download }),
  }
}
