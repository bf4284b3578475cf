import { createApi } from './api/api.js'
import { apiRoutes } from './api/routes.js'
import type { ServerContext } from './context.js'
import { LINKED_IMAGES, linkedImage } from './linked-images.js'
import { createLive } from './live/live.js'
import { errorPage } from './pages/message-page.js'
import { createPages } from './pages/pages.js'
import type { Sender } from './people/sessions.js'

/** The pages people see, and the API behind them, as a fetch handler. */
export interface App {
  /** @param sender who sends the request, as far as we know for sure. */
  fetch(request: Request, sender: Sender): Promise<Response>
  /** Ends what would otherwise go on for ever, such as live events. */
  close(): void
}

export function createApp(context: ServerContext): App {
  const { base, door, publicUrl } = context
  const authorities = allowedAuthorities(context)
  const origins = new Set([new URL(publicUrl).origin, ...[...authorities].map((name) => `http://${name}`)])
  const live = createLive(context)
  const pages = createPages(context)
  const api = createApi(context, apiRoutes(live), (origin) => origins.has(origin))

  return {
    async fetch(request, sender) {
      const path = new URL(request.url).pathname.slice(base.length)
      // Asked for by clients, under the address at which they know us.
      if (path.startsWith(LINKED_IMAGES) && request.method === 'GET') return linkedImage(context, path)
      const visitor = door.identify(request, sender)
      // A page of another site whose name has been pointed at this address must not be taken for one of ours.
      const authority = request.headers.get('host')?.toLowerCase() ?? ''
      if (!authorities.has(authority)) return errorPage(421, visitor.language, pages.assets, base)
      return path.startsWith('/api/')
        ? api(request, path.slice('/api'.length), visitor)
        : pages.answer(request, path, visitor)
    },
    close: () => live.close(),
  }
}

/** The values of `Host` under which this server is meant. */
function allowedAuthorities({ publicUrl, port, settings }: ServerContext): Set<string> {
  const local = ['127.0.0.1', 'localhost', '[::1]', settings.host].map((name) => `${name}:${port}`)
  return new Set([
    new URL(publicUrl).host,
    ...local,
    ...(port === 80 ? ['127.0.0.1', 'localhost', settings.host] : []),
  ])
}
