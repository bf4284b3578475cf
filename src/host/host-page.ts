import { escapeHtml } from '../protocol/html.js'
import { hostPageId, inlineHostPageScript } from './host-page-script.js'

/** The page to render: one document, opened in one editor, by one person. */
export type HostPageOptions = HostPageContent & HostPageScript

/** What the page shows, and what it posts into its frame. */
export interface HostPageContent {
  /** Where the token is posted to; from `buildActionUrl`. */
  readonly actionUrl: string
  readonly accessToken: string
  /** The instant at which the token expires, in milliseconds since 1970 UTC. ONLYOFFICE Docs converts only when it is not 0, "unknown". */
  readonly accessTokenTtl: number
  /** The file's name: title of the page and of the frame. */
  readonly documentName: string
  /**
   * The origins of all clients this host is configured for, from `clientOrigins`. That of the action URL must be among
   * them: a token goes nowhere else. By default it is the only one.
   */
  readonly clientOrigins?: readonly string[]
  /** The icon of the client's application, from discovery. */
  readonly favIconUrl?: string | null
  /** Language of the page, as a BCP 47 tag; by default `en`. */
  readonly language?: string
  /** Where closing the editor leads: a path on this host, or an absolute http or https URL. */
  readonly folderUrl?: string
  /** ONLYOFFICE Docs: merged into the configuration of the editor. */
  readonly docsApiConfig?: Readonly<Record<string, unknown>>
  /** The page's few words, in its language; by default English. */
  readonly texts?: Partial<HostPageTexts>
  /** What the page's script needs to know; becomes `data-…` attributes of `<body>`. Never put a token here. */
  readonly data?: Readonly<Record<string, string>>
}

/** Where the page's script and style come from: files of the host's own origin, or the page itself. */
export type HostPageScript =
  | {
      /** A module script that calls `startHostPage`, which `wopikit/post-message` exports. */
      readonly scriptUrl: string
      readonly styleUrl: string
    }
  | {
      /** At least 128 random bits in base64, new for each page: admits the inline script and style that are used then. */
      readonly scriptNonce: string
    }

/** Plain text, which is escaped where it is put. */
export interface HostPageTexts {
  readonly opening: string
  readonly failed: string
  /** Label of the button that is shown when scripts are switched off. */
  readonly open: string
  readonly back: string
}

export interface HostPage {
  readonly html: string
  /** All of them are to be sent: without the policy the page is less safe, without the rest the token may be cached. */
  readonly headers: Readonly<Record<string, string>>
}

const english: HostPageTexts = {
  opening: 'Opening the document …',
  failed: 'The editor could not open the document. Go back and try again.',
  open: 'Open the document',
  back: 'Back to the folder',
}

/** Name of the frame, and so the target of the form. */
const FRAME_NAME = 'wopi-editor'

/** What ONLYOFFICE Docs asks for, and enough for the others. */
const SANDBOX = [
  ...['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-popups', 'allow-top-navigation'],
  ...['allow-popups-to-escape-sandbox', 'allow-downloads', 'allow-modals'],
].join(' ')

const FEATURES = [
  'autoplay',
  'camera',
  'clipboard-read',
  'clipboard-write',
  'display-capture',
  'fullscreen',
  'microphone',
]

const INLINE_STYLE = `html, body { height: 100%; margin: 0; overflow: hidden }
body { display: flex; flex-direction: column; font: 14px system-ui, sans-serif }
header { display: flex; flex: none; gap: 1em; align-items: baseline; padding: .4em .8em }
h1 { margin: 0; overflow: hidden; font-size: 1em; text-overflow: ellipsis; white-space: nowrap }
p { margin: 0 }
main { flex: 1; min-height: 0 }
iframe { display: block; width: 100%; height: 100%; border: 0 }`

/**
 * Renders the page around an editor: a form that posts the token into a frame, and the frame, which its script creates just
 * before. The token stands in the form and nowhere else; there is no inline script but that of `scriptNonce`; and the
 * headers let the page frame, and post to, the configured clients only.
 *
 * With scripts switched off, a button opens the editor in a tab of its own.
 *
 * @throws TypeError naming the option that is wrong.
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/hostpage
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/host-page/
 */
export function renderHostPage(options: HostPageOptions): HostPage {
  const editorOrigin = originToPostTo(options)
  checkTtl(options.accessTokenTtl)
  const { language = 'en', documentName } = options
  const texts = { ...english, ...options.texts }
  const name = escapeHtml(readableName(documentName))
  const icon = iconFrom(options.favIconUrl ?? null)
  const html = `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
${icon === null ? '' : `<link rel="icon" href="${escapeHtml(icon.href)}">\n`}${styleTag(options)}
</head>
<body${dataAttributes(options.data ?? {})}>
<header>
${folderLink(options.folderUrl, texts.back)}<h1><bdi id="${hostPageId.name}">${name}</bdi></h1>
<p id="${hostPageId.status}" role="status" data-opening="${escapeHtml(texts.opening)}" data-failed="${escapeHtml(texts.failed)}"></p>
</header>
<main>
<template id="${hostPageId.frame}"><iframe name="${FRAME_NAME}" title="${name}" sandbox="${SANDBOX}" allow="${allowFor(editorOrigin)}"></iframe></template>
<form id="${hostPageId.form}" method="post" action="${escapeHtml(options.actionUrl)}" target="${FRAME_NAME}" accept-charset="UTF-8" autocomplete="off" data-editor-origin="${escapeHtml(editorOrigin)}">
${hiddenField('access_token', options.accessToken)}
${hiddenField('access_token_ttl', String(options.accessTokenTtl))}
${options.docsApiConfig === undefined ? '' : `${hiddenField('docs_api_config', JSON.stringify(options.docsApiConfig))}\n`}<noscript><button type="submit">${escapeHtml(texts.open)}</button></noscript>
</form>
</main>
${scriptTag(options)}
</body>
</html>
`
  return { html, headers: headersFor(options, editorOrigin, icon) }
}

function originToPostTo({ actionUrl, clientOrigins }: HostPageContent): string {
  const { origin } = httpUrl('actionUrl', actionUrl)
  for (const client of clientOrigins ?? []) {
    if (httpUrl('clientOrigins', client).origin !== client) {
      throw new TypeError(
        `clientOrigins has "${client}", expected an origin such as "https://docs.example.com".`,
      )
    }
  }
  if (clientOrigins !== undefined && !clientOrigins.includes(origin)) {
    throw new TypeError(
      `actionUrl leads to ${origin}, which is not among the configured clients (${clientOrigins.join(', ') || 'none'}): ` +
        'the token would be posted to a stranger. Correct the clients, or the address their discovery announces.',
    )
  }
  return origin
}

function checkTtl(accessTokenTtl: number): void {
  const isInstant = Number.isSafeInteger(accessTokenTtl) && (accessTokenTtl === 0 || accessTokenTtl > 1e12)
  if (isInstant) return
  throw new TypeError(
    `accessTokenTtl is ${accessTokenTtl}, expected the instant of expiry in milliseconds since 1970, such as ` +
      `${Date.UTC(2030, 0)}: neither a duration nor seconds, in spite of its name.`,
  )
}

function httpUrl(option: string, text: string, base?: string): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : null
  // A URL's host may contain ";", which would end a directive of the policy it is written into.
  if (url !== null && /^https?:\/\/[\w.:[\]-]+$/.test(url.origin)) return url
  throw new TypeError(`${option} is "${text}", expected an http or https URL.`)
}

function iconFrom(favIconUrl: string | null): URL | null {
  return favIconUrl === null ? null : httpUrl('favIconUrl', favIconUrl)
}

/** Without the invisible characters that turn the reading direction, with which `exe.doc` passes for `cod.exe`. */
function readableName(name: string): string {
  return name.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '')
}

function folderLink(folderUrl: string | undefined, text: string): string {
  if (folderUrl === undefined) return ''
  httpUrl('folderUrl', folderUrl, 'https://host.invalid') // a path will do; a script will not
  return `<a id="${hostPageId.folder}" href="${escapeHtml(folderUrl)}">${escapeHtml(text)}</a>\n`
}

/** Each feature names the editor's origin: a frame without `src` would otherwise pass it on to our own origin only. */
function allowFor(editorOrigin: string): string {
  return escapeHtml(FEATURES.map((feature) => `${feature} ${editorOrigin}`).join('; '))
}

function hiddenField(name: string, value: string): string {
  return `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`
}

function dataAttributes(data: Readonly<Record<string, string>>): string {
  return Object.entries(data)
    .map(([name, value]) => {
      if (/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) return ` data-${name}="${escapeHtml(value)}"`
      throw new TypeError(
        `data has "${name}", expected names of lower-case words and hyphens, such as "file-id".`,
      )
    })
    .join('')
}

function styleTag(script: HostPageScript): string {
  return 'scriptNonce' in script
    ? `<style nonce="${escapeHtml(script.scriptNonce)}">${INLINE_STYLE}</style>`
    : `<link rel="stylesheet" href="${escapeHtml(script.styleUrl)}">`
}

function scriptTag(script: HostPageScript): string {
  return 'scriptNonce' in script
    ? `<script nonce="${escapeHtml(script.scriptNonce)}">${inlineHostPageScript}</script>`
    : `<script type="module" src="${escapeHtml(script.scriptUrl)}"></script>`
}

function headersFor(
  options: HostPageOptions,
  editorOrigin: string,
  icon: URL | null,
): Record<string, string> {
  const clients = (options.clientOrigins ?? [editorOrigin]).join(' ')
  const policy = [
    "default-src 'self'",
    ...noncePolicy(options),
    ...(icon === null ? [] : [`img-src 'self' ${icon.origin}`]),
    `frame-src ${clients}`,
    `form-action 'self' ${clients}`,
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "object-src 'none'",
  ]
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy.join('; '),
    'Cache-Control': 'no-cache, no-store',
    Pragma: 'no-cache',
    Expires: '-1',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  }
}

function noncePolicy(script: HostPageScript): string[] {
  if (!('scriptNonce' in script)) return []
  const { scriptNonce } = script
  if (!/^[A-Za-z0-9+/_-]{22,}={0,2}$/.test(scriptNonce)) {
    throw new TypeError('scriptNonce must be at least 128 random bits in base64: 22 characters or more.')
  }
  return [`script-src 'nonce-${scriptNonce}'`, `style-src 'nonce-${scriptNonce}'`]
}
