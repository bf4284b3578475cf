import type { Call, FilePages } from '../../operation.js'
import type { InfoProperties } from './every-client.js'

/** What Microsoft 365 for the web reads beyond the common properties. */
export async function forMicrosoft(
  { file, grant, host, may }: Call,
  { download }: FilePages,
): Promise<InfoProperties> {
  const userInfo = await host.users?.get(grant.userId)
  return {
    SupportsGetLock: true,
    SupportsExtendedLockLength: true,
    SupportsDeleteFile: host.files.delete !== undefined && may('delete'),
    SupportsUserInfo: host.users !== null,
    UserInfo: userInfo || undefined,
    SHA256: file.sha256,
    DownloadUrl: download,
  }
}
