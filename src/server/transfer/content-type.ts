import { mimeTypeOf } from '../../protocol/mime-types.js'

/** What browsers show without running anything in it. SVG and HTML are not among them: both carry scripts. */
const pictures = new Set(['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'bmp'])

/** What is shown as plain text, whatever it is. */
const texts = new Set([
  ...[
    'txt',
    'md',
    'markdown',
    'csv',
    'tsv',
    'json',
    'xml',
    'yaml',
    'yml',
    'log',
    'ini',
    'conf',
    'toml',
    'tex',
  ],
  ...[
    'js',
    'ts',
    'css',
    'html',
    'htm',
    'svg',
    'py',
    'sh',
    'c',
    'h',
    'cpp',
    'java',
    'go',
    'rs',
    'rb',
    'php',
    'sql',
  ],
])

/** `a/Report.DOCX` → `docx`; '' where there is none. */
function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase()
}

/** The type under which a file may be shown inside a page of ours; null for what must be downloaded. */
export function previewType(name: string): string | null {
  const extension = extensionOf(name)
  if (pictures.has(extension)) return mimeTypeOf(extension)
  if (extension === 'pdf') return 'application/pdf'
  return texts.has(extension) ? 'text/plain; charset=utf-8' : null
}

/** The type with which a file is downloaded. */
export function downloadType(name: string): string {
  return mimeTypeOf(extensionOf(name)) ?? 'application/octet-stream'
}

/**
 * The header that makes a browser save what comes, under its own name; without the characters that turn the reading direction, by which a
 * program passes for a document.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6266
 */
export function attachment(fileName: string): string {
  const name = fileName.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%]/g, '_')
  const encoded = encodeURIComponent(name.replace(/\p{Surrogate}/gu, '_')).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
