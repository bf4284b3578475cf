import { z } from 'zod'
import { type Item, itemName } from '../../drivers/folder/index.js'
import type { ServerContext } from '../context.js'
import { attachment, downloadType, previewType } from '../transfer/content-type.js'
import { streamOf } from '../transfer/stream.js'
import { type ZipEntry, zipOf } from '../transfer/zip.js'
import { ApiError } from './api-error.js'
import type { Reach, Reached } from './reach.js'
import { itemRoute, personRoute, type Route } from './route.js'

/** More than this at once is better asked for as the folder it is in. */
const MAX_IDS = 500

/** Content that goes out. */
export const downloadRoutes: readonly Route[] = [
  itemRoute({
    method: 'GET',
    path: '/items/:id/download',
    summary: 'A file to be saved; a folder as a zip archive of what the person may see in it.',
    item: 'viewer',
    answer: {
      status: 200,
      description: 'The content. A single range of a file is answered 206.',
      content: '*/*',
    },
    run: ({ context, request, reach, reached }) =>
      reached.item.kind === 'file'
        ? fileResponse(context, reached.item, request, downloadHeaders(itemName(reached.item)))
        : zipResponse(context, reach, [reached], folderName(context, reached.item)),
  }),
  personRoute({
    method: 'GET',
    path: '/downloads',
    summary: 'Several files and folders as one zip archive.',
    query: z.object({ ids: z.string().max(MAX_IDS * 40) }),
    answer: { status: 200, description: 'The archive.', content: 'application/zip' },
    async run({ context, reach, query }) {
      const ids = query.ids.split(',').filter((id) => id !== '')
      if (ids.length === 0 || ids.length > MAX_IDS)
        throw new ApiError('bad-request', { problem: `ids names 1 to ${MAX_IDS} items.` })
      const reached = await Promise.all(ids.map((id) => reach.need(id, 'viewer')))
      const [only] = reached
      const name = reached.length === 1 && only ? folderName(context, only.item) : 'documents'
      return zipResponse(context, reach, reached, name)
    },
  }),
  itemRoute({
    method: 'GET',
    path: '/items/:id/preview',
    summary: 'A file to be shown in a page of ours: pictures, PDF, and whatever is text as plain text.',
    item: 'viewer',
    answer: { status: 200, description: 'The content.', content: '*/*' },
    run({ context, request, reached }) {
      if (reached.item.kind !== 'file') throw new ApiError('no-preview')
      return fileResponse(context, reached.item, request, previewHeaders(itemName(reached.item)))
    },
  }),
]

/** Headers of content that a browser saves, and that does nothing even where it shows it after all. */
export function downloadHeaders(name: string): Record<string, string> {
  return {
    ...contentHeaders,
    'Content-Type': downloadType(name),
    'Content-Disposition': attachment(name),
    'Content-Security-Policy': "default-src 'none'; sandbox",
  }
}

/**
 * Headers of content that is shown.
 * @throws ApiError `no-preview` for a type in which something could run.
 */
export function previewHeaders(name: string): Record<string, string> {
  const type = previewType(name)
  if (type === null) throw new ApiError('no-preview')
  return {
    ...shownContentHeaders,
    'Content-Type': type,
    // Browsers show no PDF in a sandbox; their viewers are one.
    ...(type === 'application/pdf' ? { 'Content-Security-Policy': pdfPolicy } : {}),
  }
}

const pdfPolicy = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

const contentHeaders = {
  'Cache-Control': 'private, no-cache',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** Headers of what is shown, and can do nothing. */
export const shownContentHeaders = {
  ...contentHeaders,
  'Content-Disposition': 'inline',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
}

/** The present content of a file, or the one range of it that was asked for. */
export async function fileResponse(
  { library }: ServerContext,
  item: Item,
  request: Request,
  headers: Record<string, string>,
): Promise<Response> {
  const etag = `"${item.id}-${item.version}"`
  if (request.headers.get('if-none-match') === etag)
    return new Response(null, { status: 304, headers: { ...headers, ETag: etag } })
  const wanted = request.headers.get('if-range')
  const range = wanted === null || wanted === etag ? rangeOf(request, item.size) : null
  const content = await library.files.read(item.id, range ?? undefined)
  if (!content) throw new ApiError('not-found')
  if (content.file.version !== String(item.version)) {
    await content.body[Symbol.asyncIterator]().return?.()
    throw new ApiError('changed')
  }
  const length = range ? range.end - range.start + 1 : content.file.size
  return new Response(request.method === 'HEAD' ? null : streamOf(content.body), {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      ETag: etag,
      'Accept-Ranges': 'bytes',
      'Content-Length': String(length),
      ...(range ? { 'Content-Range': `bytes ${range.start}-${range.end}/${item.size}` } : {}),
    },
  })
}

/** The one range a request asks for; null for several, or for none that makes sense: then all is sent. */
function rangeOf(request: Request, size: number): { start: number; end: number } | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(request.headers.get('range') ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return null
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1])
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  return start <= end ? { start, end } : null
}

function zipResponse(
  context: ServerContext,
  reach: Reach,
  reached: readonly Reached[],
  name: string,
): Response {
  return new Response(streamOf(zipOf(entriesOf(context, reach, reached))), {
    headers: { ...downloadHeaders(`${name}.zip`), 'Content-Type': 'application/zip' },
  })
}

/** Everything to go into an archive. A folder that is asked for by itself becomes the archive's only top folder. */
async function* entriesOf(
  context: ServerContext,
  reach: Reach,
  reached: readonly Reached[],
): AsyncGenerator<ZipEntry> {
  for (const { item, chain } of reached) {
    const top = item.kind === 'folder' ? folderName(context, item) : itemName(item)
    yield* below(context, reach, item, chain, top)
  }
}

/** An item and all below it that the person may see; a folder hidden from them stays hidden with all that is in it. */
async function* below(
  context: ServerContext,
  reach: Reach,
  item: Item,
  chain: readonly string[],
  name: string,
): AsyncGenerator<ZipEntry> {
  const { library } = context
  if (reach.roleIn(chain) === null) return
  if (item.kind === 'file') {
    yield {
      name,
      modifiedAt: item.modifiedAt,
      size: item.size,
      open: async () => (await library.files.read(item.id))?.body ?? null,
    }
    return
  }
  yield { name: `${name}/`, modifiedAt: item.modifiedAt, size: 0, open: async () => null }
  for (const child of (await library.tree.list(item.id, { limit: Number.POSITIVE_INFINITY })).items)
    yield* below(context, reach, child, [child.id, ...chain], `${name}/${itemName(child)}`)
}

function folderName({ library }: ServerContext, item: Item): string {
  return itemName(item) || (library.tree.path(item.id).at(-1)?.name ?? 'documents')
}
