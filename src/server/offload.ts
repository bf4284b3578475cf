import { join } from 'node:path'
import type { FolderLibrary } from '../drivers/folder/index.js'
import type { WopiHost } from '../host/host.js'
import { Header } from '../protocol/headers.js'
import { SettingError, type Settings } from './settings.js'

/** What is smaller has been sent before another program has opened it. */
const WORTH_BYTES = 128 * 1024

/** The header by which each kind of proxy is told a file, and where it has the offers of the library. */
const proxies = {
  'x-accel-redirect': { header: 'X-Accel-Redirect', folder: () => '/wopikit-files' },
  'x-sendfile': { header: 'X-Sendfile', folder: (data: string) => join(data, 'offload') },
}

/**
 * The host, with large contents left to a reverse proxy that asks for that with `X-Sendfile-Type`: it gets all headers, and instead of a body the
 * name of a file to send. It applies the client's `Range` itself. Whoever else asks so gets no bytes, and behind nginx no path of this machine.
 *
 * @throws SettingError when the data folder cannot be told to the proxy.
 */
export function offloading(
  host: WopiHost,
  { offload: offers }: Pick<FolderLibrary, 'offload'>,
  { offload: kind, data }: Pick<Settings, 'offload' | 'data'>,
): WopiHost {
  if (kind === 'none') return host
  const { header } = proxies[kind]
  const folder = proxies[kind].folder(data)
  if (!/^[\w./~-]+$/.test(folder)) {
    throw new SettingError(
      `--offload ${kind} needs a data folder whose path is of ASCII letters, digits and / . _ - ~ only; it is ${data}.`,
    )
  }

  return {
    ...host,
    async handle(request) {
      const response = await host.handle(request)
      const { body, status, headers } = response
      if (body === null || typeof body === 'string') return response
      if (request.header('X-Sendfile-Type')?.toLowerCase() !== kind) return response
      // A range that means the whole file to us may mean something else to the proxy.
      if (status === 200 && request.header('Range') !== undefined) return response
      const fileId = /\/wopi\/files\/([\w-]+)\/contents\?/.exec(request.target)?.[1]
      const { [Header.ItemVersion]: version, 'Content-Length': length, 'Content-Range': _, ...rest } = headers
      if (!fileId || !version || Number(length) < WORTH_BYTES) return response
      const name = await offers.offer(fileId, version)
      if (name === null) return response
      await body[Symbol.asyncIterator]().return?.()
      return {
        status: 200,
        headers: { ...rest, [Header.ItemVersion]: version, [header]: `${folder}/${name}` },
        body: null,
      }
    },
  }
}
