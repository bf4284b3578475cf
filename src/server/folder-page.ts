import { type Item, itemName } from '../drivers/folder/catalog.js'
import type { PageAssets } from '../editor/page-assets.js'
import { escapeHtml } from '../protocol/html.js'
import type { AppContext } from './app.js'
import type { Language } from './language.js'
import { errorPage, plainPage } from './message-page.js'
import { words } from './words.js'

/** The list of what is in a folder. `folderId` '' = the folder that is served. */
export async function folderPage(
  { library, publicUrl, settings }: AppContext,
  assets: PageAssets,
  folderId: string,
  language: Language,
): Promise<Response> {
  const base = new URL(publicUrl).pathname.replace(/\/+$/, '')
  const folder = folderId === '' ? null : await library.catalog.find(folderId)
  if (folderId !== '' && folder?.kind !== 'folder') return errorPage(404, language, assets, base)
  const items = await library.catalog.list(folder?.path ?? '')
  items.sort(byKindAndName(language))
  const { documents, name, size, modified, empty, up } = words[language]
  const title = folder ? itemName(folder) : documents
  const parent = folder && library.catalog.folderOf(folder.id)
  const upLink = folder ? `<p><a href="${base}/${parent ? `folder/${parent.id}` : ''}">${up}</a></p>` : ''
  const rows = items.map((item) => row(item, base, language)).join('\n')
  const table =
    items.length === 0
      ? `<p>${empty}</p>`
      : `<table><thead><tr><th scope="col">${name}</th><th scope="col">${size}</th><th scope="col">${modified}</th></tr></thead><tbody>
${rows}
</tbody></table>`
  const body = `<main>${upLink}<h1><bdi>${escapeHtml(title)}</bdi></h1>${table}<footer>${escapeHtml(settings.folder)}</footer></main>`
  return plainPage({ status: 200, title, body, language }, assets, base)
}

function row(item: Item, base: string, language: Language): string {
  const href = item.kind === 'folder' ? `${base}/folder/${item.id}` : `${base}/open/${item.id}`
  const size = item.kind === 'folder' ? '' : readableSize(item.size, language)
  const time = new Date(item.modifiedAt)
  const modified = time.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })
  const icon = item.kind === 'folder' ? '📁' : '📄'
  return `<tr><td><span aria-hidden="true">${icon}</span> <a href="${href}"><bdi>${escapeHtml(itemName(item))}</bdi></a></td><td>${size}</td><td><time datetime="${time.toISOString()}">${escapeHtml(modified)}</time></td></tr>`
}

function byKindAndName(language: Language): (a: Item, b: Item) => number {
  const { compare } = new Intl.Collator(language, { numeric: true })
  return (a, b) => (a.kind === b.kind ? compare(itemName(a), itemName(b)) : a.kind === 'folder' ? -1 : 1)
}

/** 1234 → `1.2 kB`, in the digits and units of the language. */
function readableSize(bytes: number, language: Language): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power)
}
