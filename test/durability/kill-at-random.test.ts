import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KilledLibrary, killedLibrary } from '../support/killed-library.js'
import { isLong } from '../support/proof-size.js'
import { temporaryFolder } from '../support/server-process.js'

const KILLS = isLong ? 1000 : 100
const SESSIONS = isLong ? 12 : 6

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let library: KilledLibrary

beforeAll(async () => {
  folder = await temporaryFolder()
  library = await killedLibrary(join(folder.path, 'documents'), { sessions: SESSIONS })
})

afterAll(async () => {
  await library.server.kill()
  await folder.remove()
})

test(`${KILLS} kills at random moments lose no save that was acknowledged`, {
  timeout: KILLS * 10_000,
}, async () => {
  const lost: string[] = []
  for (let kill = 1; kill <= KILLS && lost.length === 0; kill++) {
    await library.live({})
    lost.push(
      ...(await library.check({ thoroughly: kill === KILLS })).map(
        (problem) => `after kill ${kill}: ${problem}`,
      ),
    )
  }
  const { kills, acknowledged, refused, committed, rescued, gone } = library.toll
  console.log(
    `kill -9 at random moments: ${kills} kills, ${acknowledged} saves acknowledged, ${lost.length} lost; ${refused} refused saves rescued; ` +
      `of the saves without an answer ${committed} were committed, ${rescued} rescued, ${gone} had not arrived`,
  )
  expect(lost).toEqual([])
  expect(acknowledged).toBeGreaterThan(kills)
  expect(await library.server.secretsInLog()).toEqual([])
})
