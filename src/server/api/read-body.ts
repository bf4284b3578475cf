import { ApiError } from './api-error.js'

/** Nothing the API takes as JSON is longer. */
const MAX_JSON_BYTES = 64 * 1024

/**
 * The JSON body of a request.
 *
 * @throws ApiError `bad-request` when it is not JSON, or says of itself that it is something else: a form of another site could send that.
 */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new ApiError('bad-request', { problem: 'The body must be application/json.' })
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytesOf(request)) {
    size += chunk.byteLength
    if (size > MAX_JSON_BYTES) throw new ApiError('too-large', { maxFileSize: MAX_JSON_BYTES })
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new ApiError('bad-request', { problem: 'The body is not valid JSON.' })
  }
}

/**
 * A body as it comes in, to be read once.
 *
 * @throws ApiError `too-large` as soon as it is longer than `limit`; `bad-request` when it ends before the length it announced.
 */
export async function* bytesOf(
  request: Request,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  const announced = Number(request.headers.get('content-length') ?? Number.NaN)
  if (announced > limit) throw new ApiError('too-large', { maxFileSize: limit })
  let size = 0
  try {
    for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength
      if (size > limit) throw new ApiError('too-large', { maxFileSize: limit })
      yield chunk
    }
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError('bad-request', { problem: `The connection ended after ${size} bytes.` })
  }
  if (announced > size)
    throw new ApiError('bad-request', { problem: `The body ended after ${size} of ${announced} bytes.` })
}
