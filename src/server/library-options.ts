import type { FolderLibraryOptions } from '../drivers/folder/index.js'
import type { Settings } from './settings.js'

/** The library that the settings describe: the same for the server and for every command beside it, as each of them tidies up. */
export function libraryOptionsOf(settings: Settings): FolderLibraryOptions {
  return {
    folder: settings.folder,
    data: settings.data,
    durability: settings.durability,
    versions: {
      perFile: settings.versionsPerFile,
      totalBytes: settings.versionsSize,
      maxAgeMs: settings.versionsAge,
    },
    rescued: {
      perFile: settings.rescuedPerFile,
      totalBytes: settings.rescuedSize,
      maxAgeMs: settings.rescuedAge,
    },
    bin: { totalBytes: settings.binSize, maxAgeMs: settings.binAge },
    guard: { block: settings.blockDamaged },
  }
}
