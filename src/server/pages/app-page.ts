import type { PageAssets } from '../../editor/page-assets.js'
import type { Language } from '../language.js'
import { words } from './words.js'

/** What the one page of the web app is written with. */
export interface AppPage {
  readonly status: 200 | 404
  readonly language: Language
  /** What the person has chosen; null = as the system has it. */
  readonly theme: 'light' | 'dark' | null
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ')

/**
 * The page around the web app: the same for every address of it. Nothing that anybody has typed stands in it, so there is nothing to escape; what
 * there is to see comes by the API.
 */
export function appPage({ status, language, theme }: AppPage, assets: PageAssets, base: string): Response {
  const styles = assets.styles.map((style) => `<link rel="stylesheet" href="${base}/${style}">`)
  const preloads = assets.preloads.map((file) => `<link rel="modulepreload" href="${base}/${file}">`)
  const html = `<!doctype html>
<html lang="${language}"${theme === null ? '' : ` data-theme="${theme}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>wopikit</title>
${[...styles, ...preloads].join('\n')}
</head>
<body data-base="${base}">
<div id="app"></div>
<noscript>${words[language].needsScript}</noscript>
<script type="module" src="${base}/${assets.script}"></script>
</body>
</html>
`
  return new Response(html, {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': POLICY,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
  })
}
