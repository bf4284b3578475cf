/** The kinds of file the text editor offers itself for: plain text a person edits by hand. */
export const textExtensions: readonly string[] = [
  // prose and notes
  ...['txt', 'text', 'md', 'markdown', 'rst', 'adoc', 'org', 'tex', 'bib', 'log'],
  // tables and subtitles
  ...['csv', 'tsv', 'srt', 'vtt'],
  // data and settings
  ...['json', 'jsonc', 'ndjson', 'geojson', 'yaml', 'yml', 'toml', 'ini', 'cfg', 'conf', 'properties'],
  // markup
  ...['xml', 'xsd', 'xsl', 'xslt', 'svg', 'html', 'htm', 'css', 'scss', 'less'],
  // programs
  ...['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx', 'py', 'rb', 'php', 'pl', 'lua', 'r', 'sql'],
  ...['sh', 'bash', 'ps1', 'bat', 'c', 'h', 'cpp', 'hpp', 'cs', 'go', 'rs', 'java', 'kt', 'swift', 'scala'],
  ...['diff', 'patch'],
]
