import { mimeTypeOf } from './mime-types.js'
import { keyFromBlob, type ProofKey, type ProofKeys } from './proof-key.js'
import { readXml, type XmlElement } from './xml.js'

/** What a client (ONLYOFFICE Docs, Collabora Online, …) can do, and how to tell that a request comes from it. */
export interface Discovery {
  /** In the order of the document; zones without a usable action are left out. */
  readonly zones: readonly NetZone[]
  /** Null when the client signs nothing. */
  readonly proofKeys: ProofKeys | null
}

/** The actions for one way of reaching the client, such as `external-https`. */
export interface NetZone {
  readonly name: string
  /** In the order of the document. */
  readonly actions: readonly DiscoveryAction[]
  /** By extension, in lower case and without a dot. Of several with one name, the first is the one to use. */
  readonly byExtension: ReadonlyMap<string, readonly DiscoveryAction[]>
  /** By MIME type, in lower case; the same order. */
  readonly byMimeType: ReadonlyMap<string, readonly DiscoveryAction[]>
}

/** One thing a client can do with one kind of file. */
export interface DiscoveryAction {
  /** `view`, `edit`, `editnew`, `convert` … as the client spells it. */
  readonly name: string
  /** The client's application, such as `Word`, or a MIME type. */
  readonly app: string
  /** Icon of the application, absolute. */
  readonly favIconUrl: string | null
  /** In lower case, without a dot; empty when the action is listed by MIME type or by `progId` alone. */
  readonly extension: string
  /** What a host must offer for this action: `locks`, `update`, `cobalt`, `containers`. */
  readonly requires: readonly string[]
  /** What `convert` converts to, in lower case and without a dot. */
  readonly targetExtension: string | null
  readonly isDefault: boolean
  /** Template of the action URL, with its placeholders; for `buildActionUrl`. */
  readonly urlsrc: string
  readonly progId: string | null
  readonly newProgId: string | null
}

/** The answer of a client is well-formed XML, but cannot be used as discovery. */
export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError'
}

/**
 * Reads the answer of a client's `/hosting/discovery`. Elements, attributes and actions we do not know are ignored, and
 * so are actions whose `urlsrc` is not an absolute http or https URL.
 *
 * @throws XmlError if the text is not XML.
 * @throws DiscoveryError if it is another document, or if it announces a proof key nobody can read. Taking that for "no
 *   key" would switch the proof check off.
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/discovery
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/wopi-discovery/
 */
export function parseDiscovery(xml: string): Discovery {
  const root = readXml(xml)
  if (root.name !== 'wopi-discovery') {
    throw new DiscoveryError(
      `This is not WOPI discovery: the document starts with <${root.name}>, expected <wopi-discovery>. ` +
        'Check that the address belongs to the client itself and not to a login page or a proxy in front of it.',
    )
  }
  return {
    zones: named(root, 'net-zone')
      .map(zoneFrom)
      .filter((zone) => zone.actions.length > 0),
    proofKeys: proofKeysFrom(root),
  }
}

function named(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child.name === name)
}

function zoneFrom(zone: XmlElement): NetZone {
  const { name = '' } = zone.attributes
  const actions = named(zone, 'app').flatMap(actionsFrom)
  const byName = actions.filter((action) => !isMimeType(action.app))
  const byMimeType = actions.filter((action) => isMimeType(action.app))
  return {
    name,
    actions,
    // ONLYOFFICE lists everything a second time by MIME type: those entries must not come before the real ones.
    byExtension: index(
      [...defaultsFirst(byName), ...defaultsFirst(byMimeType)],
      (action) => action.extension,
    ),
    byMimeType: index(defaultsFirst(byMimeType), (action) => action.app.toLowerCase()),
  }
}

function isMimeType(app: string): boolean {
  return app.includes('/')
}

function defaultsFirst(actions: readonly DiscoveryAction[]): DiscoveryAction[] {
  return [...actions.filter((action) => action.isDefault), ...actions.filter((action) => !action.isDefault)]
}

function index(
  actions: readonly DiscoveryAction[],
  keyOf: (action: DiscoveryAction) => string,
): ReadonlyMap<string, readonly DiscoveryAction[]> {
  const byKey = new Map<string, DiscoveryAction[]>()
  for (const action of actions) {
    const key = keyOf(action)
    if (key === '') continue
    const list = byKey.get(key)
    if (list === undefined) byKey.set(key, [action])
    else list.push(action)
  }
  return byKey
}

function actionsFrom(element: XmlElement): DiscoveryAction[] {
  const { name: app = '', favIconUrl = '' } = element.attributes
  return named(element, 'action').flatMap(({ attributes }) => {
    const {
      name = '',
      urlsrc = '',
      ext = '',
      requires = '',
      targetext = '',
      default: isDefault = '',
    } = attributes
    const url = httpUrl(urlsrc)
    if (name === '' || url === null) return []
    return {
      name,
      app,
      favIconUrl: httpUrl(favIconUrl, url)?.href ?? null,
      extension: normalExtension(ext),
      requires: requires.split(',').flatMap((group) => group.trim().toLowerCase() || []),
      targetExtension: normalExtension(targetext) || null,
      isDefault: isDefault.toLowerCase() === 'true',
      urlsrc,
      progId: attributes.progid ?? null,
      newProgId: attributes.newprogid ?? null,
    }
  })
}

function normalExtension(extension: string): string {
  return extension.replace(/^\./, '').toLowerCase()
}

function httpUrl(text: string, base?: URL): URL | null {
  if (text === '' || !URL.canParse(text, base)) return null
  const url = new URL(text, base)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : null
}

function proofKeysFrom(root: XmlElement): ProofKeys | null {
  const attributes = named(root, 'proof-key')[0]?.attributes
  if (attributes === undefined || Object.values(attributes).every((value) => value === '')) return null
  const current = proofKeyFrom(attributes, '')
  if (current === null) {
    throw new DiscoveryError(
      'The discovery announces a proof key that cannot be read: expected the attributes modulus and exponent, ' +
        'or a public key blob in value. Generate the keys of the client anew.',
    )
  }
  return { current, old: proofKeyFrom(attributes, 'old') }
}

function proofKeyFrom(attributes: Readonly<Record<string, string>>, prefix: '' | 'old'): ProofKey | null {
  const modulus = attributes[`${prefix}modulus`]
  const exponent = attributes[`${prefix}exponent`]
  if (modulus && exponent) return { modulus, exponent }
  return keyFromBlob(attributes[`${prefix}value`] ?? '')
}

/** A file one wants to open, and the circumstances. */
export interface FileQuery {
  /** Of the file's name; in either case, with or without its dot. */
  readonly extension: string
  /** Where it is known better than by the extension. */
  readonly mimeType?: string
  /** Whether the host's pages are served over https: then the client should be reached over https as well. */
  readonly secure: boolean
  /** The requirement groups this host fulfils; by default all that operations on files fulfil. */
  readonly provides?: readonly string[]
}

/** `locks`: Lock, RefreshLock, Unlock, UnlockAndRelock. `update`: PutFile, PutRelativeFile. Nobody provides `cobalt`. */
const FILE_OPERATIONS: readonly string[] = ['locks', 'update']

/** What a client can do with a file on this host: each action name once, in no particular order. */
export function actionsFor(discovery: Discovery, query: FileQuery): DiscoveryAction[] {
  const zone = zoneFor(discovery, query.secure)
  if (zone === null) return []
  const extension = normalExtension(query.extension)
  const mimeType = query.mimeType ?? mimeTypeOf(extension) ?? ''
  const provides = query.provides ?? FILE_OPERATIONS
  // The type speaks only for extensions the client does not list: several formats share one, and what can be done with
  // one of them need not be possible with the other.
  const listed = zone.byExtension.get(extension) ?? zone.byMimeType.get(mimeType.toLowerCase()) ?? []
  const byName = new Map<string, DiscoveryAction>()
  for (const action of listed) {
    const isOffered = action.requires.every((group) => provides.includes(group))
    if (isOffered && !byName.has(action.name)) byName.set(action.name, action)
  }
  return [...byName.values()]
}

/** The way in which a client does one thing, such as `edit`, with a file; null when it cannot, or needs more than the host provides. */
export function findAction(
  discovery: Discovery,
  query: FileQuery & { readonly action: string },
): DiscoveryAction | null {
  return actionsFor(discovery, query).find((action) => action.name === query.action) ?? null
}

/**
 * The zone for pages of the host's scheme. The name is only a label (ONLYOFFICE calls its zone `external-http` even when
 * its URLs are https), so any zone is better than none; `external` is where browsers are.
 */
function zoneFor(discovery: Discovery, secure: boolean): NetZone | null {
  const order = secure
    ? ['external-https', 'internal-https', 'external-http', 'internal-http']
    : ['external-http', 'internal-http', 'external-https', 'internal-https']
  for (const name of order) {
    const zone = discovery.zones.find((candidate) => candidate.name === name)
    if (zone !== undefined) return zone
  }
  return discovery.zones[0] ?? null
}

/** The origins a client's pages come from, each once: what a page that frames them must allow, and what to compare with the configured ones. */
export function clientOrigins(discovery: Discovery): string[] {
  return [
    ...new Set(
      discovery.zones.flatMap((zone) => zone.actions.map((action) => new URL(action.urlsrc).origin)),
    ),
  ]
}
