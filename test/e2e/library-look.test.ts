import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { issueToken } from './issue-token.js'
import { expectAccessible, type LibraryBrowser, openLibraryBrowser } from './library-browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'

/*
 * How the pages look and sound: both themes and languages, phones and wide screens, for people who see and people who listen.
 */

let browser: LibraryBrowser
let served: ServedFolder

beforeAll(async () => {
  browser = await openLibraryBrowser()
  served = await serveFolder({
    'A rather long name of a document that has to be cut somewhere on a phone.md': '',
    'Letter.docx': 'letter',
    'Plan.md': '# Plan\n',
    'Old/thing.txt': 'thing',
    'Empty/.keep': '',
    'cod\u202etxt.exe.md': '',
  })
  const { wopiSrc, accessToken } = await issueToken(served, 'Plan.md')
  await fetch(`${wopiSrc}/contents?access_token=${encodeURIComponent(accessToken)}`, {
    method: 'POST',
    headers: { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': 'x' },
    body: 'rescued',
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

const phone: BrowserContextOptions = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }

async function library(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options)
  await page.goto(served.url)
  await page.locator('[data-index="0"]').waitFor()
  return page
}

/** Nothing is wider than the window. */
async function expectNoSidewaysScrolling(page: Page) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
}

const looks: [string, BrowserContextOptions][] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['on a phone', { ...phone, colorScheme: 'light' }],
  ['dark, on a phone, in Chinese', { ...phone, colorScheme: 'dark', locale: 'zh-CN' }],
]

describe.each(looks)('%s', (_, options) => {
  it('every page is accessible', async () => {
    const page = await library(options)
    const shown = async (path: string, sign: string) => {
      await page.goto(served.url + path)
      await page.locator(sign).first().waitFor()
      await expectAccessible(page, `/${path}`)
      await expectNoSidewaysScrolling(page)
    }
    await expectAccessible(page, 'list')
    await page.getByRole('button', { name: /^(Grid|网格)$/ }).click()
    await page.locator('.tile img').first().waitFor()
    await expectAccessible(page, 'grid')
    await expectNoSidewaysScrolling(page)
    await page.getByRole('button', { name: /^(List|列表)$/ }).click()
    await shown('rescued', '.rescued')
    await shown('bin', '.notice')
    await shown('admin', '.storage-bar')
    await shown('nothing/here', 'h1')
    await shown('?q=plan', '[data-index="0"]')
    await shown('?q=zzz', '.notice')

    await page.goto(served.url)
    await page.getByRole('link', { name: 'Letter.docx' }).click()
    await page.locator('.card').first().waitFor()
    await expectAccessible(page, 'no client')
    await page.goto(served.url)
    await page.getByRole('link', { name: 'Empty' }).click()
    await page.locator('.notice').waitFor()
    await expectAccessible(page, 'empty folder')
  }, 60_000)

  it('every dialog and panel is accessible', async () => {
    const page = await library(options)
    await page.locator('[data-index="2"] [data-check]').click()
    await expectAccessible(page, 'selection')
    const more = page.locator('.selection [aria-haspopup="menu"]')
    const choose = async (icon: number) => {
      await more.click()
      await page.locator('[role="menu"]').waitFor()
      await page.locator('.menu-item').nth(icon).click()
    }
    const labels = async () => {
      await more.click()
      const texts = await page.locator('.menu-item').allTextContents()
      await page.keyboard.press('Escape')
      return texts
    }
    const all = await labels()
    const at = (...names: string[]) => all.findIndex((text) => names.includes(text))
    for (const names of [
      ['Rename', '重命名'],
      ['Move to …', '移动到…'],
      ['Share …', '共享…'],
    ]) {
      await choose(at(...names))
      await page.getByRole('dialog').waitFor()
      await expectAccessible(page, names[0] ?? '')
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await choose(at('Versions', '历史版本'))
    await page.locator('.panel .version').first().waitFor()
    await expectAccessible(page, 'versions')
  }, 60_000)

  it('nothing is cut off beside what is selected', async () => {
    const page = await library(options)
    await page.locator('[data-index="2"] [data-check]').click()
    const more = await page.locator('.selection [aria-haspopup="menu"]').boundingBox()
    expect((more?.x ?? 0) + (more?.width ?? 0)).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0)
  })

  it('the page around an editor, and the editor in it, are accessible', async () => {
    const page = await library(options)
    await page.getByRole('link', { name: 'Plan.md' }).click()
    await page.frameLocator('iframe').locator('.cm-content').waitFor()
    await expectAccessible(page, 'frame', { frames: true })
    await expectNoSidewaysScrolling(page)
  })
})

describe('languages', () => {
  it('speaks the language of the browser, and another when asked', async () => {
    const page = await library({ locale: 'zh-CN' })
    await page.getByRole('heading', { name: '文档' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
    await page.getByRole('button', { name: '偏好设置与账户' }).click()
    await page.getByRole('menuitemradio', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Documents' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Documents' }).waitFor()
  })

  it('makes documents in the language of the person', async () => {
    const page = await library({ locale: 'zh-CN' })
    await page.getByRole('button', { name: '新建' }).click()
    await page.getByRole('menuitem', { name: '纯文本' }).click()
    await page.getByRole('button', { name: '创建' }).click()
    await page.frameLocator('iframe').locator('.cm-content').waitFor()
    await expect.poll(() => page.title()).toContain('未命名.txt')
    await page.getByRole('link', { name: '返回' }).click()
  })
})

describe('themes', () => {
  it('follow the system, and the person when they choose', async () => {
    const page = await library({ colorScheme: 'light' })
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await background()
    await page.emulateMedia({ colorScheme: 'dark' })
    const dark = await background()
    expect(dark).not.toBe(light)
    await page.getByRole('button', { name: 'Preferences and account' }).click()
    await page.getByRole('menuitemradio', { name: 'Light' }).click()
    expect(await background()).toBe(light)
    // The server writes the next page in these colours from the start.
    const answer = await page.reload()
    expect(await answer?.text()).toContain('data-theme="light"')
  })
})

describe('a phone', () => {
  it('opens with a tap, and does everything by the buttons of an item', async () => {
    const page = await library(phone)
    await page.getByRole('button', { name: 'Menu' }).tap()
    await page.getByRole('link', { name: 'Bin' }).tap()
    await page.getByRole('heading', { name: 'Bin', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Menu' }).tap()
    await page.getByRole('link', { name: 'Documents', exact: true }).tap()
    await page.getByRole('button', { name: 'More for Plan.md' }).tap()
    await page.getByRole('menuitem', { name: 'Versions' }).tap()
    await page.getByRole('complementary', { name: 'Versions' }).waitFor()
    await page.getByRole('button', { name: 'Close' }).tap()
    await page.getByRole('link', { name: 'Old' }).tap()
    await page.getByRole('link', { name: 'thing.txt' }).waitFor()
  })

  it('has targets that a finger hits', async () => {
    const page = await library(phone)
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, .navigation a, input[type="search"]')]
        .map((element) => ({ element, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
        .map(({ element }) => element.outerHTML.slice(0, 80)),
    )
    expect(small).toEqual([])
  })
})

describe('names', () => {
  it('cannot pretend to be another by turning the reading direction', async () => {
    const page = await library()
    await page.getByText('codtxt.exe.md', { exact: true }).waitFor()
  })
})

describe('below a path prefix', () => {
  it('everything works', async () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000)
    const prefixed = await serveFolder({ 'Plan.md': '# Plan\n', 'Old/thing.txt': '' }, [
      '--public-url',
      `http://127.0.0.1:${port}/office/docs`,
      '--port',
      String(port),
    ])
    try {
      const page = await browser.newPage()
      await page.goto(prefixed.url)
      await page.getByRole('link', { name: 'Old' }).click()
      await page.getByRole('link', { name: 'thing.txt' }).waitFor()
      expect(page.url()).toContain('/office/docs/folder/')
      await page.reload()
      await page.getByRole('navigation', { name: 'Path' }).getByRole('link', { name: 'Documents' }).click()
      await page.getByRole('link', { name: 'Plan.md' }).click()
      await page.frameLocator('iframe').locator('.cm-content').waitFor()
      await page.getByRole('link', { name: 'Back' }).click()
      await page.getByRole('link', { name: 'Plan.md' }).waitFor()
      await page.goto('about:blank')
    } finally {
      await prefixed.stop()
    }
  }, 40_000)
})

describe('a folder of ten thousand files', () => {
  it('opens and scrolls, and holds in the page only what is in sight', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [
        `Document ${String(index + 1).padStart(5, '0')}.txt`,
        '',
      ]),
    )
    const many = await serveFolder(files)
    try {
      const page = await browser.newPage()
      await page.goto(many.url)
      await page.locator('[data-index="0"]').waitFor()
      expect(await page.locator('.scroller [role="row"]').count()).toBeLessThan(60)
      expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('10001')

      await page.locator('[data-index="0"]').focus()
      await page.keyboard.press('End')
      await page
        .getByRole('row', { name: /Document 10000\.txt/ })
        .and(page.locator(':focus'))
        .waitFor()
      await page.locator('.scroller').evaluate((element) => element.scrollTo(0, element.scrollHeight / 2))
      await page.getByText('Document 05000.txt').waitFor()
      await page.keyboard.press('Control+a')
      await page.getByText('10,000 selected').waitFor({ timeout: 30_000 })
      expect(await page.locator('.scroller [role="row"]').count()).toBeLessThan(80)
    } finally {
      await many.stop()
    }
  }, 90_000)
})
