import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asking, type Bench } from '../bench.js'
import type { Request } from '../connection.js'
import { contentsOf } from '../content.js'
import { answer, inTurn, openClients } from '../measure.js'
import { hasNginx, startNginx } from '../nginx.js'
import type { Row } from '../results.js'
import { ask, head, lock, putFile, target } from '../wopi.js'

const sizes = [
  { id: '1m', title: '1 MB, 16 clients', bytes: 1_000_000, files: 32, count: 16 },
  { id: '100m', title: '100 MB, 4 clients', bytes: 1e8, files: 1, count: 4 },
]

/** GetFile through nginx, which sends the documents itself or passes them through, against nginx sending plain files. */
export async function offloadRows(bench: Bench): Promise<Row[]> {
  if (!hasNginx()) throw new Error('nginx is not installed on this machine.')
  const rows: Row[] = []
  for (const { id, title, bytes, files, count } of sizes) {
    const groups = { documents: { count: files, size: 1000 } }
    const settings = { proof: 'off', offload: 'x-accel-redirect' }
    await bench.withWopikit(groups, settings, async ({ documents, server, folder, clients }) => {
      const content = Buffer.concat(contentsOf(bytes)())
      const { list } = documents.documents
      await (await clients(1)).repeat(0, async (connection) => {
        for (const document of list) {
          await ask(connection, lock(document, 'bench'))
          await ask(connection, putFile(document, 'bench', bytes)([content]))
        }
      })
      const plainFiles = join(folder, '..', `static-${id}`)
      mkdirSync(plainFiles)
      writeFileSync(join(plainFiles, 'file'), content)
      const { core } = bench.circumstances
      const nginx = await startNginx(
        join(folder, '..'),
        { port: server.port, data: join(folder, '.wopikit') },
        {
          core,
          http: 'keepalive_requests 1000000000;',
          locations: `location /static/ { alias ${plainFiles}/; }
            location /plain/ { proxy_pass http://wopikit/; proxy_set_header Connection ""; }`,
        },
      )
      const expected = [content]
      const getting = (prefix: string) =>
        inTurn(
          list.map((document) => ({
            name: 'GetFile',
            head: head('GET', prefix + target(document, '/contents')),
            expected,
          })),
        )
      const plain = { name: 'a plain file', head: head('GET', '/static/file'), expected }
      const asked = async (next: () => Request) => ({
        // Its processor time is that of nginx alone.
        server: nginx,
        run: asking(await openClients(nginx.port, count), next),
      })
      try {
        const baseline = { title: 'nginx, plain file', ...(await asked(() => plain)) }
        const about = { unit: 'per second', baseline } as const
        const offloaded = { id: `offload-${id}`, title: `GetFile ${title}, sent by nginx`, atLeast: 0.9 }
        const passed = { id: `proxied-${id}`, title: `GetFile ${title}, passed through nginx` }
        rows.push(
          await answer({ ...about, ...offloaded, subject: await asked(getting('')) }, bench.pace),
          await answer({ ...about, ...passed, subject: await asked(getting('/plain')) }, bench.pace),
        )
      } finally {
        await nginx.stop()
      }
    })
  }
  return rows
}
