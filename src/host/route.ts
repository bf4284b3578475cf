import type { WopiRequest } from '../operations/message.js'
import type { Operation } from '../operations/operation.js'
import { WopiError } from '../protocol/errors.js'
import { Header } from '../protocol/headers.js'

/** Longer ids than this name no file of any store. */
const MAX_FILE_ID_LENGTH = 240

/** Where a request leads. */
export interface Route {
  /** Null when the path is of a part of WOPI that this host does not have and that is no file's. */
  readonly fileId: string | null
  /** Null when the path is one of ours but what is asked for there is not known. */
  readonly operation: Operation | null
  /** The full URL as the client was told it: what its proof is signed over. */
  readonly url: string
}

/**
 * Makes the function that finds the operation a request asks for, under one base URL.
 *
 * It throws a `WopiError`: 404 for a path that is not ours, 405 for a wrong method. Parts of WOPI that this host does not have are told once the
 * token has been judged, as the rest is: see `request-life.ts`.
 */
export function createRouter(
  baseUrl: string,
  operations: readonly Operation[],
): (request: WopiRequest) => Route {
  const { origin } = new URL(baseUrl)
  const prefix = baseUrl.slice(origin.length)
  const ofFile = operations.filter((operation) => operation.path === '/files/:fileId')
  const ofContents = operations.filter((operation) => operation.path === '/files/:fileId/contents')

  return (request) => {
    // What a proxy made of scheme and host is of no interest, and it may strip our prefix.
    const target = request.target.startsWith(`${prefix}/`) ? request.target : prefix + request.target
    const query = target.indexOf('?')
    const path = target.slice(prefix.length, query === -1 ? undefined : query)
    const match = /^\/wopi\/files\/([^/]+)(\/contents)?$/.exec(path)
    const url = origin + target
    if (!match) return { fileId: elsewhere(path), operation: null, url }
    const operation = find(match[2] ? ofContents : ofFile, request)
    return { fileId: fileIdFrom(match[1] ?? ''), operation, url }
  }
}

function find(here: readonly Operation[], request: WopiRequest): Operation | null {
  if (!here.some((operation) => operation.method === request.method)) {
    const allowed = [...new Set(here.map((operation) => operation.method))].join(', ')
    throw new WopiError('method-not-allowed', `This address takes ${allowed}.`, {
      headers: { Allow: allowed },
    })
  }
  const override = request.method === 'POST' ? (request.header(Header.Override)?.toUpperCase() ?? '') : null
  return (
    here.find(
      (operation) =>
        operation.method === request.method &&
        operation.override === override &&
        (operation.when?.(request) ?? true),
    ) ?? null
  )
}

function fileIdFrom(segment: string): string {
  let fileId: string
  try {
    fileId = decodeURIComponent(segment)
  } catch {
    throw noFile()
  }
  const legal =
    fileId.length <= MAX_FILE_ID_LENGTH && /^[\w.~:@!$&'()*+,;=-]+$/.test(fileId) && !/^\.+$/.test(fileId)
  if (!legal) throw noFile()
  return fileId
}

function noFile(): WopiError {
  return new WopiError('not-found', 'There is no such file.')
}

/** The file at the address of a part of the protocol that this host does not have, if it is a file's; other addresses are nobody's. */
function elsewhere(path: string): string | null {
  const ofFile = /^\/wopi\/files\/([^/]+)\/(?:ancestry|ecosystem_pointer)$/.exec(path)
  if (ofFile) return fileIdFrom(ofFile[1] ?? '')
  if (/^\/wopi\/(containers|ecosystem|folders)(\/|$)/.test(path)) return null
  throw new WopiError('not-found', 'There is nothing at this address.')
}
