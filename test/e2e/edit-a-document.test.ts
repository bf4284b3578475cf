import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../support/browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'

/*
 * The main job, as a person does it: open the address, open a document, edit it, and the file on the disk has changed, all of it through WOPI.
 */

let browser: Browser
let served: ServedFolder
const contexts: BrowserContext[] = []

beforeAll(async () => {
  browser = await launchBrowser()
  served = await serveFolder({
    'Plan.md': '# Plan\n',
    'Old.doc': new Uint8Array(600).fill(1),
    'empty.txt': '',
    'idea.txt': 'idea',
  })
})

afterEach(async () => {
  for (const context of contexts.splice(0)) {
    // Leaving the page lets the editor unlock; a context that is closed ends like a crash.
    for (const page of context.pages()) await page.goto('about:blank')
    await context.close()
  }
})

afterAll(async () => {
  await browser.close()
  await served.stop()
})

async function newPage(): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB' })
  // Below the limit of a test, so that what failed is told by the step.
  context.setDefaultTimeout(20_000)
  contexts.push(context)
  return context.newPage()
}

/** Opens a document from the first page, and waits until it can be read. */
async function open(page: Page, name: string): Promise<Frame> {
  await openPage(page, name)
  return editorOf(page)
}

async function openPage(page: Page, name: string): Promise<void> {
  await page.goto(served.url)
  await page.getByText(name, { exact: true }).first().dblclick()
}

async function editorOf(page: Page): Promise<Frame> {
  const content = page.frameLocator('iframe').locator('.cm-content')
  await content.waitFor()
  const frame = page.frames().find((candidate) => candidate.url().includes('/text-editor/'))
  if (!frame) throw new Error('The page has no editor.')
  return frame
}

async function type(editor: Frame, text: string): Promise<void> {
  const page = editor.page()
  await editor.locator('.cm-content').click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(text)
}

function onDisk(name: string): string {
  return readFileSync(join(served.folder, name), 'utf8')
}

async function eventually(name: string, content: string): Promise<void> {
  await expect
    .poll(() => (existsSync(join(served.folder, name)) ? onDisk(name) : null), { timeout: 10_000 })
    .toBe(content)
}

describe('a person with a browser', () => {
  it('opens a document, edits it, saves it, and finds it again', async () => {
    const page = await newPage()
    const editor = await open(page, 'Plan.md')
    expect(await page.title()).toContain('Plan.md')
    await type(editor, 'First step')
    await page.keyboard.press('Control+s')
    await page.locator('.frame-status', { hasText: /^Saved/ }).waitFor()
    await eventually('Plan.md', '# Plan\nFirst step')

    await page.reload()
    const again = await editorOf(page)
    await again.locator('.cm-line', { hasText: 'First step' }).waitFor()
    // Nothing secret in the address of any frame.
    for (const frame of page.frames()) expect(frame.url()).not.toContain('access_token')
  })

  it('sees in a second browser that somebody is editing, and may edit once they have closed', async () => {
    const [first, second] = [await newPage(), await newPage()]
    const before = onDisk('Plan.md')
    const editor = await open(first, 'Plan.md')
    await type(editor, '!')
    const locked = await open(second, 'Plan.md')
    await locked.getByText('being edited somewhere else').first().waitFor()
    expect(await locked.locator('.cm-content').getAttribute('contenteditable')).toBe('false')

    await first.getByRole('link', { name: 'Back' }).click()
    await first.waitForURL(/\/(folder\/\w+)?$/)
    // The first page saves and unlocks while it goes; whoever is quicker than that tries once more.
    const tryAgain = locked.getByRole('button', { name: 'Try again' })
    await expect
      .poll(
        async () => {
          if (await tryAgain.isVisible()) await tryAgain.click({ timeout: 1000 }).catch(() => {})
          return locked.locator('.cm-content').getAttribute('contenteditable')
        },
        { timeout: 10_000 },
      )
      .toBe('true')
    await eventually('Plan.md', `${before}!`)
  })

  it('is asked before overwriting what another program changed meanwhile', async () => {
    const page = await newPage()
    const editor = await open(page, 'empty.txt')
    await type(editor, 'mine')
    await page.keyboard.press('Control+s')
    await eventually('empty.txt', 'mine')
    writeFileSync(join(served.folder, 'empty.txt'), 'theirs')
    await type(editor, ' too')
    await editor.getByText('has changed this document').first().waitFor()
    expect(onDisk('empty.txt')).toBe('theirs')
    await editor.getByRole('button', { name: 'Overwrite it' }).click()
    await eventually('empty.txt', 'mine too')
  })

  it('renames the document and saves a copy beside it', async () => {
    const page = await newPage()
    const editor = await open(page, 'idea.txt')
    await page.getByRole('heading', { name: 'idea.txt' }).getByRole('button').click()
    await page.getByRole('textbox', { name: 'Rename the document' }).fill('计划 2026')
    await page.keyboard.press('Enter')
    await eventually('计划 2026.txt', 'idea')
    expect(existsSync(join(served.folder, 'idea.txt'))).toBe(false)
    await expect.poll(() => page.title()).toContain('计划 2026')

    await editor.getByRole('button', { name: 'Save a copy' }).first().click()
    await editor.getByLabel('Name of the copy').fill('Copy of it.txt')
    await page.keyboard.press('Enter')
    await eventually('Copy of it.txt', 'idea')
  })

  it('is told which editors open a format that nobody here opens', async () => {
    const page = await newPage()
    await openPage(page, 'Old.doc')
    await page.getByText('ONLYOFFICE Docs').first().waitFor()
  })
})
