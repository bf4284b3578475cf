import type { Answer, Connection, Request } from './connection.js'

/** A document of the measured library, with a token that may edit it. */
export interface Document {
  readonly fileId: string
  /** Path below the library's folder. */
  readonly path: string
  readonly size: number
  readonly token: string
}

/** The part of a request line that names a document and carries its token. */
export function target({ fileId, token }: Document, what: '' | '/contents' = ''): string {
  return `/wopi/files/${fileId}${what}?access_token=${token}`
}

type Headers = Readonly<Record<string, string | number>>

export function head(method: 'GET' | 'POST', path: string, headers: Headers = {}): Buffer {
  const lines = Object.entries({ Host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

export function checkFileInfo(document: Document, headers: Headers = {}): Request {
  return { name: 'CheckFileInfo', head: head('GET', target(document), headers) }
}

export function getFile(document: Document): Request {
  return { name: 'GetFile', head: head('GET', target(document, '/contents')) }
}

export function lock(document: Document, lockId: string): Request {
  return lockOperation('Lock', 'LOCK', document, lockId)
}

export function refreshLock(document: Document, lockId: string): Request {
  return lockOperation('RefreshLock', 'REFRESH_LOCK', document, lockId)
}

export function unlock(document: Document, lockId: string): Request {
  return lockOperation('Unlock', 'UNLOCK', document, lockId)
}

function lockOperation(name: string, override: string, document: Document, lockId: string): Request {
  const headers = { 'X-WOPI-Override': override, 'X-WOPI-Lock': lockId, 'Content-Length': 0 }
  return { name, head: head('POST', target(document), headers) }
}

/** Makes saves of one document under one lock: the head is the same for all of them. */
export function putFile(
  document: Document,
  lockId: string,
  size: number,
): (content: readonly Buffer[]) => Request {
  const requestHead = head('POST', target(document, '/contents'), {
    'X-WOPI-Override': 'PUT',
    'X-WOPI-Lock': lockId,
    'Content-Length': size,
  })
  return (body) => ({ name: 'PutFile', head: requestHead, body })
}

/** An answer that was not expected: it fails the whole run, because whatever was measured is not what was meant. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer'
}

/** Sends a request and passes on its answer, which must have the expected status. */
export async function ask(connection: Connection, request: Request, status = 200): Promise<Answer> {
  const answer = await connection.send(request)
  if (answer.status !== status) throw unexpected(request, answer, status)
  return answer
}

export function unexpected(request: Request, answer: Answer, expected: number): UnexpectedAnswer {
  const reason = answer.header('X-WOPI-ServerError') ?? answer.header('X-WOPI-LockFailureReason')
  return new UnexpectedAnswer(
    `${request.name} was answered ${answer.status}, expected ${expected}${reason ? `: ${reason}` : '.'}`,
  )
}
