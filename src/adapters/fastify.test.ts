import { Writable } from 'node:stream'
import fastify from 'fastify'
import { expect, it } from 'vitest'
import { memoryHost } from '../../test/memory-host.js'
import { fastifyPlugin } from './fastify.js'

it('leaves parsers, logs and errors of the rest of the application as they are', async () => {
  const { host } = memoryHost()
  const app = fastify()
  await app.register(fastifyPlugin(host), { prefix: '/wopi' })
  app.post('/api', async (request) => request.body)
  const parsed = await app.inject({ method: 'POST', url: '/api', payload: { a: 1 } })
  expect(parsed.json()).toEqual({ a: 1 })
  const unknown = await app.inject({
    method: 'POST',
    url: '/api',
    headers: { 'content-type': 'x/y' },
    payload: 'z',
  })
  expect(unknown.statusCode).toBe(415)
})

it('keeps access tokens out of the log', async () => {
  const { host, token } = memoryHost()
  const accessToken = await token()
  let log = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      done()
    },
  })
  const app = fastify({ logger: { level: 'info', stream } })
  await app.register(fastifyPlugin(host), { prefix: '/wopi' })
  app.get('/other', async () => 'other')
  await app.inject('/other')
  const url = `/wopi/files/doc?access_token=${accessToken}`
  expect((await app.inject(url)).statusCode).toBe(200)
  expect((await app.inject({ url, method: 'DELETE' })).statusCode).toBe(405)
  expect(log).toContain('/other')
  expect(log).not.toContain(accessToken)
})

it('runs the onRequest hooks of the application first, and onResponse afterwards', async () => {
  const { host, token } = memoryHost()
  const accessToken = await token()
  const seen: string[] = []
  const app = fastify()
  app.addHook('onRequest', async () => void seen.push('request'))
  app.addHook('onResponse', async (_request, reply) => void seen.push(`response ${reply.statusCode}`))
  await app.register(fastifyPlugin(host), { prefix: '/wopi' })
  await app.inject(`/wopi/files/doc?access_token=${accessToken}`)
  expect(seen).toEqual(['request', 'response 200'])
})
