import { signal } from '@preact/signals'
import { session } from '../shared/api.js'
import { sizeText } from '../shared/format.js'
import { words } from '../shared/words/words.js'
import { type ChosenFile, droppedFiles } from './dropped-files.js'
import { reload } from './folder-list.js'
import { createUploadQueue, isRunning, type Upload, type UploadQueue } from './upload-queue.js'
import { transport, untilRetry } from './upload-transport.js'

/** Everything that is or was being uploaded, until the list of it is closed. */
export const uploads = signal<readonly Upload[]>([])

let queue: UploadQueue | null = null
let doneBefore = 0

export function uploadQueue(): UploadQueue {
  if (queue) return queue
  const maxFileSize = session.value?.maxFileSize ?? Number.POSITIVE_INFINITY
  queue = createUploadQueue({
    transport,
    untilRetry,
    maxFileSize,
    tooLarge: words.upload.tooLarge(sizeText(maxFileSize)),
    onChange(changed) {
      uploads.value = changed
      const done = changed.filter(({ state }) => state === 'done').length
      if (done > doneBefore) reloadSoon()
      doneBefore = done
    },
  })
  addEventListener('beforeunload', (event) => {
    if (uploads.value.some(isRunning)) event.preventDefault()
  })
  return queue
}

const RELOAD_PAUSE_MS = 300
let reloadTimer: ReturnType<typeof setTimeout> | undefined

function reloadSoon() {
  clearTimeout(reloadTimer)
  reloadTimer = setTimeout(() => void reload(), RELOAD_PAUSE_MS)
}

export function uploadFiles(files: readonly ChosenFile[], folderId: string): void {
  const wanted = files.map(({ file, path }) => ({
    target: { folderId, name: file.name, path },
    content: file,
  }))
  if (wanted.length > 0) uploadQueue().add(wanted)
}

/** Uploads what was dropped. */
export async function addUploads(data: DataTransfer, folderId: string): Promise<void> {
  uploadFiles(await droppedFiles(data), folderId)
}
