import { type FolderLibrary, itemName } from '../drivers/folder/index.js'
import type { WopiHostOptions } from '../host/host.js'
import type { Grant } from '../ports/access-tokens.js'
import type { CheckFileInfo } from '../protocol/check-file-info.js'
import { allows, type Permission, type Rights } from '../protocol/permission.js'
import { chainOf, findChain } from './item-chain.js'
import { pageAddress } from './pages/page-addresses.js'
import type { Chain } from './people/access.js'
import type { People } from './people/people.js'
import { rightsOf } from './people/rights.js'
import { isAtLeast, type Role } from './people/roles.js'
import { fileIdIn, versionSourceOf } from './version-source.js'
import { SINGLE_PERSON_ID } from './visitors.js'

/**
 * What the host asks us about people, at every single request of a client: whoever has lost a role, a link or their account is out at the next
 * one, whatever their token says.
 *
 * @param people null where nobody signs in.
 */
export function hostHooks(
  library: FolderLibrary,
  people: People | null,
  publicUrl: string,
): Required<Pick<WopiHostOptions, 'permission' | 'pages' | 'fileInfo'>> {
  /** Judges for whom a token was made; null = nobody we know. */
  function judge(grant: Grant): ((chain: Chain) => Role | null) | null {
    if (people) return people.access.roleGiver(grant.userId)
    return grant.userId === SINGLE_PERSON_ID ? () => 'owner' : null
  }

  function rights(grant: Grant, fileId: string): Permission | Rights | null {
    // Made at the command line by whoever owns the data folder: what the token says holds, for whomever it names.
    if (grant.issuedBy === 'operator') return grant.permission
    if (!people) return grant.userId === SINGLE_PERSON_ID ? grant.permission : null
    const chain = chainOf(library, fileId)
    const roleIn = judge(grant)
    const role = chain && roleIn ? roleIn(chain) : null
    if (!chain || !roleIn || role === null) return null
    return rightsOf(role, isAtLeast(roleIn(chain.slice(1)), 'editor'), grant.permission)
  }

  /** The past of a file is for those who may change it, as in the API; and nobody changes the past. */
  function versionRights(grant: Grant, fileId: string): Permission | null {
    if (grant.issuedBy === 'operator' || !people) return rights(grant, fileId) && 'view'
    const chain = chainOf(library, fileId)
    return chain && isAtLeast(judge(grant)?.(chain) ?? null, 'editor') ? 'view' : null
  }

  function maySee(grant: Grant, folderId: string): boolean {
    if (grant.issuedBy === 'operator') return true
    const chain = chainOf(library, folderId)
    const roleIn = judge(grant)
    return chain !== null && roleIn !== null && roleIn(chain) !== null
  }

  return {
    async permission(grant, file) {
      const fileId = fileIdIn(file.fileId)
      if (people && chainOf(library, fileId) === null) {
        // Found by search, or made by another program in a folder nobody has looked into.
        const item = await library.tree.get(fileId)
        if (item) await findChain(library, item)
      }
      return fileId === file.fileId ? rights(grant, fileId) : versionRights(grant, fileId)
    },

    pages(id, grant) {
      const source = versionSourceOf(id)
      const fileId = fileIdIn(id)
      const parent = library.catalog.folderOf(fileId)
      const folder = parent && maySee(grant, parent.id) ? parent : null
      const folderUrl = pageAddress.folder(publicUrl, folder?.id ?? null)
      const document = pageAddress.document(publicUrl, fileId)
      return {
        ...(source
          ? { view: pageAddress.version(publicUrl, source) }
          : { edit: document, view: `${document}?action=view` }),
        close: folderUrl,
        ...(folder && itemName(folder) !== '' ? { folder: { name: itemName(folder), url: folderUrl } } : {}),
      }
    },

    fileInfo(grant, file): Partial<CheckFileInfo> {
      // Scripts and tests with a token of their own have no page of ours that would answer.
      if (grant.issuedBy === 'operator') return {}
      const source = versionSourceOf(file.fileId)
      const chain = chainOf(library, fileIdIn(file.fileId))
      const role = chain && (judge(grant)?.(chain) ?? null)
      // Nothing becomes of an old version: what could be done with the document is done there.
      if (source) return { EditModePostMessage: false, FileVersionPostMessage: isAtLeast(role, 'editor') }
      const now = rights(grant, file.fileId)
      const mayShare = people !== null && isAtLeast(role, 'owner')
      const mayChange = now !== null && allows(now, 'save')
      return {
        FileSharingPostMessage: mayShare,
        EnableShare: mayShare,
        FileVersionPostMessage: isAtLeast(role, 'editor'),
        EnableInsertRemoteImage: mayChange,
      }
    },
  }
}
