import type { PageAssets } from '../editor/page-assets.js'
import { escapeHtml } from '../protocol/html.js'
import type { Language } from './language.js'
import { words } from './words.js'

/** Makes a page of our own: strict policy, nothing inline, never cached. `body` is HTML. */
export function plainPage(
  page: {
    readonly status: number
    readonly title: string
    readonly body: string
    readonly language: Language
  },
  assets: PageAssets,
  base: string,
): Response {
  const styles = assets.styles.map((style) => `<link rel="stylesheet" href="${base}/${style}">`).join('\n')
  const html = `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)}</title>
${styles}
</head>
<body class="page">
${page.body}
</body>
</html>
`
  return new Response(html, {
    status: page.status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

/** A page that says why there is nothing else to see. */
export function errorPage(
  status: 404 | 405 | 421,
  language: Language,
  assets: PageAssets,
  base: string,
): Response {
  const { notFound, wrongMethod, wrongAddress, documents } = words[language]
  const text = { 404: notFound, 405: wrongMethod, 421: wrongAddress }[status]
  const body = `<main><h1>${status}</h1><p>${escapeHtml(text)}</p><p><a href="${base}/">${documents}</a></p></main>`
  return plainPage({ status, title: String(status), body, language }, assets, base)
}
