import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type LibraryBrowser, openLibraryBrowser } from './library-browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'

/*
 * Two people at once: what one does, or another program, the other sees without loading the page again.
 */

let browser: LibraryBrowser
let served: ServedFolder

beforeAll(async () => {
  browser = await openLibraryBrowser()
  served = await serveFolder({ 'Plan.md': '# Plan\n', 'Shared/a.txt': 'a', 'note.txt': 'note' })
})
afterEach(async () => {
  expect(browser.complaints()).toEqual([])
  await browser.leave()
})
afterAll(async () => {
  await browser.close()
  await served.stop()
})

const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^Select ${name}`) })

async function library(): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(served.url)
  await row(page, 'Plan.md').waitFor()
  return page
}

async function edit(page: Page, name: string): Promise<Frame> {
  await row(page, name).getByRole('link').click()
  await page.frameLocator('iframe').locator('.cm-content[contenteditable="true"]').waitFor()
  const frame = page.frames().find((candidate) => candidate.url().includes('/text-editor/'))
  if (!frame) throw new Error('The page has no editor.')
  return frame
}

describe('a page that is open', () => {
  it('shows within a second what somebody else does', async () => {
    const [one, other] = [await library(), await library()]
    await other.waitForTimeout(300)
    await row(one, 'note.txt').click({ button: 'right' })
    await one.getByRole('menuitem', { name: 'Rename' }).click()
    await one.getByLabel('New name').fill('memo.txt')
    await one.keyboard.press('Enter')
    await row(one, 'memo.txt').waitFor()
    await row(other, 'memo.txt').waitFor({ timeout: 1_500 })
    await row(other, 'note.txt').waitFor({ state: 'detached', timeout: 1_500 })
  })

  it('shows what another program does to the folder', async () => {
    const page = await library()
    await page.waitForTimeout(300)
    writeFileSync(join(served.folder, 'from outside.txt'), 'x')
    await row(page, 'from outside.txt').waitFor()
    rmSync(join(served.folder, 'from outside.txt'))
    await row(page, 'from outside.txt').waitFor({ state: 'detached' })
    mkdirSync(join(served.folder, 'New folder'))
    await row(page, 'New folder').waitFor()
  })

  it('says who has a document open, until they close it', async () => {
    const [one, other] = [await library(), await library()]
    await edit(one, 'Plan.md')
    await row(other, 'Plan.md').getByText('Open by Owner').waitFor()
    await one.getByRole('link', { name: 'Back' }).click()
    await row(other, 'Plan.md').getByText('Open by Owner').waitFor({ state: 'detached' })
  })

  it('asks before it touches what somebody has open, and destroys nothing', async () => {
    const [one, other] = [await library(), await library()]
    await edit(one, 'Plan.md')
    await row(other, 'Plan.md').getByText('Open by Owner').waitFor()
    await row(other, 'Plan.md').click({ button: 'right' })
    await other.getByRole('menuitem', { name: 'Delete' }).click()
    await other.getByRole('heading', { name: 'The document is open' }).waitFor()
    await other.getByRole('button', { name: 'Cancel' }).click()
    await row(other, 'Plan.md').waitFor()
  })

  it('keeps its selection and its place when the list changes under it', async () => {
    const page = await library()
    await row(page, 'memo.txt').getByRole('checkbox').click()
    writeFileSync(join(served.folder, 'aaa.txt'), 'first in the list')
    await row(page, 'aaa.txt').waitFor()
    expect(await page.locator('[aria-selected="true"] .item-name').allTextContents()).toEqual(['memo.txt'])
  })

  it('finds its way back after the connection was lost', async () => {
    const page = await library()
    await page.context().setOffline(true)
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    writeFileSync(join(served.folder, 'while away.txt'), '')
    await page.context().setOffline(false)
    await row(page, 'while away.txt').waitFor()
  })

  it('makes room for others when nobody looks at it, and catches up when somebody does', async () => {
    const context = (await library()).context()
    const look = (page: Page, state: 'hidden' | 'visible') =>
      page.evaluate((now) => {
        Object.defineProperty(document, 'visibilityState', { value: now, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    // More tabs than a browser gives connections to a site.
    const pages: Page[] = context.pages()
    while (pages.length < 9) {
      await look(pages.at(-1) as Page, 'hidden')
      const page = await context.newPage()
      await page.goto(served.url)
      await row(page, 'Plan.md').waitFor()
      pages.push(page)
    }
    writeFileSync(join(served.folder, 'meanwhile.txt'), '')
    await look(pages[0] as Page, 'visible')
    await row(pages[0] as Page, 'meanwhile.txt').waitFor()
  })
})
