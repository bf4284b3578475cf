import { LanguageDescription, type LanguageSupport } from '@codemirror/language'

type Load = () => Promise<LanguageSupport>

const javascript = (options: { jsx?: boolean; typescript?: boolean }): Load => {
  return () => import('@codemirror/lang-javascript').then((language) => language.javascript(options))
}
const json: Load = () => import('@codemirror/lang-json').then((language) => language.json())
const xml: Load = () => import('@codemirror/lang-xml').then((language) => language.xml())
const html: Load = () => import('@codemirror/lang-html').then((language) => language.html())
const css: Load = () => import('@codemirror/lang-css').then((language) => language.css())
const yaml: Load = () => import('@codemirror/lang-yaml').then((language) => language.yaml())
const markdown: Load = () =>
  import('@codemirror/lang-markdown').then((language) => language.markdown({ codeLanguages: insideMarkdown }))

const loaders: Readonly<Record<string, Load>> = {
  md: markdown,
  markdown,
  json,
  jsonc: json,
  ndjson: json,
  geojson: json,
  yaml,
  yml: yaml,
  xml,
  xsd: xml,
  xsl: xml,
  xslt: xml,
  svg: xml,
  html,
  htm: html,
  css,
  scss: css,
  less: css,
  js: javascript({}),
  mjs: javascript({}),
  cjs: javascript({}),
  jsx: javascript({ jsx: true }),
  ts: javascript({ typescript: true }),
  mts: javascript({ typescript: true }),
  cts: javascript({ typescript: true }),
  tsx: javascript({ typescript: true, jsx: true }),
}

/** Code blocks name their language as files name theirs, or by its full name. */
function insideMarkdown(info: string): LanguageDescription | null {
  const name = { javascript: 'js', typescript: 'ts' }[info.toLowerCase()] ?? info.toLowerCase()
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined
  return load ? LanguageDescription.of({ name, load }) : null
}

/** The colouring for a kind of file, fetched when it is needed; null for plain text. */
export async function languageOf(extension: string): Promise<LanguageSupport | null> {
  const load = Object.hasOwn(loaders, extension) ? loaders[extension] : undefined
  // Without its colours a text can be edited just as well.
  return (await load?.().catch(() => null)) ?? null
}
