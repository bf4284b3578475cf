import { buildActionUrl } from '../protocol/action-url.js'
import { actionsFor, clientOrigins, type Discovery, type DiscoveryAction } from '../protocol/discovery.js'
import { splitName } from '../protocol/file-name.js'
import { mimeTypeOf } from '../protocol/mime-types.js'
import { allows, type Permission, type Rights } from '../protocol/permission.js'
import type { Client } from './clients.js'
import type { WopiHost } from './host.js'

/** What a person wants to do with a document. */
export type Intent = 'edit' | 'view' | 'embed' | 'fill' | 'convert'

/** Which client opens a document, and by which of its actions. */
export interface Opening {
  readonly client: Client
  readonly discovery: Discovery
  readonly action: DiscoveryAction
  /** What it came to: an edit that nobody offers, or nobody may, becomes a view. */
  readonly intent: Intent
}

/** The document to open. */
export interface DocumentToOpen {
  readonly name: string
  readonly size: number
  readonly rights: Permission | Rights
  readonly intent: Intent
  readonly mobile: boolean
  /** URL of the client that holds the document's live lock, from `Lock.client`; absent or null = nobody does, or it is not known. */
  readonly lockClient?: string | null
}

/** The clients whose discovery is known, in the order of configuration. */
export interface KnownClients {
  readonly known: readonly { readonly client: Client; readonly discovery: Discovery }[]
  /** Why others could not be reached. */
  readonly problems: readonly string[]
}

/** Action names by intent, the most wanted first. Collabora lists no `view` for what it edits: its `edit` serves, with a token that only views. */
function actionNames({ size, mobile }: DocumentToOpen, intent: Intent): string[] {
  const edit = size === 0 ? ['editnew', 'edit'] : ['edit']
  switch (intent) {
    case 'edit':
      return mobile ? ['mobileEdit', ...edit] : edit
    case 'view':
      return [...(mobile ? ['mobileView'] : []), 'view', 'view_comment', 'edit']
    case 'embed':
      return ['embedview', 'view', 'edit']
    case 'fill':
      return ['formsubmit']
    case 'convert':
      return ['convert']
  }
}

/** The intents to try, in order: whoever cannot edit a format may still convert it, and whoever may not edit may still look. */
function intents({ intent, rights }: DocumentToOpen): Intent[] {
  const mayConvert = allows(rights, 'save') && allows(rights, 'save-copy')
  switch (intent) {
    case 'edit':
      if (allows(rights, 'save')) return mayConvert ? ['edit', 'convert', 'view'] : ['edit', 'view']
      return allows(rights, 'save-copy') ? ['fill', 'view'] : ['view']
    case 'convert':
      return mayConvert ? ['convert', 'edit', 'view'] : ['view']
    case 'fill':
      return allows(rights, 'save-copy') ? ['fill', 'view'] : ['view']
    default:
      return intent === 'view' ? ['view'] : [intent, 'view']
  }
}

/** What cannot be done with one client while another holds the lock. */
const needsLock: ReadonlySet<Intent> = new Set(['edit', 'fill'])

/** Reads the discovery of every client. Those that cannot be reached are passed over; `problems` says why. */
export async function readClients(host: WopiHost): Promise<KnownClients> {
  const problems: string[] = []
  const known: { client: Client; discovery: Discovery }[] = []
  for (const client of host.clients.list) {
    try {
      known.push({ client, discovery: await client.discovery() })
    } catch (error) {
      problems.push(error instanceof Error ? error.message : `${client.url} could not be reached`)
    }
  }
  return { known, problems }
}

/**
 * Finds who opens a document: the first client, in the order of configuration, that offers what is wanted; null = nobody does.
 *
 * Whoever opens a locked document joins its session: the client that holds the lock comes before the others. Those would be refused the lock, so
 * they are left what needs none: to show the document, or to convert it into another. That is also what comes of `clients` without the one that
 * holds the lock, when a person has chosen another by name. The lock of a client that is not configured changes nothing.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/discovery
 */
export function chooseOpening(
  host: WopiHost,
  { known }: KnownClients,
  document: DocumentToOpen,
): Opening | null {
  const { extension } = splitName(document.name)
  const mimeType = mimeTypeOf(extension.slice(1))
  const query = {
    extension: extension.slice(1).toLowerCase(),
    secure: host.url.startsWith('https:'),
    ...(mimeType === null ? {} : { mimeType }),
  }
  const offers = known.map((client) => ({ ...client, actions: actionsFor(client.discovery, query) }))
  const isLocked = host.clients.list.some(({ url }) => url === document.lockClient)
  const joining = offers.filter(({ client }) => isLocked && client.url === document.lockClient)
  const others = offers.filter((offer) => !joining.includes(offer))
  for (const intent of intents(document)) {
    for (const asked of isLocked && needsLock.has(intent) ? [joining] : [joining, others]) {
      for (const name of actionNames(document, intent)) {
        for (const { client, discovery, actions } of asked) {
          const action = actions.find((candidate) => candidate.name === name)
          if (action) return { client, discovery, action, intent }
        }
      }
    }
  }
  return null
}

/**
 * The part of `renderHostPage`'s options that follows from an opening.
 *
 * @param page its language, as a BCP 47 tag, and the query of its own URL, of which a client's `wd…` parameters are passed on.
 * @throws RangeError if the action URL would be longer than 2048 bytes.
 */
export function editorAddress(
  host: WopiHost,
  fileId: string,
  opening: Opening,
  page: { readonly language: string; readonly query: URLSearchParams },
): { readonly actionUrl: string; readonly clientOrigins: readonly string[] } {
  const actionUrl = buildActionUrl(opening.action.urlsrc, {
    wopiSrc: host.wopiSrc(fileId),
    language: page.language,
    contentLocale: page.language,
    embedded: opening.intent === 'embed',
    query: page.query,
  })
  return { actionUrl, clientOrigins: clientOrigins(opening.discovery) }
}
