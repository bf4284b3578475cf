import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Headers, MINUTE, memoryHost } from '../../../test/memory-host.js'

/** One thing that happens to a file: a request with its lock headers (undefined = not sent), or time. */
type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'lock' | 'refresh' | 'unlock' | 'rename'; readonly lock: string | undefined }
  | { readonly kind: 'relock'; readonly lock: string | undefined; readonly oldLock: string }
  | { readonly kind: 'get' | 'delete' }
  | { readonly kind: 'put'; readonly lock: string | undefined; readonly body: string }

/** The protocol's table of states, as short as it can be written: what there is, and what each step answers. */
interface Model {
  lock: { id: string; ends: number } | null
  content: string | null
  saves: number
}

type Expected = readonly [status: number, lock?: string]

function answer(model: Model, step: Exclude<Step, { kind: 'wait' }>, now: number): Expected {
  if (model.content === null) return [404]
  if (model.lock && model.lock.ends <= now) model.lock = null
  const current = model.lock?.id ?? ''
  const ends = now + 30 * MINUTE
  switch (step.kind) {
    case 'get':
      return [200, current]
    case 'delete':
      if (model.lock) return [409, current]
      model.content = null
      return [200]
    case 'rename':
      return model.lock && step.lock !== current ? [409, current] : [200]
    case 'put':
      if (model.lock ? step.lock !== current : model.content !== '') return [409, current]
      model.content = step.body
      model.saves++
      return [200]
    default:
      if (!step.lock) return [400]
  }
  const asked = step.lock
  switch (step.kind) {
    case 'lock':
      if (model.lock && asked !== current) return [409, current]
      model.lock = { id: asked, ends }
      return [200]
    case 'refresh':
      if (!model.lock || asked !== current) return [409, current]
      model.lock = { id: asked, ends }
      return [200]
    case 'relock':
      if (!model.lock || step.oldLock !== current) return [409, current]
      model.lock = { id: asked, ends }
      return [200]
    case 'unlock':
      if (!model.lock || asked !== current) return [409, current]
      model.lock = null
      return [200]
  }
}

const overrideOf = {
  lock: 'LOCK',
  relock: 'LOCK',
  refresh: 'REFRESH_LOCK',
  unlock: 'UNLOCK',
  get: 'GET_LOCK',
  put: 'PUT',
  rename: 'RENAME_FILE',
  delete: 'DELETE',
} as const

function headersOf(step: Exclude<Step, { kind: 'wait' }>): Headers {
  return {
    ...('lock' in step && step.lock !== undefined ? { 'X-WOPI-Lock': step.lock } : {}),
    ...('oldLock' in step ? { 'X-WOPI-OldLock': step.oldLock } : {}),
    ...(step.kind === 'rename' ? { 'X-WOPI-RequestedName': 'renamed' } : {}),
  }
}

const lock = fc.constantFrom('A', 'B', 'a', '', undefined)

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('lock' as const), lock }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('relock' as const),
        lock,
        oldLock: fc.constantFrom('A', 'B', ''),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom('refresh' as const, 'unlock' as const), lock }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('put' as const),
        lock,
        body: fc.constantFrom('', 'x', 'work'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('get' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), lock }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('wait' as const),
        ms: fc.integer({ min: 0, max: 31 * MINUTE }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constant(30 * MINUTE) }) },
  ),
  { maxLength: 40 },
)

it('every sequence of requests is answered as the table of lock states says', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom('', 'content'), fc.boolean(), async (all, content, deletes) => {
      const host = memoryHost()
      host.files.put('doc', 'report.docx', content)
      const model: Model = { lock: null, content, saves: 0 }
      const versions = new Set([await host.version()])
      for (const step of deletes ? [...all, { kind: 'delete' } as const, ...all] : all) {
        if (step.kind === 'wait') {
          host.clock.now += step.ms
          continue
        }
        const [status, lockHeader] = answer(model, step, host.clock.now)
        const body = step.kind === 'put' ? { body: step.body } : {}
        const got = await host.post(overrideOf[step.kind], headersOf(step), body)
        expect([got.status, got.header('X-WOPI-Lock')], JSON.stringify(step)).toEqual([status, lockHeader])
        expect(await host.lockId()).toBe(
          model.lock && model.lock.ends > host.clock.now ? model.lock.id : null,
        )
        if (model.content === null) continue
        expect(host.text()).toBe(model.content)
        versions.add(await host.version())
        expect(versions.size, 'every save is a version, and nothing else is').toBe(model.saves + 1)
      }
    }),
    { numRuns: 200 },
  )
})
