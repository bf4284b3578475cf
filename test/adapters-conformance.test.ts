import { afterAll, describe, expect, it } from 'vitest'
import { runConformance } from '../src/testing/index.js'
import { type MemoryHost, memoryHost } from './memory-host.js'
import { mounts, serveAt } from './mounted-hosts.js'

const LIMIT = 2 * 1024 * 1024

// The same rules over node:http are held by src/testing/conformance/conformance.test.ts.
for (const mount of mounts.filter(({ name }) => name !== 'node:http')) {
  let given = memoryHost()
  const running = await serveAt(mount, (url) => {
    given = hostAt(url)
    return given.host
  })
  const report = await runConformance({
    wopiSrc: given.host.wopiSrc('doc'),
    accessToken: await given.token(),
    viewToken: await given.token({ permission: 'view' }),
    secondToken: await given.token({ userId: 'bob' }),
    expiredToken: await expiredToken(given),
    maxFileSize: LIMIT,
  })

  describe(`conformance of a host in ${mount.name}`, () => {
    afterAll(() => running.close())

    it.each(report.results)('$level $id: $title', ({ outcome, detail }) => {
      expect([outcome, detail]).toEqual(['pass', null])
    })

    it('leaves no file and no fault behind', () => {
      expect(report.leftBehind).toEqual([])
      expect(given.events.filter(({ type }) => type === 'fault')).toEqual([])
    })
  })
}

/** A host that offers everything, so that no check is skipped. */
function hostAt(url: string): MemoryHost {
  const page = (kind: string) => (fileId: string) => `https://docs.example/${kind}/${fileId}`
  return memoryHost({
    url,
    maxFileSize: LIMIT,
    pageOrigin: 'https://docs.example',
    pages: (fileId) => ({
      edit: page('edit')(fileId),
      view: page('view')(fileId),
      close: 'https://docs.example/',
    }),
  })
}

async function expiredToken({ host }: MemoryHost): Promise<string> {
  const alice = { userId: 'alice', userName: 'Alice', permission: 'edit' } as const
  const issued = await host.issueToken({ ...alice, resource: { kind: 'file', id: 'doc' } }, -1)
  return issued.accessToken
}
