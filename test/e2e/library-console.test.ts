import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type LibraryBrowser, openLibraryBrowser } from './library-browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'

/*
 * The main journeys leave nothing in the console of the browser, of no page and of no frame: no error, no warning, no report of the content
 * security policy, and no request that is refused. The tests follow one another.
 */

let browser: LibraryBrowser
let served: ServedFolder
const password = 'correct horse battery'

beforeAll(async () => {
  browser = await openLibraryBrowser()
  served = await serveFolder(
    {
      'Plan.md': '# Plan\n\n**Two** steps, and a [link](https://example.org).\n',
      'page.html': '<!doctype html>\n<style>p { color: red }</style>\n<p style="color: blue">Text</p>\n',
      'Letter.docx': 'letter',
      'Team/notes.txt': 'notes',
    },
    ['--accounts', 'true'],
  )
})
afterEach(async () => {
  expect(browser.complaints()).toEqual([])
  expect(browser.refusals()).toEqual([])
  await browser.leave()
})
afterAll(async () => {
  await browser.close()
  await served.stop()
})

const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^Select ${name}`) })

async function signedIn(): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(served.url)
  await page.getByLabel('Name').fill('ann')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await row(page, 'Plan.md').waitFor()
  return page
}

it('first start, signing out and in', async () => {
  await expect.poll(() => served.printed()).toMatch(/setup#\S+/)
  const [link = ''] = /http:\S+setup#\S+/.exec(served.printed()) ?? []
  const page = await browser.newPage()
  await page.goto(link)
  await page.getByLabel('Your name, as others see it').fill('Ann Lee')
  await page.getByLabel('Name to sign in with').fill('ann')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await row(page, 'Plan.md').waitFor()
  await page.getByRole('button', { name: 'Preferences and account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await signedIn()
})

it('the library, its panels and the pages beside it', async () => {
  const page = await signedIn()
  await page.getByRole('link', { name: 'Team' }).click()
  await row(page, 'notes.txt').waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Grid' }).click()
  await page.locator('.tile').first().waitFor()
  await page.getByRole('button', { name: 'List' }).click()
  await page.getByRole('searchbox').fill('notes')
  await row(page, 'notes.txt').waitFor()
  await page.goto(served.url)
  await row(page, 'Plan.md').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Versions' }).click()
  await page.getByRole('complementary', { name: 'Versions' }).getByText('Current').waitFor()
  await page.getByRole('link', { name: 'Letter.docx' }).click()
  await page.getByRole('heading', { name: /No editor is connected/ }).waitFor()
  for (const [path, sign] of [
    ['rescued', '.notice'],
    ['bin', '.notice'],
    ['people', 'main li'],
    ['admin', '.storage-bar'],
  ]) {
    await page.goto(`${served.url}${path}`)
    await page
      .locator(sign ?? '')
      .first()
      .waitFor()
  }
})

it.each(['Plan.md', 'page.html'])('%s, opened, edited, searched, saved and left', async (name) => {
  const page = await signedIn()
  await page.getByRole('link', { name }).click()
  const editor = page.frameLocator('iframe')
  const text = editor.locator('.cm-content[contenteditable="true"]')
  await text.waitFor()
  await text.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('\nOne more line')
  await page.keyboard.press('Control+f')
  await editor.getByRole('textbox', { name: 'Find' }).fill('more')
  await page.keyboard.press('Escape')
  await text.click()
  // Over text of another look, which browsers would rather keep.
  await page.keyboard.press('Control+a')
  await page.keyboard.type('All new')
  await page.keyboard.press('Control+s')
  await page.locator('.frame-status', { hasText: /^Saved/ }).waitFor()
  await page.getByRole('button', { name: 'Versions' }).click()
  await page.getByRole('complementary', { name: 'Versions' }).getByText('Current').waitFor()
  await page.getByRole('link', { name: 'Back' }).click()
  await row(page, name).waitFor()
})

it('a share link, made and followed by a guest', async () => {
  const page = await signedIn()
  await row(page, 'Team').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Share' }).click()
  await page.getByRole('heading', { name: 'Links' }).waitFor()
  await page.getByRole('button', { name: 'Create the link' }).click()
  const shareLink = await page.getByRole('textbox', { name: 'Copy link' }).inputValue()
  const guest = await browser.newPage()
  await guest.goto(shareLink)
  await guest.getByLabel('Your name, as others see it').fill('Gus')
  await guest.getByRole('button', { name: 'Enter' }).click()
  await guest.getByRole('link', { name: 'notes.txt' }).click()
  await guest.frameLocator('iframe').locator('.cm-content').waitFor()
})
