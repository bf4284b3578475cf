import { randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import fastify from 'fastify'
import { expect, it } from 'vitest'
import { memoryFileStore } from '../drivers/memory/file-store.js'
import { memoryLockStore } from '../drivers/memory/lock-store.js'
import { createWopiHost, signedAccessTokens } from '../index.js'
import { fastifyPlugin } from './fastify.js'

it('leaves parsers, logs and errors of the rest of the application as they are', async () => {
  const { host } = await hostOverOneFile()
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
  const { host, accessToken } = await hostOverOneFile()
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
  const { host, accessToken } = await hostOverOneFile()
  const seen: string[] = []
  const app = fastify()
  app.addHook('onRequest', async () => void seen.push('request'))
  app.addHook('onResponse', async (_request, reply) => void seen.push(`response ${reply.statusCode}`))
  await app.register(fastifyPlugin(host), { prefix: '/wopi' })
  await app.inject(`/wopi/files/doc?access_token=${accessToken}`)
  expect(seen).toEqual(['request', 'response 200'])
})

async function hostOverOneFile() {
  const files = memoryFileStore()
  files.put('doc', 'doc.txt', 'content')
  const host = createWopiHost({
    url: 'https://docs.example.com',
    files,
    locks: memoryLockStore(),
    tokens: signedAccessTokens({ keys: [randomBytes(32)] }),
  })
  const { accessToken } = await host.issueToken({
    userId: 'ana',
    userName: 'Ana',
    resource: { kind: 'file', id: 'doc' },
    permission: 'edit',
  })
  return { host, accessToken }
}
