import { encodeUtf7 } from '../../protocol/utf7.js'
import type { Bench, RemoteFile } from './bench.js'
import { type Check, checksOf, Page } from './check.js'
import { expectConflict, expectJson, expectSame, expectStatus, expectThat, quoted } from './expect.js'
import { extensionOf, freshName, legalBases } from './names.js'
import type { Answer } from './wire.js'

type Headers = Readonly<Record<string, string>>

const to = (name: string, more: Headers = {}) => ({ 'X-WOPI-RequestedName': encodeUtf7(name), ...more })

function rename(file: RemoteFile, headers: Headers, body = ''): Promise<Answer> {
  return file.post('RENAME_FILE', headers, body)
}

/** An unlocked file, on a host that renames. */
function renamable({ file, needsAnnounced }: Bench): Promise<RemoteFile> {
  needsAnnounced('SupportsRename', 'UserCanRename')
  return file('content')
}

async function nameOf(file: RemoteFile): Promise<string> {
  return String((await file.info()).BaseFileName)
}

export const renameFile: readonly Check[] = checksOf('RenameFile', 'files/renamefile', [
  {
    id: 'rename.renames',
    title:
      'A legal free name is taken exactly as asked, in every script; the answer has it without extension',
    async run(bench) {
      const scratch = await renamable(bench)
      for (const base of legalBases) {
        const name = freshName(base, '')
        const answer = await rename(scratch, to(name))
        expectStatus(answer, 200)
        expectSame(expectJson(answer).Name, name, 'Name')
        expectSame(await nameOf(scratch), `${name}${extensionOf(bench.info)}`, 'BaseFileName')
      }
    },
  },
  {
    id: 'rename.keeps',
    title: 'Address, content and LastModifiedTime stay',
    async run(bench) {
      const scratch = await renamable(bench)
      const before = await scratch.info()
      expectStatus(await rename(scratch, to(freshName('renamed', ''))), 200)
      const after = await scratch.info()
      for (const name of ['LastModifiedTime', 'Size', 'OwnerId']) expectSame(after[name], before[name], name)
      expectSame((await scratch.getFile()).text, 'content', 'The content')
    },
  },
  {
    id: 'rename.version-stays',
    level: 'SHOULD',
    title: 'Version stays, because the content does',
    async run(bench) {
      const scratch = await renamable(bench)
      const { Version } = await scratch.info()
      expectStatus(await rename(scratch, to(freshName('renamed', ''))), 200)
      expectSame((await scratch.info()).Version, Version, 'Version')
    },
  },
  {
    id: 'rename.same-name',
    title: 'The name the file has is 200',
    async run(bench) {
      const scratch = await renamable(bench)
      const base = (await nameOf(scratch)).slice(0, -extensionOf(bench.info).length)
      const answer = await rename(scratch, to(base))
      expectStatus(answer, 200)
      expectSame(expectJson(answer).Name, base, 'Name')
    },
  },
  {
    id: 'rename.taken',
    title: 'A taken name leads to another one, or to 400, never to 409; the other file is untouched',
    async run(bench) {
      const [scratch, other] = [await renamable(bench), await bench.file('of the other')]
      const name = freshName('taken', '')
      expectStatus(await rename(other, to(name)), 200)
      const answer = await rename(scratch, to(name))
      expectStatus(answer, 200, 400)
      const names = [await nameOf(scratch), await nameOf(other)]
      expectThat(names[0] !== names[1], `Both files are now called ${quoted(names[0])}.`)
      expectSame(names[1], `${name}${extensionOf(bench.info)}`, 'The name of the other file')
      expectSame((await other.getFile()).text, 'of the other', 'The content of the other file')
    },
  },
  {
    id: 'rename.illegal-characters',
    title:
      'A name with characters no file may have is cleaned or refused with 400, and never leads elsewhere',
    async run(bench) {
      const scratch = await renamable(bench)
      const id = freshName('', '').trim()
      for (const name of [`a/b${id}`, `../up${id}`, `a\\b:c*d?${id}`, `a\nb${id}`]) {
        const answer = await rename(scratch, to(name))
        expectStatus(answer, 200, 400)
        expectThat(
          !/[/\\\n]/.test(await nameOf(scratch)),
          `The file is now called ${quoted(await nameOf(scratch))}.`,
        )
      }
    },
  },
  {
    id: 'rename.hopeless',
    title: 'A missing, empty or undecodable name, or one of which nothing is left, is 400',
    async run(bench) {
      const scratch = await renamable(bench)
      const before = await nameOf(scratch)
      const asSent = (name: string) => ({ 'X-WOPI-RequestedName': name })
      for (const headers of [{}, asSent(''), asSent('R+AOksum'), asSent('+2D0-')]) {
        expectStatus(await rename(scratch, headers), 400)
      }
      expectSame(await nameOf(scratch), before, 'BaseFileName')
    },
  },
  {
    id: 'rename.invalid-name-error',
    level: 'SHOULD',
    spec: Page.onlyoffice,
    title: 'A 400 says why in X-WOPI-InvalidFileNameError: one line of ASCII',
    async run(bench) {
      const answer = await rename(await renamable(bench), to('///'))
      bench.needs(answer.status === 400, 'The name was not refused.')
      const reason = answer.header('X-WOPI-InvalidFileNameError')
      expectThat(/^[\x20-\x7e]+$/.test(reason ?? ''), `X-WOPI-InvalidFileNameError is ${quoted(reason)}.`)
    },
  },
  {
    id: 'rename.other-lock',
    title: 'On a locked file with another lock, or none: 409 with the lock that stands, and the name stays',
    async run(bench) {
      const scratch = await renamable(bench)
      const before = await nameOf(scratch)
      await scratch.lock('A')
      for (const more of [{}, { 'X-WOPI-Lock': '' }, { 'X-WOPI-Lock': 'B' }]) {
        expectConflict(await rename(scratch, to(freshName('renamed', ''), more)), 'A')
      }
      expectSame(await nameOf(scratch), before, 'BaseFileName')
    },
  },
  {
    id: 'rename.locked',
    title: 'Under the lock that stands: 200, and the lock stays',
    async run(bench) {
      const scratch = await renamable(bench)
      await scratch.lock('A')
      expectStatus(await rename(scratch, to(freshName('renamed', ''), { 'X-WOPI-Lock': 'A' })), 200)
      expectSame(await scratch.currentLock(), 'A', 'The lock')
    },
  },
  {
    id: 'rename.unlocked-with-lock',
    title: 'An unlocked file is renamed whatever lock is sent',
    async run(bench) {
      const scratch = await renamable(bench)
      expectStatus(await rename(scratch, to(freshName('renamed', ''), { 'X-WOPI-Lock': 'A' })), 200)
    },
  },
  {
    id: 'rename.body',
    spec: Page.collabora,
    title: 'A body that comes along, as with Collabora Online, is not stored',
    async run(bench) {
      const scratch = await renamable(bench)
      expectStatus(await rename(scratch, to(freshName('renamed', '')), 'the whole document'), 200)
      expectSame((await scratch.getFile()).text, 'content', 'The content')
    },
  },
  {
    id: 'rename.extension-typed',
    level: 'SHOULD',
    spec: Page.collabora,
    title: 'One equal extension that a person typed is not doubled',
    async run(bench) {
      const scratch = await renamable(bench)
      const name = freshName('typed', '')
      expectStatus(await rename(scratch, to(`${name}${extensionOf(bench.info)}`)), 200)
      expectSame(await nameOf(scratch), `${name}${extensionOf(bench.info)}`, 'BaseFileName')
    },
  },
  {
    id: 'rename.gone',
    title: 'A file that no longer exists is 404',
    async run(bench) {
      bench.needsAnnounced('SupportsDeleteFile')
      const scratch = await renamable(bench)
      expectStatus(await scratch.post('DELETE'), 200)
      expectStatus(await rename(scratch, to(freshName('renamed', ''))), 404)
    },
  },
  {
    id: 'rename.viewer',
    title: 'A token for looking renames nothing: 501 (404 and 401 are tolerated)',
    async run({ target, withToken, needs, given, info }) {
      needs(target.viewToken !== undefined, 'No token for looking was given.')
      expectStatus(
        await rename(withToken(target.viewToken ?? ''), to(freshName('renamed', ''))),
        501,
        404,
        401,
      )
      expectSame(await nameOf(given), info.BaseFileName, 'BaseFileName')
    },
  },
])
