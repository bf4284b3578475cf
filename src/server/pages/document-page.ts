import { itemName } from '../../drivers/folder/index.js'
import type { PageAssets } from '../../editor/page-assets.js'
import { renderHostPage } from '../../host/host-page.js'
import { chooseOpening, editorAddress, type Intent, type Opening, readClients } from '../../host/opening.js'
import type { Permission } from '../../protocol/permission.js'
import { isMobile } from '../api/item-view.js'
import { folderIdOf, type Reached, reachOf } from '../api/reach.js'
import type { ServerContext } from '../context.js'
import { rightsOf } from '../people/rights.js'
import { isAtLeast } from '../people/roles.js'
import { versionSourceId } from '../version-source.js'
import type { VisitingPerson, Visitor } from '../visitors.js'
import { pageAddress } from './page-addresses.js'
import { words } from './words.js'

const intents: readonly Intent[] = ['edit', 'view', 'embed', 'fill', 'convert']

/** The most a token carries that is made for an intent: somebody who only looks cannot save by accident. */
const boundOf: Record<Intent, Permission> = {
  edit: 'edit',
  convert: 'edit',
  fill: 'fill',
  view: 'view',
  embed: 'view',
}

/** The document as it is now, or one version of it. */
interface Shown {
  /** As clients know it. */
  readonly id: string
  readonly size: number
  /** Null = as it is now. */
  readonly version: string | null
}

/**
 * The host page: one document in the client that opens it, or with `version` one version of it to look at; with a fresh token each time it is
 * loaded. Who comes to a document that others have open joins them in their client; who asks for another by its name only looks there, and the
 * page offers to join. `no-client` and `not-found` are for the
 * web app to explain, and so is that somebody has to sign in first.
 */
export async function documentPage(
  context: ServerContext,
  assets: PageAssets,
  fileId: string,
  request: Request,
  visitor: Visitor,
): Promise<Response | 'not-found' | 'no-client' | 'sign-in-required'> {
  const { person } = visitor
  if (!person) return 'sign-in-required'
  const reach = reachOf(context, person)
  const reached = await reach.find(fileId)
  if (reached?.item.kind !== 'file') return 'not-found'

  const query = new URL(request.url).searchParams
  const shown = shownOf(context, reached, query.get('version'))
  if (!shown) return 'not-found'
  const clients = await readClients(context.host)
  const wanted = query.get('client')
  const known = clients.known.filter(({ client }) => wanted === null || client.name === wanted)
  const opening = chooseOpening(
    context.host,
    { ...clients, known },
    {
      name: itemName(reached.item),
      size: shown.size,
      ...(shown.version === null
        ? {
            rights: rightsOf(reached.role, reach.mayChangeFolderOf(reached.chain)),
            intent: intents.find((intent) => intent === query.get('action')) ?? 'edit',
            lockClient: context.library.locks.held(fileId, context.now())?.client ?? null,
          }
        : { rights: 'view', intent: 'view' }),
      mobile: isMobile(request),
    },
  )
  if (!opening) return 'no-client'
  const page = { folderId: folderIdOf(reach, reached), query, language: visitor.language }
  return hostPage(context, assets, person, reached, shown, opening, page)
}

/** What is to be shown; null when the version is not there, or is not for this person. */
function shownOf({ library }: ServerContext, { item, role }: Reached, version: string | null): Shown | null {
  if (version === null) return { id: item.id, size: item.size, version }
  const found = isAtLeast(role, 'editor') ? library.versions.find(item.id, version) : null
  return found?.available ? { id: versionSourceId(found), size: found.size, version: found.version } : null
}

async function hostPage(
  context: ServerContext,
  assets: PageAssets,
  person: VisitingPerson,
  { item }: Reached,
  shown: Shown,
  opening: Opening,
  page: {
    readonly folderId: string | null
    readonly query: URLSearchParams
    readonly language: Visitor['language']
  },
): Promise<Response> {
  const { base, host, publicUrl, settings } = context
  const { language, folderId } = page
  const { accessToken, accessTokenTtl } = await host.issueToken(
    {
      userId: person.id,
      userName: person.name,
      ...(person.named ? {} : { anonymous: true }),
      resource: { kind: 'file', id: shown.id },
      // Roles are judged at every request; this is only the bound.
      permission: boundOf[opening.intent],
      client: opening.client.url,
    },
    settings.tokenLifetime,
  )
  const { actionUrl, clientOrigins } = editorAddress(host, shown.id, opening, page)
  const { opening: openingText, failed, open, back } = words[language]
  const { html, headers } = renderHostPage({
    actionUrl,
    clientOrigins,
    accessToken,
    accessTokenTtl,
    documentName: itemName(item),
    favIconUrl: opening.action.favIconUrl,
    language,
    folderUrl: pageAddress.folder(publicUrl, folderId),
    texts: { opening: openingText, failed, open, back },
    scriptUrl: `${base}/${assets.script}`,
    styleUrl: `${base}/${assets.styles[0]}`,
    data: {
      base,
      'file-id': item.id,
      'folder-id': folderId ?? '',
      ...(shown.version === null ? {} : { version: shown.version }),
      intent: opening.intent,
      client: opening.client.name,
      language,
    },
  })
  return new Response(html, { headers })
}
