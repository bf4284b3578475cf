import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFolderLibrary } from '../../src/drivers/folder/index.js'
import { checkFile, type Fates } from './killed-file.js'
import { type Deed, runSession, type SessionFile, usualDeeds } from './killed-session.js'
import { stagedFiles } from './library-traces.js'
import { markedContent } from './marked-content.js'
import { type ServerProcess, serverProcess } from './server-process.js'
import { wopiClient } from './wopi-client.js'

const FILES_PER_SESSION = 3

/** So much is done at most in a life that ends at a random moment. */
const MOST_DEEDS = 60

/** How long a server with a fault may live before it is killed from outside. */
const PATIENCE_MS = 4_000

/** What came of all lives of a server. */
export interface Toll extends Fates {
  kills: number
  acknowledged: number
  refused: number
}

/** The figures of several libraries, in words. */
export function tollOf(libraries: readonly KilledLibrary[]): string {
  const sum = (count: (toll: Toll) => number) => libraries.reduce((total, { toll }) => total + count(toll), 0)
  return (
    `${sum((toll) => toll.kills)} kills, ${sum((toll) => toll.acknowledged)} saves acknowledged, ${sum((toll) => toll.lost)} lost; ` +
    `${sum((toll) => toll.refused)} refused saves rescued; of the saves without an answer ${sum((toll) => toll.committed)} ` +
    `were committed, ${sum((toll) => toll.rescued)} rescued, ${sum((toll) => toll.gone)} had not arrived`
  )
}

/** A life of the server between a start and its end. */
export interface Life {
  /** Where it is to die by itself; absent = at a random moment, from outside. */
  readonly fault?: string
  readonly deeds?: readonly Deed[]
}

export interface CheckOptions {
  /** Whether every content in the history is read, too. */
  readonly thoroughly?: boolean
  /** Where it is to die first while it repairs what the life before has left. */
  readonly faults?: readonly string[]
}

/** A library whose server is killed again and again while several sessions work on its files. */
export interface KilledLibrary {
  readonly server: ServerProcess
  readonly toll: Toll
  /** Lets the server live and die once. True when it died by its fault. */
  live(life: Life): Promise<boolean>
  /** Starts it again, and compares everything with what was answered. @returns what should not be. */
  check(options?: CheckOptions): Promise<string[]>
}

export async function killedLibrary(
  folder: string,
  options: { readonly sessions: number; readonly data?: string },
): Promise<KilledLibrary> {
  await mkdir(folder, { recursive: true })
  const names = Array.from(
    { length: options.sessions * FILES_PER_SESSION },
    (_, index) => `file-${index}.bin`,
  )
  for (const name of names) await writeFile(join(folder, name), 'not served yet')
  const data = options.data === undefined ? {} : { data: options.data }
  const server = await serverProcess({ folder, ...data, args: ['--log-level', 'warn'] })
  await server.start()
  const files: SessionFile[] = []
  for (let made = 0; made < names.length; made += FILES_PER_SESSION)
    files.push(
      ...(await Promise.all(
        names.slice(made, made + FILES_PER_SESSION).map((name) => newFile(server, name)),
      )),
    )
  const toll: Toll = { kills: 0, acknowledged: 0, refused: 0, lost: 0, committed: 0, rescued: 0, gone: 0 }
  let lives = 0

  return {
    server,
    toll,

    async live({ fault, deeds = usualDeeds }) {
      lives++
      if (fault !== undefined || !server.running) {
        await server.kill()
        // The fault may already strike while the server repairs what the life before has left.
        if (!(await startedWith(server, fault))) {
          toll.kills++
          return true
        }
      }
      const enough = afterSome(1 + Math.floor(Math.random() * MOST_DEEDS))
      const sessions = Promise.allSettled(
        Array.from({ length: options.sessions }, (_, index) => {
          const own = files.slice(index * FILES_PER_SESSION, (index + 1) * FILES_PER_SESSION)
          return runSession(`session-${index}-${lives}`, own, deeds, enough.count)
        }),
      )
      let struck = false
      if (fault !== undefined) struck = await endedWithin(server, PATIENCE_MS)
      else await Promise.race([enough.reached, sessions]).then(() => sleep(Math.random() * 20))
      await server.kill()
      for (const session of await sessions) if (session.status === 'rejected') throw session.reason
      toll.kills++
      return struck
    },

    async check({ thoroughly = false, faults = [] } = {}) {
      for (const fault of faults) {
        if (await startedWith(server, fault)) await server.kill()
        toll.kills++
      }
      await server.start()
      const library = await openFolderLibrary({ folder, data: server.data })
      try {
        const wrong: string[] = []
        if (library.repaired.completed + library.repaired.rescued > 0)
          wrong.push(`the server left something to repair: ${JSON.stringify(library.repaired)}`)
        for (const file of files) {
          toll.acknowledged += file.acknowledged.length + file.copies.length
          toll.refused += file.refused.length
          wrong.push(...(await checkFile(file, folder, library, toll)))
        }
        const report = await library.verify({ content: thoroughly })
        for (const { place, message } of [...report.problems, ...report.notes])
          wrong.push(`verify: ${place}: ${message}`)
        for (const place of await stagedFiles(
          join(server.data, 'staging'),
          join(folder, '.wopikit', 'staging'),
        ))
          wrong.push(`left in staging: ${place}`)
        return wrong
      } finally {
        library.close()
      }
    },
  }
}

/** A promise that is kept at the so manieth count. */
function afterSome(most: number): { readonly reached: Promise<void>; count(): void } {
  let resolve = () => {}
  let counted = 0
  const reached = new Promise<void>((keep) => {
    resolve = keep
  })
  return { reached, count: () => ++counted === most && resolve() }
}

async function newFile(server: ServerProcess, name: string): Promise<SessionFile> {
  const token = await server.token(name)
  const client = wopiClient(token)
  const mark = { file: token.fileId, client: 'start', sequence: 0, size: 501 }
  await client.lock('start')
  const answer = await client.putFile(markedContent(mark), 'start')
  await client.unlock('start')
  return {
    client,
    fileId: token.fileId,
    names: [name],
    locks: [''],
    saved: {
      content: { name: 'start/0', sha256: '' },
      version: Number(answer.header('X-WOPI-ItemVersion')),
    },
    acknowledged: [],
    refused: [],
    unanswered: [],
    copies: [],
    unansweredCopies: [],
    sequence: 1,
  }
}

/** Whether the server got so far as to answer. */
async function startedWith(server: ServerProcess, fault: string | undefined): Promise<boolean> {
  try {
    await server.start(fault)
    return true
  } catch (error) {
    if (fault !== undefined && !server.running) return false
    throw error
  }
}

async function endedWithin(server: ServerProcess, ms: number): Promise<boolean> {
  const late = new AbortController()
  const ended = await Promise.race([
    server.ended().then(() => true),
    sleep(ms, false, { signal: late.signal }).catch(() => false),
  ])
  late.abort()
  return ended
}
