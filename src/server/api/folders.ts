import { z } from 'zod'
import type { ServerContext } from '../context.js'
import { blankDocument, blankExtensions } from '../documents/blank-documents.js'
import { onTakenChoices } from '../transfer/uploads.js'
import type { VisitingPerson } from '../visitors.js'
import { json } from './answers.js'
import { ApiError } from './api-error.js'
import { changedItem } from './changes.js'
import { folderView, reachedNow, SHARED_ID, sharedFolder, withinFolder } from './folder-view.js'
import { itemViewer } from './item-view.js'
import { bytesOf } from './read-body.js'
import { itemRoute, personRoute, type Route } from './route.js'
import { ensureFolders, saveUpload } from './save-upload.js'
import { folderSchema, itemSchema } from './schemas.js'
import { landing } from './session.js'

const listQuery = z.object({
  sort: z.enum(['name', 'modified', 'size', 'kind']).default('name'),
  order: z.enum(['asc', 'desc']).default('asc'),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})

const listSchema = z.object({ folder: folderSchema, items: z.array(itemSchema), total: z.int() })

/** The id of the folder that is meant: `root` is wherever the person begins. */
async function folderOrLanding(context: ServerContext, person: VisitingPerson, id: string): Promise<string> {
  return id === 'root' ? ((await landing(context, person)).rootId ?? SHARED_ID) : id
}

/** What is in folders, and what is put there. */
export const folderRoutes: readonly Route[] = [
  personRoute({
    method: 'GET',
    path: '/folders/:id',
    summary:
      'What is in a folder, a page at a time. `root` is where the person begins; `shared` lists what somebody without the whole library was let into.',
    query: listQuery,
    answer: { status: 200, description: 'The folder and one page of what is in it.', content: listSchema },
    async run({ context, request, visitor, person, reach, param, query }) {
      const viewer = await itemViewer(context, reach, request)
      const folderId = await folderOrLanding(context, person, param('id'))
      if (folderId === SHARED_ID) {
        const points = await reach.startingPoints()
        const items = points.slice(query.offset, query.offset + query.limit).map(viewer.view)
        return json({ folder: sharedFolder(visitor.language), items, total: points.length })
      }
      const reached = await reach.need(folderId, 'viewer')
      if (reached.item.kind !== 'folder') throw new ApiError('not-found')
      const { items, total } = await context.library.tree.list(reached.item.id, {
        ...query,
        locale: visitor.language,
      })
      const visible = withinFolder(reach, reached, items)
      return json({
        folder: folderView(context, reach, viewer, reached),
        items: visible.map(viewer.view),
        total: total - (items.length - visible.length),
      })
    },
  }),
  itemRoute({
    method: 'POST',
    path: '/folders/:id/folders',
    summary: 'Makes a folder.',
    item: 'editor',
    body: z.object({ name: z.string() }),
    answer: { status: 201, description: 'The new folder.', content: folderSchema },
    async run({ context, request, reach, reached, body }) {
      const made = await context.library.tree.createFolder(reached.item.id, body.name)
      const item = changedItem(made, body.name)
      const viewer = await itemViewer(context, reach, request)
      return json(folderView(context, reach, viewer, reachedNow(context, reach, item)), 201)
    },
  }),
  itemRoute({
    method: 'POST',
    path: '/folders/:id/documents',
    summary: 'Makes a new, empty document in my language. A taken name gets a number.',
    item: 'editor',
    body: z.object({ name: z.string(), extension: z.enum(blankExtensions as [string, ...string[]]) }),
    answer: { status: 201, description: 'The new document.', content: itemSchema },
    async run({ context, request, visitor, person, reach, reached, body }) {
      const content = blankDocument(body.extension, visitor.language) ?? new Uint8Array()
      const name = `${body.name}.${body.extension}`
      const item = await saveUpload(context, person, reach, {
        folderId: reached.item.id,
        name,
        taken: 'rename',
        force: false,
        body: (async function* () {
          if (content.byteLength > 0) yield content
        })(),
      })
      const viewer = await itemViewer(context, reach, request)
      return json(viewer.view(reachedNow(context, reach, item)), 201)
    },
  }),
  itemRoute({
    method: 'PUT',
    path: '/folders/:id/files',
    summary:
      'Uploads a file in one piece. `path` names folders below, such as `a/b/`, which are made where they are missing.',
    item: 'editor',
    query: z.object({
      name: z.string(),
      path: z.string().max(2000).default(''),
      taken: z.enum(onTakenChoices).default('refuse'),
      force: z.stringbool().default(false),
    }),
    body: 'bytes',
    answer: { status: 201, description: 'The file.', content: itemSchema },
    async run({ context, request, person, reach, reached, query }) {
      const folderId = await ensureFolders(context, reach, reached, query.path)
      const item = await saveUpload(context, person, reach, {
        folderId,
        name: query.name,
        taken: query.taken,
        force: query.force,
        body: bytesOf(request, context.settings.maxFileSize),
      })
      const viewer = await itemViewer(context, reach, request)
      return json(viewer.view(reachedNow(context, reach, item)), 201)
    },
  }),
]
