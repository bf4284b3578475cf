import { z } from 'zod'
import { onTakenChoices } from '../transfer/uploads.js'
import { done, json } from './answers.js'
import { ApiError } from './api-error.js'
import { requireName } from './changes.js'
import { reachedNow } from './folder-view.js'
import { itemViewer } from './item-view.js'
import { bytesOf } from './read-body.js'
import type { PersonCall } from './route.js'
import { personRoute, type Route } from './route.js'
import { ensureFolders, foldersOf, saveUpload } from './save-upload.js'
import { uploadSchema } from './schemas.js'

/** Uploads in pieces, which go on where they broke off: after a lost connection, and after a restart of the server. */
export const uploadRoutes: readonly Route[] = [
  personRoute({
    method: 'POST',
    path: '/uploads',
    summary: 'Begins an upload in pieces.',
    body: z.object({
      folderId: z.string(),
      name: z.string(),
      path: z.string().max(2000).default(''),
      size: z.int().min(0),
      taken: z.enum(onTakenChoices).default('refuse'),
    }),
    answer: { status: 201, description: 'Where to go on.', content: uploadSchema },
    async run({ context, person, reach, body }) {
      await reach.need(body.folderId, 'editor')
      const { maxFileSize } = context.settings
      if (body.size > maxFileSize) throw new ApiError('too-large', { maxFileSize })
      requireName(body.name)
      foldersOf(body.path)
      const upload = await context.uploads.begin({ ...body, personId: person.id })
      return json({ uploadId: upload.id, offset: 0 }, 201)
    },
  }),
  personRoute({
    method: 'GET',
    path: '/uploads/:id',
    summary: 'How much of an upload has arrived.',
    answer: { status: 200, description: 'Where to go on.', content: uploadSchema },
    async run(call) {
      const upload = await uploadOf(call)
      return json({ uploadId: upload.id, offset: await call.context.uploads.offset(upload) })
    },
  }),
  personRoute({
    method: 'PATCH',
    path: '/uploads/:id',
    summary:
      'Sends the next piece, whose place is in the header Upload-Offset. With the last one the file appears; if that is refused, the same request without content tries again, with another `taken` or `name` if need be.',
    query: z.object({
      taken: z.enum(onTakenChoices).optional(),
      name: z.string().optional(),
      force: z.stringbool().default(false),
    }),
    body: 'bytes',
    answer: { status: 200, description: 'Where to go on, or the file.', content: uploadSchema },
    async run(call) {
      const { context, request, person, reach, query } = call
      const { uploads } = context
      const upload = await uploadOf(call)
      const folder = await reach.need(upload.folderId, 'editor')
      const at = Number(request.headers.get('upload-offset') ?? Number.NaN)
      if (!Number.isSafeInteger(at) || at < 0)
        throw new ApiError('bad-request', { problem: 'The header Upload-Offset must be a number of bytes.' })
      const offset = await uploads.append(upload, at, bytesOf(request))
      if (offset < upload.size) return json({ uploadId: upload.id, offset })
      const item = await uploads.alone(upload, async () => {
        const saved = await saveUpload(context, person, reach, {
          folderId: await ensureFolders(context, reach, folder, upload.path),
          name: query.name ?? upload.name,
          taken: query.taken ?? upload.taken,
          force: query.force,
          body: uploads.content(upload),
        })
        await uploads.remove(upload)
        return saved
      })
      const viewer = await itemViewer(context, reach, request)
      return json({ uploadId: upload.id, offset, item: viewer.view(reachedNow(context, reach, item)) })
    },
  }),
  personRoute({
    method: 'DELETE',
    path: '/uploads/:id',
    summary: 'Gives an upload up.',
    answer: { status: 204, description: 'Given up.' },
    async run(call) {
      await call.context.uploads.remove(await uploadOf(call))
      return done()
    },
  }),
]

async function uploadOf({ context, person, param }: PersonCall<unknown, unknown>) {
  const upload = await context.uploads.find(param('id'), person.id)
  if (!upload) throw new ApiError('not-found')
  return upload
}
