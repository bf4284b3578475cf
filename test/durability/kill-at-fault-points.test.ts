import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FaultPoint, faultPoints } from '../../src/drivers/folder/faults.js'
import { type KilledLibrary, killedLibrary, tollOf } from '../support/killed-library.js'
import { type Deed, usualDeeds } from '../support/killed-session.js'
import { isLong } from '../support/proof-size.js'
import { temporaryFolder } from '../support/server-process.js'

const TIMES_EACH = isLong ? 20 : 3

/** Points that are passed by other programs' changes only; they are struck in a test of their own. */
const ofOtherPrograms: readonly FaultPoint[] = ['outside:kept']

/** The point that only large saves pass, and few are. */
const ofLargeSaves: FaultPoint = 'save:unprotected'

/** So many servers are killed side by side, each with a library of its own. */
const LIBRARIES = 2

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let libraries: KilledLibrary[]
const idle: KilledLibrary[] = []
const waiting: ((library: KilledLibrary) => void)[] = []
const struck = new Map<FaultPoint, number>()

beforeAll(async () => {
  folder = await temporaryFolder()
  libraries = await Promise.all(
    Array.from({ length: LIBRARIES }, (_, index) =>
      killedLibrary(join(folder.path, `documents-${index}`), { sessions: 3 }),
    ),
  )
  idle.push(...libraries)
})

afterAll(async () => {
  await Promise.all(libraries.map(({ server }) => server.kill()))
  await folder.remove()
})

/** Lends out a library that nobody else uses at the time. */
async function withLibrary(use: (library: KilledLibrary) => Promise<void>): Promise<void> {
  const library = idle.pop() ?? (await new Promise<KilledLibrary>((resolve) => waiting.push(resolve)))
  try {
    await use(library)
  } finally {
    const next = waiting.shift()
    if (next) next(library)
    else idle.push(library)
  }
}

const points = faultPoints.filter((point) => !ofOtherPrograms.includes(point))
const timeout = points.length * TIMES_EACH * 30_000

describe.concurrent('a kill', () => {
  test.each(points)('at %s loses nothing', { timeout }, (point) =>
    withLibrary(async (library) => {
      for (let time = 0; time < TIMES_EACH; time++) {
        // Now at the first passage, now among others that are under way.
        const passages = point === ofLargeSaves ? 1 : 4
        const fault = `kill@${point}#${1 + Math.floor(Math.random() * passages)}`
        if (await library.live({ fault, deeds: deedsAt(point) }))
          struck.set(point, (struck.get(point) ?? 0) + 1)
        expect(await library.check()).toEqual([])
      }
      expect(struck.get(point)).toBe(TIMES_EACH)
    }),
  )

  const unfinished = [
    'stage:recorded',
    'save:switched',
    'save:recorded',
    'create:named',
    'move:moved',
  ] as const
  test.each(unfinished)(
    'while a restart repairs what one at %s has left loses nothing',
    { timeout },
    (point) =>
      withLibrary(async (library) => {
        for (let time = 0; time < (isLong ? 5 : 1); time++) {
          await library.live({ fault: `kill@${point}`, deeds: deedsAt(point) })
          const faults = ['kill@index:before-commit', 'kill@index:after-commit', 'kill@index:before-commit#2']
          expect(await library.check({ faults })).toEqual([])
        }
      }),
  )
})

test('and after all of them every byte is as it should be', { timeout: 120_000 }, async () => {
  for (const library of libraries) {
    await library.live({})
    expect(await library.check({ thoroughly: true })).toEqual([])
    expect(await library.server.secretsInLog()).toEqual([])
  }
  const times = [...struck].map(([point, count]) => `${point} ${count}`).join(', ')
  console.log(`kill -9 at fault points: ${tollOf(libraries)}\n  struck at ${times}`)
})

/** More of what passes a point, so that it is not waited for. */
function deedsAt(point: FaultPoint): readonly Deed[] {
  const [stage] = point.split(':')
  const more: Readonly<Record<string, Deed>> = {
    create: 'save as',
    rescue: 'save with a wrong lock',
    move: 'rename',
    [ofLargeSaves]: 'save',
  }
  const deed = more[point] ?? more[stage ?? '']
  return deed ? [...usualDeeds, ...Array.from({ length: 12 }, () => deed)] : usualDeeds
}
