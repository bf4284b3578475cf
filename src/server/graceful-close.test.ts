import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { gracefulClose } from './graceful-close.js'

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

describe('gracefulClose', () => {
  it('does not wait for connections nobody uses, be they new or kept open', async () => {
    const server = createServer((_, response) => void response.end('hello'))
    const close = gracefulClose(server, 60_000)
    const port = await listening(server)
    const unused = connect(port, '127.0.0.1')
    const used = connect(port, '127.0.0.1')
    used.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await Promise.all([once(unused, 'connect'), once(used, 'data')])
    const ended = Promise.all([once(unused, 'close'), once(used, 'close')])
    await close()
    await ended
  })

  it('finishes what is being answered', async () => {
    let finish = () => {}
    const server = createServer((_, response) => {
      response.write('begun ')
      finish = () => void response.end('and done')
    })
    const close = gracefulClose(server, 60_000)
    const port = await listening(server)
    const response = await fetch(`http://127.0.0.1:${port}`)
    const closed = close()
    finish()
    expect(await response.text()).toBe('begun and done')
    await closed
  })

  it('breaks off what takes too long', async () => {
    const server = createServer((_, response) => void response.write('for ever'))
    const close = gracefulClose(server, 50)
    const port = await listening(server)
    const response = await fetch(`http://127.0.0.1:${port}`)
    await close()
    await expect(response.text()).rejects.toThrow()
  })
})
