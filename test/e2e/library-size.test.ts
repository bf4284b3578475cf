import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LibraryBrowser, openLibraryBrowser } from './library-browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'

/*
 * What the browser has to fetch before there is something to see.
 */

const MAX_BYTES = 150_000

let browser: LibraryBrowser
let served: ServedFolder

beforeAll(async () => {
  browser = await openLibraryBrowser()
  served = await serveFolder({ 'Plan.md': '# Plan\n', 'data.json': '{}' })
})
afterAll(async () => {
  await browser.leave()
  await browser.close()
  await served.stop()
})

/** Compressed bytes of the scripts that a page fetches, by their addresses. */
function scriptsOf(page: Page): Map<string, Promise<number>> {
  const scripts = new Map<string, Promise<number>>()
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script')
      scripts.set(
        response.url(),
        response.body().then(
          (body) => gzipSync(body).length,
          // One that comes while the page is being left has no body any more.
          () => 0,
        ),
      )
  })
  return scripts
}

const sum = async (sizes: Iterable<Promise<number>>) =>
  (await Promise.all(sizes)).reduce((total, size) => total + size, 0)

it('the library is small, and what an editor needs comes when one is opened', async () => {
  const page = await browser.newPage()
  const scripts = scriptsOf(page)
  await page.goto(served.url)
  await page.getByRole('link', { name: 'Plan.md' }).waitFor()
  await page.waitForLoadState('load')
  const first = new Map(scripts)
  expect(first.size).toBeGreaterThan(0)
  expect(await sum(first.values())).toBeLessThan(MAX_BYTES)
  expect([...first.keys()].filter((url) => /editor|host-page/.test(url))).toEqual([])

  await page.getByRole('link', { name: 'Plan.md' }).click()
  await page.frameLocator('iframe').locator('.cm-content').waitFor()
  const later = [...scripts].filter(([url]) => !first.has(url))
  expect(later.some(([url]) => url.includes('/text-editor/'))).toBe(true)
  expect(await sum(later.map(([, size]) => size))).toBeGreaterThan(await sum(first.values()))
})
