import { mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Request } from './connection.js'
import { contentsOf } from './content.js'
import { type Documents, type Files, makeLibrary } from './library.js'
import { type Clients, openClients, type Pace, type Side } from './measure.js'
import { type Circumstances, type ServerProcess, startWopikit } from './processes.js'
import { ask, head } from './wopi.js'

/** What the scenarios work with. */
export interface Bench {
  readonly pace: Pace
  /** Whether everything is to be smaller and shorter. */
  readonly quick: boolean
  readonly circumstances: Circumstances
  /** Runs `wopikit serve` over a new library, which is removed afterwards. */
  withWopikit<Group extends string, T>(
    groups: Readonly<Record<Group, Files>>,
    settings: Settings,
    use: (running: Running<Group>) => Promise<T>,
  ): Promise<T>
  readonly baselines: Baselines
}

export type Settings = Readonly<Record<string, string>>

/** A server over a library made for it. */
export interface Running<Group extends string = string> {
  readonly server: ServerProcess
  readonly folder: string
  readonly documents: Readonly<Record<Group, Documents>>
  clients(count: number): Promise<Clients>
}

type Baseline = Side & { readonly title: string; close(): void }

/** The bare things that figures are compared with. */
export interface Baselines {
  /** Bare `node:http` that answers a constant of so many bytes. */
  constant(clients: number, bytes: number): Promise<Baseline>
  /** Bare `node:http` that streams a file of this content through `createReadStream`. */
  stream(clients: number, content: Buffer): Promise<Baseline>
  /** Bare `node:http` that pipes a body into a new file, flushes it, and renames it into place. Each client has a file of its own. */
  save(clients: number, bytes: number): Promise<Baseline>
  /** The same content by one open and one read. */
  read(clients: number, content: Buffer): Promise<Baseline>
  /** As `save`, hashed on the way and written in large pieces: the least that a host can do that promises both. */
  saveHashed(clients: number, bytes: number): Promise<Baseline>
  /** Seven constants and one `saveHashed`, counted together. */
  sessions(clients: number, bytes: number): Promise<Baseline>
  /** Transactions of one row, one after the other, in SQLite. */
  transactions(synchronous: 'FULL' | 'NORMAL'): Promise<Baseline>
  /** Appends of 4 KiB, each flushed alone. */
  fsyncs(): Promise<Baseline>
}

/** What it is to let every client send one request after the other, each to be answered 200. */
export function asking(clients: Clients, next: (client: number) => Request): Side['run'] {
  return (ms) => clients.repeat(ms, (connection, client) => ask(connection, next(client)))
}

/** @param folder an empty folder on the disk that is to be measured. */
export function createBench(
  folder: string,
  circumstances: Circumstances,
  baseline: ServerProcess,
  pace: Pace,
  quick: boolean,
): Bench {
  let libraries = 0
  return {
    pace,
    quick,
    circumstances,
    baselines: baselinesOf(baseline, join(folder, 'baseline')),
    async withWopikit(groups, settings, use) {
      const place = join(folder, `library-${++libraries}`)
      mkdirSync(place)
      const documents = await makeLibrary(place, groups)
      const server = await startWopikit(place, circumstances, settings)
      const opened: Clients[] = []
      try {
        return await use({
          server,
          folder: place,
          documents,
          async clients(count) {
            const clients = await openClients(server.port, count)
            opened.push(clients)
            return clients
          },
        })
      } finally {
        for (const clients of opened) clients.close()
        await server.stop()
        emptyLargeFiles(place)
      }
    },
  }
}

/**
 * Makes room for what comes next. The files themselves stay until the end of the run: some file systems look at every file that was removed in the
 * last minutes before they make a new one, which would fall on whatever is measured then.
 */
function emptyLargeFiles(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const place = join(entry.parentPath, entry.name)
    if (entry.isFile() && statSync(place).size >= 500_000) truncateSync(place)
  }
}

const constant: Request = { name: 'bare constant', head: head('GET', '/') }

function baselinesOf(server: ServerProcess, folder: string): Baselines {
  return {
    async constant(count, bytes) {
      const clients = await openClients(server.port, count)
      await setConstant(bytes)
      return { title: 'bare constant', server, run: asking(clients, () => constant), close: clients.close }
    },
    stream: (count, content) => getting('bare createReadStream', '/stream', count, content),
    read: (count, content) => getting('bare open + one read', '/read', count, content),
    save: (count, bytes) => saving('bare write + fsync + rename', '/save', count, bytes),
    saveHashed: (count, bytes) => saving('bare write + hash + fsync + rename', '/save-hashed', count, bytes),
    async sessions(count, bytes) {
      const clients = await openClients(server.port, count)
      await setConstant(0)
      const nextSave = saves('/save-hashed', count, bytes)
      return {
        title: 'bare sessions',
        server,
        run: (ms) =>
          clients.repeat(ms, async (connection, client) => {
            for (let asked = 0; asked < 7; asked++) await ask(connection, constant)
            await ask(connection, nextSave(client))
          }),
        close: clients.close,
      }
    },
    transactions: (synchronous) =>
      counted(`SQLite, single transactions, ${synchronous}`, `/sqlite?synchronous=${synchronous}`),
    fsyncs: () => counted('single fsyncs', '/fsync?'),
  }

  async function getting(title: string, path: string, count: number, content: Buffer): Promise<Baseline> {
    const clients = await openClients(server.port, count)
    writeFileSync(join(folder, 'file'), content)
    const request = {
      name: title,
      head: head('GET', `${path}?name=file&size=${content.length}`),
      expected: [content],
    }
    return { title, server, run: asking(clients, () => request), close: clients.close }
  }

  async function saving(title: string, path: string, count: number, bytes: number): Promise<Baseline> {
    const clients = await openClients(server.port, count)
    return { title, server, run: asking(clients, saves(path, count, bytes)), close: clients.close }
  }

  /** Requests that save, each client into a file of its own. */
  function saves(path: string, count: number, bytes: number): (client: number) => Request {
    const nextContent = contentsOf(bytes)
    const heads = Array.from({ length: count }, (_, client) =>
      head('POST', `${path}?name=saved-${client}`, { 'Content-Length': bytes }),
    )
    return (client) => ({
      name: 'bare save',
      head: heads[client] ?? Buffer.of(),
      body: nextContent(),
    })
  }

  /** A baseline that the server runs by itself and counts. */
  async function counted(title: string, path: string): Promise<Baseline> {
    const clients = await openClients(server.port, 1)
    return {
      title,
      server,
      async run(ms) {
        let perSecond = 0
        await clients.repeat(0, async (connection) => {
          const answer = await ask(connection, { name: title, head: head('GET', `${path}&ms=${ms}`) })
          perSecond = Number(answer.header('X-Per-Second'))
        })
        return perSecond
      },
      close: clients.close,
    }
  }

  async function setConstant(bytes: number): Promise<void> {
    const clients = await openClients(server.port, 1)
    const path = `/constant?bytes=${bytes}`
    const request = { name: path, head: head('POST', path, { 'Content-Length': 0 }) }
    await asking(clients, () => request)(0)
    clients.close()
  }
}
