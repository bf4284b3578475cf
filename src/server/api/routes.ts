import type { Live } from '../live/live.js'
import { accessRoutes } from './access.js'
import { adminRoutes } from './admin.js'
import { binRoutes } from './bin.js'
import { downloadRoutes } from './downloads.js'
import { eventRoutes } from './events.js'
import { folderRoutes } from './folders.js'
import { itemRoutes } from './items.js'
import { lockRoutes } from './locks.js'
import { peopleRoutes } from './people.js'
import { rescuedRoutes } from './rescued.js'
import type { Route } from './route.js'
import { sessionRoutes } from './session.js'
import { thumbnailRoutes } from './thumbnails.js'
import { uploadRoutes } from './uploads.js'
import { versionRoutes } from './versions.js'

/** All addresses of the API. */
export function apiRoutes(live: Live): readonly Route[] {
  return [
    ...sessionRoutes,
    ...folderRoutes,
    ...itemRoutes,
    ...uploadRoutes,
    ...downloadRoutes,
    ...thumbnailRoutes,
    ...binRoutes,
    ...versionRoutes,
    ...rescuedRoutes,
    ...lockRoutes,
    ...accessRoutes,
    ...peopleRoutes,
    ...adminRoutes,
    ...eventRoutes(live),
  ]
}
