import { bytesOf, sampleBytes } from '../contract.js'
import type { Bench, RemoteFile } from './bench.js'
import { type Check, checksOf, Page } from './check.js'
import {
  expectBytes,
  expectConflict,
  expectDifferent,
  expectJson,
  expectSame,
  expectStatus,
  expectThat,
  quoted,
} from './expect.js'

const lock = (lockId: string, more: Readonly<Record<string, string>> = {}) => ({
  'X-WOPI-Lock': lockId,
  ...more,
})

async function lockedFile({ file }: Bench, content: string): Promise<RemoteFile> {
  const scratch = await file(content)
  await scratch.lock('A')
  return scratch
}

async function expectContent(file: RemoteFile, text: string): Promise<void> {
  expectBytes((await file.getFile()).bytes, bytesOf(text), 'The content afterwards')
}

const COLLABORA_TIME = 'X-COOL-WOPI-Timestamp'
const OLD_TIME = '2001-01-01T00:00:00.0000000Z'

const basics = checksOf('PutFile', 'files/putfile', [
  {
    id: 'put-file.locked',
    title: 'Under the lock that stands the content is replaced: 200, and the lock stays',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      const answer = await scratch.post('PUT', lock('A'), 'new content')
      expectStatus(answer, 200)
      expectThat(!answer.header('X-WOPI-Lock'), 'The 200 carries X-WOPI-Lock.')
      await expectContent(scratch, 'new content')
      expectSame((await scratch.info()).Size, 11, 'Size')
      expectSame(await scratch.currentLock(), 'A', 'The lock afterwards')
    },
  },
  {
    id: 'put-file.other-lock',
    title: 'Under another lock: 409 with the lock that stands, and the content stays',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      for (const lockId of ['B', 'a']) expectConflict(await scratch.post('PUT', lock(lockId), 'new'), 'A')
      await expectContent(scratch, 'old')
    },
  },
  {
    id: 'put-file.no-lock',
    title: 'On a locked file without a lock, or with an empty one: 409 with the lock that stands',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      for (const headers of [{}, lock('')]) expectConflict(await scratch.post('PUT', headers, 'new'), 'A')
      await expectContent(scratch, 'old')
    },
  },
  {
    id: 'put-file.unlocked',
    title: 'On an unlocked file with content: 409 with an empty X-WOPI-Lock, with or without a lock',
    async run({ file }) {
      const scratch = await file('old')
      for (const headers of [{}, lock('A')]) expectConflict(await scratch.post('PUT', headers, 'new'), '')
      await expectContent(scratch, 'old')
    },
  },
  {
    id: 'put-file.fill-empty',
    title: 'An empty unlocked file is filled, with or without a lock, and stays unlocked',
    async run({ file }) {
      for (const headers of [{}, lock('A'), lock('')]) {
        const scratch = await file('')
        expectStatus(await scratch.post('PUT', headers, 'filled'), 200)
        await expectContent(scratch, 'filled')
        expectSame(await scratch.currentLock(), '', 'The lock afterwards')
      }
    },
  },
  {
    id: 'put-file.after-unlock',
    title: 'After Unlock a save without a timestamp is refused: 409 with an empty X-WOPI-Lock',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      await scratch.post('UNLOCK', lock('A'))
      expectConflict(await scratch.post('PUT', lock('A'), 'new'), '')
      await expectContent(scratch, 'old')
    },
  },
  {
    id: 'put-file.new-version',
    title: 'Every save makes a new Version that was never there before, also one of the same bytes',
    async run(bench) {
      const scratch = await lockedFile(bench, 'start')
      const seen: unknown[] = [(await scratch.info()).Version]
      for (const text of ['A', 'A', 'B', 'A', 'start', '', '']) {
        expectStatus(await scratch.post('PUT', lock('A'), text), 200)
        const { Version } = await scratch.info()
        expectThat(!seen.includes(Version), `Version ${quoted(Version)} came a second time.`)
        seen.push(Version)
      }
    },
  },
  {
    id: 'put-file.item-version',
    level: 'SHOULD',
    title: 'X-WOPI-ItemVersion is the new Version',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      const answer = await scratch.post('PUT', lock('A'), 'new')
      expectSame(answer.header('X-WOPI-ItemVersion'), (await scratch.info()).Version, 'X-WOPI-ItemVersion')
    },
  },
  {
    id: 'put-file.last-modified-moves',
    title: 'LastModifiedTime moves forward with every change of the bytes',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      bench.needs((await scratch.info()).LastModifiedTime !== undefined, 'There is no LastModifiedTime.')
      let before = String((await scratch.info()).LastModifiedTime)
      for (const text of ['one', 'two', 'one']) {
        expectStatus(await scratch.post('PUT', lock('A'), text), 200)
        const after = String((await scratch.info()).LastModifiedTime)
        expectThat(
          Date.parse(after) > Date.parse(before),
          `LastModifiedTime went from ${before} to ${after}.`,
        )
        before = after
      }
    },
  },
  {
    id: 'put-file.last-modified-told',
    level: 'SHOULD',
    spec: Page.collabora,
    title: 'The answer is JSON with the LastModifiedTime of CheckFileInfo, character for character',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      const answer = await scratch.post('PUT', lock('A'), 'new')
      expectSame(
        expectJson(answer).LastModifiedTime,
        (await scratch.info()).LastModifiedTime,
        'LastModifiedTime',
      )
    },
  },
  {
    id: 'put-file.race',
    title: 'Two saves at once leave one of the two contents, whole',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      const bodies = [sampleBytes(300_000, 1), sampleBytes(300_000, 2)]
      const answers = await Promise.all(bodies.map((body) => scratch.post('PUT', lock('A'), body)))
      for (const answer of answers) expectStatus(answer, 200)
      const { bytes } = await scratch.getFile()
      expectThat(
        bodies.some((body) => Buffer.compare(body, bytes) === 0),
        'The content is neither of the two that were saved.',
      )
    },
  },
  {
    id: 'put-file.viewer',
    title: 'A token for looking cannot save: 404 (or 401)',
    async run({ target, withToken, given, needs }) {
      needs(target.viewToken !== undefined, 'No token for looking was given.')
      const before = await given.info()
      expectStatus(await withToken(target.viewToken ?? '').post('PUT', lock('A'), 'new'), 404, 401)
      expectSame((await given.info()).Version, before.Version, 'Version')
    },
  },
  {
    id: 'put-file.what-it-says',
    title: 'Headers about editors and kind of save are taken in every form, and change no answer',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      const { UserId } = bench.info
      const forms = [
        { 'X-WOPI-Editors': String(UserId) },
        { 'X-WOPI-Editors': `${UserId} , somebody,,else ` },
        { 'X-WOPI-Editors': '' },
        { 'X-LOOL-WOPI-IsModifiedByUser': 'true' },
        { 'X-LOOL-WOPI-IsAutosave': 'true', 'X-LOOL-WOPI-IsExitSave': 'false' },
        { 'X-COOL-WOPI-IsExitSave': 'true', 'X-COOL-WOPI-ExtendedData': 'undefined' },
      ]
      for (const form of forms)
        expectStatus(await scratch.post('PUT', { ...lock('A'), ...form }, quoted(form)), 200)
    },
  },
])

const timestamps = checksOf('PutFile', 'files/putfile', [
  {
    id: 'put-file.lool-timestamp',
    spec: Page.onlyoffice,
    title: 'X-LOOL-WOPI-Timestamp alone refuses no save, however old',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      expectStatus(await scratch.post('PUT', lock('A', { 'X-LOOL-WOPI-Timestamp': OLD_TIME }), 'new'), 200)
    },
  },
  {
    id: 'put-file.cool-timestamp-fits',
    spec: Page.collabora,
    title: 'X-COOL-WOPI-Timestamp that fits, or is empty, lets the save in',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      const { LastModifiedTime } = await scratch.info()
      bench.needs(LastModifiedTime !== undefined, 'There is no LastModifiedTime.')
      const fitting = lock('A', { [COLLABORA_TIME]: String(LastModifiedTime) })
      expectStatus(await scratch.post('PUT', fitting, 'new'), 200)
      expectStatus(await scratch.post('PUT', lock('A', { [COLLABORA_TIME]: '' }), 'newer'), 200)
    },
  },
  {
    id: 'put-file.cool-timestamp-outdated',
    level: 'SHOULD',
    spec: Page.collabora,
    title: 'X-COOL-WOPI-Timestamp from before a change is 409 with code 1010 and the lock',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      const answer = await scratch.post('PUT', lock('A', { [COLLABORA_TIME]: OLD_TIME }), 'new')
      expectConflict(answer, 'A')
      expectSame(expectJson(answer).COOLStatusCode, 1010, 'COOLStatusCode')
      await expectContent(scratch, 'old')
    },
  },
  {
    id: 'put-file.repeated',
    level: 'SHOULD',
    spec: Page.collabora,
    title: 'The same save again, with the timestamp of the first, is 200: its answer was lost',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      const { LastModifiedTime } = await scratch.info()
      bench.needs(LastModifiedTime !== undefined, 'There is no LastModifiedTime.')
      const headers = lock('A', { [COLLABORA_TIME]: String(LastModifiedTime) })
      expectStatus(await scratch.post('PUT', headers, 'saved'), 200)
      const again = await scratch.post('PUT', headers, 'saved')
      expectStatus(again, 200)
      expectSame(
        expectJson(again).LastModifiedTime,
        (await scratch.info()).LastModifiedTime,
        'LastModifiedTime',
      )
    },
  },
  {
    id: 'put-file.just-after-unlock',
    level: 'SHOULD',
    spec: Page.collabora,
    title: 'A save that comes just after its own Unlock, with a timestamp that fits, is taken',
    async run(bench) {
      const scratch = await lockedFile(bench, 'old')
      const { LastModifiedTime, Version } = await scratch.info()
      bench.needs(LastModifiedTime !== undefined, 'There is no LastModifiedTime.')
      await scratch.post('UNLOCK', lock('A'))
      const stale = lock('A', { [COLLABORA_TIME]: OLD_TIME })
      expectConflict(await scratch.post('PUT', stale, 'must not be written'), '')
      const headers = lock('A', { [COLLABORA_TIME]: String(LastModifiedTime) })
      expectStatus(await scratch.post('PUT', headers, 'last words'), 200)
      await expectContent(scratch, 'last words')
      expectDifferent((await scratch.info()).Version, Version, 'Version')
    },
  },
])

export const putFile: readonly Check[] = [...basics, ...timestamps]
