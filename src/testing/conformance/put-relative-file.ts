import { bytesOf, sampleBytes } from '../contract.js'
import { type Check, checksOf, Page } from './check.js'
import {
  expectBytes,
  expectConflict,
  expectJson,
  expectSame,
  expectStatus,
  expectThat,
  quoted,
} from './expect.js'
import { extensionOf, freshName } from './names.js'
import { expectName, putRelative, specific, suggested } from './put-relative-requests.js'

export const putRelativeFile: readonly Check[] = checksOf('PutRelativeFile', 'files/putrelativefile', [
  {
    id: 'put-relative.both-targets',
    title: 'Both target headers, or neither, are 400 (501 for both)',
    async run({ file }) {
      const source = await file()
      const both = { ...suggested(freshName('a', '.txt')), ...specific(freshName('b', '.txt')) }
      expectStatus(await putRelative(source, both), 400, 501)
      expectStatus(await putRelative(source, {}), 400)
    },
  },
  {
    id: 'put-relative.empty-target',
    level: 'SHOULD',
    title: 'A target header that is empty counts as absent',
    async run({ file, info }) {
      const source = await file()
      const name = freshName('one', extensionOf(info))
      await expectName(await putRelative(source, { ...suggested(''), ...specific(name) }), name)
      const other = freshName('two', extensionOf(info))
      await expectName(await putRelative(source, { ...suggested(other), ...specific('') }), other)
    },
  },
  {
    id: 'put-relative.source-locked',
    spec: Page.onlyoffice,
    title: 'The lock of the source is no obstacle when none is sent: clients save copies while they edit',
    async run({ file, info }) {
      const source = await file()
      await source.lock('A')
      for (const more of [{}, { 'X-WOPI-Lock': '' }, { 'X-WOPI-Lock': 'A' }]) {
        expectStatus(await putRelative(source, suggested(freshName('copy', extensionOf(info)), more)), 200)
      }
    },
  },
  {
    id: 'put-relative.source-other-lock',
    level: 'SHOULD',
    spec: Page.onlyoffice,
    title: 'A lock that is sent and is not that of the locked source is 409 with that lock',
    async run({ file, info }) {
      const source = await file()
      const headers = suggested(freshName('copy', extensionOf(info)), { 'X-WOPI-Lock': 'B' })
      expectStatus(await putRelative(source, headers), 200)
      await source.lock('A')
      expectConflict(await putRelative(source, headers), 'A')
    },
  },
  {
    id: 'put-relative.answer',
    title:
      'The answer has Name and an absolute Url: no fragment, no slash at the end of its path, the token in its query',
    async run({ file, fileIn, info }) {
      const source = await file()
      const answer = await putRelative(source, suggested(freshName('copy', extensionOf(info))))
      expectStatus(answer, 200)
      const { Name, Url } = expectJson(answer)
      expectThat(typeof Name === 'string' && !/[/\\]/.test(Name), `Name is ${quoted(Name)}.`)
      expectThat(
        /^https?:\/\/[^/?#]+(?:\/[^?#]+)?\/wopi\/files\/[^/?#]+\?[^#]+$/.test(String(Url)),
        'Url is not the absolute address of a file under /wopi/files/ with a query.',
      )
      const made = fileIn(answer)
      expectThat(made.wopiSrc !== source.wopiSrc, 'Url is the address of the source.')
      expectStatus(await made.checkFileInfo(), 200)
    },
  },
  {
    id: 'put-relative.nothing-else',
    spec: Page.collabora,
    title: 'The answer has no LastModifiedTime, which would be taken for that of the open file',
    async run({ file, info }) {
      const answer = await putRelative(await file(), suggested(freshName('copy', extensionOf(info))))
      const foreign = Object.keys(expectJson(answer)).filter((name) =>
        /^(LastModifiedTime|Version|Size)$/.test(name),
      )
      expectThat(foreign.length === 0, `The answer has ${foreign.join(', ')}.`)
    },
  },
  {
    id: 'put-relative.host-urls',
    level: 'SHOULD',
    title:
      'The answer has HostViewUrl and HostEditUrl, absolute: to the latter the browser is sent after a conversion',
    async run({ file, info }) {
      const body = expectJson(
        await putRelative(await file(), suggested(freshName('copy', extensionOf(info)))),
      )
      for (const name of ['HostViewUrl', 'HostEditUrl']) {
        expectThat(/^https?:\/\/[^/]/.test(String(body[name])), `${name} is ${quoted(body[name])}.`)
      }
    },
  },
  {
    id: 'put-relative.rights',
    title: 'The token in Url carries all rights to the new file, which is unlocked',
    async run({ file, fileIn, info }) {
      const made = fileIn(await putRelative(await file(), suggested(freshName('copy', extensionOf(info)))))
      expectSame(await made.currentLock(), '', 'The lock')
      await made.lock('A')
      expectStatus(await made.post('PUT', { 'X-WOPI-Lock': 'A' }, 'saved'), 200)
      if (info.SupportsRename === true && info.UserCanRename === true) {
        const headers = { 'X-WOPI-Lock': 'A', 'X-WOPI-RequestedName': freshName('renamed', '') }
        expectStatus(await made.post('RENAME_FILE', headers), 200)
      }
      expectStatus(await made.post('UNLOCK', { 'X-WOPI-Lock': 'A' }), 200)
      if (info.SupportsDeleteFile === true) expectStatus(await made.post('DELETE'), 200)
    },
  },
  {
    id: 'put-relative.empty',
    title: 'An empty body makes an empty file',
    async run({ file, fileIn, info }) {
      const made = fileIn(
        await putRelative(await file(), suggested(freshName('empty', extensionOf(info))), ''),
      )
      expectSame((await made.info()).Size, 0, 'Size')
    },
  },
  {
    id: 'put-relative.size-header',
    title: 'X-WOPI-Size is an announcement: the bytes are what counts',
    async run({ file, fileIn, info }) {
      const source = await file()
      for (const size of ['5', '']) {
        const headers = suggested(freshName('sized', extensionOf(info)), { 'X-WOPI-Size': size })
        const answer = await putRelative(source, headers, 'nine char')
        expectStatus(answer, 200)
        expectBytes((await fileIn(answer).getFile()).bytes, bytesOf('nine char'), 'The content')
      }
    },
  },
  {
    id: 'put-relative.conversion',
    title: 'X-WOPI-FileConversion changes nothing of the answer',
    async run({ file, info }) {
      const headers = suggested(freshName('converted', extensionOf(info)), {
        'X-WOPI-FileConversion': 'true',
      })
      expectStatus(await putRelative(await file(), headers), 200)
    },
  },
  {
    id: 'put-relative.too-large',
    title: 'A body over the limit of the host is 413',
    async run({ file, target, needs }) {
      const { maxFileSize = 0 } = target
      needs(maxFileSize > 0 && maxFileSize < 64 * 1024 * 1024, 'No limit of at most 64 MiB was given.')
      const name = freshName('large', '.bin')
      expectStatus(await putRelative(await file(), suggested(name), sampleBytes(maxFileSize + 1)), 413)
    },
  },
  {
    id: 'put-relative.viewer',
    title: 'A token for which UserCanNotWriteRelative is true makes no file: 501 (401 and 404 are tolerated)',
    async run({ target, withToken, needs }) {
      needs(target.viewToken !== undefined, 'No token for looking was given.')
      const viewer = withToken(target.viewToken ?? '')
      needs(
        (await viewer.info()).UserCanNotWriteRelative === true,
        'UserCanNotWriteRelative is not true for it.',
      )
      expectStatus(await putRelative(viewer, suggested(freshName('copy', '.txt'))), 501, 401, 404)
    },
  },
])
