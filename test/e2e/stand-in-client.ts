import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { escapeHtml } from '../../src/protocol/html.js'

/** A WOPI client that opens Word documents and Markdown texts, shows what is in them as text, and says whatever a test lets it say. */
export interface StandInClient {
  readonly url: string
  stop(): Promise<void>
}

/** The editor's page, with the content of the document in the place of `CONTENT`. `say(message, values)` posts to the host page; `heard` is what came from there. */
const page = `<!doctype html><title>Stand-in editor</title><p>An editor.</p><pre>CONTENT</pre><script>
window.heard = []
addEventListener('message', (event) => heard.push(JSON.parse(event.data)))
window.say = (MessageId, Values = {}) =>
  parent.postMessage(JSON.stringify({ MessageId, SendTime: Date.now(), Values }), '*')
say('App_LoadingStatus', { Status: 'Frame_Ready' })
say('App_LoadingStatus', { Status: 'Document_Loaded' })
</script>`

/** What the host delivers for the token that its page has posted. */
async function contentFor(request: IncomingMessage): Promise<string> {
  const wopiSrc = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('WOPISrc')
  const token = new URLSearchParams(await text(request)).get('access_token')
  if (!wopiSrc || !token) return ''
  const answer = await fetch(`${wopiSrc}/contents?access_token=${encodeURIComponent(token)}`)
  return answer.ok ? escapeHtml(await answer.text()) : `GetFile ${answer.status}`
}

export async function startStandInClient(): Promise<StandInClient> {
  const server = createServer(async (request, response) => {
    if (request.url !== '/hosting/discovery') {
      response.setHeader('Content-Type', 'text/html; charset=utf-8')
      return response.end(page.replace('CONTENT', await contentFor(request)))
    }
    const { port } = server.address() as AddressInfo
    const urlsrc = (action: string) => `http://127.0.0.1:${port}/${action}?&lt;ui=UI_LLCC&amp;&gt;`
    response.setHeader('Content-Type', 'text/xml')
    return response.end(`<?xml version="1.0" encoding="utf-8"?>
<wopi-discovery><net-zone name="external-http"><app name="Word">
<action name="edit" ext="docx" default="true" requires="locks,update" urlsrc="${urlsrc('edit')}"/>
<action name="view" ext="docx" urlsrc="${urlsrc('view')}"/>
<action name="edit" ext="md" requires="locks,update" urlsrc="${urlsrc('edit')}"/>
</app></net-zone></wopi-discovery>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
