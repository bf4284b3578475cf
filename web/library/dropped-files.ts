/** A file that was dropped or chosen, with the folders it lay in, such as `photos/2026/`. */
export interface ChosenFile {
  readonly file: File
  readonly path: string
}

/** Everything that was dropped, folders with all that is in them. Must be called while the event is handled. */
export async function droppedFiles(data: DataTransfer): Promise<ChosenFile[]> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  if (entries.length === 0) return [...data.files].map((file) => ({ file, path: '' }))
  const found: ChosenFile[] = []
  for (const entry of entries) await collect(entry, '', found)
  return found
}

async function collect(entry: FileSystemEntry, path: string, found: ChosenFile[]): Promise<void> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    found.push({ file, path })
  } else if (isFolder(entry)) {
    const reader = entry.createReader()
    for (;;) {
      // A reader gives a hundred at a time, until it gives none.
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      )
      if (some.length === 0) return
      for (const inner of some) await collect(inner, `${path}${entry.name}/`, found)
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

/** What a file field gave; with a folder chosen, each file knows its path. */
export function chosenFiles(list: FileList | null): ChosenFile[] {
  return [...(list ?? [])].map((file) => {
    const whole = file.webkitRelativePath
    return { file, path: whole.slice(0, whole.lastIndexOf('/') + 1) }
  })
}
