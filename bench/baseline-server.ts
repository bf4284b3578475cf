/*
 * The yardstick: what bare Node does with the same hardware, in a process of its own. Every answer is the leanest program that does the
 * bare thing, without checking anything.
 *
 *   GET  /                         a constant; its size is set by POST /constant?bytes=n
 *   GET  /stream?name=n&size=n     a file through createReadStream
 *   GET  /read?name=n&size=n       a file by one open and one read
 *   POST /save?name=n              write + fsync + rename, by a plain pipe
 *   POST /save-hashed?name=n       the same with a hash, in as few and as large steps as there can be
 *   GET  /sqlite?synchronous=FULL&ms=n   single-row transactions for so long: their number per second, as JSON
 *   GET  /fsync?ms=n               appends of 4 KiB, each followed by fsync: their number per second
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fdatasync,
  fsyncSync,
  openSync,
  readSync,
  rename,
  renameSync,
  rmSync,
  writeSync,
  writev,
} from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type BetterSqlite3 from 'better-sqlite3'

const folder = process.argv[2] ?? '.'

// The one that the server has on this Node.
const sqlitePackage = Number.parseInt(process.versions.node, 10) < 22 ? 'better-sqlite3' : 'better-sqlite3-13'
const Sqlite = createRequire(import.meta.url)(sqlitePackage) as typeof BetterSqlite3

const fdatasyncAsync = promisify(fdatasync)
const writevAsync = promisify(writev)

/** Memory that was read into and sent. All of one size within a run. */
const spare: Buffer[] = []

let constant = ''
let headers: Record<string, string | number> = {}
setConstant(0)

const answers: Record<
  string,
  (query: URLSearchParams, outgoing: ServerResponse, incoming: IncomingMessage) => void
> = {
  '/constant': (query, outgoing) => {
    setConstant(Number(query.get('bytes')))
    outgoing.writeHead(200, { 'Content-Length': 0 }).end()
  },
  '/stream': (query, outgoing) => {
    outgoing.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': Number(query.get('size')),
    })
    createReadStream(place(query)).pipe(outgoing)
  },
  '/read': (query, outgoing) => {
    const size = Number(query.get('size'))
    const memory = spare.pop() ?? Buffer.allocUnsafeSlow(size)
    const file = openSync(place(query), 'r')
    readSync(file, memory, 0, size, 0)
    closeSync(file)
    outgoing.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': size })
    outgoing.end(memory, () => void spare.push(memory))
  },
  '/save': (query, outgoing, incoming) => {
    const target = place(query)
    incoming.pipe(createWriteStream(`${target}.new`, { flush: true })).on('close', () => {
      rename(`${target}.new`, target, () => outgoing.writeHead(200, { 'Content-Length': 0 }).end())
    })
  },
  '/save-hashed': (query, outgoing, incoming) => {
    const target = place(query)
    void takeIn(`${target}.new`, incoming).then(() => {
      renameSync(`${target}.new`, target)
      outgoing.writeHead(200, { 'Content-Length': 0 }).end()
    })
  },
  '/sqlite': (query, outgoing) => {
    tell(outgoing, transactionsPerSecond(query.get('synchronous') ?? 'FULL', Number(query.get('ms'))))
  },
  '/fsync': (query, outgoing) => tell(outgoing, fsyncsPerSecond(Number(query.get('ms')))),
}

const server = createServer((incoming, outgoing) => {
  if (incoming.url === '/') {
    outgoing.writeHead(200, headers).end(constant)
    return
  }
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://baseline')
  answers[pathname]?.(searchParams, outgoing, incoming)
})
// A connection waits as long as the other side is measured.
server.keepAliveTimeout = 0
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))

function setConstant(bytes: number): void {
  constant = 'x'.repeat(bytes)
  headers = { 'Content-Type': 'application/json', 'Content-Length': bytes }
}

function place(query: URLSearchParams): string {
  return join(folder, query.get('name') ?? '')
}

/** How much of a body is written at once. */
const GATHER_BYTES = 1024 * 1024

async function takeIn(target: string, body: AsyncIterable<Buffer>): Promise<void> {
  const file = openSync(target, 'w')
  const hash = createHash('sha256')
  let parts: Buffer[] = []
  let size = 0
  for await (const part of body) {
    hash.update(part)
    parts.push(part)
    size += part.length
    if (size < GATHER_BYTES) continue
    await writevAsync(file, parts)
    parts = []
    size = 0
  }
  if (size > 0) await writevAsync(file, parts)
  hash.digest()
  await fdatasyncAsync(file)
  closeSync(file)
}

function tell(outgoing: ServerResponse, perSecond: number): void {
  outgoing.writeHead(200, { 'Content-Length': 0, 'X-Per-Second': perSecond }).end()
}

function transactionsPerSecond(synchronous: string, ms: number): number {
  const file = join(folder, 'baseline.sqlite')
  const database = new Sqlite(file)
  database.pragma('journal_mode = WAL')
  database.pragma(`synchronous = ${synchronous}`)
  database.exec('CREATE TABLE IF NOT EXISTS locks (id TEXT PRIMARY KEY, lock TEXT) WITHOUT ROWID')
  const upsert = database.prepare('INSERT OR REPLACE INTO locks VALUES (?, ?)')
  const perSecond = repeat(ms, (count) => upsert.run(`file-${count % 64}`, `lock-${count}`))
  database.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
  return perSecond
}

function fsyncsPerSecond(ms: number): number {
  const place = join(folder, 'baseline.fsync')
  const file = openSync(place, 'w')
  const page = Buffer.alloc(4096, 1)
  const perSecond = repeat(ms, () => {
    writeSync(file, page)
    fsyncSync(file)
  })
  closeSync(file)
  rmSync(place)
  return perSecond
}

function repeat(ms: number, step: (count: number) => void): number {
  const startedAt = performance.now()
  let count = 0
  while (performance.now() - startedAt < ms) step(count++)
  return (count * 1000) / (performance.now() - startedAt)
}
