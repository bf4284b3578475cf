import type { ByteRange, Content, FileInfo } from '../../ports/file-store.js'
import { WopiError } from '../../protocol/errors.js'
import { Header } from '../../protocol/headers.js'
import { headerValue, type WopiRequest, type WopiResponse } from '../message.js'
import { filePage, type Operation } from '../operation.js'

/** What a client accepts that does not say: the largest signed 32-bit number. */
const DEFAULT_MAX_EXPECTED_SIZE = 2_147_483_647

/** Delivers a file's content, whole or in part. Locks play no part. */
export const getFile: Operation = {
  name: 'GetFile',
  method: 'GET',
  path: '/files/:fileId/contents',
  override: null,
  needs: 'read',
  refusal: 'not-found',
  spec: filePage('getfile'),
  async run({ request, host, file }) {
    let current = file
    for (;;) {
      const early = answerWithoutContent(request, current)
      if (early) return early
      const range = requestedRange(request, current)
      const content = await host.files.read(current.fileId, range)
      if (!content) throw new WopiError('not-found', 'The file was deleted a moment ago.')
      // The file may have changed since it was looked at; what was decided must be true of what is delivered.
      if (content.file.version === current.version) return delivered(content.file, content.body, range)
      await content.body[Symbol.asyncIterator]().return?.()
      current = content.file
    }
  },
}

function answerWithoutContent(request: WopiRequest, file: FileInfo): WopiResponse | null {
  // Judged before the content is opened, as ONLYOFFICE sends its download limit with every GetFile.
  const limit = maxExpectedSize(request)
  if (file.size > limit) {
    throw new WopiError(
      'larger-than-expected',
      `The file has ${file.size} bytes, the client accepts ${limit} (${Header.MaxExpectedSize}).`,
    )
  }
  const known = headerValue(request, 'If-None-Match')
  if (!known) return null
  const unchanged =
    known === '*' || known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag(file))
  return unchanged
    ? { status: 304, headers: { [Header.ItemVersion]: file.version, ETag: etag(file) }, body: null }
    : null
}

function maxExpectedSize(request: WopiRequest): number {
  const text = headerValue(request, Header.MaxExpectedSize)
  return text && /^\d{1,15}$/.test(text) ? Number(text) : DEFAULT_MAX_EXPECTED_SIZE
}

/** The single byte range that was asked for; several ranges, other units and outdated conditions mean the whole file. */
function requestedRange(request: WopiRequest, file: FileInfo): ByteRange | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headerValue(request, 'Range') ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const condition = headerValue(request, 'If-Range')
  if (condition && condition !== etag(file)) return undefined
  const last = file.size - 1
  const range =
    match[1] === ''
      ? { start: Math.max(0, file.size - Number(match[2])), end: last }
      : { start: Number(match[1]), end: match[2] === '' ? last : Math.min(Number(match[2]), last) }
  if (match[1] !== '' && match[2] !== '' && Number(match[2]) < Number(match[1])) return undefined
  if (range.start > range.end) {
    throw new WopiError('range-not-satisfiable', `The file has ${file.size} bytes; the range lies outside.`, {
      headers: { 'Content-Range': `bytes */${file.size}` },
    })
  }
  return range
}

function delivered(file: FileInfo, body: Content, range?: ByteRange): WopiResponse {
  const headers: Record<string, string> = {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': 'attachment',
    'Accept-Ranges': 'bytes',
    'Content-Length': String(range ? range.end - range.start + 1 : file.size),
    [Header.ItemVersion]: file.version,
    ETag: etag(file),
  }
  if (!range) return { status: 200, headers, body }
  headers['Content-Range'] = `bytes ${range.start}-${range.end}/${file.size}`
  return { status: 206, headers, body }
}

function etag(file: FileInfo): string {
  return `"${file.version}"`
}
