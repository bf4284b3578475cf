import type { Bench, RemoteFile } from './bench.js'
import { type Check, checksOf } from './check.js'
import { expectSame, expectStatus } from './expect.js'

/** Lets a check store what it likes for the person, and puts back what was there. */
async function restoring({ given, info, needsAnnounced }: Bench, run: () => Promise<void>): Promise<void> {
  needsAnnounced('SupportsUserInfo')
  try {
    await run()
  } finally {
    await put(given, typeof info.UserInfo === 'string' ? info.UserInfo : '')
  }
}

function put(file: RemoteFile, text: string) {
  return file.post('PUT_USER_INFO', {}, text)
}

export const putUserInfo: readonly Check[] = checksOf('PutUserInfo', 'files/putuserinfo', [
  {
    id: 'put-user-info.round-trip',
    title: 'The text comes back unchanged as UserInfo, also of 1024 characters',
    run: (bench) =>
      restoring(bench, async () => {
        const texts = ['plain', '{"not": "parsed", "a\\b": 1}', '~!@ #$%^&*()', 'x'.repeat(1024)]
        for (const text of texts) {
          expectStatus(await put(bench.given, text), 200)
          expectSame((await bench.given.info()).UserInfo, text, 'UserInfo')
        }
      }),
  },
  {
    id: 'put-user-info.of-the-person',
    title: 'The text belongs to the person: put through one file, it is there in another',
    run: (bench) =>
      restoring(bench, async () => {
        const scratch = await bench.file()
        expectStatus(await put(scratch, 'put through another file'), 200)
        expectSame((await bench.given.info()).UserInfo, 'put through another file', 'UserInfo')
      }),
  },
  {
    id: 'put-user-info.too-long',
    title: 'More than 1024 bytes are 400 or 413, and the text before stays',
    run: (bench) =>
      restoring(bench, async () => {
        expectStatus(await put(bench.given, 'before'), 200)
        expectStatus(await put(bench.given, 'x'.repeat(1025)), 400, 413)
        expectSame((await bench.given.info()).UserInfo, 'before', 'UserInfo')
      }),
  },
  {
    id: 'put-user-info.any-content-type',
    title: 'The body is read whatever its Content-Type',
    run: (bench) =>
      restoring(bench, async () => {
        for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
          expectStatus(await bench.given.post('PUT_USER_INFO', { 'Content-Type': type }, `a=${type}`), 200)
          expectSame((await bench.given.info()).UserInfo, `a=${type}`, 'UserInfo')
        }
      }),
  },
  {
    id: 'put-user-info.locked',
    title: 'A lock on the file plays no part',
    run: (bench) =>
      restoring(bench, async () => {
        const scratch = await bench.file()
        await scratch.lock('A')
        expectStatus(await put(scratch, 'while locked'), 200)
      }),
  },
])
