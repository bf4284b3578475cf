import { itemName } from '../drivers/folder/catalog.js'
import type { FolderLibrary } from '../drivers/folder/index.js'
import type { FilePages } from '../operations/operation.js'

/** The addresses of our own pages, below the public URL. */
export const pageAddress = {
  folder: (publicUrl: string, folderId: string | null) =>
    folderId === null ? `${publicUrl}/` : `${publicUrl}/folder/${folderId}`,
  document: (publicUrl: string, fileId: string) => `${publicUrl}/open/${fileId}`,
}

/** The pages CheckFileInfo tells clients of. */
export function pagesOf(library: FolderLibrary, publicUrl: string): (fileId: string) => FilePages {
  return (fileId) => {
    const folder = library.catalog.folderOf(fileId)
    const folderUrl = pageAddress.folder(publicUrl, folder?.id ?? null)
    return {
      edit: pageAddress.document(publicUrl, fileId),
      view: `${pageAddress.document(publicUrl, fileId)}?action=view`,
      close: folderUrl,
      ...(folder ? { folder: { name: itemName(folder), url: folderUrl } } : {}),
    }
  }
}
