import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

/** A page that takes longer to draw is not drawn. */
const MAX_MS = 5_000

/** The thread is there while it is needed: its memory is worth more to others. */
const IDLE_MS = 30_000

/** Pictures that are remembered: of as many as anybody looks at, at some 10 to 20 kB each. */
const MAX_REMEMBERED = 500

/** From the sources as from `dist`. */
const script = fileURLToPath(new URL('../../../dist/server/thumbnails/pdf-worker.js', import.meta.url))

export type Png = Uint8Array<ArrayBuffer>

/** Pictures of the first pages of PDF documents. */
export interface PdfPictures {
  /**
   * A PNG; null for what is no PDF document, is locked by a password, or takes too long or too much. One is drawn after the other.
   *
   * @param key what is drawn: two documents under one key are the same.
   * @param read called when its turn comes.
   * @param signal takes it out of the queue.
   */
  picture(key: string, read: () => Promise<Uint8Array>, signal: AbortSignal): Promise<Png | null>
  /** Ends the thread. */
  close(): Promise<void>
}

export function createPdfPictures({ maxMs = MAX_MS } = {}): PdfPictures {
  const remembered = new Map<string, Png | null>()
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()
  /** Takes what comes of the page that is being drawn. */
  let finish: (picture: Png | null) => void = () => {}

  async function stop(): Promise<void> {
    clearTimeout(idle)
    const stopped = worker
    worker = null
    await stopped?.removeAllListeners().terminate()
  }

  function start(): Worker {
    // What the module has to say of broken documents on its standard error is not for the log.
    const started = new Worker(script, { env: {}, stdout: true, stderr: true })
    const failed = () => {
      void stop()
      finish(null)
    }
    started.on('message', (picture: Png) => finish(picture))
    started.on('error', failed)
    started.on('exit', failed)
    started.unref()
    return started
  }

  function draw(bytes: Uint8Array): Promise<Png | null> {
    clearTimeout(idle)
    worker ??= start()
    const drawing = worker
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        void stop()
        finish(null)
      }, maxMs)
      finish = (picture) => {
        clearTimeout(timer)
        idle = setTimeout(stop, IDLE_MS).unref()
        resolve(picture)
      }
      drawing.postMessage(bytes)
    })
  }

  async function drawInTurn(key: string, read: () => Promise<Uint8Array>, signal: AbortSignal) {
    const known = remembered.get(key)
    if (known !== undefined || signal.aborted) return known ?? null
    const picture = await draw(await read())
    remembered.set(key, picture)
    const [oldest] = remembered.keys()
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest)
    return picture
  }

  return {
    picture(key, read, signal) {
      const result = turn.then(() => drawInTurn(key, read, signal))
      turn = result.catch(() => {})
      return result
    },
    close: stop,
  }
}
