import type { Logger } from 'pino'
import type { FolderLibrary } from '../drivers/folder/index.js'
import { loadPageAssets } from '../editor/page-assets.js'
import type { WopiHost } from '../host/host.js'
import { documentPage } from './document-page.js'
import { folderPage } from './folder-page.js'
import { languageOf } from './language.js'
import { errorPage } from './message-page.js'
import { webAssets } from './server.js'
import type { Settings } from './settings.js'

/** What the pages work with. */
export interface AppContext {
  readonly host: WopiHost
  readonly library: FolderLibrary
  readonly settings: Settings
  readonly publicUrl: string
  /** The port that is listened on. */
  readonly port: number
  readonly log: Logger
}

/** The pages people see, as a fetch handler. */
export interface App {
  fetch(request: Request): Promise<Response>
  /** Ends what would otherwise go on for ever, such as live events. */
  close(): void
}

export function createApp(context: AppContext): App {
  const assets = loadPageAssets(webAssets, 'host-page/main.ts')
  const base = new URL(context.publicUrl).pathname.replace(/\/+$/, '')
  const addresses = allowedAuthorities(context)

  async function route(request: Request, path: string): Promise<Response> {
    const language = languageOf(request)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return errorPage(405, language, assets, base)
    }
    if (path === '/') return folderPage(context, assets, '', language)
    const [, area, id = '', ...more] = path.split('/')
    if (more.length === 0 && area === 'folder') return folderPage(context, assets, id, language)
    if (more.length === 0 && area === 'open') return documentPage(context, assets, id, request, language)
    return assets.respond(path.slice(1), request) ?? errorPage(404, language, assets, base)
  }

  return {
    async fetch(request) {
      // A page of another site whose name has been pointed at this address must not be taken for one of ours.
      const authority = request.headers.get('host')?.toLowerCase() ?? ''
      const path = new URL(request.url).pathname.slice(base.length)
      if (!addresses.has(authority)) return errorPage(421, languageOf(request), assets, base)
      return route(request, path)
    },
    close() {},
  }
}

/** The values of `Host` under which this server is meant. */
function allowedAuthorities({ publicUrl, port, settings }: AppContext): Set<string> {
  const local = ['127.0.0.1', 'localhost', '[::1]', settings.host].map((name) => `${name}:${port}`)
  return new Set([
    new URL(publicUrl).host,
    ...local,
    ...(port === 80 ? ['127.0.0.1', 'localhost', settings.host] : []),
  ])
}
