import type { VersionSource } from '../version-source.js'

/** The addresses of our own pages, below the public URL. */
export const pageAddress = {
  folder: (publicUrl: string, folderId: string | null) =>
    folderId === null ? `${publicUrl}/` : `${publicUrl}/folder/${folderId}`,
  document: (publicUrl: string, fileId: string) => `${publicUrl}/open/${fileId}`,
  version: (publicUrl: string, { fileId, version }: VersionSource) =>
    `${publicUrl}/open/${fileId}?version=${version}`,
}
