import { z } from 'zod'
import type { BinnedItem } from '../../drivers/folder/index.js'
import type { ServerContext } from '../context.js'
import { findChain } from '../item-chain.js'
import type { Chain } from '../people/access.js'
import { isAtLeast, type Role } from '../people/roles.js'
import { done, json } from './answers.js'
import { ApiError } from './api-error.js'
import { folderView, placesOf, reachedNow } from './folder-view.js'
import { itemViewer } from './item-view.js'
import type { Reach } from './reach.js'
import { type PersonCall, personRoute, type Route } from './route.js'
import { binnedSchema, itemOrFolderSchema } from './schemas.js'

/** What was deleted, for those who may write where it was. */
export const binRoutes: readonly Route[] = [
  personRoute({
    method: 'GET',
    path: '/bin',
    summary: 'What was deleted and can be brought back, the newest first.',
    answer: { status: 200, description: 'The bin.', content: z.object({ items: z.array(binnedSchema) }) },
    async run({ context, reach }) {
      const binned = await reachBin(context, reach, 'editor')
      return json({
        items: binned.map(({ item, path }) => ({
          id: item.id,
          kind: item.kind,
          name: item.name,
          path,
          size: item.size,
          at: item.at,
          by: item.userName,
        })),
      })
    },
  }),
  personRoute({
    method: 'POST',
    path: '/bin/:id/restore',
    summary:
      'Brings an item back to where it was, or to the nearest folder above that is still there. A taken name gets a number.',
    answer: { status: 200, description: 'The item.', content: itemOrFolderSchema },
    async run(call) {
      const { context, reach, request } = call
      const item = await context.library.tree.restore(await binnedId(call, 'editor'))
      if (!item) throw new ApiError('changed')
      const viewer = await itemViewer(context, reach, request)
      const reached = reachedNow(context, reach, item)
      return json(item.kind === 'folder' ? folderView(context, reach, viewer, reached) : viewer.view(reached))
    },
  }),
  personRoute({
    method: 'DELETE',
    path: '/bin/:id',
    summary: 'Deletes an item for good, with its history.',
    answer: { status: 204, description: 'Gone.' },
    async run(call) {
      await call.context.library.tree.purge(await binnedId(call, 'owner'))
      return done()
    },
  }),
  personRoute({
    method: 'DELETE',
    path: '/bin',
    summary: 'Empties the bin, as far as the person owns what is in it.',
    answer: { status: 204, description: 'Emptied.' },
    async run({ context, reach }) {
      for (const { item } of await reachBin(context, reach, 'owner'))
        await context.library.tree.purge(item.id)
      return done()
    },
  }),
]

interface Binned {
  readonly item: BinnedItem
  /** The folder it was in, as far as the person may know of it. */
  readonly path: string
}

/** What is in the bin for somebody with at least this role for where it was. */
async function reachBin(context: ServerContext, reach: Reach, role: Role): Promise<Binned[]> {
  const chains = new Map<string, Chain>()
  const found: Binned[] = []
  for (const item of context.library.tree.bin()) {
    const chain = chains.get(item.folderPath) ?? (await nearestFolder(context, item.folderPath))
    chains.set(item.folderPath, chain)
    if (!isAtLeast(reach.roleIn([item.id, ...chain]), role)) continue
    const [folderId = ''] = chain
    const folder = await reach.find(folderId)
    const places = folder ? placesOf(context, reach, folder) : []
    const names = places.filter(({ id }) => id !== context.library.tree.rootId).map(({ name }) => name)
    found.push({ item, path: names.join('/') })
  }
  return found
}

/** Where the folder is in which something was, or else the nearest above it that is still there. */
async function nearestFolder({ library }: ServerContext, path: string): Promise<Chain> {
  const segments = path === '' ? [] : path.split('/')
  for (let count = segments.length; count > 0; count--) {
    const folder = await library.catalog.at(segments.slice(0, count).join('/'))
    const chain = folder?.kind === 'folder' ? await findChain(library, folder) : null
    if (chain) return chain
  }
  return [library.tree.rootId]
}

/** The id of an item in the bin. To take it out again one has to be allowed to put something there. */
async function binnedId(
  { context, param, reach }: PersonCall<unknown, unknown>,
  role: Role,
): Promise<string> {
  const visible = await reachBin(context, reach, 'editor')
  if (!visible.some(({ item }) => item.id === param('id'))) throw new ApiError('not-found')
  const allowed = role === 'editor' ? visible : await reachBin(context, reach, role)
  if (!allowed.some(({ item }) => item.id === param('id'))) throw new ApiError('forbidden')
  return param('id')
}
