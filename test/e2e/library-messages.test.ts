import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { issueToken } from './issue-token.js'
import { type LibraryBrowser, openLibraryBrowser } from './library-browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'
import { type StandInClient, startStandInClient } from './stand-in-client.js'

/*
 * What the editors of different makers say to the page around them, and what it answers.
 */

let browser: LibraryBrowser
let client: StandInClient
let served: ServedFolder

const redDot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
)

beforeAll(async () => {
  // Chromium's warning of the sandbox that ONLYOFFICE asks for, before another origin has come into the frame.
  browser = await openLibraryBrowser(/can escape its sandboxing/)
  client = await startStandInClient()
  served = await serveFolder(
    { 'Letter.docx': 'letter', 'Notes.md': '# Notes\n', 'Pictures/red.png': redDot },
    ['--client', client.url],
  )
})
afterEach(async () => {
  expect(browser.complaints()).toEqual([])
  await browser.leave()
})
afterAll(async () => {
  await browser.close()
  await served.stop()
  await client.stop()
})

interface Editor {
  readonly page: Page
  readonly frame: Frame
  say(message: string, values?: object): Promise<void>
  /** The values of the last message of this kind that the page sent. */
  heard(message: string): Promise<Record<string, unknown> | undefined>
}

async function open(action = 'edit', name = /Letter/): Promise<Editor> {
  const page = await browser.newPage()
  await page.goto(served.url)
  await page.getByRole('link', { name }).waitFor()
  const address = await page.getByRole('link', { name }).getAttribute('href')
  await page.goto(new URL(`${address}?action=${action}`, served.url).href)
  await page.frameLocator('iframe').getByText('An editor.').waitFor()
  const frame = page.frames().find((candidate) => candidate.url().startsWith(client.url))
  if (!frame) throw new Error('The page has no editor.')
  await expect.poll(() => page.locator('.frame-status').textContent()).not.toContain('Opening')
  return {
    page,
    frame,
    say: (message, values = {}) =>
      frame.evaluate(([id, given]) => Reflect.get(window, 'say')(id, given), [message, values] as const),
    heard: (message) =>
      frame.evaluate(
        (id) =>
          Reflect.get(window, 'heard').findLast((one: { MessageId: string }) => one.MessageId === id)?.Values,
        message,
      ),
  }
}

describe('an editor', () => {
  it('is chosen where several can open a document', async () => {
    const page = await browser.newPage()
    await page.goto(served.url)
    const more = page.getByRole('button', { name: 'More for Notes.md' })
    await more.click()
    await page.getByText('Open with').waitFor()
    await page.getByRole('menuitem', { name: 'wopikit text editor' }).click()
    await page.frameLocator('iframe').locator('.cm-content').waitFor()
    await page.getByRole('link', { name: 'Back' }).click()
    await more.click()
    await page.getByRole('menuitem', { name: new URL(client.url).host }).click()
    await page.frameLocator('iframe').getByText('An editor.').waitFor()
  })

  it('hears what the page around it shows itself', async () => {
    const { heard } = await open()
    await expect.poll(() => heard('Hide_Button')).toEqual({ id: expect.any(String) })
  })

  it('hears that the page listens', async () => {
    const { heard } = await open()
    await expect.poll(() => heard('Host_PostmessageReady')).toEqual({})
  })

  it('asks for an image, and gets an address from which anyone can fetch it', async () => {
    const { page, say, heard } = await open()
    await say('UI_InsertGraphic')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Pictures' }).click()
    await expect.poll(() => heard('Blur_Focus')).toEqual({})
    await dialog.getByRole('button', { name: 'red.png' }).click()
    await expect.poll(() => heard('Action_InsertGraphic')).toBeDefined()
    const { url } = (await heard('Action_InsertGraphic')) ?? {}
    const answer = await fetch(String(url))
    expect(Buffer.from(await answer.arrayBuffer()).equals(redDot)).toBe(true)
    await expect.poll(() => heard('Grab_Focus')).toEqual({})
  })

  it('asks for the name of a copy, in the format it wants', async () => {
    const { page, say, heard } = await open()
    await say('UI_SaveAs', { args: { format: 'odt' } })
    await page.getByLabel(/Name of the copy/).fill('Letter to Ann')
    await page.keyboard.press('Enter')
    await expect.poll(() => heard('Action_SaveAs')).toEqual({ Filename: 'Letter to Ann.odt', Notify: true })
    await say('Action_Save_Resp', { success: true, fileName: 'Letter to Ann.odt' })
    await page.getByText('Saved as Letter to Ann.odt').waitFor()
  })

  it('says that there are changes, and that a save failed', async () => {
    const { page, say } = await open()
    await say('Doc_ModifiedStatus', { Modified: true })
    await page.getByText('Changes not saved yet').waitFor()
    await say('UI_Save')
    await say('Action_Save_Resp', { success: false, errorMsg: 'no room' })
    await page.locator('.banner.error').getByText('no room').waitFor()
  })

  it('says who is in it', async () => {
    const { page, say } = await open()
    await say('Views_List', [
      { ViewId: 1, UserId: 'u1', UserName: 'Ann Lee', ReadOnly: '0' },
      { ViewId: 2, UserId: 'u2', UserName: 'Bo Chen', ReadOnly: '1' },
    ])
    await page.getByRole('button', { name: 'Who is here: Ann Lee and Bo Chen' }).waitFor()
  })

  it('opens versions and sharing in either dialect', async () => {
    const { page, say } = await open()
    await say('UI_FileVersions')
    await page.getByRole('complementary', { name: 'Versions' }).waitFor()
    for (const message of ['UI_Sharing', 'UI_Share']) {
      await say(message)
      await page.getByRole('heading', { name: /Share “Letter\.docx”/ }).waitFor()
      await page.getByText('Sharing needs accounts').waitFor()
      await page.keyboard.press('Escape')
    }
  })

  it('is followed when it renames, with and without the ending', async () => {
    const { page, say } = await open()
    await say('File_Rename', { NewName: 'Brief' })
    await page.getByRole('heading', { name: 'Brief.docx' }).waitFor()
    await say('File_Rename', { NewName: 'Letter.docx' })
    await page.getByRole('heading', { name: 'Letter.docx' }).waitFor()
    expect(existsSync(join(served.folder, 'Letter.docx'))).toBe(true)
  })

  it('leads from reading to editing, and closes to the folder', async () => {
    const reading = await open('view')
    await reading.page.getByText('Read only').waitFor()
    await reading.say('UI_Edit')
    await reading.page.waitForURL(/action=edit/)
    const editing = await open()
    await editing.say('UI_Close')
    await editing.page.getByRole('row', { name: /Letter\.docx/ }).waitFor()
  })

  it('is told from any other page: nobody else is heard', async () => {
    const { page } = await open()
    await page.evaluate(() => {
      postMessage(JSON.stringify({ MessageId: 'UI_Close', SendTime: 1, Values: {} }), '*')
    })
    await page.waitForTimeout(300)
    expect(page.url()).toContain('/open/')
    expect(readFileSync(join(served.folder, 'Letter.docx'), 'utf8')).toBe('letter')
  })

  it('that was just closed is waited for, until its last save has come', async () => {
    const { wopiSrc, accessToken } = await issueToken(served, 'Letter.docx')
    const call = (path: string, override: string, body?: string) =>
      fetch(`${wopiSrc}${path}?access_token=${encodeURIComponent(accessToken)}`, {
        method: 'POST',
        headers: { 'X-WOPI-Override': override, 'X-WOPI-Lock': 'the lock of the editor' },
        ...(body === undefined ? {} : { body }),
      }).then(({ status }) => status)
    const { page } = await open()
    expect(await call('', 'LOCK')).toBe(200)
    const address = page.url()
    await page.goto('about:blank')
    await page.goto(address)
    await page.getByText('A save is still on its way').waitFor()
    expect(await page.locator('iframe').count()).toBe(0)
    expect(await call('/contents', 'PUT', 'the last words')).toBe(200)
    expect(await call('', 'UNLOCK')).toBe(200)
    await page.frameLocator('iframe').getByText('An editor.').waitFor()
    expect(readFileSync(join(served.folder, 'Letter.docx'), 'utf8')).toBe('the last words')
  })

  it('says that it failed', async () => {
    const { page, say } = await open()
    await say('App_LoadingStatus', { Status: 'Failed' })
    await page.getByText('The editor could not open the document.').waitFor()
  })
})
