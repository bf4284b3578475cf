import type { HostEvent } from '../operations/event.js'
import { type Discovery, parseDiscovery } from '../protocol/discovery.js'
import {
  checkProof,
  type ProofVerdict,
  type SignedRequest,
  type VerifySignature,
} from '../protocol/proof-key.js'

/** How strictly proofs are asked for. `when-offered`: exactly from the clients whose discovery has a proof key. */
export type ProofPolicy = 'required' | 'when-offered' | 'off'

/** A WOPI client: an office suite that the host lets in. */
export interface ClientOptions {
  /** Where we reach it: its discovery is `<url>/hosting/discovery`. */
  readonly url: string
  /** What people are shown; absent = the host name. */
  readonly name?: string
  /**
   * Whether it only ever calls with tokens that name it (`Grant.client`). A token that names no client is then never measured by its keys: so
   * a script with a token of its own need not sign as a client that is built in.
   */
  readonly ownTokensOnly?: boolean
}

/** A client as it is now known. */
export interface Client {
  readonly url: string
  readonly name: string
  /** Its discovery, from the cache where possible. Throws when the client cannot be reached and never could. */
  discovery(): Promise<Discovery>
  /** What is known without asking: for showing the state of the client. */
  readonly state: ClientState
}

/** What is known of a client without asking it. */
export interface ClientState {
  readonly discovery: Discovery | null
  /** When discovery was last read, in milliseconds since 1970; null = never. */
  readonly readAt: number | null
  /** Why the last attempt failed; null = it did not. */
  readonly problem: string | null
}

/** The clients a host lets in, in the order of configuration. */
export interface Clients {
  readonly list: readonly Client[]
  /**
   * Judges the proof of a request.
   * @param clientUrl the client its token was made for, when the token says so; otherwise the keys of any client will do.
   */
  checkProof(signed: SignedRequest, clientUrl: string | undefined): Promise<ProofVerdict>
}

/** Discovery older than this is read again in the background. */
const REFRESH_MS = 12 * 60 * 60 * 1000
/** A failed attempt is not repeated for this long. */
const FAILURE_MS = 3_000
/** After a failed proof, discovery is read again at most this often. */
const PROOF_REFRESH_MS = 60_000
const TIMEOUT_MS = 10_000
const MAX_DISCOVERY_BYTES = 4 * 1024 * 1024

/** What the registry of clients needs beside their addresses. */
export interface ClientsContext {
  readonly policy: ProofPolicy
  readonly fetch: typeof fetch
  readonly verifySignature: VerifySignature
  now(): number
  report(event: HostEvent): void
}

/** Keeps the clients' discoveries: read when first needed, kept when a refresh fails, and never a failure for more than seconds. */
export function createClients(options: readonly ClientOptions[], context: ClientsContext): Clients {
  const list = options.map((option) => createClient(option, context))
  return {
    list,
    async checkProof(signed, clientUrl) {
      const asked = list.filter((client) =>
        clientUrl === undefined ? !client.ownTokensOnly : client.url === clientUrl,
      )
      const nobodySigns = clientUrl === undefined && asked.length === 0 && context.policy === 'when-offered'
      if (context.policy === 'off' || nobodySigns) return { pass: true, by: 'current' }
      const verdict = await judge(asked, signed, context)
      if (verdict.pass) return verdict
      const refreshed = await Promise.all(asked.map((client) => client.readAgain(PROOF_REFRESH_MS)))
      return refreshed.includes(true) ? judge(asked, signed, context) : verdict
    },
  }
}

async function judge(
  clients: readonly RefreshableClient[],
  signed: SignedRequest,
  context: ClientsContext,
): Promise<ProofVerdict> {
  let verdict: ProofVerdict = { pass: false, reason: 'bad-signature', explain: 'no client has a proof key' }
  let someOffersNone = false
  for (const client of clients) {
    const keys = (client.state.discovery ?? (await client.discovery().catch(() => null)))?.proofKeys
    if (!keys) {
      someOffersNone = true
      continue
    }
    verdict = await checkProof(signed, keys, context.now(), context.verifySignature)
    if (!verdict.pass) continue
    // The client has rotated its keys, or is about to: whatever we have is soon outdated.
    if (verdict.by !== 'current') void client.readAgain(PROOF_REFRESH_MS)
    return verdict
  }
  return someOffersNone && context.policy === 'when-offered' ? { pass: true, by: 'current' } : verdict
}

interface RefreshableClient extends Client {
  readonly ownTokensOnly: boolean
  /** Reads discovery now unless that was tried within `notWithinMs`; true when it was read. */
  readAgain(notWithinMs: number): Promise<boolean>
}

function createClient(option: ClientOptions, context: ClientsContext): RefreshableClient {
  const url = option.url.replace(/\/+$/, '')
  let state: ClientState = { discovery: null, readAt: null, problem: null }
  let triedAt = Number.NEGATIVE_INFINITY
  let running: Promise<boolean> | null = null

  async function read(): Promise<boolean> {
    triedAt = context.now()
    try {
      const discovery = parseDiscovery(await fetchDiscovery(url, context.fetch))
      state = { discovery, readAt: context.now(), problem: null }
    } catch (error) {
      // The last good copy stays: a client that is down for a moment must not lose its keys.
      state = {
        ...state,
        problem: `${url}/hosting/discovery: ${reasonOf(error)}`,
      }
    }
    context.report({ type: 'discovery', client: url, problem: state.problem })
    return state.problem === null
  }

  async function readAgain(notWithinMs: number): Promise<boolean> {
    if (!running && context.now() - triedAt < notWithinMs) return false
    running ??= read().finally(() => {
      running = null
    })
    return running
  }

  return {
    url,
    name: option.name ?? new URL(url).host,
    ownTokensOnly: option.ownTokensOnly ?? false,
    readAgain,
    get state() {
      return state
    },
    async discovery() {
      if (state.discovery && state.readAt !== null) {
        if (context.now() - state.readAt > REFRESH_MS) void readAgain(FAILURE_MS)
        return state.discovery
      }
      await readAgain(FAILURE_MS)
      if (!state.discovery) throw new Error(state.problem ?? `${url}/hosting/discovery could not be read`)
      return state.discovery
    },
  }
}

/** Why discovery could not be read. `fetch` itself only says that it failed; whether by name, port or certificate, its cause says. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed'
  const { message, cause } = error as Error & { readonly cause?: { message?: unknown; code?: unknown } }
  const behind = cause?.message || cause?.code
  return typeof behind === 'string' ? `${message}: ${behind}` : message
}

async function fetchDiscovery(url: string, fetchFrom: typeof fetch): Promise<string> {
  const response = await fetchFrom(`${url}/hosting/discovery`, {
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (response.status !== 200) throw new Error(`the answer was ${response.status}, expected 200 and XML`)
  let size = 0
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_DISCOVERY_BYTES) throw new Error(`the answer is larger than ${MAX_DISCOVERY_BYTES} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
