import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { gate, memoryHost, settled } from '../../test/memory-host.js'
import type { WopiRequest, WopiResponse } from '../operations/message.js'
import { nodeHandler } from './node.js'
import { nodeFetchHandler } from './node-fetch.js'

let server: Server | undefined

afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

async function listen(listener: RequestListener): Promise<string> {
  server = createServer(listener)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('nodeHandler', () => {
  it('refuses a body that somebody read before, instead of storing an empty document', async () => {
    const { host, token, text, events } = memoryHost()
    const answer = nodeHandler(host)
    const origin = await listen((incoming, outgoing) => {
      void buffer(incoming).then(() => answer(incoming, outgoing))
    })
    const response = await fetch(`${origin}/wopi/files/doc/contents?access_token=${await token()}`, {
      method: 'POST',
      headers: { 'X-WOPI-Override': 'PUT' },
      body: 'work',
    })
    expect(response.status).toBe(500)
    expect(text()).toBe('content')
    expect(events).toContainEqual({
      type: 'fault',
      operation: null,
      error: expect.objectContaining({ message: expect.stringContaining('before every body parser') }),
    })
  })

  it('answers 500, and goes on, when an answer cannot be sent', async () => {
    const { host, token } = memoryHost()
    const broken = {
      ...host,
      handle: async () => ({ status: 200, headers: { 'X-Odd': '\u{1F600}' }, body: null }),
    }
    const origin = await listen((incoming, outgoing) => {
      void nodeHandler(incoming.url === '/odd' ? broken : host)(incoming, outgoing)
    })
    expect((await fetch(`${origin}/odd`)).status).toBe(500)
    expect((await fetch(`${origin}/wopi/files/doc?access_token=${await token()}`)).status).toBe(200)
  })

  it.each(['close', 'keep-alive'])(
    'lets a client that sends all before it reads see the refusal: Connection: %s',
    async (connection) => {
      const { host } = memoryHost()
      const { port } = new URL(await listen(nodeHandler(host)))
      const client = connect(Number(port), '127.0.0.1')
      const body = Buffer.alloc(20_000_000)
      const line = 'POST /wopi/files/doc/contents?access_token=none HTTP/1.1'
      client.write(
        `${line}\r\nHost: x\r\nConnection: ${connection}\r\nContent-Length: ${body.length}\r\n\r\n`,
      )
      await new Promise<void>((resolve, reject) => {
        client.write(body, (error) => (error ? reject(error) : resolve()))
      })
      const [answer] = (await once(client, 'data')) as [Buffer]
      client.destroy()
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /)
    },
  )

  it('does not begin a request that waits behind another when their connection is lost', async () => {
    const { host } = memoryHost()
    const first = gate()
    const begun: string[] = []
    const handle = async ({ target }: WopiRequest): Promise<WopiResponse> => {
      begun.push(target)
      first.reached()
      await first.opened
      return { status: 200, headers: {}, body: null }
    }
    const origin = await listen(nodeHandler({ ...host, handle }))
    const lost = new Promise((resolve) =>
      server?.once('connection', (connection) => connection.once('close', resolve)),
    )
    const client = connect(Number(new URL(origin).port), '127.0.0.1')
    client.write(['/first', '/second'].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''))
    await first.arrival
    client.destroy()
    await lost
    first.open()
    await settled()
    expect(begun).toEqual(['/first'])
  })
})

describe('content that is lent', () => {
  /** A host whose answer is a body of so many bytes, of which every part is lent in the same memory. */
  async function lending(size: number, wrap: (outgoing: ServerResponse) => void = () => {}) {
    const { host } = memoryHost()
    let settle: (outcome: unknown) => void = () => {}
    const outcome = new Promise((resolve) => {
      settle = resolve
    })
    const lend = async (take: (part: Uint8Array) => Promise<void>) => {
      const memory = new Uint8Array(100_000)
      for (let at = 0; at < size; at += memory.length) {
        memory.fill(at / memory.length)
        await take(memory.subarray(0, Math.min(memory.length, size - at)))
      }
    }
    const iterate = async function* () {
      for (let at = 0; at < size; at += 100_000)
        yield new Uint8Array(Math.min(100_000, size - at)).fill(at / 100_000)
    }
    const body = {
      lend: (take: Parameters<typeof lend>[0]) => {
        const lent = lend(take)
        lent.then(settle, settle)
        return lent
      },
      [Symbol.asyncIterator]: iterate,
    }
    const headers = { 'Content-Length': String(size) }
    const answer = nodeHandler({ ...host, handle: async () => ({ status: 200, headers, body }) })
    const origin = await listen((incoming, outgoing) => {
      wrap(outgoing)
      void answer(incoming, outgoing)
    })
    return { origin, outcome }
  }

  function expected(size: number): Buffer {
    return Buffer.from(Array.from({ length: size }, (_, index) => Math.floor(index / 100_000)))
  }

  it.each([0, 1, 100_000, 3_000_000])('arrives as it is: %d bytes', async (size) => {
    const { origin } = await lending(size)
    const answer = Buffer.from(await (await fetch(origin)).arrayBuffer())
    expect(answer.equals(expected(size))).toBe(true)
  })

  it('is read instead where somebody else may keep what is written', async () => {
    const { origin } = await lending(250_000, (outgoing) => {
      const write = outgoing.write.bind(outgoing)
      outgoing.write = ((chunk: Uint8Array) => {
        setTimeout(() => write(chunk), 5)
        return true
      }) as typeof outgoing.write
      const end = outgoing.end.bind(outgoing)
      outgoing.end = (() => setTimeout(() => end(), 30)) as unknown as typeof outgoing.end
    })
    const answer = Buffer.from(await (await fetch(origin)).arrayBuffer())
    expect(answer.equals(expected(250_000))).toBe(true)
  })

  it('is given back when the client goes in the middle', async () => {
    const { origin, outcome } = await lending(300_000_000)
    const controller = new AbortController()
    const reader = (await fetch(origin, { signal: controller.signal })).body?.getReader()
    await reader?.read()
    controller.abort()
    expect(await outcome).toBeInstanceOf(Error)
  })
})

describe('nodeFetchHandler', () => {
  it('lets a client read the refusal of a body that nobody wanted, on the same connection', async () => {
    const origin = await listen((incoming, outgoing) => {
      void nodeFetchHandler(() => new Response('no', { status: 413 }), 'http://host.test')(incoming, outgoing)
    })
    for (let time = 0; time < 3; time++) {
      const response = await fetch(origin, { method: 'POST', body: new Uint8Array(3_000_000) })
      expect([response.status, await response.text()]).toEqual([413, 'no'])
    }
  })

  it('streams both ways', async () => {
    const origin = await listen((incoming, outgoing) => {
      void nodeFetchHandler((request) => new Response(request.body), 'http://host.test')(incoming, outgoing)
    })
    const sent = crypto.getRandomValues(new Uint8Array(60_000))
    const response = await fetch(origin, { method: 'POST', body: sent })
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(sent)
  })
})
