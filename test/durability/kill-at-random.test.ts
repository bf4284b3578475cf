import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KilledLibrary, killedLibrary, tollOf } from '../support/killed-library.js'
import { isLong } from '../support/proof-size.js'
import { temporaryFolder } from '../support/server-process.js'

const KILLS = isLong ? 1000 : 200
/** So many servers are killed side by side, each with a library of its own. */
const LIBRARIES = 2
const SESSIONS = isLong ? 10 : 4

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let libraries: KilledLibrary[]

beforeAll(async () => {
  folder = await temporaryFolder()
  libraries = await Promise.all(
    Array.from({ length: LIBRARIES }, (_, index) =>
      killedLibrary(join(folder.path, `documents-${index}`), { sessions: SESSIONS }),
    ),
  )
})

afterAll(async () => {
  await Promise.all(libraries.map(({ server }) => server.kill()))
  await folder.remove()
})

/** Kills one server so often, or until something is lost; what that is. */
async function killAgainAndAgain(library: KilledLibrary, kills: number): Promise<string[]> {
  for (let kill = 1; kill <= kills; kill++) {
    await library.live({})
    const lost = await library.check({ thoroughly: kill === kills })
    if (lost.length > 0) return lost.map((problem) => `after kill ${kill}: ${problem}`)
  }
  return []
}

test(`${KILLS} kills at random moments lose no save that was acknowledged`, {
  timeout: KILLS * 10_000,
}, async () => {
  const each = Math.ceil(KILLS / LIBRARIES)
  const wrong = (await Promise.all(libraries.map((library) => killAgainAndAgain(library, each)))).flat()
  console.log(`kill -9 at random moments: ${tollOf(libraries)}`)
  expect(wrong).toEqual([])
  for (const { server } of libraries) expect(await server.secretsInLog()).toEqual([])
})
