import { afterAll, describe, expect, it } from 'vitest'
import { memoryHost } from '../../../test/memory-host.js'
import { listen } from '../../../test/mounted-hosts.js'
import { nodeHandler } from '../../adapters/node.js'
import { runConformance } from './index.js'

const LIMIT = 6 * 1024 * 1024

// The address is known only when the server listens; the host is asked through it from then on.
const server = await listen((incoming, outgoing) => void nodeHandler(world.host)(incoming, outgoing))
const world = memoryHost({
  url: server.origin,
  maxFileSize: LIMIT,
  pageOrigin: 'https://docs.example',
  pages: (fileId) => ({
    edit: `https://docs.example/edit/${fileId}`,
    view: `https://docs.example/view/${fileId}`,
    close: 'https://docs.example/folder',
  }),
})
const expired = await world.host.issueToken(
  { userId: 'alice', userName: 'Alice', resource: { kind: 'file', id: 'doc' }, permission: 'edit' },
  -1,
)
const report = await runConformance({
  wopiSrc: world.host.wopiSrc('doc'),
  accessToken: await world.token(),
  viewToken: await world.token({ permission: 'view' }),
  secondToken: await world.token({ userId: 'bob' }),
  expiredToken: expired.accessToken,
  maxFileSize: LIMIT,
})

afterAll(() => server.close())

describe('our host over node:http, with memory drivers', () => {
  it.each(report.results)('$level $id: $title', ({ outcome, detail }) => {
    // A check that is skipped proves nothing: this host offers everything and was given every token.
    expect([outcome, detail]).toEqual(['pass', null])
  })

  it('is left as it was found', async () => {
    expect(report.leftBehind).toEqual([])
    expect(world.text()).toBe('content')
    expect(await world.version()).toBe('1')
    expect(await world.lockId()).toBeNull()
    expect(world.files.stagedCount).toBe(0)
  })

  it('reported no fault of its own and no token', () => {
    expect(world.events.filter(({ type }) => type === 'fault')).toEqual([])
    const told = JSON.stringify([world.events, report])
    expect(told).not.toContain(expired.accessToken)
    expect(told).not.toContain('access_token=')
  })
})
