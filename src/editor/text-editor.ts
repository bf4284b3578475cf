import { randomUUID } from 'node:crypto'
import { bytesWithin } from './bytes-within.js'
import type { PageSettings } from './editor-api.js'
import { createEditorApi } from './editor-api-server.js'
import { capabilities, discoveryXml } from './editor-discovery.js'
import { editorPage, type GivenSettings, languageFor, type PageProblem, problemPage } from './editor-page.js'
import { loadPageAssets } from './page-assets.js'
import type { ProofKeys } from './proof-keys.js'
import { createWopiClient } from './wopi-client.js'
import type { WopiCall } from './wopi-request.js'
import { wopiSrcGuard } from './wopi-src.js'

export interface TextEditorOptions {
  /** Where browsers and hosts reach the editor, path prefix included, such as `https://files.example.org/text-editor`. */
  readonly url: string
  readonly keys: ProofKeys
  /** URL prefixes of the WOPISrcs the editor may call; every other one is refused. */
  readonly allowedHosts: readonly string[]
  /** Folder with the built browser code. */
  readonly assets: string
  /** For requests to hosts. */
  readonly fetch?: typeof globalThis.fetch
  /** Told of every request to a host, for the log. */
  readonly onCall?: (call: WopiCall) => void
}

/** The page's source file, as the build names it. */
const ENTRY = 'text-editor/main.tsx'

/** A token, its expiry, and what hosts add. */
const MAX_FORM_BYTES = 64 * 1024

const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#2563a8" d="M6 2h14l6 6v22H6z"/><path fill="#bcd7f2" d="M20 2l6 6h-6z"/><path stroke="#fff" stroke-width="2" d="M10 14h12M10 19h12M10 24h8"/></svg>`

/**
 * The built-in text editor: a WOPI client like any other, for plain text. It knows its hosts only through WOPI over HTTP, and keeps
 * nothing about anybody: token, lock and text live in the browser's page.
 *
 * @throws Error when `url` or `allowedHosts` are not usable addresses, or the browser code is not built
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/
 */
export function createTextEditor(options: TextEditorOptions): { fetch(request: Request): Promise<Response> } {
  const url = new URL(options.url)
  const base = url.pathname.replace(/\/+$/, '')
  const allow = wopiSrcGuard(options.allowedHosts)
  const assets = loadPageAssets(options.assets, ENTRY)
  const client = createWopiClient({
    keys: options.keys,
    fetch: options.fetch ?? globalThis.fetch,
    onCall: options.onCall ?? (() => {}),
  })
  const answerCall = createEditorApi({ client, allow, origin: url.origin })
  const discovery = discoveryXml(`${url.origin}${base}`, options.keys)

  async function page(request: Request, mode: 'edit' | 'view'): Promise<Response> {
    const query = caseBlind(new URL(request.url).searchParams)
    const language = languageFor(query('ui') ?? query('lang'), request.headers.get('accept-language'))
    const refuse = (problem: PageProblem) => problemPage(problem, language)
    if (request.method !== 'POST') return refuse('no-post')

    const form = await bytesWithin(request.body, MAX_FORM_BYTES)
    const fields = new URLSearchParams(new TextDecoder().decode(form ?? undefined))
    const token = fields.get('access_token')
    const asked = query('wopisrc')
    if (!token || !asked) return refuse('no-token')
    const wopiSrc = allow(asked)
    if (wopiSrc === null) return refuse('host-not-allowed')

    const sessionContext = query('sc')
    const settings: GivenSettings = {
      wopiSrc,
      token,
      session: printable(query('hid') ?? '', 256) || randomUUID(),
      ...(sessionContext ? { sessionContext: printable(sessionContext, 2048) } : {}),
      tokenExpires: Number(fields.get('access_token_ttl')) || 0,
      mode,
      embedded: query('embed') === '1',
      language,
      theme: themeFor(query('thm')),
    }
    const info = await client.checkFileInfo(settings)
    return info.ok ? editorPage(settings, info.document, assets) : refuse(info.code)
  }

  async function route(path: string, request: Request): Promise<Response> {
    if (path === '/edit') return page(request, 'edit')
    if (path === '/view') return page(request, 'view')
    if (path.startsWith('/api/')) {
      if (request.method !== 'POST') return plain(405, 'POST', { Allow: 'POST' })
      return (await answerCall(path.slice('/api/'.length), request)) ?? plain(404, 'There is no such call.')
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return plain(405, 'Only GET and HEAD work here.', { Allow: 'GET, HEAD' })
    }
    if (path === '/hosting/discovery') return typed(discovery, 'text/xml; charset=utf-8')
    if (path === '/hosting/capabilities') return typed(JSON.stringify(capabilities), 'application/json')
    if (path === '/favicon.svg') return typed(FAVICON, 'image/svg+xml', { 'Cache-Control': 'max-age=86400' })
    return assets.respond(path.slice(1), request) ?? plain(404, 'There is nothing at this address.')
  }

  return {
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (!pathname.startsWith(`${base}/`)) return plain(404, `The text editor lives below ${base}/.`)
      return route(pathname.slice(base.length), request)
    },
  }
}

/** Query parameters by name in any case: hosts write `WOPISrc`, `wopisrc` or `wopiSrc`. */
function caseBlind(parameters: URLSearchParams): (name: string) => string | null {
  return (name) => [...parameters].find(([key]) => key.toLowerCase() === name)?.[1] ?? null
}

/** What may stand in a header later on. */
function printable(text: string, maxLength: number): string {
  return text.replace(/[^\x20-\x7e]/g, '').slice(0, maxLength)
}

/** ONLYOFFICE's numbers for `thm`. */
function themeFor(number: string | null): PageSettings['theme'] {
  if (number === '1') return 'light'
  return number === '2' ? 'dark' : 'system'
}

function typed(body: string, type: string, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    headers: { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff', ...headers },
  })
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  const type = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' }
  return new Response(`${text}\n`, { status, headers: { ...type, ...headers } })
}
