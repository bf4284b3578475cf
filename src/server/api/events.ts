import { z } from 'zod'
import type { Live } from '../live/live.js'
import { isAtLeast } from '../people/roles.js'
import { ApiError } from './api-error.js'
import { personRoute, type Route } from './route.js'

/** What happens, as it happens. */
export function eventRoutes(live: Live): readonly Route[] {
  return [
    personRoute({
      method: 'GET',
      path: '/events',
      summary:
        'What happens to everything the person may see, as server-sent events. `file` names the document that the page has open: others see that somebody is there. A page that comes back sends `Last-Event-ID`; `stream-restart` tells it that what it missed is no longer known.',
      query: z.object({ file: z.string().max(128).optional(), editing: z.stringbool().default(false) }),
      answer: {
        status: 200,
        description: 'The stream. A comment comes at least every 15 seconds.',
        content: 'text/event-stream',
      },
      async run({ request, visitor, reach, query }) {
        const reached = query.file === undefined ? null : await reach.find(query.file)
        if (query.file !== undefined && reached?.item.kind !== 'file') throw new ApiError('not-found')
        return live.open(
          visitor,
          {
            fileId: reached?.item.id ?? null,
            // A viewer does not hold up anybody by saying otherwise.
            editing: query.editing && isAtLeast(reached?.role ?? null, 'commenter'),
            lastEventId: request.headers.get('last-event-id'),
          },
          request.signal,
        )
      },
    }),
  ]
}
