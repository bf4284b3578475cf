import { randomBytes } from 'node:crypto'
import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { memoryHost } from '../../test/memory-host.js'
import { listen, type Running } from '../../test/mounted-hosts.js'
import { expressHandler } from './express.js'

describe('expressHandler behind body parsers', () => {
  let running: Running | null = null
  afterEach(() => running?.close())

  it('takes a save whose bytes express.raw() has kept', async () => {
    const content = randomBytes(50_000)
    const { put, stored } = await serve(express.raw({ type: '*/*' }))
    expect((await put(content, 'application/octet-stream')).status).toBe(200)
    expect(Buffer.compare(stored(), content)).toBe(0)
  })

  it.each([
    ['express.json()', express.json(), 'application/json', '{"a": 1}'],
    ['express.text()', express.text(), 'text/plain', 'text'],
    ['express.urlencoded()', express.urlencoded(), 'application/x-www-form-urlencoded', 'a=b'],
  ])(
    'refuses a save that %s has consumed, says what to do, and stores nothing',
    async (_name, parser, type, text) => {
      const { put, stored, errors } = await serve(parser)
      expect((await put(Buffer.from(text), type)).status).toBe(500)
      expect(errors).toEqual([expect.stringContaining('Mount expressHandler(host) before express.json()')])
      expect(stored()).toHaveLength(0)
    },
  )

  it('does so also for a chunked body, which nothing else would tell from an empty one', async () => {
    const { put, stored, errors } = await serve(express.json())
    const chunked = new Blob(['{"a": 1}']).stream()
    expect((await put(chunked, 'application/json')).status).toBe(500)
    expect(errors).toHaveLength(1)
    expect(stored()).toHaveLength(0)
  })

  it('is not disturbed by parsers that leave the body alone', async () => {
    const { put, stored, lock } = await serve(express.json())
    expect((await lock('application/json')).status).toBe(200)
    expect((await put(Buffer.from('bytes'), 'application/octet-stream', 'mine')).status).toBe(200)
    expect(stored().toString()).toBe('bytes')
  })

  async function serve(parser: RequestHandler) {
    const { files, host, token } = memoryHost()
    files.put('doc', 'report.docx', '')
    const errors: string[] = []
    const remember: ErrorRequestHandler = (error, _request, response, _next) => {
      errors.push(error.message)
      response.status(500).end()
    }
    running = await listen(express().use(parser).use('/wopi', expressHandler(host)).use(remember))
    const accessToken = await token()
    const src = `${running.origin}/wopi/files/doc`
    const post = (path: string, headers: Record<string, string>, body: BodyInit | null) => {
      const init = { method: 'POST', headers, body, duplex: 'half' }
      return fetch(`${src}${path}?access_token=${accessToken}`, init)
    }
    return {
      errors,
      stored: () => Buffer.from(files.content('doc') ?? []),
      lock: (type: string) =>
        post('', { 'X-WOPI-Override': 'LOCK', 'X-WOPI-Lock': 'mine', 'Content-Type': type }, null),
      put: (body: BodyInit, type: string, lock = '') =>
        post('/contents', { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': lock, 'Content-Type': type }, body),
    }
  }
})
