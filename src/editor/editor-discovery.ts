import type { KeyObject } from 'node:crypto'
import { escapeHtml } from '../protocol/html.js'
import { type ProofKeys, publishedKey } from './proof-keys.js'
import { textExtensions } from './text-formats.js'

/** What a host fills in; what it cannot fill, it removes. */
const PLACEHOLDERS = [
  '<ui=UI_LLCC&>',
  '<thm=THEME_ID&>',
  '<sc=SESSION_CONTEXT&>',
  '<hid=HOST_SESSION_ID&>',
  '<wopisrc=WOPI_SOURCE&>',
].join('')

interface Action {
  readonly name: string
  readonly page: string
  readonly attributes?: string
}

const NEEDS_SAVING = 'requires="locks,update"'

const actions: readonly Action[] = [
  { name: 'edit', page: '/edit?', attributes: `default="true" ${NEEDS_SAVING}` },
  { name: 'view', page: '/view?' },
  // An empty file is a valid text, so a new document needs nothing that an old one does not.
  { name: 'editnew', page: '/edit?', attributes: NEEDS_SAVING },
  { name: 'mobileEdit', page: '/edit?mobile=1&', attributes: NEEDS_SAVING },
  { name: 'mobileView', page: '/view?mobile=1&' },
  { name: 'embedview', page: '/view?embed=1&' },
]

/**
 * The editor's discovery document: which files it opens, at which addresses, and the keys that sign its requests.
 *
 * @param url the editor's public address, without a trailing slash
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/discovery
 */
export function discoveryXml(url: string, keys: ProofKeys): string {
  const zone = url.startsWith('https:') ? 'external-https' : 'external-http'
  const lines = textExtensions.flatMap((extension) =>
    actions.map(({ name, page, attributes }) => {
      const urlsrc = escapeHtml(`${url}${page}${PLACEHOLDERS}`)
      return `      <action name="${name}" ext="${extension}" ${attributes ? `${attributes} ` : ''}urlsrc="${urlsrc}"/>`
    }),
  )
  return `<?xml version="1.0" encoding="utf-8"?>
<wopi-discovery>
  <net-zone name="${zone}">
    <app name="Text" favIconUrl="${escapeHtml(`${url}/favicon.svg`)}">
${lines.join('\n')}
    </app>
  </net-zone>
  <proof-key ${keyAttributes(keys.current, '')} ${keyAttributes(keys.old, 'old')}/>
</wopi-discovery>
`
}

/** What the editor can do beyond opening files. */
export const capabilities = {
  'convert-to': { available: false },
  hasMobileSupport: true,
  hasTemplateSaveAs: false,
  hasTemplateSource: false,
  productName: 'wopikit text editor',
}

function keyAttributes(key: KeyObject, prefix: string): string {
  const { value, modulus, exponent } = publishedKey(key)
  return `${prefix}value="${value}" ${prefix}modulus="${modulus}" ${prefix}exponent="${exponent}"`
}
