import { randomBytes } from 'node:crypto'
import { escapeHtml } from '../protocol/html.js'
import type { DocumentInfo, FailureCode, Language, PageSettings } from './editor-api.js'
import type { PageAssets } from './page-assets.js'

const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  // The page holds the access token: it must not be kept, nor its address told to anybody.
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

/** The languages of the editor; the first one is for everybody else. */
const languages: readonly Language[] = ['en', 'zh-CN']

/** The language to use: what the host page asked for, then what the browser prefers. */
export function languageFor(asked: string | null, acceptLanguage: string | null): Language {
  const wishes = [asked ?? '', ...(acceptLanguage ?? '').split(',').map((range) => range.split(';')[0] ?? '')]
  for (const wish of wishes) {
    const found = languages.find((language) => language.slice(0, 2) === wish.trim().slice(0, 2).toLowerCase())
    if (found) return found
  }
  return 'en'
}

/** What the request decides; the rest comes from the document and the page itself. */
export type GivenSettings = Omit<PageSettings, 'nonce' | 'messageOrigin'>

/** The page with the editor. Everything it must know stands in one attribute, which its script takes away as it starts. */
export function editorPage(settings: GivenSettings, document: DocumentInfo, assets: PageAssets): Response {
  const nonce = randomBytes(16).toString('base64')
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    // Only the page that the host names may frame the editor: it talks to that page alone.
    `frame-ancestors ${document.messageOrigin || `'self' ${new URL(settings.wopiSrc).origin}`}`,
  ]
  const html = `<!doctype html>
<html lang="${settings.language}" data-theme="${settings.theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(document.name)}</title>
<link rel="icon" href="favicon.svg">
${assets.styles.map((file) => `<link rel="stylesheet" href="${file}">`).join('\n')}
<script type="module" src="${assets.script}"></script>
</head>
<body data-settings="${escapeHtml(JSON.stringify({ ...settings, messageOrigin: document.messageOrigin, nonce } satisfies PageSettings))}">
<noscript>${escapeHtml(words[settings.language].noScript)}</noscript>
</body>
</html>
`
  return new Response(html, { headers: { ...PAGE_HEADERS, 'Content-Security-Policy': policy.join('; ') } })
}

export type PageProblem = FailureCode | 'no-post' | 'no-token' | 'host-not-allowed'

/** A page that says why there is no editor. Any page may frame it: it holds nothing, and the person should see the reason. */
export function problemPage(problem: PageProblem, language: Language): Response {
  const { title, texts, other } = words[language]
  const { status, text } = { status: statusOf[problem] ?? 502, text: texts[problem] ?? other }
  const nonce = randomBytes(16).toString('base64')
  const html = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem }</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
</main>
</body>
</html>
`
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`
  const allow = problem === 'no-post' ? { Allow: 'POST' } : {}
  return new Response(html, {
    status,
    headers: { ...PAGE_HEADERS, ...allow, 'Content-Security-Policy': policy },
  })
}

const statusOf: Partial<Record<PageProblem, number>> = {
  'no-post': 405,
  'no-token': 400,
  'host-not-allowed': 403,
  expired: 401,
  'not-found': 404,
}

interface Words {
  readonly noScript: string
  readonly title: string
  readonly texts: Partial<Record<PageProblem, string>>
  /** For faults of the host a person can do nothing about but wait. */
  readonly other: string
}

const words: Record<Language, Words> = {
  en: {
    noScript: 'The text editor needs JavaScript. Turn it on for this address and open the document again.',
    title: 'The document cannot be opened',
    texts: {
      'no-post':
        'This address belongs to the text editor. Open the document from the page where you found it.',
      'no-token': 'The page that opened the editor did not say which document to open, or by what right.',
      'host-not-allowed':
        'This editor is not set up to open documents from that address. The person who runs it can allow the address in its settings.',
      expired: 'Your session has expired. Go back and open the document again.',
      'not-found': 'The document was deleted, or you may no longer see it.',
      unreachable: 'The document server does not answer. Try again in a moment.',
    },
    other: 'The document server reports an error. Try again in a moment.',
  },
  'zh-CN': {
    noScript: '文本编辑器需要 JavaScript。请为此地址启用 JavaScript，然后重新打开文档。',
    title: '无法打开文档',
    texts: {
      'no-post': '此地址属于文本编辑器。请从您找到该文档的页面重新打开它。',
      'no-token': '打开编辑器的页面没有说明要打开哪个文档，或没有提供访问权限。',
      'host-not-allowed': '此编辑器未被设置为打开来自该地址的文档。管理员可以在设置中允许该地址。',
      expired: '您的会话已过期。请返回并重新打开文档。',
      'not-found': '文档已被删除，或您不再有权查看它。',
      unreachable: '文档服务器没有响应。请稍后再试。',
    },
    other: '文档服务器报告了错误。请稍后再试。',
  },
}
