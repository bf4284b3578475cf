/*
 * Starts one example as a program of its own, inside an installed package's project.
 *
 *   PORT=… node run-example.js ./express.js [arguments of the example]
 */
import { createServer } from 'node:http'
import { fetchHandler } from './fetch-handler.js'

const [example = ''] = process.argv.splice(2, 1)
const started = await import(example)

// A fetch handler is served by its platform; on this one there is none without a further package.
if (started.default) createServer(fetchHandler(started.default.fetch)).listen(process.env.PORT)

// This one has no pages: documents and tokens come from the application around it.
if (started.documents) {
  const file = { fileId: 'plan', name: 'plan.txt', size: 14, version: '1', modifiedAt: 0, ownerId: 'ana' }
  started.documents.set('plan', { ...file, content: new Blob(['Lunch at noon.']) })
  const issue = (userId: string) =>
    started.host.issueToken({
      userId,
      userName: userId,
      resource: { kind: 'file', id: 'plan' },
      permission: 'edit',
    })
  console.log(JSON.stringify({ ana: await issue('ana'), ben: await issue('ben') }))
}
