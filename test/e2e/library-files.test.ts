import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type LibraryBrowser, openLibraryBrowser } from './library-browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'

/*
 * Files and folders as a person handles them, with the pointer: what is seen on the page, and what is then on the disk.
 */

let browser: LibraryBrowser
let served: ServedFolder

beforeAll(async () => {
  browser = await openLibraryBrowser()
  served = await serveFolder({
    'Budget.csv': 'a,b\n1,2\n',
    'Plan.md': '# Plan\n',
    'big.txt': 'x'.repeat(5000),
    'Photos/red.png': Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
      'base64',
    ),
    'Photos/Previews/Notes.md': '# Notes\n',
    'Photos/Previews/Sheet.pdf': `%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 800 400]>> endobj
trailer <</Root 1 0 R>>`,
    'Photos/Previews/Broken.pdf': 'no PDF at all',
    'Projects/Garden/beds.txt': 'three beds',
    'Sorted/a.txt': 'aaa',
    'Sorted/b.txt': 'b',
    'Sorted/c.txt': 'cc',
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

const onDisk = (path: string) => existsSync(join(served.folder, path))
const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^Select ${name}`) })
const menuItem = (page: Page, name: string) => page.getByRole('menuitem', { name, exact: true })

async function library(path = ''): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(served.url + path)
  await page.locator('[role="row"][data-index="0"]').waitFor()
  return page
}

async function choose(page: Page, name: string, command: string): Promise<void> {
  await row(page, name).click({ button: 'right' })
  await menuItem(page, command).click()
}

const names = (page: Page) => page.locator('.item-name').allTextContents()

describe('the library', () => {
  it('goes into folders and back by the path above the list', async () => {
    const page = await library()
    expect(await names(page)).toEqual(['Photos', 'Projects', 'Sorted', 'big.txt', 'Budget.csv', 'Plan.md'])
    await page.getByRole('link', { name: 'Projects' }).click()
    await page.getByRole('link', { name: 'Garden' }).click()
    await page.getByRole('heading', { name: 'Garden', level: 1 }).waitFor()
    await expect.poll(() => page.title()).toContain('Garden')
    await row(page, 'beds.txt').waitFor()

    const path = page.getByRole('navigation', { name: 'Path' })
    await path.getByRole('link', { name: 'Projects' }).click()
    await page.getByRole('link', { name: 'Garden' }).waitFor()
    await page.goBack()
    await row(page, 'beds.txt').waitFor()
    await path.getByRole('link', { name: 'Documents' }).click()
    await row(page, 'Plan.md').waitFor()
    expect(page.url()).toBe(served.url)
  })

  it('sorts by what is asked for, and remembers it', async () => {
    const page = await library()
    await page.getByRole('link', { name: 'Sorted' }).click()
    await row(page, 'a.txt').waitFor()
    await page.getByRole('columnheader', { name: 'Size' }).getByRole('button').click()
    await expect.poll(() => names(page)).toEqual(['b.txt', 'c.txt', 'a.txt'])
    await page.getByRole('columnheader', { name: 'Size' }).getByRole('button').click()
    await expect.poll(() => names(page)).toEqual(['a.txt', 'c.txt', 'b.txt'])
    expect(await page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort')).toBe(
      'descending',
    )
    await page.reload()
    await expect.poll(() => names(page)).toEqual(['a.txt', 'c.txt', 'b.txt'])
  })

  it('shows tiles with pictures of pictures, and shows a picture large', async () => {
    const page = await library()
    await page.getByRole('link', { name: 'Photos' }).click()
    await row(page, 'red.png').waitFor()
    await page.getByRole('button', { name: 'Grid' }).click()
    const tile = page.getByRole('gridcell', { name: /red\.png/ })
    await tile.waitFor()
    await tile.getByRole('link').click()
    const picture = page.getByRole('img', { name: 'Preview of red.png' })
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)
    await page.keyboard.press('Escape')
    await picture.waitFor({ state: 'detached' })
  })

  it('shows tiles with the beginning of texts and the first page of PDF documents, or an icon', async () => {
    const page = await library()
    await page.getByRole('link', { name: 'Photos' }).click()
    await page.getByRole('link', { name: 'Previews' }).click()
    await row(page, 'Sheet.pdf').waitFor()
    await page.getByRole('button', { name: 'Grid' }).click()
    const tile = (name: string) => page.getByRole('gridcell', { name })
    const size = (name: string) =>
      tile(name)
        .locator('img')
        .evaluate(({ naturalWidth, naturalHeight }: HTMLImageElement) => [naturalWidth, naturalHeight])
    await expect.poll(() => size('Notes.md')).toEqual([226, 320])
    await expect.poll(() => size('Sheet.pdf')).toEqual([480, 240])
    await tile('Broken.pdf').locator('.picture .file-icon').waitFor()
  })

  it('finds files by a part of their name, in all folders', async () => {
    const page = await library()
    await page.getByRole('searchbox').fill('bed')
    await page.getByRole('heading', { name: 'Results for “bed”' }).waitFor()
    await row(page, 'beds.txt').getByText('in Projects/Garden').waitFor()
    await page.getByRole('searchbox').fill('nothing like it')
    await page.getByText('Nothing has “nothing like it” in its name').waitFor()
    await page.getByRole('searchbox').fill('')
    await row(page, 'Plan.md').waitFor()
  })

  it('makes a folder, and in it a document, which opens in its editor', async () => {
    const page = await library()
    await page.getByRole('button', { name: 'New' }).click()
    await menuItem(page, 'Folder').click()
    await page.getByRole('dialog').getByRole('textbox').fill('Letters')
    await page.keyboard.press('Enter')
    await expect.poll(() => onDisk('Letters')).toBe(true)
    await row(page, 'Letters').and(page.locator(':focus')).waitFor()

    await page.keyboard.press('Enter')
    await page.getByText('This folder is empty').waitFor()
    await page.getByRole('button', { name: 'New' }).first().click()
    await menuItem(page, 'Markdown text').click()
    await page.getByRole('dialog').getByRole('textbox').fill('To Ann')
    await page.keyboard.press('Enter')
    await page.frameLocator('iframe').locator('.cm-content').waitFor()
    expect(onDisk('Letters/To Ann.md')).toBe(true)
  })

  it('makes every kind of blank document', async () => {
    const page = await library()
    await page.getByRole('link', { name: 'Letters' }).click()
    await row(page, 'To Ann.md').waitFor()
    await page.getByRole('button', { name: 'New' }).click()
    await menuItem(page, 'Spreadsheet').click()
    await page.getByRole('button', { name: 'Create' }).click()
    // Nobody here opens spreadsheets, so it stays in the list.
    await row(page, 'Untitled.xlsx').waitFor()
    expect(readFileSync(join(served.folder, 'Letters/Untitled.xlsx')).subarray(0, 2).toString()).toBe('PK')
  })

  it('renames, and warns when the ending changes', async () => {
    const page = await library()
    await choose(page, 'Budget.csv', 'Rename')
    const field = page.getByLabel('New name')
    await field.fill('Budget.txt')
    await page.getByText('The ending changes').waitFor()
    await field.fill('计划 “2026” <b>.csv')
    await page.keyboard.press('Enter')
    // The server says what is wrong with the name, and the dialog stays.
    await page.getByRole('alert').waitFor()
    await field.fill('预算 2026.csv')
    await page.keyboard.press('Enter')
    await row(page, '预算 2026.csv').waitFor()
    expect(onDisk('预算 2026.csv')).toBe(true)
  })

  it('does not overwrite by renaming', async () => {
    const page = await library()
    await choose(page, 'big.txt', 'Rename')
    await page.getByLabel('New name').fill('Plan.md')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('Plan.md').waitFor()
    expect(readFileSync(join(served.folder, 'Plan.md'), 'utf8')).toBe('# Plan\n')
  })

  it('moves by a dialog with the tree of folders', async () => {
    const page = await library()
    await choose(page, 'big.txt', 'Move to …')
    const tree = page.getByRole('tree')
    await tree.getByRole('treeitem', { name: 'Projects' }).focus()
    await page.keyboard.press('ArrowRight')
    await tree.getByRole('treeitem', { name: 'Garden' }).click()
    await page.getByRole('button', { name: 'Move here' }).click()
    await page.getByText('1 item moved to Garden').waitFor()
    expect(onDisk('Projects/Garden/big.txt')).toBe(true)
    expect(onDisk('big.txt')).toBe(false)
  })

  it('moves by dragging onto a folder', async () => {
    const page = await library()
    await row(page, '预算 2026.csv').dragTo(row(page, 'Projects'))
    await expect.poll(() => onDisk('Projects/预算 2026.csv')).toBe(true)
    await row(page, '预算 2026.csv').waitFor({ state: 'detached' })
  })

  it('copies beside, and deletes several at once with a way back', async () => {
    const page = await library()
    await page.getByRole('link', { name: 'Sorted' }).click()
    await row(page, 'a.txt').waitFor()
    await choose(page, 'a.txt', 'Make a copy')
    await page.getByText('1 item copied').waitFor()
    await expect.poll(() => readdirSync(join(served.folder, 'Sorted')).length).toBe(4)

    await page.getByRole('button', { name: 'Clear selection' }).click()
    await row(page, 'b.txt').getByRole('checkbox').click()
    await row(page, 'c.txt').getByRole('checkbox').click()
    await page.getByText('2 selected').waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('2 items are in the bin').waitFor()
    expect(onDisk('Sorted/b.txt') || onDisk('Sorted/c.txt')).toBe(false)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('2 items are back').waitFor()
    expect(onDisk('Sorted/b.txt') && onDisk('Sorted/c.txt')).toBe(true)
  })

  it('keeps what was deleted in the bin, from where it is restored or removed for ever', async () => {
    const page = await library()
    for (const name of ['Sorted', 'Letters']) {
      await choose(page, name, 'Delete')
      await row(page, name).waitFor({ state: 'detached' })
    }
    await page.getByRole('link', { name: 'Bin' }).click()
    await page.getByRole('button', { name: 'Restore: Sorted' }).click()
    await page.getByText('Sorted is back').waitFor()
    await expect.poll(() => onDisk('Sorted/a.txt')).toBe(true)
    await page.getByRole('button', { name: 'Delete for ever: Letters' }).click()
    await page.getByText('Letters will be gone for ever').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete for ever' }).click()
    await page.getByText('The bin is empty').waitFor()
    expect(onDisk('Letters')).toBe(false)
  })

  it('shows file names as text, whatever they are', async () => {
    const page = await library()
    await choose(page, 'Plan.md', 'Rename')
    const hostile = "'-alert(1)-' & img onerror=alert(1).md"
    await page.getByLabel('New name').fill(hostile)
    await page.keyboard.press('Enter')
    await page.getByText(hostile, { exact: true }).waitFor()
  })
})
