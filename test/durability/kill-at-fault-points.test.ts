import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FaultPoint, faultPoints } from '../../src/drivers/folder/faults.js'
import { type KilledLibrary, killedLibrary } from '../support/killed-library.js'
import { type Deed, usualDeeds } from '../support/killed-session.js'
import { isLong } from '../support/proof-size.js'
import { temporaryFolder } from '../support/server-process.js'

const TIMES_EACH = isLong ? 20 : 3

/** Points that are passed by other programs' changes only; they are struck in a test of their own. */
const ofOtherPrograms: readonly FaultPoint[] = ['outside:kept']

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let library: KilledLibrary
const struck = new Map<FaultPoint, number>()

beforeAll(async () => {
  folder = await temporaryFolder()
  library = await killedLibrary(join(folder.path, 'documents'), { sessions: 5 })
})

afterAll(async () => {
  const { kills, acknowledged, refused, committed, rescued, gone } = library.toll
  const times = [...struck].map(([point, count]) => `${point} ${count}`).join(', ')
  console.log(
    `kill -9 at fault points: ${kills} kills (${times}), ${acknowledged} saves acknowledged; ${refused} refused saves rescued; ` +
      `of the saves without an answer ${committed} were committed, ${rescued} rescued, ${gone} had not arrived`,
  )
  await library.server.kill()
  await folder.remove()
})

const points = faultPoints.filter((point) => !ofOtherPrograms.includes(point))

test.each(points)('a kill at %s loses nothing', { timeout: TIMES_EACH * 30_000 }, async (point) => {
  for (let time = 0; time < TIMES_EACH; time++) {
    // Now at the first passage, now among others that are under way.
    const fault = `kill@${point}#${1 + Math.floor(Math.random() * 4)}`
    if (await library.live({ fault, deeds: deedsAt(point) })) struck.set(point, (struck.get(point) ?? 0) + 1)
    expect(await library.check()).toEqual([])
  }
  expect(struck.get(point)).toBe(TIMES_EACH)
})

test('kills while a restart repairs what a kill has left lose nothing either', {
  timeout: 300_000,
}, async () => {
  for (const left of [
    'stage:recorded',
    'save:switched',
    'save:recorded',
    'create:named',
    'move:moved',
  ] as const) {
    for (let time = 0; time < (isLong ? 5 : 1); time++) {
      await library.live({ fault: `kill@${left}`, deeds: deedsAt(left) })
      const faults = ['kill@index:before-commit', 'kill@index:after-commit', 'kill@index:before-commit#2']
      expect(await library.check({ faults })).toEqual([])
    }
  }
})

test('and after all of them the library is whole, byte for byte', { timeout: 120_000 }, async () => {
  await library.live({})
  expect(await library.check({ thoroughly: true })).toEqual([])
  expect(await library.server.secretsInLog()).toEqual([])
})

/** More of what passes a point, so that it is not waited for. */
function deedsAt(point: FaultPoint): readonly Deed[] {
  const [stage] = point.split(':')
  const more: Readonly<Record<string, Deed>> = {
    create: 'save as',
    rescue: 'save with a wrong lock',
    move: 'rename',
  }
  const deed = more[stage ?? '']
  return deed ? [...usualDeeds, ...Array.from({ length: 12 }, () => deed)] : usualDeeds
}
