import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Database } from './database.js'
import { hashFile } from './durable.js'
import type { History } from './history.js'
import type { Instance } from './instance.js'
import type { Items } from './items.js'
import { linkTo } from './placing.js'

/** Names under which another program on this machine, such as a reverse proxy, may read the contents of documents for a while. */
export interface Offload {
  /**
   * A path below `offload/` in the data folder where for the next ten minutes lies exactly the content of this version, and after that nothing;
   * null when it is not the present version, or there is no copy that is proven to be it, as of a file that was never saved through us.
   */
  offer(fileId: string, version: string): Promise<string | null>
  /** Removes the names whose time is over. */
  tidy(): Promise<void>
}

export interface OffloadParts {
  readonly database: Database
  readonly items: Items
  readonly history: History
  readonly instance: Instance
  readonly folder: string
  readonly now: () => number
}

/** Names are made anew for every such stretch of time, and removed when the next one is over. */
const PERIOD_MS = 10 * 60 * 1000

export function createOffload({ database, items, history, instance, folder, now }: OffloadParts): Offload {
  let offers = new Map<string, Promise<string | null>>()
  let period = 0

  const periodNow = () => Math.floor(now() / PERIOD_MS)

  async function offer(fileId: string, version: string, name: string): Promise<string | null> {
    const target = join(folder, name)
    const work = `${target}.${instance.id}`
    mkdirSync(dirname(target), { recursive: true })
    try {
      // In a step of its own, so that nobody is writing over the copy that has just looked whether it has another name.
      const item = await database.write(() => {
        const present = items.find(fileId)
        if (!present || String(present.version) !== version || present.sha256 === null) return null
        return linkTo(history.copyPlace(fileId), work) ? present : null
      })
      // What is hashed is the very file that will be read.
      if (!item || (await hashFile(work)) !== item.sha256) return null
      renameSync(work, target)
      return name
    } finally {
      rmSync(work, { force: true })
    }
  }

  return {
    offer(fileId, version) {
      if (period !== periodNow()) {
        period = periodNow()
        offers = new Map()
      }
      const name = `${period}/${fileId}.${version}`
      let offered = offers.get(name)
      if (!offered) {
        // Whatever prevents it, the content can still be sent by ourselves.
        offered = offer(fileId, version, name).catch(() => null)
        offers.set(name, offered)
      }
      return offered
    },
    async tidy() {
      for (const name of await readdir(folder).catch(() => []))
        if (![periodNow(), periodNow() - 1].includes(Number(name)))
          await rm(join(folder, name), { recursive: true, force: true })
    },
  }
}
