import { LanguageDescription, type LanguageSupport } from '@codemirror/language'

const language = (extensions: string[], load: () => Promise<LanguageSupport>) =>
  LanguageDescription.of({ name: extensions[0] ?? '', alias: extensions, extensions, load })

const script = (extensions: string[], options: { jsx?: boolean; typescript?: boolean }) =>
  language(extensions, async () => (await import('@codemirror/lang-javascript')).javascript(options))

/** What is coloured. Each is fetched when the first text needs it. In code blocks of Markdown the extensions are names. */
const languages: readonly LanguageDescription[] = [
  script(['js', 'mjs', 'cjs', 'javascript'], {}),
  script(['jsx'], { jsx: true }),
  script(['ts', 'mts', 'cts', 'typescript'], { typescript: true }),
  script(['tsx'], { jsx: true, typescript: true }),
  language(['json', 'jsonc', 'ndjson', 'geojson'], async () =>
    (await import('@codemirror/lang-json')).json(),
  ),
  language(['yaml', 'yml'], async () => (await import('@codemirror/lang-yaml')).yaml()),
  language(['xml', 'xsd', 'xsl', 'xslt', 'svg'], async () => (await import('@codemirror/lang-xml')).xml()),
  language(['html', 'htm'], async () => (await import('@codemirror/lang-html')).html()),
  language(['css', 'scss', 'less'], async () => (await import('@codemirror/lang-css')).css()),
  language(['md', 'markdown'], async () =>
    (await import('@codemirror/lang-markdown')).markdown({ codeLanguages: [...languages] }),
  ),
]

/** The colouring for a kind of file; null for plain text. */
export async function languageOf(extension: string): Promise<LanguageSupport | null> {
  const description = languages.find(({ extensions }) => extensions.includes(extension))
  // Without its colours a text can be edited just as well.
  return (await description?.load().catch(() => null)) ?? null
}
