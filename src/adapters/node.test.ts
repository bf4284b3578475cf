import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { memoryHost } from '../../test/memory-host.js'
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
