import { connect, type Socket } from 'node:net'
import type { FileAccess, Headers } from './wopi-client.js'

/** A PutFile written byte by byte, by a client that need not keep the rules of HTTP. */
export interface RawUpload {
  readonly socket: Socket
  /** Writes on; false when the connection is gone. */
  write(bytes: Uint8Array | string): boolean
  /** Ends in the middle: by `end` (FIN), as a proxy does, or `reset` (RST), as a process does that dies. */
  cut(how: 'end' | 'reset'): void
  /** The status of the answer; null when the connection ends without one. */
  status(): Promise<number | null>
  /** Waits until the server has closed the connection. */
  closed(): Promise<void>
}

/** Connects and sends the head of a PutFile, with exactly these headers beyond the lock. */
export async function rawUpload(access: FileAccess, lockId: string, headers: Headers): Promise<RawUpload> {
  const { hostname, port, pathname } = new URL(access.wopiSrc)
  const lines = {
    Host: `${hostname}:${port}`,
    'X-WOPI-Override': 'PUT',
    'X-WOPI-Lock': lockId,
    Connection: 'close',
    ...headers,
  }
  const head = [
    `POST ${pathname}/contents?access_token=${access.accessToken} HTTP/1.1`,
    ...Object.entries(lines).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n')
  const socket = await connected(hostname, Number(port))
  let received = ''
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('data', (chunk) => {
    received += chunk
  })
  socket.on('error', () => {})
  socket.write(head)
  return {
    socket,
    write: (bytes) => !socket.destroyed && socket.write(bytes),
    cut(how) {
      if (how === 'end') socket.end()
      else socket.resetAndDestroy()
    },
    async status() {
      await closed
      const match = /^HTTP\/1\.1 (\d{3})/.exec(received)
      return match ? Number(match[1]) : null
    },
    closed: () => closed,
  }
}

function connected(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: false })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/** One chunk of a chunked body. */
export function chunk(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}
