import { z } from 'zod'
import { itemName, type VersionInfo } from '../../drivers/folder/index.js'
import { chooseOpening } from '../../host/opening.js'
import { clientsByNow } from '../pages/clients-by-now.js'
import { streamOf } from '../transfer/stream.js'
import { done, json } from './answers.js'
import { ApiError } from './api-error.js'
import { authorOf, changedItem } from './changes.js'
import { downloadHeaders, previewHeaders } from './downloads.js'
import { reachedNow } from './folder-view.js'
import { isMobile, itemViewer, openingView } from './item-view.js'
import { type ItemCall, itemRoute, type Route } from './route.js'
import { itemSchema, openingSchema, type VersionView, versionSchema } from './schemas.js'

/** What a file has been. The past may hold what was taken out of a document on purpose, so it is for those who may write. */
export const versionRoutes: readonly Route[] = [
  itemRoute({
    method: 'GET',
    path: '/files/:id/versions',
    summary:
      'The versions of a file, the newest first, and who shows one: `/open/:id?version=`, or null when no client does.',
    item: 'editor',
    query: z.object({
      offset: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    answer: {
      status: 200,
      description: 'The versions.',
      content: z.object({
        versions: z.array(versionSchema),
        total: z.int(),
        view: openingSchema.nullable(),
      }),
    },
    async run({ context, request, reached: { item }, query }) {
      const { versions, total } = await context.library.versions.list(item.id, query)
      const { host } = context
      const opening = chooseOpening(host, await clientsByNow(host), {
        name: itemName(item),
        size: item.size,
        rights: 'view',
        intent: 'view',
        mobile: isMobile(request),
      })
      return json({ versions: versions.map(versionView), total, view: opening && openingView(opening) })
    },
  }),
  itemRoute({
    method: 'GET',
    path: '/files/:id/versions/:version',
    summary: 'One version of a file.',
    item: 'editor',
    answer: { status: 200, description: 'The version.', content: versionSchema },
    run({ context, reached: { item }, param }) {
      const found = context.library.versions.find(item.id, param('version'))
      if (!found) throw new ApiError('not-found')
      return json(versionView(found))
    },
  }),
  itemRoute({
    method: 'GET',
    path: '/files/:id/versions/:version/content',
    summary: 'What a file was in a version: to be saved, or with `inline` to be shown in a page of ours.',
    item: 'editor',
    query: z.object({ inline: z.stringbool().default(false) }),
    answer: { status: 200, description: 'The content.', content: '*/*' },
    async run({ context, reached: { item }, param, query }) {
      const name = itemName(item)
      const headers = query.inline ? previewHeaders(name) : downloadHeaders(name)
      const content = await context.library.versions.open(item.id, param('version'))
      if (!content) throw new ApiError('not-found')
      return new Response(streamOf(content.body), {
        headers: { ...headers, 'Content-Length': String(content.version.size) },
      })
    },
  }),
  itemRoute({
    method: 'POST',
    path: '/files/:id/versions/:version/restore',
    summary:
      'Makes the content of a version the present one, as a version of its own. While somebody is editing it is refused; with `force` it is done, and what they still save becomes the newest.',
    item: 'editor',
    query: z.object({ force: z.stringbool().default(false) }),
    answer: { status: 200, description: 'The file as it is now.', content: itemSchema },
    async run({ context, request, person, reach, reached: { item }, param, query }) {
      const restored = await context.library.versions.restore(
        item.id,
        param('version'),
        authorOf(person),
        query,
      )
      const viewer = await itemViewer(context, reach, request)
      return json(viewer.view(reachedNow(context, reach, changedItem(restored, itemName(item)))))
    },
  }),
  itemRoute({
    method: 'PUT',
    path: '/files/:id/versions/:version/pin',
    summary: 'Keeps a version against every rule by which old versions go.',
    item: 'editor',
    answer: { status: 204, description: 'Kept.' },
    run: (call) => pin(call, true),
  }),
  itemRoute({
    method: 'DELETE',
    path: '/files/:id/versions/:version/pin',
    summary: 'Lets a version go by the rules again.',
    item: 'editor',
    answer: { status: 204, description: 'No longer kept in any case.' },
    run: (call) => pin(call, false),
  }),
]

function versionView({ fileId: _, sha256, editors, ...version }: VersionInfo): VersionView {
  return { ...version, ...(sha256 === null ? {} : { sha256 }), editors: [...editors] }
}

async function pin(
  { context, reached, param }: ItemCall<unknown, unknown>,
  pinned: boolean,
): Promise<Response> {
  const { versions } = context.library
  const set = pinned ? versions.pin : versions.unpin
  if (!(await set(reached.item.id, param('version')))) throw new ApiError('not-found')
  return done()
}
