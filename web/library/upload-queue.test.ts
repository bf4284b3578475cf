import { describe, expect, test, vi } from 'vitest'
import {
  createUploadQueue,
  isRunning,
  overallProgress,
  type Taken,
  type Transport,
  type Upload,
  type UploadFailure,
} from './upload-queue.js'

const line: UploadFailure = { kind: 'line', message: 'broken' }

/** A server in memory, whose line breaks when told to. */
function server(options: { breakAfter?: number[]; names?: string[]; refuse?: string } = {}) {
  const stored = new Map<string, number>()
  const begun = new Map<string, { name: string; size: number; offset: number }>()
  const names = new Set(options.names)
  const breaks = [...(options.breakAfter ?? [])]
  const sentPieces: [number, number][] = []
  let lastId = 0
  const finish = (name: string, size: number, taken: Taken) => {
    if (options.refuse) throw { kind: 'refused', message: options.refuse } satisfies UploadFailure
    if (names.has(name) && taken === 'refuse')
      throw { kind: 'taken', message: 'taken' } satisfies UploadFailure
    stored.set(names.has(name) && taken === 'rename' ? `${name} (2)` : name, size)
  }
  const transport: Transport = {
    async whole({ name }, content, taken, progress) {
      progress(content.size)
      finish(name, content.size, taken)
    },
    async begin({ name }, size) {
      lastId += 1
      begun.set(String(lastId), { name, size, offset: 0 })
      return { uploadId: String(lastId), offset: 0 }
    },
    async offset(uploadId) {
      return begun.get(uploadId)?.offset ?? 0
    },
    async piece(uploadId, offset, content, taken, progress) {
      const upload = begun.get(uploadId)
      if (!upload || upload.offset !== offset) throw { kind: 'refused', message: 'wrong offset' }
      const limit = breaks[0]
      if (limit !== undefined) {
        breaks.shift()
        // Some of it arrived before the line broke.
        upload.offset += Math.min(limit, content.size)
        throw line
      }
      sentPieces.push([offset, content.size])
      progress(content.size)
      upload.offset += content.size
      if (upload.offset === upload.size) finish(upload.name, upload.size, taken)
      return upload.offset
    },
    abandon(uploadId) {
      begun.delete(uploadId)
    },
  }
  return { transport, stored, begun, sentPieces }
}

function start(given: ReturnType<typeof server>, more: { maxFileSize?: number } = {}) {
  let uploads: readonly Upload[] = []
  const queue = createUploadQueue({
    transport: given.transport,
    onChange(changed) {
      uploads = changed
    },
    untilRetry: async () => {},
    maxFileSize: more.maxFileSize ?? 1e9,
    tooLarge: 'too large',
    pieceSize: 10,
  })
  const now = () => uploads
  const done = () => vi.waitFor(() => expect(uploads.some(isRunning)).toBe(false))
  return { queue, done, now }
}

const file = (name: string, size: number) => ({
  target: { folderId: 'root', name, path: '' },
  content: new Blob([new Uint8Array(size)]),
})
const states = (uploads: readonly Upload[]) => uploads.map(({ state }) => state)

describe('uploads', () => {
  test('a small file goes at once, a large one in pieces', async () => {
    const given = server()
    const { queue, done, now } = start(given)
    queue.add([file('small', 4), file('large', 25)])
    await done()
    expect(states(now())).toEqual(['done', 'done'])
    queue.clear()
    expect(now()).toEqual([])
    expect(given.stored).toEqual(
      new Map([
        ['small', 4],
        ['large', 25],
      ]),
    )
    expect(given.sentPieces).toEqual([
      [0, 10],
      [10, 10],
      [20, 5],
    ])
  })

  test('after a broken line it goes on from what the server has', async () => {
    const given = server({ breakAfter: [7, 3] })
    const { queue, done } = start(given)
    queue.add([file('large', 25)])
    await done()
    expect(given.stored.get('large')).toBe(25)
    expect(given.sentPieces[0]).toEqual([10, 10])
  })

  test('a taken name waits for the person, and their answer can hold for all', async () => {
    const given = server({ names: ['a', 'b', 'c'] })
    const { queue, done, now } = start(given)
    queue.add([file('a', 1), file('b', 1), file('c', 1)])
    await done()
    expect(states(now())).toEqual(['taken', 'taken', 'taken'])
    queue.decide(now()[0]?.id ?? 0, 'rename', true)
    await done()
    expect(new Set(given.stored.keys())).toEqual(new Set(['a (2)', 'b (2)', 'c (2)']))
  })

  test('a large file whose name is taken is not sent twice', async () => {
    const given = server({ names: ['large'] })
    const { queue, done, now } = start(given)
    queue.add([file('large', 25)])
    await done()
    expect(states(now())).toEqual(['taken'])
    queue.decide(now()[0]?.id ?? 0, 'rename', false)
    await done()
    expect(given.stored.get('large (2)')).toBe(25)
    expect(given.sentPieces.at(-1)).toEqual([25, 0])
  })

  test('a refusal stays until it is tried again', async () => {
    const given = server({ refuse: 'no room' })
    const { queue, done, now } = start(given)
    queue.add([file('a', 1)])
    await done()
    expect(now()[0]).toMatchObject({ state: 'failed', problem: 'no room' })
    queue.retry(now()[0]?.id ?? 0)
    expect(states(now())).toEqual(['sending'])
  })

  test('a file that is too large is not sent at all', async () => {
    const given = server()
    const { queue, now } = start(given, { maxFileSize: 3 })
    queue.add([file('a', 4)])
    expect(now()[0]).toMatchObject({ state: 'failed', problem: 'too large' })
    expect(given.stored.size).toBe(0)
  })

  test('cancelling takes back what was begun', async () => {
    const given = server()
    const { queue, now } = start(given)
    queue.add([file('large', 25)])
    await Promise.resolve()
    queue.cancelAll()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(states(now())).toEqual(['cancelled'])
    expect(given.stored.size).toBe(0)
  })
})

test('progress counts what is under way and done, not what was given up', () => {
  const one = (state: Upload['state'], sent: number, size: number) => ({ state, sent, size }) as Upload
  expect(overallProgress([one('done', 99, 99), one('waiting', 0, 99), one('cancelled', 0, 9000)])).toBe(0.5)
  expect(overallProgress([])).toBe(0)
})
