import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { bytesWithin } from './bytes-within.js'
import {
  type Answer,
  type Ask,
  type CallName,
  type DocumentInfo,
  decodeFrame,
  encodeFrame,
  type Failure,
  FRAME_TYPE,
  MAX_DOCUMENT_BYTES,
  type Target,
} from './editor-api.js'
import type { WopiClient } from './wopi-client.js'
import { failure } from './wopi-request.js'

/** The JSON line before the text: an address, a token, two locks. */
const MAX_FRAME_HEAD_BYTES = 64 * 1024

/** Nobody is there any more to try the last save of a page again, so the server does. Milliseconds before each new try. */
const EXIT_SAVE_PAUSES_MS = [500, 2000, 8000]

const headerText = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\x20-\x7e]*$/)
const lockId = headerText(1024)
const save = z.object({
  lock: lockId,
  basedOn: headerText(256),
  userId: z.string().max(1024),
  changed: z.boolean(),
  autosave: z.boolean(),
  exit: z.boolean(),
})

const asks: { readonly [N in CallName]: z.ZodType<Ask<N>> } = {
  open: z.object({ lock: lockId, previousLock: lockId }),
  info: z.object({}),
  read: z.object({}),
  takeLock: z.object({ lock: lockId, previousLock: lockId }),
  refreshLock: z.object({ lock: lockId }),
  save,
  close: z.object({ lock: lockId, save: save.nullable() }),
  rename: z.object({ lock: lockId, name: z.string().min(1).max(512) }),
  saveCopy: z.object({ name: z.string().min(1).max(512) }),
}

const target = z.object({
  wopiSrc: z.string(),
  token: z.string().min(1),
  session: headerText(256),
  sessionContext: headerText(2048).optional(),
})

type Success<N extends CallName> = Extract<Answer<N>, { ok: true }>
type WithContent<N extends CallName> = { readonly answer: Success<N>; readonly content: Uint8Array }
type Served<N extends CallName> = Answer<N> | WithContent<N>

type Handlers = {
  readonly [N in CallName]: (
    target: Target,
    ask: Ask<N>,
    content: Uint8Array<ArrayBuffer>,
  ) => Promise<Served<N>>
}

export interface EditorApiOptions {
  readonly client: WopiClient
  /** The address to call for a WOPISrc, or null when it is not allowed. */
  readonly allow: (wopiSrc: string) => string | null
  /** The editor's own origin: no other page may call. */
  readonly origin: string
}

/**
 * The calls of the editor's page, each turned into WOPI requests. Nothing is remembered between two calls, so a restart of this
 * server costs nobody anything.
 *
 * @returns a function that answers the call of that name; null when there is no such call
 */
export function createEditorApi(options: EditorApiOptions) {
  const handlers = handlersWith(options.client)
  return async (name: string, request: Request): Promise<Response | null> => {
    if (!Object.hasOwn(asks, name)) return null
    const call = name as CallName
    const refused = foreignCaller(request, options.origin)
    if (refused) return problem(403, refused)
    if (request.headers.get('content-type') !== FRAME_TYPE) {
      return problem(415, `The call must be sent as ${FRAME_TYPE}.`)
    }
    const body = await bytesWithin(request.body, MAX_DOCUMENT_BYTES + MAX_FRAME_HEAD_BYTES)
    if (!body) return framed(failure('too-large', ''))
    const parsed = parse(call, body, options.allow)
    if ('refusal' in parsed) return problem(400, parsed.refusal)
    return framed(await serve(handlers, call, parsed))
  }
}

interface ParsedCall {
  readonly target: Target
  readonly ask: unknown
  readonly content: Uint8Array<ArrayBuffer>
}

function parse(
  call: CallName,
  body: Uint8Array<ArrayBuffer>,
  allow: EditorApiOptions['allow'],
): ParsedCall | { refusal: string } {
  try {
    const { head, content } = decodeFrame(body)
    const { sessionContext, ...rest } = target.parse(head.target)
    const wopiSrc = allow(rest.wopiSrc)
    if (wopiSrc === null) return { refusal: 'This editor is not set up to call that host.' }
    return {
      target: { ...rest, wopiSrc, ...(sessionContext === undefined ? {} : { sessionContext }) },
      ask: asks[call].parse(head.ask),
      content,
    }
  } catch {
    return { refusal: `The call "${call}" is not made the way the editor's page makes it.` }
  }
}

/** `parse` has checked `ask` with the schema of that very call; the compiler cannot follow that across the table. */
function serve<N extends CallName>(handlers: Handlers, call: N, { target, ask, content }: ParsedCall) {
  return handlers[call](target, ask as Ask<N>, content)
}

function handlersWith(client: WopiClient): Handlers {
  async function takeLock(target: Target, ask: Ask<'takeLock'>): Promise<{ ok: true } | Failure> {
    const taken = await client.lock(target, ask.lock)
    if (taken.ok || taken.code !== 'locked' || ask.previousLock === '') return taken
    const takenOver = await client.lock(target, ask.lock, ask.previousLock)
    return takenOver.ok ? takenOver : taken
  }

  /** The content together with the CheckFileInfo that belongs to it, even if a save comes in between. */
  async function read(
    target: Target,
    known: DocumentInfo,
    tries = 2,
  ): Promise<WithContent<'read'> | Failure> {
    if (known.size > MAX_DOCUMENT_BYTES) return failure('too-large', '')
    const file = await client.getFile(target)
    if (!file.ok) return file
    if (file.version === '' || file.version === known.version || tries === 0) {
      return { answer: { ok: true, document: known }, content: file.content }
    }
    const info = await client.checkFileInfo(target)
    return info.ok ? read(target, info.document, tries - 1) : info
  }

  return {
    async open(target, ask) {
      const info = await client.checkFileInfo(target)
      if (!info.ok) return info
      const wanted = ask.lock !== '' && info.document.canWrite && info.document.locks
      const taken = wanted ? await takeLock(target, ask) : null
      const lock = taken === null ? 'none' : taken.ok ? 'held' : taken
      const found = await read(target, info.document)
      if ('answer' in found) return { answer: { ...found.answer, lock }, content: found.content }
      if (lock === 'held') await client.unlock(target, ask.lock)
      return found
    },

    info: (target) => client.checkFileInfo(target),

    async read(target) {
      const info = await client.checkFileInfo(target)
      return info.ok ? read(target, info.document) : info
    },

    async takeLock(target, ask) {
      const taken = await takeLock(target, ask)
      return taken.ok ? client.checkFileInfo(target) : taken
    },

    refreshLock: (target, ask) => client.refreshLock(target, ask.lock),

    save: (target, ask, content) => client.putFile(target, ask, content),

    async close(target, ask, content) {
      let saved: { ok: true } | Failure = { ok: true }
      if (ask.save) {
        saved = await client.putFile(target, ask.save, content)
        for (const milliseconds of EXIT_SAVE_PAUSES_MS) {
          if (saved.ok || (saved.code !== 'unreachable' && saved.code !== 'host-error')) break
          await pause(milliseconds)
          saved = await client.putFile(target, ask.save, content)
        }
      }
      if (ask.lock !== '') await client.unlock(target, ask.lock)
      return saved.ok ? { ok: true } : saved
    },

    rename: (target, ask) => client.renameFile(target, ask.lock, ask.name),

    saveCopy: (target, ask, content) => client.putRelativeFile(target, ask.name, content),
  }
}

/** Why a request does not come from the editor's own page; null when it does. */
function foreignCaller(request: Request, origin: string): string | null {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) {
    return site === 'same-origin' ? null : "Only the editor's own page may call here."
  }
  const caller = request.headers.get('origin')
  if (caller === origin) return null
  return `The page calls from ${caller ?? 'an unknown address'}, but this editor is set up for ${origin}.`
}

function framed<N extends CallName>(served: Served<N>): Response {
  const frame = 'answer' in served ? encodeFrame(served.answer, served.content) : encodeFrame(served)
  return new Response(frame, { headers: { 'Content-Type': FRAME_TYPE, 'Cache-Control': 'no-store' } })
}

function problem(status: number, error: string): Response {
  return Response.json({ error }, { status, headers: { 'Cache-Control': 'no-store' } })
}
