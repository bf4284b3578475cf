import type { FolderLibrary } from '../drivers/folder/index.js'

/** One version of one file: to clients a file of its own, with an id of its own, that can only be read. */
export interface VersionSource {
  readonly fileId: string
  readonly version: string
}

type Files = FolderLibrary['files']

/**
 * The id of a version as a file of its own. No id of a file has a dot in it, so that neither can be taken for the other; a token names the whole
 * id, so that one for the file is none for its versions, nor the other way round.
 */
export function versionSourceId({ fileId, version }: VersionSource): string {
  return `${fileId}.${version}`
}

/** The version that an id names; null when it is the id of a file. */
export function versionSourceOf(id: string): VersionSource | null {
  // Most ids are those of files, and this is asked at every request.
  if (!id.includes('.')) return null
  // One spelling for each version.
  const match = /^([\w-]{1,128})\.([1-9]\d{0,14})$/.exec(id)
  return match ? { fileId: match[1] ?? '', version: match[2] ?? '' } : null
}

/** The file that an id speaks of, be it as it is now or in a version. */
export function fileIdIn(id: string): string {
  return versionSourceOf(id)?.fileId ?? id
}

/**
 * The store, with every version of a file to be read beside it for as long as it is in the history. Nothing can be written there; a save that is
 * refused there and kept is one of the file.
 */
export function withVersionSources(library: Pick<FolderLibrary, 'files' | 'versions'>): Files {
  const { files, versions } = library

  async function statVersion({ fileId, version }: VersionSource): ReturnType<Files['stat']> {
    const file = await files.stat(fileId)
    const found = file && versions.find(fileId, version)
    if (!file || !found?.available) return null
    return {
      fileId: versionSourceId({ fileId, version }),
      name: file.name,
      size: found.size,
      version,
      modifiedAt: found.at,
      ...(found.sha256 === null ? {} : { sha256: found.sha256 }),
    }
  }

  return {
    ...files,
    stat(id) {
      const source = versionSourceOf(id)
      return source ? statVersion(source) : files.stat(id)
    },
    async read(id, range) {
      const source = versionSourceOf(id)
      if (!source) return files.read(id, range)
      const file = await statVersion(source)
      if (!file) return null
      const content = await versions.open(source.fileId, source.version, range)
      return content && { file: { ...file, size: content.version.size }, body: content.body }
    },
    stage: (id, body, save) => files.stage(fileIdIn(id), body, save),
    rescue: (staged, refusal) => files.rescue(staged, { ...refusal, fileId: fileIdIn(refusal.fileId) }),
  }
}
