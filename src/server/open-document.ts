import type { Client } from '../host/clients.js'
import type { WopiHost } from '../host/host.js'
import { buildActionUrl } from '../protocol/action-url.js'
import { actionsFor, clientOrigins, type Discovery, type DiscoveryAction } from '../protocol/discovery.js'
import { splitName } from '../protocol/file-name.js'
import { mimeTypeOf } from '../protocol/mime-types.js'
import { allows, type Permission } from '../protocol/permission.js'

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
  readonly permission: Permission
  readonly intent: Intent
  readonly mobile: boolean
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
function intents({ intent, permission }: DocumentToOpen): Intent[] {
  if (intent === 'edit') {
    if (permission === 'fill') return ['fill', 'view']
    return allows(permission, 'save')
      ? ['edit', ...(permission === 'edit' ? (['convert'] as const) : []), 'view']
      : ['view']
  }
  if (intent === 'convert') return permission === 'edit' ? ['convert', 'edit', 'view'] : ['view']
  return intent === 'view' ? ['view'] : [intent, 'view']
}

/**
 * Finds who opens a document: the first client, in the order of configuration, that offers what is wanted. Clients that cannot be reached are
 * passed over; `problems` says why.
 */
export async function findOpening(
  host: WopiHost,
  document: DocumentToOpen,
): Promise<{ readonly opening: Opening | null; readonly problems: readonly string[] }> {
  const { extension } = splitName(document.name)
  const mimeType = mimeTypeOf(extension.slice(1))
  const query = {
    extension: extension.slice(1).toLowerCase(),
    secure: host.url.startsWith('https:'),
    ...(mimeType === null ? {} : { mimeType }),
  }
  const problems: string[] = []
  const known: { client: Client; discovery: Discovery; actions: DiscoveryAction[] }[] = []
  for (const client of host.clients.list) {
    try {
      const discovery = await client.discovery()
      known.push({ client, discovery, actions: actionsFor(discovery, query) })
    } catch (error) {
      problems.push(error instanceof Error ? error.message : `${client.url} could not be reached`)
    }
  }
  for (const intent of intents(document)) {
    for (const name of actionNames(document, intent)) {
      for (const { client, discovery, actions } of known) {
        const action = actions.find((candidate) => candidate.name === name)
        if (action) return { opening: { client, discovery, action, intent }, problems }
      }
    }
  }
  return { opening: null, problems }
}

/** Everything a host page needs beyond the token. */
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
