import { connect, type Socket } from 'node:net'

/** A request as the bytes that go over the wire, made once and sent often. */
export interface Request {
  /** What is asked for, to be named when the answer is not what was expected. */
  readonly name: string
  readonly head: Buffer
  /** Follows the head; its length stands in the head. */
  readonly body?: readonly Buffer[]
  /** The exact body the answer must have; compared while it arrives. */
  readonly expected?: readonly Buffer[]
}

export interface Answer {
  readonly status: number
  /** Length of the body in bytes. */
  readonly size: number
  /** The value of a header, name in any case; undefined when it was not sent. */
  header(name: string): string | undefined
}

/** One keep-alive connection that carries one request at a time. */
export interface Connection {
  /** Sends a request and reads the whole answer. Throws when the connection breaks or the body differs from what was expected. */
  send(request: Request): Promise<Answer>
  close(): void
}

/** What one read takes at most. One buffer serves all connections, since its bytes are used up before the next read. */
const READ_BYTES = 256 * 1024
const shared = Buffer.allocUnsafeSlow(READ_BYTES)

const HEAD_END = Buffer.from('\r\n\r\n')

/** A connection with silence for so long is taken for a hang. */
const SILENCE_MS = 60_000

/**
 * A client of HTTP/1.1 that knows as little as a load generator needs: keep-alive, `Content-Length`, one request at a time. It must cost much
 * less than the server it drives, so it reads into one buffer for all connections and makes no objects for headers nobody asks for.
 */
export function openConnection(port: number): Promise<Connection> {
  let pending: Pending | null = null
  let broken: Error | null = null
  let headSoFar = ''
  let answer: Answer | null = null
  let expected: Comparison | null = null
  let received = 0

  function onRead(length: number): boolean {
    let at = 0
    while (at < length) {
      if (!pending) return fail(new Error('The server sent bytes that nobody had asked for.'))
      if (answer) {
        const end = Math.min(length, at + answer.size - received)
        if (expected && !expected.matches(received, at, end)) {
          return fail(new Error(`${pending.request.name}: the body differs from what was stored.`))
        }
        received += end - at
        at = end
      } else {
        const end = shared.subarray(at, length).indexOf(HEAD_END)
        const headEnd = end === -1 ? length : at + end
        headSoFar += shared.toString('latin1', at, headEnd)
        if (end === -1) return true
        at = headEnd + HEAD_END.length
        const parsed = parseHead(headSoFar)
        headSoFar = ''
        if (!parsed)
          return fail(new Error(`${pending.request.name}: the answer is not HTTP/1.1 with a length.`))
        answer = parsed
        received = 0
        expected = comparison(pending.request.expected)
        if (expected && expected.size !== answer.size) {
          return fail(
            new Error(`${pending.request.name}: ${answer.size} bytes came, expected ${expected.size}.`),
          )
        }
      }
      if (answer && received === answer.size) finish(answer)
    }
    return true
  }

  function finish(done: Answer): void {
    const resolve = pending?.resolve
    pending = null
    answer = null
    resolve?.(done)
  }

  function fail(error: Error): boolean {
    broken ??= error
    pending?.reject(broken)
    pending = null
    socket.destroy()
    return false
  }

  const socket: Socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: { buffer: shared, callback: onRead },
  })
  socket.setTimeout(SILENCE_MS, () => fail(new Error(`The server was silent for ${SILENCE_MS / 1000} s.`)))
  socket.on('error', (error) => fail(error))
  socket.on('close', () => fail(new Error('The server closed the connection.')))

  const connection: Connection = {
    send(request) {
      return new Promise((resolve, reject) => {
        if (broken) return reject(broken)
        pending = { request, resolve, reject }
        if (!request.body) {
          socket.write(request.head)
          return
        }
        socket.cork()
        socket.write(request.head)
        for (const part of request.body) socket.write(part)
        socket.uncork()
      })
    },
    close() {
      broken = new Error('The connection was closed.')
      socket.destroy()
    },
  }
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(connection))
    socket.once('error', reject)
  })
}

interface Pending {
  readonly request: Request
  resolve(answer: Answer): void
  reject(error: Error): void
}

function parseHead(head: string): Answer | null {
  const status = Number(head.slice(9, 12))
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)
  if (!head.startsWith('HTTP/1.1 ') || !(status >= 200)) return null
  // 304 has none and needs none.
  const size = length ? Number(length[1]) : status === 304 ? 0 : null
  if (size === null) return null
  return {
    status,
    size,
    header(name) {
      const start = head.toLowerCase().indexOf(`\r\n${name.toLowerCase()}:`)
      if (start === -1) return undefined
      const end = head.indexOf('\r\n', start + 2)
      return head.slice(start + name.length + 3, end === -1 ? undefined : end).trim()
    },
  }
}

interface Comparison {
  readonly size: number
  /** Whether the bytes of the shared buffer from `start` to `end` are those at `offset` of what is expected. */
  matches(offset: number, start: number, end: number): boolean
}

function comparison(parts: readonly Buffer[] | undefined): Comparison | null {
  if (!parts) return null
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  return {
    size,
    matches(offset, start, end) {
      let partStart = 0
      for (const part of parts) {
        const from = Math.max(offset, partStart)
        const to = Math.min(offset + end - start, partStart + part.length)
        const same =
          from >= to ||
          part.compare(
            shared,
            start + from - offset,
            start + to - offset,
            from - partStart,
            to - partStart,
          ) === 0
        if (!same) return false
        partStart += part.length
      }
      return true
    },
  }
}
