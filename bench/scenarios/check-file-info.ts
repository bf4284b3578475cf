import { asking, type Bench, type Running } from '../bench.js'
import { type SigningClient, startSigningClient } from '../client.js'
import type { Request } from '../connection.js'
import { answer, inTurn } from '../measure.js'
import type { Row } from '../results.js'
import { ask, checkFileInfo, type Document, target } from '../wopi.js'

const CLIENTS = 32
const files = { documents: { count: 100, size: 40_000 } }

/** Making a signature takes twenty times as long as verifying it, so each is sent more than once. The host remembers none. */
const PROOFS_PER_FILE = 20

/** CheckFileInfo: what every editor begins with, and what no answer may be kept of. */
export async function checkFileInfoRows(bench: Bench): Promise<Row[]> {
  const plain = { id: 'check-file-info', title: 'CheckFileInfo, 32 clients', atLeast: 0.4 }
  const proven = { id: 'check-file-info-proof', title: '… with proof keys verified', atLeast: 0.2 }
  const client = await startSigningClient()
  try {
    return [
      await bench.withWopikit(files, { proof: 'off' }, (wopikit) =>
        measured(bench, wopikit, plain, (document) => [checkFileInfo(document)]),
      ),
      await bench.withWopikit(files, { client: client.url }, (wopikit) =>
        measured(bench, wopikit, proven, (document) => signed(document, client, wopikit.server.port)),
      ),
    ]
  } finally {
    client.close()
  }
}

function signed(document: Document, client: SigningClient, port: number): Request[] {
  const url = `http://127.0.0.1:${port}${target(document)}`
  return Array.from({ length: PROOFS_PER_FILE }, () =>
    checkFileInfo(document, client.prove(document.token, url)),
  )
}

async function measured(
  bench: Bench,
  { documents, server, clients }: Running<'documents'>,
  about: Pick<Row, 'id' | 'title'> & { readonly atLeast: number },
  requestsFor: (document: Document) => Request[],
): Promise<Row> {
  const next = inTurn(documents.documents.list.flatMap(requestsFor))
  const opened = await clients(CLIENTS)
  let size = 0
  await opened.repeat(0, async (connection) => {
    size = (await ask(connection, next())).size
  })
  const subject = { server, run: asking(opened, next) }
  const baseline = await bench.baselines.constant(CLIENTS, size)
  return answer({ ...about, unit: 'per second', subject, baseline }, bench.pace)
}
