import { loadPageAssets, type PageAssets } from '../../editor/page-assets.js'
import type { ServerContext } from '../context.js'
import type { Visitor } from '../visitors.js'
import { webAssets } from '../web-assets.js'
import { type AppPage, appPage } from './app-page.js'
import { documentPage } from './document-page.js'
import { errorPage } from './message-page.js'

/** Everything that is asked for by following a link. */
export interface Pages {
  /** The look of pages that have no script. */
  readonly assets: PageAssets
  answer(request: Request, path: string, visitor: Visitor): Promise<Response>
}

/** The addresses at which the web app shows something; it looks at the address itself. */
const ofTheApp = /^\/(?:bin|rescued|admin|people|sign-in|setup|(?:folder|s)\/[\w-]{1,128})?$/

export function createPages(context: ServerContext): Pages {
  const { base } = context
  const host = loadPageAssets(webAssets, 'host-page/main.ts')
  const app = loadPageAssets(webAssets, 'library/main.tsx')

  return {
    assets: host,
    async answer(request, path, visitor) {
      const { language } = visitor
      if (request.method !== 'GET' && request.method !== 'HEAD') return errorPage(405, language, host, base)
      const shell = (status: AppPage['status']) =>
        appPage({ status, language, theme: themeOf(request) }, app, base)
      if (ofTheApp.test(path)) return shell(200)
      const document = /^\/open\/([\w-]{1,128})$/.exec(path)
      if (document) {
        const page = await documentPage(context, host, document[1] ?? '', request, visitor)
        return page instanceof Response ? page : shell(page === 'not-found' ? 404 : 200)
      }
      const file = path.slice(1)
      return app.respond(file, request) ?? host.respond(file, request) ?? errorPage(404, language, host, base)
    },
  }
}

function themeOf(request: Request): AppPage['theme'] {
  const match = /(?:^|;\s*)wopikit_theme=(light|dark)(?:;|$)/.exec(request.headers.get('cookie') ?? '')
  return match ? (match[1] as 'light' | 'dark') : null
}
