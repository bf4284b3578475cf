import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { renderHostPage } from '../../src/host/host-page.js'
import { issueToken } from './issue-token.js'
import { expectAccessible, type LibraryBrowser, openLibraryBrowser } from './library-browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'

/*
 * The page around an editor, the versions and the rescued saves of a document.
 */

let browser: LibraryBrowser
let served: ServedFolder

beforeAll(async () => {
  browser = await openLibraryBrowser()
  served = await serveFolder({
    'Plan.md': '# Plan\n',
    'story.txt': 'Once upon a time\nthere was a file.\n',
    'report.txt': 'good',
    'damaged.txt': 'whole and good',
    'note.txt': 'note',
    'Letter.docx': 'not opened here',
    'dot.png': 'not a picture yet',
  })
})
afterEach(async () => {
  expect(browser.complaints()).toEqual([])
  await browser.leave()
})
afterAll(async () => {
  await browser.close()
  await served.stop()
})

const onDisk = (name: string) =>
  existsSync(join(served.folder, name)) ? readFileSync(join(served.folder, name), 'utf8') : null
const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^Select ${name}`) })
const status = (page: Page, text: RegExp) => page.locator('.frame-status').filter({ hasText: text })

async function openPage(name: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(served.url)
  await row(page, name).getByRole('link').click()
  return page
}

async function editorOf(page: Page): Promise<Frame> {
  await page.frameLocator('iframe').locator('.cm-content[contenteditable="true"]').waitFor()
  const frame = page.frames().find((candidate) => candidate.url().includes('/text-editor/'))
  if (!frame) throw new Error('The page has no editor.')
  return frame
}

async function save(page: Page, editor: Frame, text: string): Promise<void> {
  await editor.locator('.cm-content').click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
  await status(page, /not saved yet/).waitFor()
  await page.keyboard.press('Control+s')
  await status(page, /^Saved/).waitFor()
}

/** Saves as a client would whose lock is not, or no longer, that of the file. */
async function putWithWrongLock(name: string, content: string | Uint8Array<ArrayBuffer>): Promise<number> {
  const { wopiSrc, accessToken } = await issueToken(served, name)
  const answer = await fetch(`${wopiSrc}/contents?access_token=${encodeURIComponent(accessToken)}`, {
    method: 'POST',
    headers: { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': 'somebody-elses-lock' },
    body: content,
  })
  return answer.status
}

describe('the page around an editor', () => {
  it('says how saving goes, renames in place, and leads back to the folder', async () => {
    const page = await openPage('Plan.md')
    const editor = await editorOf(page)
    await save(page, editor, 'Second plan')
    await expect.poll(() => onDisk('Plan.md')).toBe('Second plan')

    await page.getByRole('heading', { name: 'Plan.md' }).getByRole('button').click()
    await page.getByRole('textbox', { name: 'Rename the document' }).fill('Plan B')
    await page.keyboard.press('Enter')
    await expect.poll(() => onDisk('Plan B.md')).toBe('Second plan')
    await expect.poll(() => page.title()).toBe('Plan B.md')

    // The editor was not told: it asks when it needs the name.
    await editor.getByRole('button', { name: 'Save a copy' }).click()
    await expect.poll(() => editor.getByLabel('Name of the copy').inputValue()).toBe('Plan B (copy).md')
    await page.keyboard.type('Plan C')
    expect(await editor.getByLabel('Name of the copy').inputValue()).toBe('Plan C.md')
    await page.keyboard.press('Escape')

    await page.getByRole('link', { name: 'Back' }).click()
    await row(page, 'Plan B.md').waitFor()
  })

  it('shows each thing once, whether itself or the editor', async () => {
    const page = await openPage('note.txt')
    const editor = await editorOf(page)
    await expect
      .poll(() => editor.locator('.toolbar button:visible').allTextContents())
      .toEqual(['Save', 'Save a copy', 'Find and replace', 'Wrap long lines'])
    expect(await editor.getByText('note.txt').count()).toBe(0)
    expect(await editor.locator('.status').textContent()).toBe('')
    const { origin, pathname } = new URL(page.url())
    await page.goto(`${origin}${pathname}?action=view`)
    await page.getByText('Read only', { exact: true }).waitFor()
    await expect.poll(() => page.frameLocator('iframe').getByRole('button', { name: 'Edit' }).count()).toBe(0)
  })

  it('of another host leaves name, saving and the way back to the editor', async () => {
    const page = await browser.newPage()
    const { wopiSrc, accessToken } = await issueToken(served, 'Plan B.md')
    const { html, headers } = renderHostPage({
      actionUrl: `${served.url}text-editor/edit?wopisrc=${encodeURIComponent(wopiSrc)}`,
      accessToken,
      accessTokenTtl: 0,
      documentName: 'Plan B.md',
      folderUrl: '/',
      scriptNonce: randomBytes(16).toString('base64'),
    })
    await page.route(`${served.url}another-host`, (route) => route.fulfill({ headers, body: html }))
    await page.goto(`${served.url}another-host`)
    const editor = await editorOf(page)
    await editor.locator('.status', { hasText: /^Saved$/ }).waitFor()
    await editor.locator('.name-button').click()
    await editor.locator('.name-field').fill('Plan C')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Plan C.md' }).waitFor()
    await editor.getByRole('button', { name: 'Close' }).click()
    await row(page, 'Plan C.md').waitFor()
  })

  it('shows who else is there', async () => {
    const first = await openPage('note.txt')
    await editorOf(first)
    const second = await openPage('note.txt')
    await second.locator('iframe').waitFor()
    // The same person in two windows is one person: in single-person mode nobody else can be here.
    await expect.poll(() => first.getByRole('button', { name: /Who is here/ }).count()).toBe(0)
  })

  it('tells at once that a save was refused, and leads to the rescued save', async () => {
    const page = await openPage('report.txt')
    const editor = await editorOf(page)
    await save(page, editor, 'better')
    expect(await putWithWrongLock('report.txt', 'rescued words')).toBe(409)
    const banner = page.locator('.banner.error')
    await banner.getByText('kept as a rescued save').waitFor()
    expect(onDisk('report.txt')).toBe('better')
    await expectAccessible(page, 'a refused save')

    await banner.getByRole('button', { name: 'Show the rescued save' }).click()
    const panel = page.getByRole('complementary', { name: 'Versions' })
    await panel.getByText('A save of this file was rescued').waitFor()
    await panel.getByRole('button', { name: 'Keep as a copy' }).click()
    await page.getByText(/Kept as /).waitFor()
    await expect.poll(() => banner.count()).toBe(0)
  })

  it('says what to do where no editor knows the type', async () => {
    const page = await openPage('Letter.docx')
    await page.getByRole('heading', { name: /No editor is connected for “Letter\.docx”/ }).waitFor()
    await page.getByText('ONLYOFFICE Docs or Collabora Online').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('Letter.docx')
  })

  it('says so where there is nothing, and leads back', async () => {
    for (const address of ['open/nothing', 'folder/nothing']) {
      const page = await browser.newPage()
      await page.goto(`${served.url}${address}`)
      await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
      await expect.poll(() => page.title()).toContain('There is nothing here')
      await page.getByRole('link', { name: 'To the documents' }).click()
      await row(page, 'story.txt').waitFor()
    }
  })

  it('cannot be put into a frame of another site', async () => {
    const { headers } = await (await browser.newPage()).goto(served.url).then((answer) => ({
      headers: answer?.headers() ?? {},
    }))
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
  })
})

describe('versions', () => {
  async function panelFor(name: string) {
    const page = await browser.newPage()
    await page.goto(served.url)
    await row(page, name).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Versions' }).click()
    const panel = page.getByRole('complementary', { name: 'Versions' })
    await panel.getByText('Current').waitFor()
    return { page, panel }
  }

  it('are listed, shown, compared and restored', async () => {
    const page = await openPage('story.txt')
    await save(page, await editorOf(page), 'Once upon a time\nthere was a folder.')
    await page.getByRole('link', { name: 'Back' }).click()
    await row(page, 'story.txt').waitFor()

    const { page: library, panel } = await panelFor('story.txt')
    const older = panel.getByRole('listitem').nth(1)
    const choose = async (command: string) => {
      await older.getByRole('button').click()
      await library.getByRole('menuitem', { name: command }).click()
    }
    await choose('View')
    await library.getByText('there was a file.').waitFor()
    await library.getByRole('button', { name: 'Close' }).last().click()

    await choose('Compare with the current text')
    await library.locator('.diff-line.removed', { hasText: 'there was a file.' }).waitFor()
    await library.locator('.diff-line.added', { hasText: 'there was a folder.' }).waitFor()
    await library.getByRole('button', { name: 'Close' }).last().click()

    await choose('Keep for ever')
    await older.getByText('Kept for ever').waitFor()

    await choose('Restore')
    await library.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
    await expect.poll(() => onDisk('story.txt')).toBe('Once upon a time\nthere was a file.\n')
    await panel.getByRole('listitem').first().getByText('Restored').waitFor()
  })

  it('tell that a save looks damaged, and go back with one click', async () => {
    const good = onDisk('damaged.txt') ?? ''
    const { wopiSrc, accessToken } = await issueToken(served, 'damaged.txt')
    const call = (path: string, override: string, body?: string) =>
      fetch(`${wopiSrc}${path}?access_token=${encodeURIComponent(accessToken)}`, {
        method: 'POST',
        headers: { 'X-WOPI-Override': override, 'X-WOPI-Lock': 'mine' },
        ...(body === undefined ? {} : { body }),
      })
    expect((await call('', 'LOCK')).status).toBe(200)
    expect((await call('/contents', 'PUT', '')).status).toBe(200)
    expect((await call('', 'UNLOCK')).status).toBe(200)

    const page = await browser.newPage()
    await page.goto(served.url)
    await row(page, 'damaged.txt').getByText('Looks damaged').waitFor()
    await row(page, 'damaged.txt').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Versions' }).click()
    await page.getByRole('button', { name: 'Go back to the last good version' }).click()
    await expect.poll(() => onDisk('damaged.txt')).toBe(good)
    await row(page, 'damaged.txt').getByText('Looks damaged').waitFor({ state: 'detached' })
  })

  it('of rescued saves are looked at where a browser shows them, and else downloaded', async () => {
    const picture = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    )
    expect(await putWithWrongLock('dot.png', picture)).toBe(409)
    expect(await putWithWrongLock('Letter.docx', 'a letter')).toBe(409)
    const page = await browser.newPage()
    await page.goto(`${served.url}rescued`)
    const rescued = (name: string) => page.getByRole('listitem').filter({ hasText: name })
    await rescued('Letter.docx').getByRole('link', { name: 'Download' }).waitFor()
    expect(await rescued('Letter.docx').getByRole('button', { name: 'View' }).count()).toBe(0)
    await rescued('dot.png').getByRole('button', { name: 'View' }).click()
    const image = page.getByRole('img', { name: 'Preview of dot.png' })
    await expect.poll(() => image.evaluate((node: HTMLImageElement) => node.naturalWidth)).toBe(1)
  })

  it('of rescued saves are settled on a page of their own', async () => {
    writeFileSync(join(served.folder, 'report.txt'), 'as it is')
    await putWithWrongLock('report.txt', 'as it should be')
    const page = await browser.newPage()
    await page.goto(`${served.url}rescued`)
    await page.getByRole('button', { name: 'View' }).first().click()
    const preview = page.getByRole('dialog', { name: 'report.txt' })
    await preview.getByText('as it should be').waitFor()
    await expectAccessible(page, 'a rescued save')
    await preview.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Make it the newest version' }).first().click()
    await page.getByText('is now the newest version of report.txt').waitFor()
    await expect.poll(() => onDisk('report.txt')).toBe('as it should be')
    while ((await page.getByRole('button', { name: 'Discard' }).count()) > 0) {
      await page.getByRole('button', { name: 'Discard' }).first().click()
      await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.waitForTimeout(300)
    }
    await page.getByText('No save had to be rescued').waitFor()
  })
})
