import { errorFrom, session } from '../shared/api.js'
import { apiAddress } from '../shared/place.js'
import { words } from '../shared/words/words.js'
import type { Progress, Transport, UploadFailure } from './upload-queue.js'

/** The server's part of uploads. `fetch` tells no progress of what it sends, so this is `XMLHttpRequest`. */
export const transport: Transport = {
  async whole({ folderId, name, path }, content, taken, progress, signal) {
    const query = new URLSearchParams({ name, taken, ...(path === '' ? {} : { path }) })
    await send('PUT', `/folders/${folderId}/files?${query}`, content, { progress, signal })
  },
  async begin({ folderId, name, path }, size, taken, signal) {
    const body = JSON.stringify({ folderId, name, ...(path === '' ? {} : { path }), size, taken })
    return JSON.parse(await send('POST', '/uploads', body, { type: 'application/json', signal }))
  },
  async offset(uploadId, signal) {
    return JSON.parse(await send('GET', `/uploads/${uploadId}`, null, { signal })).offset
  },
  async piece(uploadId, offset, content, taken, progress, signal) {
    const headers = { 'Upload-Offset': String(offset) }
    return JSON.parse(
      await send('PATCH', `/uploads/${uploadId}?taken=${taken}`, content, { progress, signal, headers }),
    ).offset
  },
  abandon(uploadId) {
    send('DELETE', `/uploads/${uploadId}`, null, {}).catch(() => {
      // Then the server tidies it away by itself.
    })
  },
}

interface SendOptions {
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

function send(
  method: string,
  path: string,
  body: XMLHttpRequestBodyInit | null,
  { type = 'application/octet-stream', headers = {}, progress, signal }: SendOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const fail = (kind: UploadFailure['kind'], message: string) =>
      reject({ kind, message } satisfies UploadFailure)
    request.open(method, apiAddress(path))
    if (body !== null) request.setRequestHeader('Content-Type', type)
    request.setRequestHeader('X-Wopikit-CSRF', session.value?.csrf ?? '')
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    if (progress) request.upload.onprogress = ({ loaded }) => progress(loaded)
    request.onload = () => {
      const { status, responseText } = request
      if (status >= 200 && status < 300) return resolve(responseText)
      // Something between us and the server is away for a moment; or the piece did not continue what the server has; or the server still waits
      // for the rest of a piece whose line is gone.
      if (status === 502 || status === 503 || status === 504) return fail('line', words.upload.broken)
      const error = errorFrom(status, responseText)
      if (['wrong-offset', 'changed', 'too-many-uploads'].includes(error.code))
        return fail('line', words.upload.broken)
      fail(error.code === 'name-taken' || error.code === 'locked' ? 'taken' : 'refused', error.message)
    }
    request.onerror = () =>
      unreadable(body).then((lost) =>
        lost ? fail('refused', words.upload.unreadable) : fail('line', words.upload.broken),
      )
    request.onabort = () => fail('refused', '')
    signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(body)
  })
}

/** The browser reports a file that was changed or removed meanwhile like a broken line. */
async function unreadable(body: XMLHttpRequestBodyInit | null): Promise<boolean> {
  if (!(body instanceof Blob)) return false
  return body
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => false,
      () => true,
    )
}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 15_000

/** After a pause that grows, or as soon as the browser is online again. */
export function untilRetry(attempt: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)))
    function done() {
      clearTimeout(timer)
      removeEventListener('online', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    addEventListener('online', done)
    signal.addEventListener('abort', done)
  })
}
