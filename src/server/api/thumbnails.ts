import type { Item } from '../../drivers/folder/index.js'
import type { ServerContext } from '../context.js'
import type { Language } from '../language.js'
import { TEXT_BYTES, textPicture } from '../thumbnails/text-picture.js'
import { thumbnailKind } from '../thumbnails/thumbnails.js'
import { ApiError } from './api-error.js'
import { fileResponse, previewHeaders, shownContentHeaders } from './downloads.js'
import { itemRoute, type Route } from './route.js'

/** The old encoding that a text is likely to be in when it is not in Unicode, by the language of whoever looks. */
const oldEncoding: Record<Language, string> = { en: 'windows-1252', 'zh-CN': 'gb18030' }

/** Small pictures of files. */
export const thumbnailRoutes: readonly Route[] = [
  itemRoute({
    method: 'GET',
    path: '/items/:id/thumbnail',
    summary:
      'A small picture of a file, where there is one: a picture itself, the first page of a PDF, the first lines of a text.',
    item: 'viewer',
    answer: {
      status: 200,
      description: 'The picture; 204 where none can be made of this document.',
      content: 'image/*',
    },
    async run({ context, request, visitor, reached: { item } }) {
      const response = await thumbnail(context, item, request, visitor.language)
      // The address has the version in it.
      response.headers.set('Cache-Control', 'private, max-age=86400')
      return response
    },
  }),
]

async function thumbnail(
  context: ServerContext,
  item: Item,
  request: Request,
  language: Language,
): Promise<Response> {
  switch (thumbnailKind(item)) {
    case null:
      throw new ApiError('no-preview')
    case 'picture':
      return fileResponse(context, item, request, previewHeaders(item.path))
    case 'first-lines': {
      const beginning = await bytesOf(context, item, Math.min(item.size, TEXT_BYTES))
      return picture(textPicture(beginning, oldEncoding[language]), 'image/svg+xml')
    }
    case 'first-page': {
      const page = await context.pdfPictures.picture(
        `${item.id}-${item.version}`,
        () => bytesOf(context, item, item.size),
        request.signal,
      )
      return page ? picture(page, 'image/png') : new Response(null, { status: 204 })
    }
  }
}

async function bytesOf({ library }: ServerContext, item: Item, length: number): Promise<Uint8Array> {
  const content = await library.files.read(item.id, { start: 0, end: length - 1 })
  if (!content) throw new ApiError('not-found')
  const bytes: Uint8Array[] = []
  for await (const part of content.body) bytes.push(part)
  if (content.file.version !== String(item.version)) throw new ApiError('changed')
  return Buffer.concat(bytes)
}

function picture(content: string | Uint8Array<ArrayBuffer>, type: string): Response {
  return new Response(content, { headers: { ...shownContentHeaders, 'Content-Type': type } })
}
