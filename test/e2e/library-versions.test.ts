import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { issueToken } from './issue-token.js'
import { expectAccessible, type LibraryBrowser, openLibraryBrowser } from './library-browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'
import { type StandInClient, startStandInClient } from './stand-in-client.js'

/*
 * An old version of a document that only a client can show.
 */

let browser: LibraryBrowser
let client: StandInClient
let served: ServedFolder

beforeAll(async () => {
  browser = await openLibraryBrowser()
  client = await startStandInClient()
  served = await serveFolder({ 'Letter.docx': 'first words', 'note.txt': 'first note' }, [
    '--client',
    client.url,
  ])
  await save('Letter.docx', 'second words')
  await save('note.txt', 'second note')
})
afterEach(async () => {
  expect(browser.complaints()).toEqual([])
  await browser.leave()
})
afterAll(async () => {
  await browser.close()
  await served.stop()
  await client.stop()
})

const onDisk = (name: string) => readFileSync(join(served.folder, name), 'utf8')

async function save(name: string, content: string): Promise<void> {
  const { wopiSrc, accessToken } = await issueToken(served, name)
  for (const [path, override, body] of [
    ['', 'LOCK'],
    ['/contents', 'PUT', content],
    ['', 'UNLOCK'],
  ] as const) {
    const answer = await fetch(`${wopiSrc}${path}?access_token=${encodeURIComponent(accessToken)}`, {
      method: 'POST',
      headers: { 'X-WOPI-Override': override, 'X-WOPI-Lock': 'mine' },
      ...(body === undefined ? {} : { body }),
    })
    expect(answer.status).toBe(200)
  }
}

/** Opens the version before the present one as a person does, in the window that opens for it. */
async function openOlder(name: string, [row, versions, view]: [RegExp, string, string], locale = 'en-GB') {
  const library = await browser.newPage({ locale })
  await library.goto(served.url)
  await library.getByRole('row', { name: row }).click({ button: 'right' })
  await library.getByRole('menuitem', { name: versions }).click()
  const older = library.getByRole('complementary', { name: versions }).getByRole('listitem').nth(1)
  await older.getByRole('button').click()
  const opened = library.waitForEvent('popup')
  await library.getByRole('menuitem', { name: view }).click()
  const page = await opened
  await page.getByRole('heading', { name }).waitFor()
  return { library, page, id: new URL(page.url()).pathname.split('/').at(-1) ?? '' }
}

const english: [RegExp, string, string] = [/Letter/, 'Versions', 'View']

const shown = (page: Page, content: string) => page.frameLocator('iframe').getByText(content).waitFor()

describe('an old version in a client', () => {
  it('is shown to be read only, with the way back to the document', async () => {
    const { page } = await openOlder('Letter.docx', english)
    await shown(page, 'first words')
    await page.getByText(/^Version of .+\d.*, read-only$/).waitFor()
    expect(await page.getByRole('button', { name: 'Rename the document' }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Edit', exact: true }).count()).toBe(0)
    await expectAccessible(page, 'an old version')

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ])
    expect(readFileSync(await download.path(), 'utf8')).toBe('first words')

    await page.getByRole('link', { name: 'Current document' }).click()
    await shown(page, 'second words')
    expect(await page.getByText(/^Version of/).count()).toBe(0)
  })

  it('becomes the newest one from there', async () => {
    const { page } = await openOlder('Letter.docx', english)
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
    await page.getByText(/^Version of/).waitFor({ state: 'detached' })
    await shown(page, 'first words')
    expect(onDisk('Letter.docx')).toBe('first words')
  })

  it('speaks Chinese, and fits a phone', async () => {
    const { page } = await openOlder('Letter.docx', [/Letter/, '历史版本', '查看'], 'zh-CN')
    await page.getByText(/的版本.*只读$/).waitFor()
    await page.setViewportSize({ width: 360, height: 640 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    await page.getByRole('link', { name: '当前文档' }).click()
    await page.getByText(/的版本.*只读$/).waitFor({ state: 'detached' })
  })

  it('is shown by the built-in editor, too, and cannot be changed there', async () => {
    const page = await browser.newPage()
    await page.goto(served.url)
    const address = await page.getByRole('link', { name: /note/ }).getAttribute('href')
    await page.goto(new URL(`${address}?version=1`, served.url).href)
    const text = page.frameLocator('iframe').locator('.cm-content')
    await text.getByText('first note').waitFor()
    expect(await text.getAttribute('contenteditable')).toBe('false')
  })

  it('is said to be gone when it is', async () => {
    const { page, id } = await openOlder('Letter.docx', english)
    await page.goto(new URL(`open/${id}?version=999`, served.url).href)
    await page.getByRole('heading', { name: 'This version cannot be shown' }).waitFor()
    await expectAccessible(page, 'a version that is gone')
    await page.getByRole('link', { name: 'Current document' }).click()
    await page.frameLocator('iframe').getByText('An editor.').waitFor()
  })
})
