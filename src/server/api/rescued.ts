import { z } from 'zod'
import type { RescuedSave } from '../../drivers/folder/index.js'
import { chainOf } from '../item-chain.js'
import { isAtLeast, type Role } from '../people/roles.js'
import { streamOf } from '../transfer/stream.js'
import { done, json } from './answers.js'
import { ApiError } from './api-error.js'
import { authorOf, changedItem } from './changes.js'
import { downloadHeaders, previewHeaders } from './downloads.js'
import { reachedNow } from './folder-view.js'
import { itemViewer } from './item-view.js'
import { folderIdOf, type Reached } from './reach.js'
import { type PersonCall, personRoute, type Route } from './route.js'
import { itemSchema, type RescuedView, rescuedSchema } from './schemas.js'

/** Saves that had to be refused and were kept. They are seen by who may write to the file, and by whoever's work they are. */
export const rescuedRoutes: readonly Route[] = [
  personRoute({
    method: 'GET',
    path: '/rescued',
    summary: 'The rescued saves of one file, or of all that the person may see, the newest first.',
    query: z.object({ fileId: z.string().max(128).optional() }),
    answer: {
      status: 200,
      description: 'The rescued saves.',
      content: z.object({ rescued: z.array(rescuedSchema) }),
    },
    async run(call) {
      const found: RescuedView[] = []
      for (const rescued of call.context.library.rescued.list(call.query.fileId)) {
        const file = await call.reach.find(rescued.fileId)
        if (maySee(call, rescued, file)) found.push(rescuedView(call, rescued, file))
      }
      return json({ rescued: found })
    },
  }),
  personRoute({
    method: 'GET',
    path: '/rescued/:id/content',
    summary: 'What was to be saved: to be kept elsewhere, or with `inline` to be shown in a page of ours.',
    query: z.object({ inline: z.stringbool().default(false) }),
    answer: { status: 200, description: 'The content.', content: '*/*' },
    async run(call) {
      const { rescued } = await rescuedOf(call)
      const headers = call.query.inline ? previewHeaders(rescued.name) : downloadHeaders(rescued.name)
      const content = await call.context.library.rescued.open(rescued.rescuedId)
      if (!content) throw new ApiError('not-found')
      return new Response(streamOf(content.body), {
        headers: { ...headers, 'Content-Length': String(rescued.size) },
      })
    },
  }),
  personRoute({
    method: 'POST',
    path: '/rescued/:id/restore',
    summary:
      'Makes a rescued save the present content of its file, as a version of its own. While somebody is editing it is refused; with `force` it is done.',
    query: z.object({ force: z.stringbool().default(false) }),
    answer: { status: 200, description: 'The file as it is now.', content: itemSchema },
    async run(call) {
      const { context, person, query } = call
      const { rescued } = await rescuedOf(call, 'editor')
      const restored = await context.library.rescued.restore(rescued.rescuedId, authorOf(person), query)
      return shown(call, changedItem(restored, rescued.name))
    },
  }),
  personRoute({
    method: 'POST',
    path: '/rescued/:id/keep',
    summary: 'Makes a rescued save a file of its own, beside the one it was meant for.',
    answer: { status: 201, description: 'The new file.', content: itemSchema },
    async run(call) {
      const { context, person, reach } = call
      const { rescued, file } = await rescuedOf(call, 'editor')
      if (file && !reach.mayChangeFolderOf(file.chain)) throw new ApiError('forbidden')
      const kept = await context.library.rescued.keepAsCopy(rescued.rescuedId, authorOf(person))
      return shown(call, changedItem(kept, rescued.name), 201)
    },
  }),
  personRoute({
    method: 'DELETE',
    path: '/rescued/:id',
    summary: 'Throws a rescued save away.',
    answer: { status: 204, description: 'Gone.' },
    async run(call) {
      const { rescued } = await rescuedOf(call)
      await call.context.library.rescued.discard(rescued.rescuedId)
      return done()
    },
  }),
]

type AnyCall = PersonCall<unknown, unknown>

/** A rescued save that the person may see; with a role, one whose file they have it for. */
async function rescuedOf(
  call: AnyCall,
  role?: Role,
): Promise<{ rescued: RescuedSave; file: Reached | null }> {
  const rescued = call.context.library.rescued.find(call.param('id'))
  const file = rescued && (await call.reach.find(rescued.fileId))
  if (!rescued || !maySee(call, rescued, file)) throw new ApiError('not-found')
  const enough = file ? isAtLeast(file.role, role ?? 'viewer') : call.person.admin
  if (role && !enough) throw new ApiError('forbidden')
  return { rescued, file }
}

/** Of a file that is gone nobody knows any more who might see it; then it is for administrators, and for whoever's work it is. */
function maySee({ context, person }: AnyCall, { fileId, save }: RescuedSave, file: Reached | null): boolean {
  if (person.admin || isAtLeast(file?.role ?? null, 'editor')) return true
  // Whoever no longer sees a file that is still there has been let out, with all that is in it.
  const isGone = file === null && chainOf(context.library, fileId) === null
  return save.userId === person.id && (file !== null || (isGone && !person.guest))
}

function rescuedView({ reach }: AnyCall, rescued: RescuedSave, file: Reached | null): RescuedView {
  const { save } = rescued
  return {
    id: rescued.rescuedId,
    fileId: rescued.fileId,
    name: rescued.name,
    folderId: file && folderIdOf(reach, file),
    at: rescued.at,
    size: rescued.size,
    code: rescued.code,
    reason: rescued.reason,
    user: { id: save.userId, name: save.userName },
    baseVersion: rescued.baseVersion,
    fileExists: file !== null,
  }
}

async function shown(
  { context, reach, request }: AnyCall,
  item: Reached['item'],
  status: 200 | 201 = 200,
): Promise<Response> {
  const viewer = await itemViewer(context, reach, request)
  return json(viewer.view(reachedNow(context, reach, item)), status)
}
