import type { PageAssets } from '../editor/page-assets.js'
import { renderHostPage } from '../host/host-page.js'
import { escapeHtml } from '../protocol/html.js'
import type { AppContext } from './app.js'
import type { Language } from './language.js'
import { errorPage, plainPage } from './message-page.js'
import { editorAddress, findOpening, type Intent } from './open-document.js'
import { pageAddress } from './page-addresses.js'
import { words } from './words.js'

const intents: readonly Intent[] = ['edit', 'view', 'embed', 'fill', 'convert']

/** The host page: one document in the editor that opens it, with a fresh token each time it is loaded. */
export async function documentPage(
  context: AppContext,
  assets: PageAssets,
  fileId: string,
  request: Request,
  language: Language,
): Promise<Response> {
  const { host, library, publicUrl } = context
  const base = new URL(publicUrl).pathname.replace(/\/+$/, '')
  const file = await library.files.stat(fileId)
  if (!file) return errorPage(404, language, assets, base)

  const query = new URL(request.url).searchParams
  const permission = 'edit'
  const { opening, problems } = await findOpening(host, {
    name: file.name,
    size: file.size,
    permission,
    intent: intents.find((intent) => intent === query.get('action')) ?? 'edit',
    mobile: /\bMobi/.test(request.headers.get('user-agent') ?? ''),
  })
  const folderUrl = pageAddress.folder(publicUrl, library.catalog.folderOf(fileId)?.id ?? null)
  if (!opening) return noClientPage(file.name, folderUrl, problems, language, assets, base)

  const { accessToken, accessTokenTtl } = await host.issueToken(
    {
      userId: 'owner',
      userName: language === 'en' ? 'Owner' : '所有者',
      resource: { kind: 'file', id: fileId },
      permission: opening.intent === 'view' || opening.intent === 'embed' ? 'view' : permission,
      client: opening.client.url,
    },
    context.settings.tokenLifetime,
  )
  const { actionUrl, clientOrigins } = editorAddress(host, fileId, opening, { language, query })
  const { opening: openingText, failed, open, back } = words[language]
  const page = renderHostPage({
    actionUrl,
    clientOrigins,
    accessToken,
    accessTokenTtl,
    documentName: file.name,
    favIconUrl: opening.action.favIconUrl,
    language,
    folderUrl,
    texts: { opening: openingText, failed, open, back },
    scriptUrl: `${base}/${assets.script}`,
    styleUrl: `${base}/${assets.styles[0]}`,
  })
  return new Response(page.html, { headers: page.headers })
}

function noClientPage(
  name: string,
  folderUrl: string,
  problems: readonly string[],
  language: Language,
  assets: PageAssets,
  base: string,
): Response {
  const { noClient, noClientHelp, clientProblems, back } = words[language]
  const unreachable =
    problems.length === 0
      ? ''
      : `<p>${escapeHtml(clientProblems)}</p><ul>${problems.map((problem) => `<li>${escapeHtml(problem)}</li>`).join('')}</ul>`
  const body = `<main><h1>${escapeHtml(noClient(name))}</h1><p>${escapeHtml(noClientHelp)}</p>${unreachable}<p><a href="${escapeHtml(folderUrl)}">${escapeHtml(back)}</a></p></main>`
  return plainPage({ status: 200, title: name, body, language }, assets, base)
}
