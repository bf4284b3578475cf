import { randomUUID } from 'node:crypto'
import { bytesOf } from '../contract.js'
import { Failure, NotApplicable, type Target } from './check.js'
import { expectJson, expectStatus } from './expect.js'
import { type RawStep, rawExchange, rawHead } from './raw-wire.js'
import { type Answer, type Headers, openWire, type WireRequest } from './wire.js'

/** What a check may say about a request beyond its headers. */
export interface CallOptions {
  /** Another token than the file's; null = none. */
  readonly token?: string | null
  /** Further query parameters: `before` stands before the token, `after` behind it. */
  readonly query?: { readonly before?: string; readonly after?: string }
}

/** A file on the host, as a client sees it. */
export interface RemoteFile {
  readonly wopiSrc: string
  readonly accessToken: string
  checkFileInfo(headers?: Headers, options?: CallOptions): Promise<Answer>
  getFile(headers?: Headers, options?: CallOptions): Promise<Answer>
  /** An operation that is told by its override; `PUT` goes to the contents. */
  post(
    override: string,
    headers?: Headers,
    body?: string | Uint8Array,
    options?: CallOptions,
  ): Promise<Answer>
  /** CheckFileInfo as an object; fails when there is none. */
  info(): Promise<Readonly<Record<string, unknown>>>
  /** Locks the file with this id, or fails. */
  lock(lockId: string): Promise<void>
  /** The lock on the file, '' = none, learned from the 409 to a RefreshLock that cannot fit. */
  currentLock(): Promise<string>
  /** The address with the token, as it stands in a request line. */
  url(path?: '' | '/contents'): string
}

/** An exchange that took place during a run. */
export interface Exchange {
  readonly request: WireRequest
  readonly answer: Answer
}

/** What checks work with: the host, and files on it that they may do with as they like. */
export interface Bench {
  readonly target: Target
  /** The file the run was started with; only read, never written. */
  readonly given: RemoteFile
  /** CheckFileInfo of the given file, from the beginning of the run. */
  readonly info: Readonly<Record<string, unknown>>
  /** Every exchange up to now, of all checks. */
  readonly exchanges: readonly Exchange[]
  /** An unlocked file with this content, removed after the check. */
  file(content?: string | Uint8Array): Promise<RemoteFile>
  /** The file an answer to PutRelativeFile points to. */
  fileIn(answer: Answer): RemoteFile
  /** The given file by another token. */
  withToken(accessToken: string): RemoteFile
  send(request: Omit<WireRequest, 'body'> & { readonly body?: Uint8Array }): Promise<Answer>
  /** Writes a request byte by byte; `head` lines come after `Host`, the rest is as given. */
  raw(
    method: string,
    url: string,
    head: readonly (readonly [string, string])[],
    rest?: readonly RawStep[],
    answers?: number,
  ): Promise<Answer[]>
  /** Ends the check as not applicable unless the condition holds. */
  needs(condition: boolean, otherwise: string): void
  /** Ends the check as not applicable unless CheckFileInfo announces this. */
  needsAnnounced(...properties: readonly string[]): void
}

/** A bench with what only the run itself does with it. */
export interface OwnedBench extends Bench {
  /** Unlocks and removes what the check before has made. */
  tidyUp(): Promise<void>
  /** Ends the run; the names of files that could not be removed. */
  close(): Promise<readonly string[]>
}

/**
 * Sets up a bench on a host.
 *
 * @throws Failure when the given file cannot be looked at, saying what to change.
 */
export async function openBench(target: Target): Promise<OwnedBench> {
  if (!/^https?:\/\/[^/?#]+\/[^?#]+[^/?#]$/.test(target.wopiSrc)) {
    throw new Failure(
      'The WOPISrc must be an absolute http or https URL without query and without a slash at its end, such as https://host/wopi/files/1234.',
    )
  }
  const wire = openWire()
  const exchanges: Exchange[] = []
  /** Files of ours that exist; those of earlier checks stay only where the host cannot delete. */
  const spare: RemoteFile[] = []
  const used = new Map<string, RemoteFile>()

  async function send(request: Omit<WireRequest, 'body'> & { readonly body?: Uint8Array }): Promise<Answer> {
    const token = /[?&]access_token=([^&]*)/.exec(request.url)?.[1] ?? ''
    const signature = (await target.sign?.(request.url, decoded(token))) ?? {}
    const whole = { body: new Uint8Array(), ...request, headers: { ...signature, ...request.headers } }
    const answer = await wire.send(whole)
    exchanges.push({ request: whole, answer })
    return answer
  }

  function remoteFile(wopiSrc: string, accessToken: string): RemoteFile {
    const file: RemoteFile = {
      wopiSrc,
      accessToken,
      url: (path = '') => `${wopiSrc}${path}?access_token=${encodeURIComponent(accessToken)}`,
      checkFileInfo: (headers = {}, options = {}) =>
        send({ method: 'GET', url: address(wopiSrc, accessToken, options), headers }),
      getFile: (headers = {}, options = {}) =>
        send({ method: 'GET', url: address(`${wopiSrc}/contents`, accessToken, options), headers }),
      async post(override, headers = {}, body = '', options = {}) {
        const answer = await send({
          method: 'POST',
          url: address(
            override.toUpperCase() === 'PUT' ? `${wopiSrc}/contents` : wopiSrc,
            accessToken,
            options,
          ),
          headers: { 'X-WOPI-Override': override, ...headers },
          body: typeof body === 'string' ? bytesOf(body) : body,
        })
        if (override === 'PUT_RELATIVE' && answer.status === 200) remember(answer)
        if (override === 'DELETE' && answer.status === 200) used.delete(wopiSrc)
        return answer
      },
      async info() {
        const answer = await file.checkFileInfo()
        expectStatus(answer, 200)
        return expectJson(answer)
      },
      async lock(lockId) {
        expectStatus(await file.post('LOCK', { 'X-WOPI-Lock': lockId }), 200)
      },
      async currentLock() {
        const answer = await file.post('REFRESH_LOCK', { 'X-WOPI-Lock': `probe-${randomUUID()}` })
        expectStatus(answer, 409)
        return answer.header('X-WOPI-Lock') ?? ''
      },
    }
    return file
  }

  function remember(answer: Answer): void {
    try {
      const file = pointedTo(answer)
      if (!used.has(file.wopiSrc)) used.set(file.wopiSrc, file)
    } catch {
      // An answer without a usable Url is for the checks to judge.
    }
  }

  function pointedTo(answer: Answer): RemoteFile {
    const url = expectJson(answer).Url
    const match = typeof url === 'string' ? /^([^?]+)\?(?:.*&)?access_token=([^&]+)/.exec(url) : null
    if (!match) throw new Failure(`The answer to ${answer.request} has no Url with an access_token.`)
    return remoteFile(match[1] ?? '', decoded(match[2] ?? ''))
  }

  /** A file of an earlier check with new content, where the host lets us have it. */
  async function reuse(content: Uint8Array): Promise<RemoteFile | null> {
    const file = spare.pop()
    if (!file) return null
    const lock = { 'X-WOPI-Lock': `reuse-${randomUUID()}` }
    const statuses: number[] = []
    for (const [override, body] of [
      ['LOCK', ''],
      ['PUT', content],
      ['UNLOCK', ''],
    ] as const) {
      statuses.push((await file.post(override, lock, body)).status)
    }
    used.set(file.wopiSrc, file)
    return statuses.every((status) => status === 200) ? file : null
  }

  async function remove(file: RemoteFile): Promise<void> {
    const locked = await file.post('REFRESH_LOCK', { 'X-WOPI-Lock': 'probe' })
    const lockId = locked.header('X-WOPI-Lock')
    if (lockId) await file.post('UNLOCK', { 'X-WOPI-Lock': lockId })
    const deleted = await file.post('DELETE')
    if (deleted.status !== 200 && deleted.status !== 404) spare.push(file)
    used.delete(file.wopiSrc)
  }

  const given = remoteFile(target.wopiSrc, target.accessToken)
  const info = await look(given).catch((error: unknown) => {
    wire.close()
    throw error
  })

  const bench: OwnedBench = {
    target,
    given,
    info,
    exchanges,
    send,
    fileIn: pointedTo,
    withToken: (accessToken) => remoteFile(target.wopiSrc, accessToken),
    async file(content = 'scratch') {
      const bytes = typeof content === 'string' ? bytesOf(content) : content
      const again = await reuse(bytes)
      if (again) return again
      const extension = /\.[A-Za-z0-9]+$/.exec(String(info.BaseFileName))?.[0] ?? '.txt'
      const name = `wopikit-check-${randomUUID().slice(0, 8)}${extension}`
      const made = await given.post('PUT_RELATIVE', { 'X-WOPI-SuggestedTarget': name }, bytes)
      bench.needs(
        made.status === 200,
        `The host makes no file to try this on: PUT_RELATIVE was answered ${made.status}.`,
      )
      return pointedTo(made)
    },
    async raw(method, url, head, rest = [], answers = 1) {
      const token = /[?&]access_token=([^&]*)/.exec(url)?.[1] ?? ''
      const signature = Object.entries((await target.sign?.(url, decoded(token))) ?? {})
      const start = rawHead(method, url, [...signature, ...head])
      return rawExchange(url, [{ write: start }, ...rest], answers)
    },
    needs(condition, otherwise) {
      if (!condition) throw new NotApplicable(otherwise)
    },
    needsAnnounced(...properties) {
      for (const property of properties) {
        bench.needs(info[property] === true, `CheckFileInfo does not announce ${property}.`)
      }
    },
    async tidyUp() {
      for (const file of used.values()) await remove(file)
    },
    async close() {
      try {
        const names: string[] = []
        for (const file of spare) names.push(String((await file.info()).BaseFileName))
        return names
      } finally {
        wire.close()
      }
    },
  }
  return bench
}

async function look(given: RemoteFile): Promise<Readonly<Record<string, unknown>>> {
  const answer = await given.checkFileInfo()
  if (answer.status === 200) return expectJson(answer)
  const hint =
    answer.status === 401
      ? 'The token is not good for this file; make a new one.'
      : answer.status === 404
        ? 'There is no such file, or the token is for another one.'
        : answer.status === 500
          ? 'If the host asks for proofs, give it a client that signs, or switch the proof check off for this run.'
          : 'Is this the address of a file under /wopi/files/?'
  throw new Failure(`CheckFileInfo of the given file was answered ${answer.status}, expected 200. ${hint}`)
}

function address(base: string, accessToken: string, { token, query }: CallOptions): string {
  const sent = token === undefined ? accessToken : token
  const parameters = [
    query?.before,
    sent === null ? undefined : `access_token=${encodeURIComponent(sent)}`,
    query?.after,
  ].filter((parameter) => parameter !== undefined)
  return parameters.length === 0 ? base : `${base}?${parameters.join('&')}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
