import { encodeUtf7 } from '../../protocol/utf7.js'
import { sampleBytes } from '../contract.js'
import { type Check, checksOf } from './check.js'
import {
  expectBytes,
  expectConflict,
  expectJson,
  expectSame,
  expectStatus,
  expectThat,
  quoted,
} from './expect.js'
import { extensionOf, freshName, legalBases } from './names.js'
import { expectName, overwrite, putRelative, specific, suggested } from './put-relative-requests.js'

const suggestedMode = checksOf('PutRelativeFile', 'files/putrelativefile', [
  {
    id: 'put-relative.suggested',
    title:
      'A suggested name that is free and legal is used as it is, in every script, and the content is the body',
    async run({ file, fileIn, info }) {
      const source = await file()
      for (const base of legalBases) {
        const name = freshName(base, extensionOf(info))
        const bytes = sampleBytes(10_000)
        const answer = await putRelative(source, suggested(encodeUtf7(name)), bytes)
        await expectName(answer, name)
        expectSame((await fileIn(answer).info()).BaseFileName, name, 'BaseFileName')
        expectBytes((await fileIn(answer).getFile()).bytes, bytes, 'The content')
      }
    },
  },
  {
    id: 'put-relative.suggested-extension',
    title: 'A suggestion that begins with a dot is an extension for the base name of the source',
    async run({ file }) {
      const source = await file()
      const base = String((await source.info()).BaseFileName).replace(/\.[^.]*$/, '')
      await expectName(await putRelative(source, suggested('.wopikit')), `${base}.wopikit`)
    },
  },
  {
    id: 'put-relative.suggested-taken',
    title: 'A suggested name that is taken leads to another one, and nothing is overwritten',
    async run({ file, fileIn, info }) {
      const source = await file()
      const name = freshName('taken', extensionOf(info))
      const first = await putRelative(source, suggested(name), 'first')
      const names = [String(expectJson(first).Name)]
      for (const more of [{}, overwrite]) {
        const next = await putRelative(source, suggested(name, more), 'next')
        expectStatus(next, 200)
        names.push(String(expectJson(next).Name))
      }
      expectThat(new Set(names).size === 3, `The names are ${quoted(names)}, expected three different ones.`)
      expectSame((await fileIn(first).getFile()).text, 'first', 'The first content')
    },
  },
  {
    id: 'put-relative.suggested-never-fails',
    title: 'No suggested name is refused: illegal, too long and undecodable ones are changed',
    async run({ file, info }) {
      const source = await file()
      const extension = extensionOf(info)
      const targets = [
        `a/b\\c:d*e?f"g<h>i|j${extension}`,
        `${'x'.repeat(600)}${extension}`,
        `../../up${extension}`,
        `CON${extension}`,
        `~$mine${extension}`,
        'R+AOksum',
        '+2D0-',
        'caf\u00e9',
        '...',
        '.',
        '+AAoACQ-',
      ]
      for (const target of targets) {
        const answer = await putRelative(source, suggested(target))
        expectThat(
          answer.status === 200,
          `The suggestion ${quoted(target)} was answered ${answer.status}, expected 200.`,
        )
        const name = String(expectJson(answer).Name)
        expectThat(
          !/[/\\]/.test(name) && name !== '',
          `The suggestion ${quoted(target)} became the name ${quoted(name)}.`,
        )
      }
    },
  },
])

const specificMode = checksOf('PutRelativeFile', 'files/putrelativefile', [
  {
    id: 'put-relative.specific',
    title: 'A specific name that is free and legal is used exactly, in every script',
    async run({ file, fileIn, info }) {
      const source = await file()
      for (const base of legalBases) {
        const name = freshName(base, extensionOf(info))
        const answer = await putRelative(source, specific(encodeUtf7(name)))
        await expectName(answer, name)
        expectSame((await fileIn(answer).info()).BaseFileName, name, 'BaseFileName')
      }
    },
  },
  {
    id: 'put-relative.specific-taken',
    title: 'A specific name that is taken is 409 with X-WOPI-Lock, and nothing is overwritten',
    async run({ file, fileIn, info }) {
      const source = await file()
      const name = freshName('taken', extensionOf(info))
      const first = await putRelative(source, specific(name), 'first')
      expectStatus(first, 200)
      for (const more of [{}, { 'X-WOPI-OverwriteRelativeTarget': 'false' }]) {
        expectConflict(await putRelative(source, specific(name, more), 'second'), '')
      }
      expectSame((await fileIn(first).getFile()).text, 'first', 'The content')
    },
  },
  {
    id: 'put-relative.overwrite',
    title: 'With X-WOPI-OverwriteRelativeTarget the unlocked target gets the content, in a new version',
    async run({ file, fileIn, info }) {
      const source = await file()
      const name = freshName('target', extensionOf(info))
      const target = fileIn(await putRelative(source, specific(name), 'first'))
      const { Version } = await target.info()
      for (const flag of ['true', 'True']) {
        const headers = specific(name, { 'X-WOPI-OverwriteRelativeTarget': flag })
        const answer = await putRelative(source, headers, `by ${flag}`)
        expectStatus(answer, 200)
        expectSame(fileIn(answer).wopiSrc, target.wopiSrc, 'The address of the target')
        expectSame((await target.getFile()).text, `by ${flag}`, 'The content')
      }
      expectThat((await target.info()).Version !== Version, 'The version of the target is still the old one.')
    },
  },
  {
    id: 'put-relative.overwrite-locked',
    title: 'A locked target is not overwritten: 409 with the lock of the target, not of the source',
    async run({ file, fileIn, info }) {
      const source = await file()
      const name = freshName('target', extensionOf(info))
      const target = fileIn(await putRelative(source, specific(name), 'first'))
      await source.lock('lock-of-the-source')
      await target.lock('lock-of-the-target')
      expectConflict(await putRelative(source, specific(name, overwrite), 'second'), 'lock-of-the-target')
      expectSame((await target.getFile()).text, 'first', 'The content')
    },
  },
  {
    id: 'put-relative.specific-illegal',
    title: 'A specific name that is illegal or cannot be decoded is 400',
    async run({ file, info }) {
      const source = await file()
      const extension = extensionOf(info)
      for (const target of [`a/b${extension}`, `../up${extension}`, 'R+AOksum', '+2D0-', '+AAoACQ-']) {
        const answer = await putRelative(source, specific(target))
        expectThat(
          answer.status === 400,
          `The name ${quoted(target)} was answered ${answer.status}, expected 400.`,
        )
      }
    },
  },
  {
    id: 'put-relative.valid-target',
    level: 'SHOULD',
    title: 'X-WOPI-ValidRelativeTarget, where sent, is a name that is then accepted',
    async run({ file, needs, info }) {
      const source = await file()
      const illegal = `a/b ${freshName('c', extensionOf(info))}`
      // The name that is offered first is taken the second time.
      for (let time = 0; time < 2; time++) {
        const refused = await putRelative(source, specific(illegal))
        const valid = refused.header('X-WOPI-ValidRelativeTarget')
        needs(valid !== undefined && valid !== '', 'There is no X-WOPI-ValidRelativeTarget.')
        expectStatus(await putRelative(source, specific(valid ?? '')), 200)
      }
    },
  },
])

export const putRelativeNames: readonly Check[] = [...suggestedMode, ...specificMode]
