import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import chromium from '@sparticuz/chromium'
import {
  type Browser,
  type BrowserContextOptions,
  type Frame,
  type Page,
  chromium as playwright,
} from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type HostPageScript, renderHostPage } from './host-page.js'

/*
 * The page in a real browser, since the order of frame, listener and form, the policy and the sandbox are a browser's
 * affair. The editor is a page of another origin that says what a client says.
 */

const editorPage = `<!doctype html><title>Editor</title><script>
  const heard = []
  addEventListener('message', ({ data, origin }) => heard.push(origin + ' ' + JSON.parse(data).MessageId))
  const tell = (MessageId, Values = {}) => parent.postMessage(JSON.stringify({ MessageId, Values }), '*')
</script>`

const hostScript = `import { startHostPage } from '/bundle.js'
window.connection = startHostPage({ share: () => { document.body.dataset.shared = 'yes' } })`

let browser: Browser
let bundle = ''
let editorOrigin = ''
let hostOrigin = ''
let script: HostPageScript
const servers: Server[] = []
const posts: { request: string; body: string; referer: string | undefined }[] = []
const problems: string[] = []

async function listen(name: string, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://${name}:${(server.address() as AddressInfo).port}`
}

const editor: RequestListener = async (request, response) => {
  const body = await text(request)
  posts.push({ request: `${request.method} ${request.url}`, body, referer: request.headers.referer })
  response.setHeader('Content-Type', 'text/html').end(editorPage)
}

const host: RequestListener = (request, response) => {
  const files: Record<string, [type: string, content: string]> = {
    '/script.js': ['text/javascript', hostScript],
    '/bundle.js': ['text/javascript', bundle],
    '/style.css': ['text/css', ''],
    '/folder': ['text/html', '<title>The folder</title>'],
  }
  const page = renderHostPage({
    actionUrl: `${editorOrigin}/edit?ui=de&WOPISrc=x`,
    accessToken: 'the-token',
    accessTokenTtl: 1893456000000,
    documentName: 'Bericht & Co.docx',
    folderUrl: '/folder',
    ...script,
  })
  const [type, content] = files[request.url ?? ''] ?? []
  if (type !== undefined) response.setHeader('Content-Type', type).end(content)
  else response.writeHead(200, page.headers).end(page.html)
}

beforeAll(async () => {
  const entry = fileURLToPath(new URL('./host-page-script.ts', import.meta.url))
  const built = await build({
    logLevel: 'silent',
    configFile: false,
    build: { write: false, lib: { entry, formats: ['es'] } },
  })
  const [output] = Array.isArray(built) ? built : [built]
  if (output === undefined || !('output' in output)) throw new Error('Vite built nothing.')
  bundle = output.output[0].code
  editorOrigin = await listen('127.0.0.1', editor)
  hostOrigin = await listen('localhost', host)
  // Without the arguments that come with this Chromium: they switch the same-origin policy off.
  browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox'],
  })
})

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
  posts.length = 0
  problems.length = 0
})

afterAll(async () => {
  await browser.close()
  for (const server of servers) server.close()
})

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  await page.goto(`${hostOrigin}/edit`)
  return page
}

async function editorIn(page: Page): Promise<Frame> {
  const frame = await (await page.waitForSelector('iframe')).contentFrame()
  if (frame === null) throw new Error('The frame is empty.')
  await frame.waitForFunction(() => document.title === 'Editor')
  return frame
}

function tell(frame: Frame, messageId: string, values: Record<string, unknown> = {}): Promise<void> {
  return frame.evaluate(`tell(${JSON.stringify(messageId)}, ${JSON.stringify(values)})`)
}

describe.each<[string, HostPageScript]>([
  ['a host page with a script file', { scriptUrl: '/script.js', styleUrl: '/style.css' }],
  ['a host page with an inline script', { scriptNonce: 'q83vEjRWeJCrze8SNFZ4kA==' }],
])('%s', (_, mode) => {
  beforeAll(() => {
    script = mode
  })

  it('posts the token into the frame, once, and tells the editor that it listens', async () => {
    const page = await open()
    const frame = await editorIn(page)
    expect(posts).toEqual([
      {
        request: 'POST /edit?ui=de&WOPISrc=x',
        body: 'access_token=the-token&access_token_ttl=1893456000000',
        referer: undefined,
      },
    ])
    await frame.waitForFunction('heard.length > 0')
    expect(await frame.evaluate('heard[0]')).toBe(`${hostOrigin} Host_PostmessageReady`)
    expect(await page.title()).toBe('Bericht & Co.docx')
    expect(await page.getAttribute('iframe', 'sandbox')).toContain('allow-scripts')
    expect(problems).toEqual([])
  })

  it('shows how loading goes', async () => {
    const page = await open()
    const frame = await editorIn(page)
    const status = page.getByRole('status')
    expect(await status.textContent()).toBe('Opening the document …')
    await tell(frame, 'App_LoadingStatus', { Status: 'Failed' })
    await page.waitForFunction(
      "document.querySelector('[role=status]').textContent.startsWith('The editor could not')",
    )
    await tell(frame, 'App_LoadingStatus', { Status: 'Document_Loaded' })
    await page.waitForFunction("document.querySelector('[role=status]').textContent === ''")
    expect(await frame.evaluate('heard.length')).toBeGreaterThanOrEqual(2)
  })

  it.each([
    ['Übersicht', 'Übersicht.docx'],
    ['v1.2', 'v1.2.docx'],
    ['whole.DOCX', 'whole.DOCX'],
  ])('follows a rename to %s', async (newName, title) => {
    const page = await open()
    const frame = await editorIn(page)
    await tell(frame, 'File_Rename', {})
    await tell(frame, 'File_Rename', { NewName: newName })
    await page.waitForFunction((expected) => document.title === expected, title)
    expect(await page.getByRole('heading').textContent()).toBe(title)
    expect(problems).toEqual([])
  })

  it('returns to the folder when the editor is closed, but not at the word of another window', async () => {
    const page = await open()
    const frame = await editorIn(page)
    await page.evaluate(`postMessage(JSON.stringify({ MessageId: 'UI_Close', Values: {} }), '*')`)
    await page.evaluate(`postMessage('noise', '*')`)
    await tell(frame, 'UI_Novelty')
    await tell(frame, 'File_Rename', { NewName: 'still here' })
    await page.waitForFunction("document.title === 'still here.docx'")
    await tell(frame, 'UI_Close')
    await page.waitForURL(`${hostOrigin}/folder`)
    expect(problems).toEqual([])
  })

  it('offers a button where scripts are switched off', async () => {
    const page = await open({ javaScriptEnabled: false })
    expect(posts).toEqual([])
    const [tab] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('button').click()])
    await tab.waitForLoadState()
    expect(posts).toEqual([
      expect.objectContaining({ body: 'access_token=the-token&access_token_ttl=1893456000000' }),
    ])
  })
})

describe('startHostPage', () => {
  it("hands other messages to the host's own script and sends for it", async () => {
    script = { scriptUrl: '/script.js', styleUrl: '/style.css' }
    const page = await open()
    const frame = await editorIn(page)
    await page.evaluate("connection.send({ kind: 'save' })")
    await tell(frame, 'UI_Sharing')
    await page.waitForFunction("document.body.dataset.shared === 'yes'")
    expect(await frame.evaluate('heard.at(-1)')).toContain('Host_PostmessageReady')
    await tell(frame, 'App_LoadingStatus', { Status: 'Frame_Ready' })
    await frame.waitForFunction("heard.at(-1).endsWith(' Action_Save')")
  })
})
