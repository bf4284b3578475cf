import type { PageAssets } from '../../editor/page-assets.js'
import { escapeHtml } from '../../protocol/html.js'
import type { Language } from '../language.js'
import { words } from './words.js'

/** A page that says why there is nothing else to see: strict policy, nothing inline, never cached. */
export function errorPage(
  status: 404 | 405 | 421,
  language: Language,
  assets: PageAssets,
  base: string,
): Response {
  const { notFound, wrongMethod, wrongAddress, documents } = words[language]
  const [title, text] = { 404: notFound, 405: wrongMethod, 421: wrongAddress }[status]
  const styles = assets.styles.map((style) => `<link rel="stylesheet" href="${base}/${style}">`).join('\n')
  const html = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
${styles}
</head>
<body class="page">
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
<p><a class="button primary" href="${base}/">${escapeHtml(documents)}</a></p>
</main>
</body>
</html>
`
  return new Response(html, {
    status,
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
