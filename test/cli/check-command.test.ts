import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodeHandler } from '../../src/adapters/node.js'
import type { Report } from '../../src/testing/index.js'
import { memoryHost } from '../memory-host.js'
import { listen, type Running } from '../mounted-hosts.js'
import { runCommand } from '../support/command-line.js'
import { type ServerProcess, serverProcess } from '../support/server-process.js'

/*
 * `wopikit check`: the judge, on a host of ours that runs, and on one that breaks a rule.
 */

let place: string
let server: ServerProcess
let good: { wopiSrc: string; accessToken: string }

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'wopikit-check-'))
  server = await serverProcess({ folder: join(place, 'documents') })
  await writeFile(join(server.folder, 'plan.txt'), 'words')
  await server.start()
  good = await server.token('plan.txt')
})

afterAll(async () => {
  await server.stop()
  await rm(place, { recursive: true, force: true })
})

describe('wopikit check', () => {
  it('says that a host conforms, which checks could not be tried and why', async () => {
    const { code, stdout, stderr } = await runCommand([
      ...['check', good.wopiSrc, '--token', good.accessToken, '--only', 'lock'],
    ])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/skip {2}lock\.viewer .*\n +No token for looking was given\./)
    expect(stdout).toMatch(/\d+ checks: \d+ passed, 0 failed .* The host conforms\.\n$/)
  })

  it('tries everything when it is given every token, and prints the report as JSON', async () => {
    const token = async (...args: string[]) => (await server.token('plan.txt', args)).accessToken
    const { code, stdout } = await runCommand([
      ...['check', good.wopiSrc, '--token', good.accessToken],
      ...['--view-token', await token('--permission', 'view')],
      ...['--second-token', await token('--user', 'bob')],
      ...['--expired-token', await token('--ttl', '0s')],
      ...['--only', 'lock', '--only', 'token.', '--json'],
    ])
    const report: Report = JSON.parse(stdout)
    expect([code, report.conforms, report.counts.skip, report.counts.fail]).toEqual([0, true, 0, 0])
    expect(new Set(report.results.map(({ id }) => id.replace(/\..*/, '')))).toEqual(
      new Set(['lock', 'token']),
    )
  })

  it('ends with 1 where a MUST fails, and says which rule, what came and where it is written', async () => {
    const broken = await hostWithoutLockHeader()
    try {
      const { code, stdout } = await runCommand([
        ...['check', broken.wopiSrc, '--token', broken.accessToken, '--only', 'lock.other'],
      ])
      expect(code).toBe(1)
      expect(stdout).toMatch(/^fail {2}lock\.other \(MUST\): .*\n .*\n +https:\/\/learn\.microsoft\.com/)
      expect(stdout).toContain('1 failed (MUST)')
      expect(stdout).toContain('does not conform')
    } finally {
      await broken.server.close()
    }
  })

  it('ends with 1 and what to change when the file cannot be looked at', async () => {
    const { code, stdout, stderr } = await runCommand(['check', good.wopiSrc, '--token', 'bad'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/answered 401.*make a new one/)
  })

  it.each([
    [[], /takes one WOPISrc/],
    [['https://host.example/wopi/files/1'], /needs --token/],
    [['https://host.example/wopi/files/1', '--token', 't', '--only', 'lcok'], /--only is "lcok".*put-file/],
    [
      ['https://host.example/wopi/files/1', '--token', 't', '--max-file-size', 'big'],
      /--max-file-size is "big"/,
    ],
  ])('is wrong usage with %j', async (args, message) => {
    const { code, stdout, stderr } = await runCommand(['check', ...args])
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)])
  })
})

/** A host whose 409 does not say which lock stands in the way. */
async function hostWithoutLockHeader(): Promise<{ server: Running; wopiSrc: string; accessToken: string }> {
  let answer: RequestListener = () => {}
  const server = await listen((incoming, outgoing) => answer(incoming, outgoing))
  const { host, token } = memoryHost({ url: server.origin })
  answer = nodeHandler({
    ...host,
    async handle(request) {
      const response = await host.handle(request)
      const { 'X-WOPI-Lock': _, ...headers } = response.headers
      return { ...response, headers }
    },
  })
  return { server, wopiSrc: host.wopiSrc('doc'), accessToken: await token() }
}
