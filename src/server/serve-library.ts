import { mkdir, writeFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener } from 'node:http'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { nodeHandler } from '../adapters/node.js'
import { nodeFetchHandler } from '../adapters/node-fetch.js'
import { originForm } from '../adapters/request-line.js'
import { type FolderLibrary, openFolderLibrary } from '../drivers/folder/index.js'
import { loadOrCreateProofKeys } from '../editor/proof-keys.js'
import { createTextEditor } from '../editor/text-editor.js'
import type { ClientOptions } from '../host/clients.js'
import { createWopiHost, type WopiHost } from '../host/host.js'
import { signedAccessTokens } from '../host/signed-access-tokens.js'
import { type Activity, openActivity } from './activity/activity.js'
import { type App, createApp } from './app.js'
import type { ServerContext } from './context.js'
import { hostHooks } from './host-hooks.js'
import { chainOf } from './item-chain.js'
import { libraryOptionsOf } from './library-options.js'
import { createHostLog, logLibraryEvent } from './log.js'
import { offloading } from './offload.js'
import { openPeople } from './people/people.js'
import type { Sender } from './people/sessions.js'
import { loadOrCreateTokenKeys } from './secrets.js'
import { addressesFile, type ServerAddresses } from './server-addresses.js'
import type { Settings } from './settings.js'
import { createPdfPictures } from './thumbnails/pdf-pictures.js'
import { openUploads } from './transfer/uploads.js'
import { createSignatureVerifier } from './verify-signature.js'
import { withVersionSources } from './version-source.js'
import { createDoor } from './visitors.js'
import { webAssets } from './web-assets.js'

/** A library that is ready to be asked for. */
export interface ServedLibrary {
  readonly publicUrl: string
  readonly host: WopiHost
  readonly library: FolderLibrary
  readonly answer: RequestListener
  /** Ends what would otherwise go on for ever, such as live events. */
  endStreams(): void
  /** Closes everything; nothing may be in progress. */
  close(): Promise<void>
}

/**
 * Puts the server together: the library over the folder, the WOPI host over the library, the built-in text editor as one of its clients, the
 * people, and the app.
 *
 * @param port the one that is listened on.
 * @throws Error naming the setting or folder that prevents it.
 */
export async function serveLibrary(settings: Settings, port: number, log: Logger): Promise<ServedLibrary> {
  const urls = addresses(settings, port)

  const library = await openFolderLibrary(libraryOptionsOf(settings))
  library.watch()
  library.subscribe((event) => logLibraryEvent(log, event))
  const { repaired } = library
  if (repaired.completed + repaired.rescued > 0)
    log.warn(repaired, 'repaired what an interrupted server had left')
  await mkdir(settings.data, { recursive: true })
  await writeFile(join(settings.data, addressesFile), `${JSON.stringify(urls)}\n`)

  const activity = openActivity(settings.data)
  const people = settings.accounts
    ? openPeople({
        data: settings.data,
        durability: settings.durability,
        chainOf: (itemId) => chainOf(library, itemId),
      })
    : null
  const secrets = join(settings.data, 'secrets')
  const textEditorUrl = `${urls.publicUrl}/text-editor`
  // Editor and host reach each other where we listen, whatever the public addresses are: a way out and back in may not exist.
  const here = `http://${localHost(settings.host)}:${port}`
  const tokens = signedAccessTokens({ keys: loadOrCreateTokenKeys(secrets) })
  const logEvent = createHostLog(log)
  const hooks = hostHooks(library, people, urls.publicUrl)
  const host = createWopiHost({
    url: urls.wopiUrl,
    files: tellingOfSaves(withVersionSources(library), activity),
    locks: library.locks,
    users: library.users,
    tokens,
    clients: clientsOf(settings, here + new URL(textEditorUrl).pathname),
    proof: settings.proof,
    ...hooks,
    pageOrigin: new URL(urls.publicUrl).origin,
    maxFileSize: settings.maxFileSize,
    leniency: {
      repeatedSave: settings.repeatedSave,
      saveAfterUnlock: settings.saveAfterUnlock,
      lastSaveGraceMs: settings.lastSaveGrace,
    },
    verifySignature: createSignatureVerifier(),
    onEvent(event) {
      logEvent(event)
      activity.refusals.note(event)
    },
  })
  const editor = settings.textEditor
    ? createTextEditor({
        url: textEditorUrl,
        keys: await loadOrCreateProofKeys(secrets),
        allowedHosts: [`${urls.wopiUrl}/wopi/files/`],
        assets: webAssets,
        fetch: (address, init) => fetch(String(address).replace(new URL(urls.wopiUrl).origin, here), init),
      })
    : null
  const pdfPictures = createPdfPictures()
  const base = prefixOf(urls.publicUrl)
  const context: ServerContext = {
    host,
    library,
    people,
    activity,
    settings,
    port,
    log,
    uploads: await openUploads(join(settings.data, 'uploads')),
    pdfPictures,
    door: createDoor(people, urls.publicUrl),
    publicUrl: urls.publicUrl,
    base,
    now: Date.now,
    async tokenFile(token) {
      const grant = await tokens.verify(token)
      if (grant?.resource.kind !== 'file' || grant.expiresAt <= Date.now()) return null
      const file = await library.files.stat(grant.resource.id)
      return file && (await hooks.permission(grant, file)) ? file.fileId : null
    },
  }
  const app = createApp(context)
  // Known by the time the first person looks at a list.
  for (const client of host.clients.list) void client.discovery().catch(() => {})

  return {
    publicUrl: urls.publicUrl,
    host,
    library,
    answer: answerByPath(context, app, editor),
    endStreams: app.close,
    async close() {
      await pdfPictures.close()
      people?.close()
      activity.close()
      library.close()
    },
  }
}

/** The clients that are named, and the built-in text editor behind them. */
function clientsOf(settings: Settings, textEditorUrl: string): ClientOptions[] {
  const named = settings.client.map((url) => ({ url }))
  if (!settings.textEditor) return named
  return [...named, { url: textEditorUrl, name: 'wopikit text editor', ownTokensOnly: true }]
}

/** Takes every request to whom its path belongs: the host, the text editor, or the app. */
function answerByPath(
  { host, library, settings, publicUrl, base, log }: ServerContext,
  app: App,
  editor: ReturnType<typeof createTextEditor> | null,
): RequestListener {
  const { origin } = new URL(publicUrl)
  const answerWopi = nodeHandler(offloading(host, library, settings))
  const answerEditor = editor && nodeFetchHandler((request) => editor.fetch(request), origin)
  const answerApp: typeof answerWopi = (incoming, outgoing) => {
    const sender = senderOf(incoming, settings.proxies)
    return nodeFetchHandler((request) => app.fetch(request, sender), origin)(incoming, outgoing)
  }
  const wopiPrefix = prefixOf(host.url)
  return (incoming, outgoing) => {
    const target = originForm(incoming.url)
    const path = withoutPrefix(target, base)
    const handler = [path, withoutPrefix(target, wopiPrefix)].some((below) => below.startsWith('/wopi/'))
      ? answerWopi
      : answerEditor && path.startsWith('/text-editor/')
        ? answerEditor
        : answerApp
    if (handler !== answerWopi) incoming.url = base + path
    handler(incoming, outgoing).catch((error: unknown) => {
      log.error({ err: error }, 'failed to answer')
      if (!outgoing.headersSent) outgoing.writeHead(500)
      outgoing.end()
    })
  }
}

/** The store, with a word to open pages about saves that take their time to arrive. */
function tellingOfSaves(files: FolderLibrary['files'], { arrivals }: Activity): FolderLibrary['files'] {
  return {
    ...files,
    stage: (fileId, body, save) => arrivals.during(fileId, () => files.stage(fileId, body, save)),
  }
}

/** Who sends a request. Each of our own proxies has added one address to the list; what is before that anybody may have written. */
function senderOf(incoming: IncomingMessage, proxies: number): Sender {
  const socket = incoming.socket.remoteAddress ?? ''
  const forwarded = String(incoming.headers['x-forwarded-for'] ?? '').split(',')
  const address = proxies === 0 ? socket : (forwarded.at(-proxies)?.trim() ?? socket)
  return { address: address.slice(0, 64), userAgent: (incoming.headers['user-agent'] ?? '').slice(0, 300) }
}

/** The path below which an address lies, without the slash at its end. */
function prefixOf(url: string): string {
  return new URL(url).pathname.replace(/\/+$/, '')
}

/** A proxy may pass the prefix of an address on, or strip it. */
function withoutPrefix(url: string, prefix: string): string {
  return prefix !== '' && url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : url
}

function addresses(settings: Settings, port: number): ServerAddresses {
  // With port 0 the real one is known only now.
  const withPort = (url: string) => (settings.port === 0 ? url.replace(/:0$/, `:${port}`) : url)
  return { publicUrl: withPort(settings.publicUrl), wopiUrl: withPort(settings.wopiUrl) }
}

/** The address by which this machine reaches what listens there. */
function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
