import { itemName } from '../drivers/folder/index.js'
import { ApiError } from './api/api-error.js'
import type { ServerContext } from './context.js'
import { previewType } from './transfer/content-type.js'
import { streamOf } from './transfer/stream.js'
import type { VisitingPerson } from './visitors.js'

/** A client fetches the picture at once, or not at all. */
const LIFETIME_MS = 10 * 60 * 1000

/** Below the URL where clients reach us. */
export const LINKED_IMAGES = '/linked-images/'

/**
 * An address at which a client fetches a picture that a person puts into a document, for some minutes. Clients cannot send a cookie.
 *
 * @throws ApiError `no-preview` when it is no picture.
 */
export async function linkImage(
  { host }: ServerContext,
  person: VisitingPerson,
  item: { readonly id: string; readonly path: string },
): Promise<string> {
  if (!isPicture(item.path)) throw new ApiError('no-preview')
  const grant = {
    userId: person.id,
    userName: person.name,
    resource: { kind: 'file' as const, id: item.id },
    permission: 'view' as const,
  }
  const { accessToken } = await host.issueToken(grant, LIFETIME_MS)
  return `${host.url}${LINKED_IMAGES}${accessToken}`
}

/** The picture of such an address; 404 for whatever does not lead to one any more. */
export async function linkedImage({ library, tokenFile }: ServerContext, path: string): Promise<Response> {
  const fileId = await tokenFile(path.slice(LINKED_IMAGES.length))
  const item = fileId === null ? null : await library.tree.get(fileId)
  const content = item && isPicture(item.path) ? await library.files.read(item.id) : null
  if (!item || !content) return new Response(null, { status: 404, headers: { 'Cache-Control': 'no-store' } })
  return new Response(streamOf(content.body), {
    headers: {
      'Content-Type': previewType(itemName(item)) ?? 'application/octet-stream',
      'Content-Length': String(content.file.size),
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

function isPicture(path: string): boolean {
  return previewType(path)?.startsWith('image/') === true
}
