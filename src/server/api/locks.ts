import { z } from 'zod'
import { isAtLeast } from '../people/roles.js'
import { done, json } from './answers.js'
import { ApiError } from './api-error.js'
import { folderPathOf } from './folder-view.js'
import { lockView } from './item-view.js'
import { personRoute, type Route } from './route.js'
import { heldLockSchema } from './schemas.js'

/** Who holds which document. */
export const lockRoutes: readonly Route[] = [
  personRoute({
    method: 'GET',
    path: '/locks',
    summary: 'The live locks of all documents that the person may see, the oldest first.',
    answer: { status: 200, description: 'The locks.', content: z.object({ locks: z.array(heldLockSchema) }) },
    async run({ context, reach }) {
      const locks: z.infer<typeof heldLockSchema>[] = []
      for (const lock of context.library.locks.list(context.now())) {
        const reached = await reach.find(lock.fileId)
        if (!reached) continue
        locks.push({
          ...lockView(lock),
          fileId: lock.fileId,
          name: lock.name,
          folderPath: folderPathOf(context, reach, reached),
          client: context.host.clients.list.find(({ url }) => url === lock.client)?.name ?? null,
          users: [...lock.users],
          lastSaveAt: lock.lastSaveAt,
        })
      }
      return json({ locks })
    },
  }),
  personRoute({
    method: 'DELETE',
    path: '/locks/:fileId',
    summary: 'Takes a lock off. What its session still saves is kept as a rescued save.',
    answer: { status: 204, description: 'Unlocked.' },
    async run({ context, reach, param }) {
      const { item, role } = await reach.need(param('fileId'), 'viewer')
      if (!isAtLeast(role, 'owner')) throw new ApiError('forbidden')
      if (!(await context.library.locks.forceUnlock(item.id, context.now()))) throw new ApiError('not-found')
      return done()
    },
  }),
]
