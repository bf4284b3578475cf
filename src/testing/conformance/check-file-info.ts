import { bytesOf, sampleBytes, sha256Base64 } from '../contract.js'
import { type Check, checksOf, Page } from './check.js'
import { expectSame, expectStatus, expectThat, quoted } from './expect.js'
import { booleans, extendedSet, integers, texts, urls } from './properties.js'

type Info = Readonly<Record<string, unknown>>

/** What clients send beside the token, and what a host must pass over. */
const strangeQuery = { before: 'sc=Ab%2fc', after: 'access_token_ttl=1893456000000&permission=edit&x' }

function present(info: Info, names: readonly string[]): [string, unknown][] {
  return names.filter((name) => info[name] !== undefined).map((name) => [name, info[name]])
}

export const checkFileInfo: readonly Check[] = checksOf('CheckFileInfo', 'files/checkfileinfo', [
  {
    id: 'check-file-info.json',
    title: 'The answer is 200 with a JSON object in UTF-8, of type application/json',
    async run({ given }) {
      const answer = await given.checkFileInfo()
      expectStatus(answer, 200)
      const type = answer.header('Content-Type') ?? ''
      expectThat(
        /^application\/json\b/i.test(type),
        `The Content-Type is ${quoted(type)}, expected application/json.`,
      )
      expectThat(answer.bytes[0] !== 0xef, 'The JSON begins with a byte order mark.')
      new TextDecoder('utf-8', { fatal: true }).decode(answer.bytes)
      await given.info()
    },
  },
  {
    id: 'check-file-info.required',
    title: 'BaseFileName, Size, Version, OwnerId and UserId are there',
    async run({ info }) {
      for (const name of ['BaseFileName', 'Version', 'OwnerId', 'UserId']) {
        expectThat(
          typeof info[name] === 'string' && info[name] !== '',
          `${name} is ${quoted(info[name])}, expected a text.`,
        )
      }
      expectThat(
        Number.isSafeInteger(info.Size) && Number(info.Size) >= 0,
        `Size is ${quoted(info.Size)}, expected bytes.`,
      )
    },
  },
  {
    id: 'check-file-info.name',
    title: 'BaseFileName has no path and does not begin with a dot',
    async run({ info }) {
      expectThat(
        /^[^./\\][^/\\]*$/.test(String(info.BaseFileName)),
        `BaseFileName is ${quoted(info.BaseFileName)}, expected a name with its extension and without a path.`,
      )
    },
  },
  {
    id: 'check-file-info.types',
    title: 'Every property has its type: true and not "true"',
    async run({ info }) {
      for (const [name, value] of present(info, booleans)) {
        expectThat(typeof value === 'boolean', `${name} is ${quoted(value)}, expected true or false.`)
      }
      for (const [name, value] of present(info, [...texts, ...urls])) {
        expectThat(typeof value === 'string', `${name} is ${quoted(value)}, expected a text.`)
      }
      for (const [name, value] of present(info, integers)) {
        expectThat(Number.isSafeInteger(value), `${name} is ${quoted(value)}, expected a whole number.`)
      }
    },
  },
  {
    id: 'check-file-info.no-null',
    title: 'No property is null: what does not apply is left out',
    async run({ info }) {
      const nulls = Object.keys(info).filter((name) => info[name] === null)
      expectThat(nulls.length === 0, `${nulls.join(', ')}: null, expected to be left out.`)
    },
  },
  {
    id: 'check-file-info.urls',
    title: 'Every address is an absolute URL',
    async run({ info }) {
      for (const [name, value] of present(info, urls)) {
        expectThat(
          /^https?:\/\/[^/]/.test(String(value)),
          `${name} is ${quoted(value)}, expected an absolute URL.`,
        )
      }
    },
  },
  {
    id: 'check-file-info.post-message-origin',
    title: 'PostMessageOrigin is an origin: no path, no slash at its end',
    async run({ info, needs }) {
      needs(info.PostMessageOrigin !== undefined, 'There is no PostMessageOrigin.')
      expectThat(
        /^https?:\/\/[^/?#]+$/.test(String(info.PostMessageOrigin)),
        `PostMessageOrigin is ${quoted(info.PostMessageOrigin)}, expected an origin such as https://host.`,
      )
    },
  },
  {
    id: 'check-file-info.last-modified-time',
    level: 'SHOULD',
    spec: Page.collabora,
    title: 'LastModifiedTime is there, in UTC with seven fractional digits',
    async run({ info }) {
      expectThat(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/.test(String(info.LastModifiedTime)),
        `LastModifiedTime is ${quoted(info.LastModifiedTime)}, expected a time such as 2026-01-15T12:00:00.0000000Z.`,
      )
    },
  },
  {
    id: 'check-file-info.stable',
    title: 'Version and LastModifiedTime stay as long as nobody writes',
    async run({ given, info }) {
      const again = await given.info()
      for (const name of ['Version', 'LastModifiedTime', 'OwnerId', 'UserId'])
        expectSame(again[name], info[name], name)
    },
  },
  {
    id: 'check-file-info.size',
    title: 'Size is the number of bytes of the content',
    async run({ file }) {
      for (const bytes of [bytesOf('content'), new Uint8Array(), sampleBytes(70_001)]) {
        expectSame((await (await file(bytes)).info()).Size, bytes.length, 'Size')
      }
    },
  },
  {
    id: 'check-file-info.sha256',
    title: 'SHA256, where sent, is that of the content in base64',
    async run({ file, needs }) {
      const info = await (await file('content')).info()
      needs(info.SHA256 !== undefined, 'There is no SHA256.')
      expectSame(info.SHA256, sha256Base64(bytesOf('content')), 'SHA256')
    },
  },
  {
    id: 'check-file-info.user-id',
    title:
      'UserId and OwnerId are ASCII of at most 240 characters without commas, which clients put into headers',
    async run({ info }) {
      for (const name of ['UserId', 'OwnerId']) {
        expectThat(
          /^[\x21-\x2b\x2d-\x7e]{1,240}$/.test(String(info[name])),
          `${name} is ${quoted(info[name])}.`,
        )
      }
    },
  },
  {
    id: 'check-file-info.file-extension',
    title: 'FileExtension, where sent, has its dot and is that of BaseFileName',
    async run({ info, needs }) {
      const { FileExtension, BaseFileName } = info
      needs(FileExtension !== undefined, 'There is no FileExtension.')
      expectThat(
        /^\.[^.]+$/.test(String(FileExtension)) &&
          String(BaseFileName).toLowerCase().endsWith(String(FileExtension).toLowerCase()),
        `FileExtension is ${quoted(FileExtension)} for the name ${quoted(BaseFileName)}.`,
      )
    },
  },
  {
    id: 'check-file-info.explicit',
    level: 'SHOULD',
    title:
      'UserCanNotWriteRelative, FileNameMaxLength and UserFriendlyName are sent, because clients differ in what absence means',
    async run({ info }) {
      for (const name of ['UserCanNotWriteRelative', 'FileNameMaxLength', 'UserFriendlyName']) {
        expectThat(info[name] !== undefined, `${name} is absent.`)
      }
    },
  },
  {
    id: 'check-file-info.writers-need-locks',
    title: 'Whoever may write is offered saving and locks, and the file is not ReadOnly',
    async run({ info, needs }) {
      needs(info.UserCanWrite === true, 'The token does not permit writing.')
      for (const name of ['SupportsUpdate', 'SupportsLocks']) expectSame(info[name], true, name)
      expectThat(info.ReadOnly !== true, 'ReadOnly and UserCanWrite are both true.')
    },
  },
  {
    id: 'check-file-info.extended-set',
    title: 'The properties of the extended protocol are announced all together or not at all',
    async run({ info }) {
      const there = present(info, extendedSet).map(([name]) => name)
      expectThat(
        there.length === 0 || there.length === extendedSet.length,
        `${there.join(', ')} without ${extendedSet.filter((name) => !there.includes(name)).join(', ')}.`,
      )
    },
  },
  {
    id: 'check-file-info.locks-play-no-part',
    title: 'A lock changes neither permissions nor Version and LastModifiedTime',
    async run({ file }) {
      const scratch = await file()
      const before = await scratch.info()
      await scratch.lock('wopikit-check')
      const after = await scratch.info()
      for (const name of ['Version', 'LastModifiedTime', 'Size', 'UserCanWrite', 'ReadOnly']) {
        expectSame(after[name], before[name], name)
      }
    },
  },
  {
    id: 'check-file-info.session-context',
    title: 'X-WOPI-SessionContext may be long, and any other query parameter may come',
    async run({ given }) {
      expectStatus(await given.checkFileInfo({ 'X-WOPI-SessionContext': 'x'.repeat(1500) }), 200)
      expectStatus(await given.checkFileInfo({}, { query: strangeQuery }), 200)
    },
  },
  {
    id: 'check-file-info.viewer',
    title: 'A token for looking announces nothing it does not carry',
    async run({ target, withToken, needs }) {
      needs(target.viewToken !== undefined, 'No token for looking was given.')
      const info = await withToken(target.viewToken ?? '').info()
      for (const name of [
        'UserCanWrite',
        'UserCanRename',
        'UserCanReview',
        'UserCanOnlyComment',
        'SupportsDeleteFile',
      ]) {
        expectThat(info[name] !== true, `${name} is true for somebody who may only look.`)
      }
    },
  },
])
