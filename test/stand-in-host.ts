import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeUtf7 } from '../src/protocol/utf7.js'

/** A request as it came over the wire. */
export interface Received {
  readonly operation: string
  /** Exactly as called, token included. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface StandInAnswer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
}

/**
 * A WOPI host of one file for the tests of clients: small enough to be seen through, and willing to misbehave on demand.
 * It is no part of the product and shares nothing with it.
 */
export interface StandInHost {
  readonly wopiSrc: string
  readonly origin: string
  readonly token: string
  readonly received: Received[]
  readonly file: { name: string; content: Buffer; version: number; lock: string | null; modified: number }
  /** Laid over the CheckFileInfo answer; `undefined` takes a property away. */
  readonly info: Record<string, unknown>
  readonly copies: { name: string; content: Buffer }[]
  /** Answers every request of an operation so, until it is set back with `null`. `'hang-up'` closes the connection. */
  misbehave(operation: string, answer: StandInAnswer | 'hang-up' | 'lose-answer' | null): void
  /** Runs before a request is performed, to have something happen just then. */
  before: (operation: string) => void
  /** Another program writes the file. */
  changeOutside(content: string): void
  close(): Promise<void>
}

const operationOf: Record<string, string> = {
  LOCK: 'Lock',
  REFRESH_LOCK: 'RefreshLock',
  UNLOCK: 'Unlock',
  PUT: 'PutFile',
  PUT_RELATIVE: 'PutRelativeFile',
  RENAME_FILE: 'RenameFile',
}

export async function startStandInHost(name: string, content: string | Uint8Array): Promise<StandInHost> {
  const faults = new Map<string, StandInAnswer | 'hang-up' | 'lose-answer'>()
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const { pathname, searchParams } = new URL(request.url ?? '', host.origin)
    const header = (key: string) => request.headers[`x-wopi-${key}`]?.toString() ?? ''
    const operation =
      request.method === 'GET'
        ? pathname.endsWith('/contents')
          ? 'GetFile'
          : 'CheckFileInfo'
        : (operationOf[header('override')] ?? 'unknown')
    const url = `${host.origin}${request.url}`
    host.received.push({ operation, url, headers: request.headers, body })
    host.before(operation)
    const fault = faults.get(operation)
    if (fault === 'hang-up') {
      request.socket.destroy()
      return
    }
    const known = searchParams.get('access_token') === host.token
    const answer =
      typeof fault === 'object'
        ? fault
        : known
          ? perform(host, operation, header, request, body)
          : { status: 401 }
    if (fault === 'lose-answer') {
      request.socket.destroy()
      return
    }
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  })
  const origin = await listen(server)
  const host: StandInHost = {
    origin,
    wopiSrc: `${origin}/wopi/files/file-1`,
    token: 'token.of-alice',
    received: [],
    file: {
      name,
      content: Buffer.from(content),
      version: 1,
      lock: null,
      modified: Date.UTC(2026, 0, 15, 12),
    },
    info: {},
    copies: [],
    before: () => {},
    misbehave(operation, answer) {
      if (answer) faults.set(operation, answer)
      else faults.delete(operation)
    },
    changeOutside(text) {
      write(host, Buffer.from(text))
    },
    close: () => stop(server),
  }
  return host
}

function perform(
  host: StandInHost,
  operation: string,
  header: (name: string) => string,
  request: IncomingMessage,
  body: Buffer,
): StandInAnswer {
  const { file } = host
  const version = { 'X-WOPI-ItemVersion': `v${file.version}` }
  const conflict = {
    status: 409,
    headers: {
      'X-WOPI-Lock': file.lock ?? '',
      'X-WOPI-LockFailureReason': file.lock ? 'Bob is editing this file.' : 'The file is not locked.',
    },
  }
  const mine = file.lock !== null && file.lock === header('lock')
  switch (operation) {
    case 'CheckFileInfo':
      return json(checkFileInfo(host))
    case 'GetFile':
      return { status: 200, headers: version, body: file.content }
    case 'Lock':
      if (header('oldlock') !== '' ? file.lock !== header('oldlock') : file.lock !== null && !mine)
        return conflict
      file.lock = header('lock')
      return { status: 200, headers: version }
    case 'RefreshLock':
      return mine ? { status: 200 } : conflict
    case 'Unlock':
      if (!mine) return conflict
      file.lock = null
      return { status: 200, headers: version }
    case 'PutFile': {
      if (!mine && (file.lock !== null || file.content.length > 0)) return conflict
      const basedOn = request.headers['x-cool-wopi-timestamp']
      if (basedOn !== undefined && basedOn !== timeOf(file.modified) && !body.equals(file.content)) {
        return { ...conflict, body: JSON.stringify({ COOLStatusCode: 1010 }) }
      }
      write(host, body)
      const answer = json({ LastModifiedTime: timeOf(file.modified) })
      return { ...answer, headers: { ...answer.headers, 'X-WOPI-ItemVersion': `v${file.version}` } }
    }
    case 'RenameFile': {
      if (file.lock !== null && !mine) return conflict
      const asked = decodeUtf7(header('requestedname')) ?? ''
      if (asked.includes('/'))
        return { status: 400, headers: { 'X-WOPI-InvalidFileNameError': 'No slashes, please.' } }
      file.name = asked + file.name.slice(file.name.lastIndexOf('.'))
      return json({ Name: asked })
    }
    case 'PutRelativeFile': {
      const copy = { name: decodeUtf7(header('suggestedtarget')) ?? '', content: body }
      host.copies.push(copy)
      return json({ Name: copy.name, Url: `${host.wopiSrc}-copy`, HostEditUrl: `${host.origin}/edit/copy` })
    }
    default:
      return { status: 501 }
  }
}

function checkFileInfo({ file, origin, info }: StandInHost) {
  return {
    BaseFileName: file.name,
    Size: file.content.length,
    Version: `v${file.version}`,
    OwnerId: 'alice',
    UserId: 'alice',
    UserFriendlyName: 'Alice',
    LastModifiedTime: timeOf(file.modified),
    UserCanWrite: true,
    UserCanRename: true,
    UserCanNotWriteRelative: false,
    SupportsUpdate: true,
    SupportsLocks: true,
    SupportsRename: true,
    FileNameMaxLength: 250,
    PostMessageOrigin: origin,
    ClosePostMessage: true,
    CloseUrl: `${origin}/`,
    ...info,
  }
}

function write({ file }: StandInHost, content: Buffer) {
  file.content = content
  file.version++
  file.modified += 1000
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '0000Z')
}

function json(value: object): StandInAnswer {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
