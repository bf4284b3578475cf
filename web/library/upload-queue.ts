/*
 * Uploads, a few at a time. A large file goes in pieces, and after a broken line on from where the server has it. What the line, the clock
 * and the server are is given from outside.
 */

export type Taken = 'refuse' | 'rename' | 'replace'

export interface UploadTarget {
  readonly folderId: string
  readonly name: string
  /** Folders below, such as `photos/2026/`; '' for none. */
  readonly path: string
}

export interface Upload extends UploadTarget {
  readonly id: number
  readonly size: number
  readonly sent: number
  /** `broken`: the line is gone and it goes on by itself. `taken`: the name is in use, and the person decides. */
  readonly state: 'waiting' | 'sending' | 'broken' | 'taken' | 'failed' | 'done' | 'cancelled'
  readonly problem: string
}

/** How bytes get to the server. Everything but `abandon` rejects with an `UploadFailure`, or when `signal` aborts. */
export interface Transport {
  whole(
    target: UploadTarget,
    content: Blob,
    taken: Taken,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void>
  begin(
    target: UploadTarget,
    size: number,
    taken: Taken,
    signal: AbortSignal,
  ): Promise<{ readonly uploadId: string; readonly offset: number }>
  /** How much of it the server has. */
  offset(uploadId: string, signal: AbortSignal): Promise<number>
  /** Answers how much the server has then. An empty piece at the end is another try to finish, after the name was taken. */
  piece(
    uploadId: string,
    offset: number,
    content: Blob,
    taken: Taken,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<number>
  abandon(uploadId: string): void
}

export type Progress = (sent: number) => void

/** Why something could not be sent. `line`: nobody answered, so it is worth trying again. */
export interface UploadFailure {
  readonly kind: 'line' | 'taken' | 'refused'
  readonly message: string
}

export interface QueueOptions {
  readonly transport: Transport
  readonly onChange: (uploads: readonly Upload[]) => void
  /** Resolves when it is worth trying a broken line again, for the n-th time. */
  readonly untilRetry: (attempt: number, signal: AbortSignal) => Promise<void>
  readonly maxFileSize: number
  readonly tooLarge: string
  readonly pieceSize?: number
  readonly atOnce?: number
}

export interface UploadQueue {
  add(files: readonly { readonly target: UploadTarget; readonly content: Blob }[]): void
  cancel(id: number): void
  cancelAll(): void
  retry(id: number): void
  /** What to do about a name that is taken; `forAll`: and from now on. */
  decide(id: number, answer: 'rename' | 'replace' | 'skip', forAll: boolean): void
  /** Forgets what is finished. */
  clear(): void
}

interface Entry {
  upload: Upload
  readonly content: Blob
  taken: Taken
  uploadId: string | null
  stop: AbortController | null
}

const PIECE_BYTES = 8 * 1024 * 1024
const AT_ONCE = 3

export function createUploadQueue(options: QueueOptions): UploadQueue {
  const { transport, onChange, untilRetry, maxFileSize, pieceSize = PIECE_BYTES, atOnce = AT_ONCE } = options
  let entries: Entry[] = []
  let lastId = 0
  let answerForAll: 'rename' | 'replace' | 'skip' | null = null

  const tell = () => onChange(entries.map(({ upload }) => upload))
  const change = (entry: Entry, to: Partial<Upload>) => {
    entry.upload = { ...entry.upload, ...to }
    tell()
  }
  const find = (id: number) => entries.find(({ upload }) => upload.id === id)

  function next() {
    const running = entries.filter(({ stop }) => stop !== null).length
    const waiting = entries.filter(({ upload, stop }) => upload.state === 'waiting' && stop === null)
    for (const entry of waiting.slice(0, Math.max(0, atOnce - running))) void run(entry)
  }

  async function run(entry: Entry) {
    const stop = new AbortController()
    entry.stop = stop
    change(entry, { state: 'sending', problem: '' })
    try {
      await send(entry, stop.signal)
      change(entry, { state: 'done', sent: entry.upload.size })
    } catch (error) {
      if (!stop.signal.aborted) failed(entry, error as UploadFailure)
    }
    entry.stop = null
    next()
  }

  /** Goes on for as long as it is only the line that breaks. */
  async function send(entry: Entry, signal: AbortSignal) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await sendOnce(entry, signal, () => {
          attempt = 1
        })
      } catch (error) {
        if (signal.aborted || (error as UploadFailure).kind !== 'line') throw error
        change(entry, { state: 'broken', problem: (error as UploadFailure).message })
        await untilRetry(attempt, signal)
        change(entry, { state: 'sending', problem: '' })
      }
    }
  }

  async function sendOnce(entry: Entry, signal: AbortSignal, cameThrough: () => void) {
    const { upload, content, taken } = entry
    const progress = (from: number) => (sent: number) =>
      change(entry, { sent: Math.min(from + sent, upload.size) })
    if (upload.size <= pieceSize) return transport.whole(upload, content, taken, progress(0), signal)

    let offset: number
    if (entry.uploadId === null) {
      const begun = await transport.begin(upload, upload.size, taken, signal)
      entry.uploadId = begun.uploadId
      offset = begun.offset
    } else {
      offset = await transport.offset(entry.uploadId, signal)
    }
    do {
      const piece = content.slice(offset, offset + pieceSize)
      offset = await transport.piece(entry.uploadId, offset, piece, taken, progress(offset), signal)
      change(entry, { sent: offset })
      cameThrough()
    } while (offset < upload.size)
  }

  function failed(entry: Entry, { kind, message }: UploadFailure) {
    if (kind === 'taken') {
      change(entry, { state: 'taken', problem: message })
      if (answerForAll) settle(entry, answerForAll)
      return
    }
    // What was begun may be what is wrong: another try begins anew.
    if (entry.uploadId) transport.abandon(entry.uploadId)
    entry.uploadId = null
    change(entry, { state: 'failed', problem: message, sent: 0 })
  }

  function settle(entry: Entry, answer: 'rename' | 'replace' | 'skip') {
    if (answer === 'skip') return cancel(entry)
    entry.taken = answer
    change(entry, { state: 'waiting', problem: '' })
  }

  function cancel(entry: Entry) {
    if (entry.upload.state === 'done' || entry.upload.state === 'cancelled') return
    entry.stop?.abort()
    if (entry.uploadId) transport.abandon(entry.uploadId)
    entry.uploadId = null
    change(entry, { state: 'cancelled', problem: '' })
  }

  return {
    add(files) {
      for (const { target, content } of files) {
        lastId += 1
        const tooLarge = content.size > maxFileSize
        entries.push({
          upload: {
            ...target,
            id: lastId,
            size: content.size,
            sent: 0,
            state: tooLarge ? 'failed' : 'waiting',
            problem: tooLarge ? options.tooLarge : '',
          },
          content,
          taken: 'refuse',
          uploadId: null,
          stop: null,
        })
      }
      tell()
      next()
    },
    cancel(id) {
      const entry = find(id)
      if (entry) cancel(entry)
      next()
    },
    cancelAll() {
      for (const entry of entries) cancel(entry)
    },
    retry(id) {
      const entry = find(id)
      if (entry?.upload.state !== 'failed' && entry?.upload.state !== 'cancelled') return
      change(entry, { state: 'waiting', problem: '', sent: 0 })
      next()
    },
    decide(id, answer, forAll) {
      if (forAll) answerForAll = answer
      for (const entry of entries) {
        const concerned = entry.upload.id === id || (forAll && entry.upload.state === 'taken')
        if (concerned && entry.upload.state === 'taken') settle(entry, answer)
      }
      next()
    },
    clear() {
      entries = entries.filter(({ upload }) => !isFinished(upload))
      if (entries.length === 0) answerForAll = null
      tell()
    },
  }
}

/** Nothing more happens with it. */
export function isFinished({ state }: Upload): boolean {
  return state === 'done' || state === 'cancelled'
}

/** It is under way, or will be. */
export function isRunning({ state }: Upload): boolean {
  return state === 'waiting' || state === 'sending' || state === 'broken'
}

/** Somebody has to do something about it. */
export function needsPerson({ state }: Upload): boolean {
  return state === 'failed' || state === 'taken'
}

/** How much of everything that is not given up has been sent, from 0 to 1. */
export function overallProgress(uploads: readonly Upload[]): number {
  const counted = uploads.filter(
    ({ state }) => state !== 'cancelled' && state !== 'failed' && state !== 'taken',
  )
  const size = counted.reduce((sum, upload) => sum + upload.size + 1, 0)
  const sent = counted.reduce((sum, upload) => sum + upload.sent + (upload.state === 'done' ? 1 : 0), 0)
  return size === 0 ? 0 : sent / size
}
