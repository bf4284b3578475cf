import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkLinearizability } from '../support/linearizability.js'
import { type FileAnswer, type FileCall, type FileHistory, lockModel } from '../support/lock-model.js'
import { markedContent, nameOfContent, nameOfSave } from '../support/marked-content.js'
import { isLong } from '../support/proof-size.js'
import {
  type IssuedToken,
  type ServerProcess,
  serverProcess,
  temporaryFolder,
} from '../support/server-process.js'
import { type Answer, NoAnswer, type WopiClient, wopiClient } from '../support/wopi-client.js'

const SERVERS = 3
const FILES = 6
const CLIENTS_PER_FILE = 6
const CALLS_PER_CLIENT = isLong ? 1500 : 120

const lockIds = ['session-A', 'session-B', 'session-C']
const fileNames = Array.from({ length: FILES }, (_, index) => `shared-${index}.bin`)

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let servers: ServerProcess[]
let tokens: IssuedToken[]

beforeAll(async () => {
  folder = await temporaryFolder()
  const documents = join(folder.path, 'documents')
  await mkdir(documents)
  for (const name of fileNames) {
    await writeFile(
      join(documents, name),
      markedContent({ file: name, client: 'start', sequence: 0, size: 500 }),
    )
  }
  servers = await Promise.all(
    Array.from({ length: SERVERS }, (_, index) =>
      serverProcess({
        folder: documents,
        // The model does not know the leniency after an Unlock. One of the servers is two processes by itself.
        args: ['--log-level', 'error', '--save-after-unlock', 'false', '--workers', index === 0 ? '2' : '1'],
      }),
    ),
  )
  // All at once, on a folder that has no index yet.
  await Promise.all(servers.map((server) => server.start()))
  const [first] = servers
  tokens = await Promise.all(fileNames.map((name) => (first as ServerProcess).token(name)))
})

afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()))
  await folder.remove()
})

describe('several servers on one folder', { timeout: isLong ? 600_000 : 120_000 }, () => {
  test('locks, saves and reads happen in one order that all clients agree on', async () => {
    const histories = await Promise.all(tokens.map((token, index) => shareFile(token, index, 'calm')))
    expectLinearizable(histories)
  })

  test('and still do when servers are killed and started again meanwhile', async () => {
    const calm = new AbortController()
    const killing = killInTurn(calm.signal)
    const histories = await Promise.all(tokens.map((token, index) => shareFile(token, index, 'stormy')))
    calm.abort()
    console.log(`concurrency: ${await killing} kills`)
    expectLinearizable(histories)
  })

  test('say nothing secret in their logs', async () => {
    for (const server of servers) expect(await server.secretsInLog()).toEqual([])
  })
})

/** Kills one server after the other, and starts it again, until told to stop; how often. */
async function killInTurn(stop: AbortSignal): Promise<number> {
  let kills = 0
  while (!stop.aborted) {
    const victim = servers[kills++ % SERVERS] as ServerProcess
    await pause(150)
    await victim.kill()
    await victim.start()
  }
  return kills
}

interface SharedFile {
  readonly name: string
  readonly content: string
  readonly version: number
  readonly history: FileHistory
}

/** Lets many clients work on one file through all servers, and writes down what they see. */
async function shareFile(token: IssuedToken, index: number, run: string): Promise<SharedFile> {
  const clients = servers.map((server) => wopiClient(token, { port: server.port }))
  const [any] = clients
  const unlocked = (await (any as WopiClient).getLock()).header('X-WOPI-Lock') ?? ''
  if (unlocked !== '') await (any as WopiClient).unlock(unlocked)
  const start = await (any as WopiClient).getFile()
  const history: FileHistory[number][] = []
  const name = fileNames[index] as string

  async function work(client: string): Promise<void> {
    // What this client last heard of the lock: right often enough for saves to succeed.
    let heard = ''
    // When the content changed, as it last saw it.
    let seen: string | undefined
    for (let sequence = 0; sequence < CALLS_PER_CLIENT; sequence++) {
      const { input, send } = nextCall({ file: name, client: `${run}-${client}`, sequence }, heard, seen)
      const calledAt = performance.now()
      try {
        const output = outputOf(input, await send(pick(clients)))
        history.push({ client, input, calledAt, answer: { output, at: performance.now() } })
        heard = lockHeard(input, output, heard)
        if (output.done && output.modified !== undefined) seen = output.modified
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        if (!error.unheard) history.push({ client, input, calledAt, answer: null })
      }
    }
  }

  await Promise.all(Array.from({ length: CLIENTS_PER_FILE }, (_, number) => work(`client-${number}`)))
  const content = nameOfContent(start.body)
  return { name, content, version: Number(start.header('X-WOPI-ItemVersion')), history }
}

interface NextCall {
  readonly input: FileCall
  send(client: WopiClient): Promise<Answer>
}

function nextCall(
  mark: { file: string; client: string; sequence: number },
  heard: string,
  seen: string | undefined,
): NextCall {
  const any = pick(lockIds)
  const lockId = Math.random() < 0.7 && heard !== '' ? heard : any
  const name = pick([
    'Lock',
    'Lock',
    'Unlock',
    'RefreshLock',
    'UnlockAndRelock',
    'PutFile',
    'PutFile',
    'PutFile',
    'GetLock',
    'GetFile',
    'CheckFileInfo',
  ] as const)
  switch (name) {
    case 'Lock':
      return { input: { name, lockId }, send: (client) => client.lock(lockId) }
    case 'Unlock':
      return { input: { name, lockId }, send: (client) => client.unlock(lockId) }
    case 'RefreshLock':
      return { input: { name, lockId }, send: (client) => client.refreshLock(lockId) }
    case 'UnlockAndRelock':
      return {
        input: { name, oldLockId: lockId, lockId: any },
        send: (client) => client.unlockAndRelock(lockId, any),
      }
    case 'PutFile': {
      const content = markedContent({ ...mark, size: 201 + Math.floor(Math.random() * 3000) })
      const knows = seen !== undefined && Math.random() < 0.4 ? { timestamp: seen } : {}
      return {
        input: { name, lockId, content: nameOfSave(mark), ...knows },
        send: (client) => client.putFile(content, lockId, { 'X-COOL-WOPI-Timestamp': knows.timestamp ?? '' }),
      }
    }
    case 'GetLock':
      return { input: { name }, send: (client) => client.getLock() }
    case 'GetFile':
      return { input: { name }, send: (client) => client.getFile() }
    case 'CheckFileInfo':
      return { input: { name }, send: (client) => client.checkFileInfo() }
  }
}

function outputOf(input: FileCall, answer: Answer): FileAnswer {
  const lockId = answer.header('X-WOPI-Lock')
  if (answer.status === 409 && lockId !== undefined) {
    const outdated = answer.body.length > 0 && answer.json().COOLStatusCode === 1010
    return { done: false, lockId, ...(outdated ? { outdated } : {}) }
  }
  if (answer.status !== 200) {
    throw new Error(
      `${input.name} was answered ${answer.status}: ${answer.body}; ${answer.header('X-WOPI-ServerError')}`,
    )
  }
  if (input.name === 'GetLock') return { done: true, lockId: lockId ?? 'no header' }
  if (input.name === 'CheckFileInfo') {
    const { Version, LastModifiedTime } = answer.json()
    return { done: true, version: Number(Version), modified: String(LastModifiedTime) }
  }
  const version = Number(answer.header('X-WOPI-ItemVersion'))
  if (input.name === 'PutFile')
    return { done: true, version, modified: String(answer.json().LastModifiedTime) }
  if (input.name !== 'GetFile') return { done: true, version }
  return { done: true, version, content: nameOfContent(answer.body) }
}

/** The lock as a client believes it to be after an answer. */
function lockHeard(input: FileCall, output: FileAnswer, before: string): string {
  if (!output.done) return output.lockId
  if (input.name === 'Unlock') return ''
  if (input.name === 'GetLock') return output.lockId ?? ''
  return 'lockId' in input ? input.lockId : before
}

function expectLinearizable(files: readonly SharedFile[]): void {
  const calls = files.flatMap(({ history }) => history)
  const saved = calls.filter(({ input, answer }) => input.name === 'PutFile' && answer?.output.done)
  const unanswered = calls.filter(({ answer }) => !answer)
  console.log(
    `concurrency: ${calls.length} calls to ${files.length} files by ${CLIENTS_PER_FILE} clients each over ${SERVERS} servers, ` +
      `${saved.length} saves acknowledged, ${unanswered.length} calls without an answer`,
  )
  for (const { name, content, version, history } of files) {
    const verdict = checkLinearizability(lockModel(content, version), history)
    if (!verdict.linearizable) {
      const told = (list: FileHistory) => list.map((call) => JSON.stringify(call)).join('\n  ')
      expect.fail(
        `${name} (at first version ${version}): nothing explains one of\n  ${told(verdict.unexplained)}\nafter\n  ${told(verdict.longest.slice(-10))}`,
      )
    }
  }
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)] as T
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
