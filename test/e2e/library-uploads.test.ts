import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type LibraryBrowser, openLibraryBrowser } from './library-browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'

/*
 * Content into the library and out of it again.
 */

const MB = 1024 * 1024
const large = randomBytes(17 * MB)

let browser: LibraryBrowser
let served: ServedFolder
let source: string

beforeAll(async () => {
  browser = await openLibraryBrowser()
  served = await serveFolder({ 'Plan.md': 'old', 'Photos/sea.txt': 'sea' }, ['--max-file-size', '30MiB'])
  source = mkdtempSync(join(tmpdir(), 'wopikit-upload-'))
  mkdirSync(join(source, 'holiday', 'day 1'), { recursive: true })
  writeFileSync(join(source, 'holiday', 'map.txt'), 'map')
  writeFileSync(join(source, 'holiday', 'day 1', 'walk.txt'), 'walk')
  writeFileSync(join(source, 'large.bin'), large)
  writeFileSync(join(source, 'too large.bin'), randomBytes(31 * MB))
  writeFileSync(join(source, 'Plan.md'), 'new')
})
afterEach(async () => {
  expect(browser.complaints()).toEqual([])
  await browser.leave()
})
afterAll(async () => {
  await browser.close()
  await served.stop()
  rmSync(source, { recursive: true, force: true })
})

const content = (path: string) =>
  existsSync(join(served.folder, path)) ? readFileSync(join(served.folder, path), 'utf8') : null
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const uploads = (page: Page) => page.getByRole('region', { name: 'Upload' })

async function library(): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(served.url)
  await page.locator('[data-index="0"]').waitFor()
  return page
}

/** Chooses files by the button, as a person does. */
async function upload(page: Page, command: 'Files' | 'A folder', ...paths: string[]): Promise<void> {
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('menuitem', { name: command }).click()
  await (await chooser).setFiles(paths.map((path) => join(source, path)))
}

/** Drops files of these contents onto the list. */
async function drop(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
  const data = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer()
    for (const [name, text] of Object.entries(given)) transfer.items.add(new File([text], name))
    return transfer
  }, files)
  const target = page.locator('.folder-area')
  await target.dispatchEvent('dragover', { dataTransfer: data })
  await page.getByText('Drop to upload to this folder').waitFor()
  await target.dispatchEvent('drop', { dataTransfer: data })
}

describe('uploading', () => {
  it('takes what is dropped, and shows it in the list at once', async () => {
    const page = await library()
    await drop(page, { 'dropped 文件.txt': 'hello' })
    await page.getByRole('row', { name: /dropped 文件\.txt/ }).waitFor()
    await uploads(page).getByText('1 file uploaded').waitFor()
    expect(content('dropped 文件.txt')).toBe('hello')
  })

  it('takes a folder with what is in it', async () => {
    const page = await library()
    await upload(page, 'A folder', 'holiday')
    await uploads(page).getByText('2 files uploaded').waitFor()
    expect(content('holiday/map.txt')).toBe('map')
    expect(content('holiday/day 1/walk.txt')).toBe('walk')
    await page.getByRole('row', { name: /holiday/ }).waitFor()
  })

  it('asks what to do about a taken name, and never overwrites by itself', async () => {
    const page = await library()
    await upload(page, 'Files', 'Plan.md')
    await uploads(page).getByText('1 upload needs you').waitFor()
    expect(content('Plan.md')).toBe('old')
    await uploads(page).getByRole('button', { name: 'Keep both' }).click()
    await uploads(page).getByText('1 file uploaded').waitFor()
    expect(content('Plan.md')).toBe('old')

    await upload(page, 'Files', 'Plan.md')
    await uploads(page).getByRole('button', { name: 'Replace it' }).click()
    await expect.poll(() => content('Plan.md')).toBe('new')
  })

  it('goes on where it was after the line broke', async () => {
    const page = await library()
    let pieces = 0
    await page.route('**/api/uploads/**', async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue()
      pieces += 1
      if (pieces === 2) return route.abort('connectionreset')
      return route.continue()
    })
    await upload(page, 'Files', 'large.bin')
    await uploads(page).getByText('1 file uploaded').waitFor({ timeout: 30_000 })
    expect(pieces).toBe(4)
    expect(digest(readFileSync(join(served.folder, 'large.bin')))).toBe(digest(large))
  }, 60_000)

  it('says at once when a file is too large', async () => {
    const page = await library()
    await upload(page, 'Files', 'too large.bin')
    await uploads(page).getByText('Larger than the 31.5 MB this server accepts.').waitFor()
    expect(existsSync(join(served.folder, 'too large.bin'))).toBe(false)
  })

  it('can be cancelled, and tried again', async () => {
    const page = await library()
    const held = '**/api/folders/*/files**'
    await page.route(held, () => {})
    await drop(page, { 'slow.txt': 'slow' })
    await uploads(page).getByRole('button', { name: 'Cancel the upload of slow.txt' }).click()
    await uploads(page).getByText('Cancelled').waitFor()
    expect(content('slow.txt')).toBeNull()
    await page.unroute(held)
    await uploads(page).getByRole('button', { name: 'Try again to upload slow.txt' }).click()
    await expect.poll(() => content('slow.txt')).toBe('slow')
  })

  it('is no way out of the folder, whatever the file is called', async () => {
    const page = await library()
    const answer = await page.evaluate(async () => {
      const session = await (await fetch('/api/session')).json()
      const send = (query: string) =>
        fetch(`/api/folders/${session.rootId}/files?${query}`, {
          method: 'PUT',
          body: 'x',
          headers: { 'X-Wopikit-CSRF': session.csrf, 'Content-Type': 'application/octet-stream' },
        }).then(({ status }) => status)
      return [await send('name=..%2Fevil.txt'), await send('name=evil.txt&path=..%2F..%2F')]
    })
    expect(answer).toEqual([400, 400])
    expect(existsSync(join(served.folder, '..', 'evil.txt'))).toBe(false)
  })
})

describe('downloading', () => {
  it('gives a file as it is, and a folder as a zip', async () => {
    const page = await library()
    const download = async (name: string) => {
      await page.getByRole('row', { name: new RegExp(`^Select ${name}`) }).click({ button: 'right' })
      const [given] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: 'Download' }).click(),
      ])
      return { name: given.suggestedFilename(), bytes: readFileSync(await given.path()) }
    }
    const file = await download('Plan.md')
    expect(file.name).toBe('Plan.md')
    expect(file.bytes.toString()).toBe('new')
    const folder = await download('holiday')
    expect(folder.name).toBe('holiday.zip')
    const files = unzipSync(folder.bytes)
    expect(Object.keys(files).filter((name) => !name.endsWith('/')).length).toBe(2)
    expect(Buffer.from(files['holiday/day 1/walk.txt'] as Uint8Array).toString()).toBe('walk')
  })

  it('gives several as one zip', async () => {
    const page = await library()
    await page
      .getByRole('row', { name: /^Select Photos/ })
      .getByRole('checkbox')
      .click()
    await page
      .getByRole('row', { name: /^Select Plan\.md/ })
      .getByRole('checkbox')
      .click()
    const [given] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ])
    const names = Object.keys(unzipSync(readFileSync(await given.path())))
    expect(names).toEqual(expect.arrayContaining(['Photos/sea.txt', 'Plan.md']))
  })
})
