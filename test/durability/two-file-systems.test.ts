import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FaultPoint } from '../../src/drivers/folder/faults.js'
import { type KilledLibrary, killedLibrary } from '../support/killed-library.js'
import { usualDeeds } from '../support/killed-session.js'
import { type MountedDisk, mountDisk } from '../support/mounted-disk.js'
import { isLong } from '../support/proof-size.js'
import { temporaryFolder } from '../support/server-process.js'

const notMounted = 'this user may not mount, so there is no second file system'

const KILLS = isLong ? 100 : 6

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let disk: MountedDisk | null
let library: KilledLibrary | null = null

beforeAll(async () => {
  folder = await temporaryFolder()
  disk = await mountDisk(join(folder.path, 'disk'), 256)
  if (!disk) return
  library = await killedLibrary(join(disk.path, 'documents'), {
    sessions: 3,
    data: join(folder.path, 'data'),
  })
})

afterAll(async () => {
  await library?.server.kill()
  disk?.remove()
  await folder.remove()
})

describe('documents on one file system, the data folder on another', () => {
  const points: readonly FaultPoint[] = [
    'save:kept',
    'save:switched',
    'save:recorded',
    'create:named',
    'rescue:moved',
    'move:moved',
    'index:before-commit',
  ]

  test.for(points)('a kill at %s loses nothing', { timeout: 60_000 }, async (point, context) => {
    if (!library) return context.skip(notMounted)
    const deeds = [...usualDeeds, 'save as', 'save as', 'rename', 'rename', 'save with a wrong lock'] as const
    await library.live({ fault: `kill@${point}`, deeds })
    expect(await library.check()).toEqual([])
  })

  test('kills at random moments lose nothing', { timeout: KILLS * 20_000 }, async (context) => {
    if (!library) return context.skip(notMounted)
    for (let kill = 1; kill <= KILLS; kill++) {
      await library.live({})
      expect(await library.check({ thoroughly: kill === KILLS })).toEqual([])
    }
    const { kills, acknowledged } = library.toll
    console.log(`two file systems: ${kills} kills, ${acknowledged} saves acknowledged, 0 lost`)
  })
})
