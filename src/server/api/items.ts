import { z } from 'zod'
import { type Item, itemName } from '../../drivers/folder/index.js'
import type { ServerContext } from '../context.js'
import { linkImage } from '../linked-images.js'
import { json } from './answers.js'
import { ApiError } from './api-error.js'
import { authorOf, changedItem, requireFolderChange } from './changes.js'
import { folderPathOf, folderView, reachedNow } from './folder-view.js'
import { itemViewer } from './item-view.js'
import type { Reach, Reached } from './reach.js'
import type { PersonCall } from './route.js'
import { itemRoute, personRoute, type Route } from './route.js'
import { itemOrFolderSchema, itemSchema } from './schemas.js'

const MAX_RESULTS = 200

/** Some of what is found may be hidden from the person. */
const MAX_LOOKED_AT = 1000

/** Single items, wherever they are. */
export const itemRoutes: readonly Route[] = [
  itemRoute({
    method: 'GET',
    path: '/items/:id',
    summary: 'A file or folder, how it would be opened, and how things stand with it.',
    item: 'viewer',
    answer: {
      status: 200,
      description: 'The item; a folder with the way to it.',
      content: itemOrFolderSchema,
    },
    run: (call) => showItem(call, call.reached),
  }),
  itemRoute({
    method: 'PATCH',
    path: '/items/:id',
    summary:
      'Renames an item, moves it to another folder, or both. A document that is being edited is only renamed.',
    item: 'editor',
    query: z.object({ force: z.stringbool().default(false) }),
    body: z.object({ name: z.string().optional(), folderId: z.string().optional() }),
    answer: { status: 200, description: 'The item as it is now.', content: itemOrFolderSchema },
    async run(call) {
      const { context, reach, reached, body, query } = call
      const { tree } = context.library
      let item = reached.item
      requireFolderChange(reach, reached)
      if (body.folderId !== undefined) {
        const folder = await reach.need(body.folderId, 'editor')
        item = changedItem(await tree.move(item.id, folder.item.id, body.name, query), body.name ?? item.path)
      } else if (body.name !== undefined) {
        item = changedItem(await tree.rename(item.id, body.name, query), body.name)
      }
      return showItem(call, reachedNow(context, reach, item))
    },
  }),
  itemRoute({
    method: 'POST',
    path: '/items/:id/copy',
    summary:
      'Copies an item, a folder with all that is in it, into its own or another folder. A taken name gets a number.',
    item: 'viewer',
    body: z.object({ folderId: z.string().optional() }),
    answer: { status: 201, description: 'The copy.', content: itemOrFolderSchema },
    async run(call) {
      const { context, person, reach, reached, body } = call
      const folderId = body.folderId ?? reached.chain[1]
      const folder = await reach.need(folderId ?? '', 'editor')
      if (reached.item.kind === 'folder' && reach.isPartlyHidden(reached.item.id))
        throw new ApiError('forbidden')
      const copy = await context.library.tree.copy(reached.item.id, folder.item.id, authorOf(person))
      return showItem(call, reachedNow(context, reach, changedItem(copy, reached.item.path)), 201)
    },
  }),
  itemRoute({
    method: 'DELETE',
    path: '/items/:id',
    summary: 'Puts an item into the bin.',
    item: 'editor',
    query: z.object({ force: z.stringbool().default(false) }),
    answer: {
      status: 200,
      description: 'Under which id the bin has it.',
      content: z.object({ binId: z.string() }),
    },
    async run({ context, person, reach, reached, query }) {
      requireFolderChange(reach, reached)
      const removed = await context.library.tree.remove(reached.item.id, { ...query, by: authorOf(person) })
      changedItem(removed, reached.item.path)
      return json({ binId: reached.item.id })
    },
  }),
  itemRoute({
    method: 'POST',
    path: '/items/:id/link',
    summary:
      'An address at which a client fetches a picture that is put into a document. It lasts some minutes.',
    item: 'viewer',
    answer: { status: 201, description: 'The address.', content: z.object({ url: z.string() }) },
    run: async ({ context, person, reached }) =>
      json({ url: await linkImage(context, person, reached.item) }, 201),
  }),
  personRoute({
    method: 'GET',
    path: '/search',
    summary: 'Files and folders whose name has all the words, in all that the person may see.',
    query: z.object({
      q: z.string().trim().min(1).max(200),
      limit: z.coerce.number().int().min(1).max(MAX_RESULTS).default(50),
    }),
    answer: {
      status: 200,
      description: 'What was found, the best first.',
      content: z.object({ items: z.array(itemSchema.extend({ folderPath: z.string() })) }),
    },
    async run({ context, request, reach, query }) {
      const viewer = await itemViewer(context, reach, request)
      const items = []
      for (const item of await findVisible(context, reach, query.q)) {
        const reached = await reach.find(item.id)
        if (!reached) continue
        items.push({ ...viewer.view(reached), folderPath: folderPathOf(context, reach, reached) })
        if (items.length === query.limit) break
      }
      return json({ items })
    },
  }),
]

async function showItem(
  { context, request, reach }: PersonCall<unknown, unknown>,
  reached: Reached,
  status: 200 | 201 = 200,
): Promise<Response> {
  const viewer = await itemViewer(context, reach, request)
  const view =
    reached.item.kind === 'folder' ? folderView(context, reach, viewer, reached) : viewer.view(reached)
  return json(view, status)
}

/** What is found in the whole library, or in each of the places a person was let into. */
async function findVisible(context: ServerContext, reach: Reach, text: string): Promise<Item[]> {
  const { tree } = context.library
  const limit = MAX_LOOKED_AT
  if (reach.roleOf(tree.rootId) !== null) return tree.search(text, { limit })
  const found: Item[] = []
  for (const { item } of await reach.startingPoints()) {
    if (item.kind === 'folder') found.push(...(await tree.search(text, { limit, folderId: item.id })))
    else if (itemName(item).toLowerCase().includes(text.toLowerCase())) found.push(item)
  }
  return found
}
