/*
 * Takes pictures of the main pages, for the README and for whoever changes how they look: starts a server with a few people and documents,
 * goes through it in a headless browser, and writes docs/screenshots/*.webp.
 *
 *   npm run screenshots                 all of them
 *   npm run screenshots -- admin phone  those whose names begin so
 *
 * Chinese needs a font with Chinese characters on this machine, such as Noto Sans CJK (Debian: fonts-noto-cjk).
 */
import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { deflateSync } from 'node:zlib'
import chromium from '@sparticuz/chromium'
import { chromium as playwright } from 'playwright-core'

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').BrowserContextOptions} Look */

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const output = fileURLToPath(new URL('../docs/screenshots/', import.meta.url))
const wanted = process.argv.slice(2)

/** @type {Look} */
const desktop = { viewport: { width: 1200, height: 760 }, deviceScaleFactor: 1.5, locale: 'en-GB' }
/** @type {Look} */
const phone = {
  viewport: { width: 390, height: 780 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
  locale: 'en-GB',
}
const password = 'a garden of forking paths'
const wide = /** @type {const} */ ({ colorScheme: 'light' })

const gardenPlan = `# Neighbourhood garden

A plot of land between two houses, **twelve beds**, and a shed.

## This year

| Bed | Who       | What            |
| --- | --------- | --------------- |
| 1   | Ann       | beans, squash   |
| 2   | Bo        | tomatoes        |
| 3   | 林小雨    | bok choy, 白菜  |

## To do

- [x] mend the fence
- [ ] turn the compost
- [ ] a tap by the gate
`

const place = mkdtempSync(join(tmpdir(), 'wopikit-screenshots-'))
const folder = join(place, 'documents')
const { server, url, setupLink } = await startServer()
const browser = await playwright.launch({
  executablePath: await chromium.executablePath(),
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
})

try {
  mkdirSync(output, { recursive: true })
  const ann = await browser.newContext({ ...desktop, ...wide })
  const bo = await browser.newContext({ ...desktop, ...wide })
  await setUp(ann, bo)
  const boAtWork = await open(bo, 'Neighbourhood garden.md', true)

  await picture('library', ann, async (page) => {
    await page.goto(url)
    await page.getByText('Open by Bo Chen').waitFor()
    await page.getByText('1 rescued save').waitFor()
  })
  await picture('library-selection', ann, async (page) => {
    await page.goto(url)
    await row(page, 'Budget.xlsx').locator('[data-check]').click()
    await row(page, 'Letter.docx').locator('[data-check]').click()
    await row(page, 'Letter.docx').click({ button: 'right' })
    await page.getByRole('menu').waitFor()
  })
  await picture('tiles-dark', { colorScheme: 'dark' }, async (page) => {
    await page.goto(url)
    await page.getByRole('link', { name: 'Photos' }).click()
    await page.getByRole('button', { name: 'Grid' }).click()
    await page.locator('.tile img').last().waitFor()
    await page.waitForLoadState('networkidle')
  })
  await picture('tiles', wide, async (page) => {
    await page.goto(url)
    await page.getByRole('button', { name: 'Grid' }).click()
    await page.locator('.tile', { hasText: 'Contract of lease.pdf' }).locator('img').waitFor()
    await page.waitForLoadState('networkidle')
  })
  await picture('uploads', ann, async (page) => {
    await page.goto(url)
    await row(page, 'Notes.txt').waitFor()
    // Slow enough to be seen.
    await page.route('**/api/uploads/**', () => {})
    await page
      .locator('input[type="file"]')
      .first()
      .setInputFiles([
        { name: 'Notes.txt', mimeType: 'text/plain', buffer: Buffer.from('new notes') },
        { name: 'Recording.wav', mimeType: 'audio/wav', buffer: Buffer.alloc(9 * 1024 * 1024) },
        { name: 'Plan of the beds.png', mimeType: 'image/png', buffer: gradient(300, 200, 120) },
      ])
    await page.getByText('1 upload needs you').waitFor()
    await page.waitForTimeout(500)
  })
  await picture('editor', ann, async (page) => {
    await openIn(page, 'Neighbourhood garden.md', false)
    await page.getByRole('button', { name: /Who is here/ }).waitFor()
    await page.waitForTimeout(400)
  })
  await picture('refused-save', ann, async (page) => {
    await openIn(page, 'Notes.txt', true)
    await putWithWrongLock('Notes.txt', 'Text of an editor that had lost its lock.')
    await page.getByRole('button', { name: 'Show the rescued save' }).click()
    await page
      .getByText('A save of this file was rescued')
      .or(page.getByText('saves of this file were rescued'))
      .waitFor()
  })
  await picture('versions-compare', ann, async (page) => {
    await page.goto(url)
    await row(page, 'Welcome.md').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Versions' }).click()
    await page.locator('.version').nth(1).getByRole('button').click()
    await page.getByRole('menuitem', { name: 'Compare' }).click()
    await page.locator('.diff-line.added').first().waitFor()
  })
  await picture('sharing', ann, async (page) => {
    await page.goto(url)
    await row(page, 'Photos').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Share' }).click()
    await page.getByRole('textbox', { name: 'Copy link' }).waitFor()
  })
  await picture('rescued', ann, async (page) => {
    await page.goto(`${url}rescued`)
    await page.locator('.rescued').first().waitFor()
  })
  await picture('no-editor', ann, async (page) => {
    await page.goto(url)
    await page.getByRole('link', { name: 'Letter.docx' }).click()
    await page.locator('.card').first().waitFor()
  })
  await picture('admin-dark', { colorScheme: 'dark' }, async (page) => {
    await page.goto(`${url}admin`)
    await page.locator('.storage-bar').waitFor()
  })
  await picture('people', ann, async (page) => {
    await page.goto(`${url}people`)
    await page.getByText('Bo Chen').waitFor()
  })
  await picture('library-zh', { locale: 'zh-CN' }, async (page) => {
    await page.goto(url)
    await page.getByRole('heading', { name: '文档' }).waitFor()
  })
  await picture('phone', phone, async (page) => {
    await page.goto(url)
    await page.getByText('Welcome.md').waitFor()
  })
  await picture('phone-zh-dark', { ...phone, locale: 'zh-CN', colorScheme: 'dark' }, async (page) => {
    await page.goto(url)
    await page.getByRole('button', { name: 'Welcome.md 的更多操作' }).tap()
    await page.getByRole('menu').waitFor()
  })
  await picture('phone-editor', phone, async (page) => {
    await openIn(page, 'Welcome.md', true)
  })
  await boAtWork.goto('about:blank')
  const stranger = await browser.newContext({ ...desktop, ...wide })
  await picture('sign-in', stranger, async (page) => {
    await page.goto(url)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })
} finally {
  await browser.close()
  server.kill('SIGTERM')
  await new Promise((resolve) => server.once('exit', resolve))
  rmSync(place, { recursive: true, force: true })
}

/**
 * Takes one picture, if it is wanted.
 *
 * @param {string} name
 * @param {import('playwright-core').BrowserContext | Look} look somebody who is signed in, or how Ann's screen is this time
 * @param {(page: Page) => Promise<void>} show
 */
async function picture(name, look, show) {
  if (wanted.length > 0 && !wanted.some((start) => name.startsWith(start))) return
  const context = 'newPage' in look ? look : await annLooking(look)
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await show(page)
  await page.mouse.move(0, 0)
  // What appears slowly is there by now; what blinks does not.
  await page.waitForTimeout(300)
  const session = await context.newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 })
  const image = Buffer.from(data, 'base64')
  writeFileSync(join(output, `${name}.webp`), image)
  console.log(`${name}.webp  ${Math.round(image.length / 1024)} KiB`)
  await page.goto('about:blank')
  await page.close()
  if (context !== look) await context.close()
}

/**
 * Ann with another screen, theme or language.
 *
 * @param {Look} look
 */
async function annLooking(look) {
  const context = await browser.newContext({ ...desktop, ...wide, ...look })
  await signIn(context, 'ann')
  return context
}

async function startServer() {
  const child = spawn(
    process.execPath,
    [main, 'serve', folder, '--port', '0', '--accounts', 'true', '--log-level', 'warn'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let printed = ''
  await new Promise((resolve, reject) => {
    child.once('exit', reject)
    child.stdout.on('data', (chunk) => {
      printed += chunk
      if (printed.includes('setup#')) resolve(undefined)
    })
  })
  const [link = ''] = /http:\S+setup#\S+/.exec(printed) ?? []
  return { server: child, url: link.slice(0, link.indexOf('setup#')), setupLink: link }
}

/**
 * Two people, a few documents, and what happens to them in a week.
 *
 * @param {import('playwright-core').BrowserContext} ann
 * @param {import('playwright-core').BrowserContext} bo
 */
async function setUp(ann, bo) {
  for (const [index, name] of [
    'Beds',
    'Compost',
    'Greenhouse',
    'Path',
    'Pond',
    'Shed',
    'Tools',
    'View from the gate',
  ].entries())
    write(`Photos/${name}.png`, gradient(480, 320, index * 45))
  write('Neighbourhood garden.md', gardenPlan)
  write('Contract of lease.pdf', await lease())
  write('Members.csv', 'name,bed\nAnn,3\nBo,5\n')

  const page = await ann.newPage()
  await page.goto(setupLink)
  await page.getByLabel('Your name, as others see it').fill('Ann Lee')
  await page.getByLabel('Name to sign in with').fill('ann')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await row(page, 'Welcome.md').waitFor()
  await page.evaluate(async (given) => {
    /** @type {{ csrf: string, rootId: string }} */
    const session = JSON.parse(await (await fetch('/api/session')).text())
    /** @param {string} path @param {object} body */
    const post = async (path, body) => {
      const headers = { 'Content-Type': 'application/json', 'X-Wopikit-CSRF': session.csrf }
      await fetch(`/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    }
    const person = { name: 'bo', displayName: 'Bo Chen', role: 'editor', password: given }
    await post('/people', person)
    await post('/people', { name: 'lin', displayName: '林小雨', role: 'viewer' })
    /** @type {{ items: { id: string, name: string }[] }} */
    const { items } = JSON.parse(await (await fetch(`/api/folders/${session.rootId}`)).text())
    await post(`/items/${items.find(({ name }) => name === 'Photos')?.id}/shares`, { role: 'viewer' })
  }, password)
  await page.close()
  await signIn(bo, 'bo')

  const writing = await open(bo, 'Welcome.md', true)
  const editor = writing.frameLocator('iframe').locator('.cm-content')
  await editor.click()
  await writing.keyboard.press('Control+End')
  await writing.keyboard.type('\n## Where we meet\n\nEvery Saturday at ten, by the shed.\n')
  await writing.keyboard.press('Control+s')
  await writing.getByText(/^Saved/).waitFor()
  await writing.goto('about:blank')
  await writing.close()
  await putWithWrongLock('Welcome.md', 'Text of an editor that had lost its lock.')
}

/**
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} name
 */
async function signIn(context, name) {
  const page = await context.newPage()
  await page.goto(url)
  await page.locator('input[autocomplete="username"]').fill(name)
  await page.locator('input[type="password"]').fill(password)
  await page.keyboard.press('Enter')
  await page.locator('[data-index="0"]').waitFor()
  await page.close()
}

/**
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} name
 * @param {boolean} editable
 */
async function open(context, name, editable) {
  const page = await context.newPage()
  await openIn(page, name, editable)
  return page
}

/**
 * @param {Page} page
 * @param {string} name
 * @param {boolean} editable
 */
async function openIn(page, name, editable) {
  await page.goto(url)
  await page.getByRole('link', { name, exact: true }).click()
  const content = editable ? '.cm-content[contenteditable="true"]' : '.cm-content'
  await page.frameLocator('iframe').locator(content).waitFor()
}

/**
 * @param {Page} page
 * @param {string} name
 */
function row(page, name) {
  return page.getByRole('row', { name: new RegExp(`^Select ${name}`) })
}

/**
 * Saves as a client would whose lock is not that of the file.
 *
 * @param {string} name
 * @param {string} content
 */
async function putWithWrongLock(name, content) {
  const args = [
    main,
    'token',
    name,
    '--folder',
    folder,
    '--user',
    'bo',
    '--name',
    'Bo Chen',
    '--permission',
    'edit',
    '--json',
  ]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const { wopiSrc, accessToken } = JSON.parse(stdout)
  await fetch(`${wopiSrc}/contents?access_token=${encodeURIComponent(accessToken)}`, {
    method: 'POST',
    headers: { 'X-WOPI-Override': 'PUT', 'X-WOPI-Lock': 'the lock of yesterday' },
    body: content,
  })
}

/**
 * @param {string} path
 * @param {string | Uint8Array} content
 */
function write(path, content) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

/** A contract on one page. */
async function lease() {
  const page = await browser.newPage()
  await page.setContent(`<body style="font: 15px/1.6 serif; margin: 3rem">
<h1 style="font-size: 1.6rem">Contract of lease</h1>
<p>between the Neighbourhood Garden and the owner of the land between the two houses.</p>
${['The land', 'The rent', 'Water', 'The shed', 'The end']
  .map(
    (title, index) =>
      `<h2 style="font-size: 1.1rem">§ ${index + 1} ${title}</h2><p>${'As both have agreed on the day below, and as it has been for years. '.repeat(3)}</p>`,
  )
  .join('')}`)
  const content = await page.pdf({ format: 'A4' })
  await page.close()
  return content
}

/**
 * A picture that stands for a photo: sky above hills, in one hue.
 *
 * @param {number} width
 * @param {number} height
 * @param {number} hue degrees
 */
function gradient(width, height, hue) {
  const rows = Array.from({ length: height }, (_, y) => {
    const line = Buffer.alloc(1 + width * 3)
    for (let x = 0; x < width; x += 1) {
      const horizon = height * (0.55 + 0.12 * Math.sin((x / width) * 5 + hue))
      const near = height * (0.78 + 0.07 * Math.sin((x / width) * 7 + hue * 2))
      const lightness = y > near ? 0.34 : y > horizon ? 0.5 : 0.92 - (0.22 * y) / horizon
      line.set(rgb(y > horizon ? hue : hue + 160, lightness), 1 + x * 3)
    }
    return line
  })
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/**
 * @param {number} hue
 * @param {number} lightness
 */
function rgb(hue, lightness) {
  const a = 0.35 * Math.min(lightness, 1 - lightness)
  return [0, 8, 4].map((n) => {
    const k = (n + hue / 30) % 12
    return Math.round(255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
  })
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(data.length, 0)
  whole.set(body, 4)
  whole.writeUInt32BE(crc32(body), body.length + 4)
  return whole
}

/** @param {Buffer} bytes */
function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
