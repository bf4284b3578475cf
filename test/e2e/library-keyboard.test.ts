import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type LibraryBrowser, openLibraryBrowser } from './library-browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'

/*
 * The library without a pointer: nothing here clicks.
 */

let browser: LibraryBrowser
let served: ServedFolder
let page: Page

beforeAll(async () => {
  browser = await openLibraryBrowser()
  served = await serveFolder({
    'Archive/old.txt': '',
    'annual.md': '',
    'budget.md': '',
    'cards.md': '',
    'contract.md': '',
    'data.md': '',
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

const focused = () =>
  page.evaluate(
    () =>
      document.activeElement?.querySelector('[data-name]')?.textContent ??
      document.activeElement?.textContent ??
      '',
  )
const selected = () => page.locator('[aria-selected="true"] .item-name').allTextContents()
const onDisk = (path: string) => existsSync(join(served.folder, path))

async function press(...keys: string[]) {
  for (const key of keys) await page.keyboard.press(key)
}

/** Opens the library and goes into the list by the Tab key. */
async function intoList() {
  page = await browser.newPage()
  await page.goto(served.url)
  await page.locator('[data-index="0"]').waitFor()
  for (let steps = 0; steps < 30; steps += 1) {
    await press('Tab')
    if (await page.evaluate(() => document.activeElement?.hasAttribute('data-index'))) return
  }
  throw new Error('The Tab key does not lead into the list.')
}

describe('by keyboard alone', () => {
  it('the first stop skips to the content', async () => {
    page = await browser.newPage()
    await page.goto(served.url)
    await page.locator('[data-index="0"]').waitFor()
    await press('Tab')
    expect(await focused()).toBe('Skip to the content')
    await press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
  })

  it('arrows, Home, End and letters move; the list is one stop of the Tab key', async () => {
    await intoList()
    expect(await focused()).toBe('Archive')
    await press('ArrowDown', 'ArrowDown')
    expect(await focused()).toBe('budget.md')
    await press('End')
    expect(await focused()).toBe('data.md')
    await press('Home')
    expect(await focused()).toBe('Archive')
    await page.keyboard.type('con')
    expect(await focused()).toBe('contract.md')
    await press('Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('[role="grid"]'))).toBeNull()
    await press('Shift+Tab')
    expect(await focused()).toBe('contract.md')
  })

  it('selects with Space, Shift and Ctrl+A, and lets go with Escape', async () => {
    await intoList()
    await press('ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown')
    expect(await selected()).toEqual(['annual.md', 'budget.md', 'cards.md'])
    await press('Control+ArrowDown', 'Control+ArrowDown', 'Space')
    expect(await selected()).toEqual(['annual.md', 'budget.md', 'cards.md', 'data.md'])
    await press('Control+a')
    expect((await selected()).length).toBe(6)
    await page.getByText('6 selected').waitFor()
    await press('Escape')
    expect(await selected()).toEqual([])
  })

  it('opens a folder with Enter and a document with Enter', async () => {
    await intoList()
    await press('Enter')
    await page.getByRole('heading', { name: 'Archive' }).waitFor()
    await page.goBack()
    await page.locator('[data-index="1"]').waitFor()
    await intoList()
    await page.keyboard.type('budget')
    await press('Enter')
    await page.frameLocator('iframe').locator('.cm-content').waitFor()
    await expect.poll(() => page.title()).toContain('budget.md')
  })

  it('goes the whole way: makes a document, writes, saves, and returns to find it', async () => {
    await intoList()
    const go = async (key: string, name: string) => {
      for (let steps = 0; steps < 40; steps += 1) {
        await press(key)
        const label = await page.evaluate(
          () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent,
        )
        if (label?.trim() === name) return
      }
      throw new Error(`${key} does not lead to ${name}.`)
    }
    await go('Shift+Tab', 'New')
    await press('Enter')
    await go('ArrowDown', 'Markdown text')
    await press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('by hand')
    await press('Enter')
    const text = page.frameLocator('iframe').locator('.cm-content[contenteditable="true"]')
    await text.and(page.frameLocator('iframe').locator(':focus')).waitFor()
    await page.keyboard.type('Not a click.')
    await press('Control+s')
    await page.locator('.frame-status', { hasText: /^Saved/ }).waitFor()
    expect(readFileSync(join(served.folder, 'by hand.md'), 'utf8')).toContain('Not a click.')
    // Escape, then Shift+Tab: in a text, the Tab key alone indents.
    await press('Escape')
    await go('Shift+Tab', 'Back')
    await press('Enter')
    await page.getByRole('link', { name: 'by hand.md' }).waitFor()
    await intoList()
    await page.keyboard.type('by hand')
    await press('Delete')
    await expect.poll(() => onDisk('by hand.md')).toBe(false)
  })

  it('renames with F2, and the focus comes back to the list', async () => {
    await intoList()
    await page.keyboard.type('cards')
    await press('F2')
    await page.getByLabel('New name').waitFor()
    // The stem is selected, the ending is not.
    await page.keyboard.type('postcards')
    await press('Enter')
    await expect.poll(() => onDisk('postcards.md')).toBe(true)
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(focused).toBe('postcards.md')
  })

  it('opens the menu of an item with its key, and goes through it', async () => {
    await intoList()
    await page.keyboard.type('data')
    await press('ContextMenu')
    await page.getByRole('menu').waitFor()
    expect(await focused()).toBe('Open')
    await press('End')
    expect(await focused()).toBe('Delete')
    await press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    await expect.poll(focused).toBe('data.md')
    await press('Shift+F10')
    await page.getByRole('menu').waitFor()
    await page.keyboard.type('m')
    expect(await focused()).toBe('Move to …')
    await press('Enter')
    await page.getByRole('treeitem', { name: 'Documents' }).and(page.locator(':focus')).waitFor()
    await press('ArrowDown', 'Enter')
    await page.getByText('1 item moved to Archive').waitFor()
    expect(onDisk('Archive/data.md')).toBe(true)
  })

  it('deletes with the Delete key', async () => {
    await intoList()
    await page.keyboard.type('annual')
    await press('Delete')
    await page.getByText('annual.md is in the bin').waitFor()
    expect(onDisk('annual.md')).toBe(false)
  })

  it('goes through tiles in two directions', async () => {
    page = await browser.newPage()
    await page.goto(served.url)
    await page.getByRole('button', { name: 'Grid' }).press('Enter')
    await page.getByRole('gridcell').first().focus()
    await press('ArrowRight')
    expect(await focused()).toBe('budget.md')
    await press('ArrowLeft', 'ArrowDown')
    expect(await focused()).toBe('Archive')
  })

  it('searches after “/”', async () => {
    await intoList()
    await press('/')
    await page.keyboard.type('post')
    await page.getByRole('row', { name: /postcards\.md/ }).waitFor()
  })
})
