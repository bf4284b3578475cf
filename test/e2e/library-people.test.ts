import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, type LibraryBrowser, openLibraryBrowser } from './library-browser.js'
import { type ServedFolder, serveFolder } from './served-folder.js'

/*
 * A server with accounts: from the first start to a guest who leaves again. The tests follow one another.
 */

let browser: LibraryBrowser
let served: ServedFolder
const ann = { name: 'ann', password: 'correct horse battery' }
const bo = { name: 'bo', password: 'staple staple staple' }
let invitation = ''
let shareLink = ''

beforeAll(async () => {
  browser = await openLibraryBrowser()
  served = await serveFolder(
    { 'Plan.md': '# Plan\n', 'Team/notes.txt': 'notes', 'Secret/salaries.txt': 'secret' },
    ['--accounts', 'true'],
  )
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
const account = (page: Page) => page.getByRole('button', { name: 'Preferences and account' })

async function signedIn({ name, password }: typeof ann, place = 'Documents'): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(served.url)
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: place }).waitFor()
  return page
}

async function expectAccessibleInBothThemes(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page, `${what}, ${colorScheme}`)
  }
}

async function shareDialog(page: Page, name: string): Promise<void> {
  await row(page, name).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Share' }).click()
  await page.getByRole('heading', { name: 'Links' }).waitFor()
}

describe('people', () => {
  it('begin with the link that the server prints: the first account owns the library', async () => {
    await expect.poll(() => served.printed()).toMatch(/setup#\S+/)
    const [link = ''] = /http:\S+setup#\S+/.exec(served.printed()) ?? []
    const page = await browser.newPage()
    await page.goto(link)
    await page.getByRole('heading', { name: 'Welcome to wopikit' }).waitFor()
    await expectAccessibleInBothThemes(page, 'setup')
    await page.getByLabel('Your name, as others see it').fill('Ann Lee')
    await page.getByLabel('Name to sign in with').fill('Ann Lee')
    await page.getByLabel('Password').fill(ann.password)
    await page.getByRole('button', { name: 'Create the account' }).click()
    // Told beside the field, before anything is sent.
    await page.locator('input:invalid').and(page.getByLabel('Name to sign in with')).waitFor()
    await page.getByLabel('Name to sign in with').fill(ann.name)
    await page.getByRole('button', { name: 'Create the account' }).click()
    await row(page, 'Plan.md').waitFor()

    // The link works once.
    const again = await browser.newPage()
    await again.goto(link)
    await again.getByRole('heading', { name: 'This link is no longer valid' }).waitFor()
  })

  it('are asked to sign in, and then see the page they wanted', async () => {
    const page = await browser.newPage()
    await page.goto(`${served.url}rescued`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await expectAccessibleInBothThemes(page, 'sign-in')
    await page.getByLabel('Name').fill(ann.name)
    await page.getByLabel('Password').fill('wrong wrong wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Password').fill(ann.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Rescued saves' }).waitFor()
  })

  it('are never led away to another site by the sign-in page', async () => {
    const page = await browser.newPage()
    await page.goto(`${served.url}sign-in?next=${encodeURIComponent('//evil.example/')}`)
    await page.getByLabel('Name').fill(ann.name)
    await page.getByLabel('Password').fill(ann.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await row(page, 'Plan.md').waitFor()
    expect(page.url()).toBe(served.url)
  })

  it('are invited by an administrator', async () => {
    const page = await signedIn(ann)
    await page.getByRole('link', { name: 'People' }).click()
    await page.getByRole('button', { name: 'Invite a person' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name, as others see it').fill('Bo Chen')
    await dialog.getByLabel('Name to sign in with').fill(bo.name)
    await dialog.getByLabel('Role in the whole library').selectOption({ label: 'None for now' })
    await expectAccessibleInBothThemes(page, 'inviting')
    await dialog.getByRole('button', { name: 'Invite' }).click()
    await page.getByRole('heading', { name: 'One-time link' }).waitFor()
    invitation = await page.getByRole('dialog').getByRole('textbox').inputValue()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('listitem').filter({ hasText: 'Bo Chen' }).waitFor()
    await expectAccessibleInBothThemes(page, 'people')
  })

  it('choose a password of their own, and see nothing yet', async () => {
    const page = await browser.newPage()
    await page.goto(invitation)
    await page.getByRole('heading', { name: 'Welcome, Bo Chen' }).waitFor()
    await page.getByLabel('Password').fill(bo.password)
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByRole('heading', { name: 'Shared with you' }).waitFor()
    await page.getByText('This folder is empty').waitFor()
    await expect.poll(() => page.getByRole('link', { name: 'Administration' }).count()).toBe(0)
  })

  it('are let into one folder, with a role', async () => {
    const page = await signedIn(ann)
    await shareDialog(page, 'Team')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Add a person').selectOption({ label: 'Bo Chen' })
    await dialog
      .getByRole('combobox', { name: 'Role', exact: true })
      .first()
      .selectOption({ label: 'May read' })
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByRole('combobox', { name: 'Role of Bo Chen' }).waitFor()
    await dialog.getByText('Everybody with an account has access already.').waitFor()
    // What an administrator may do does not depend on single items.
    expect(await dialog.getByRole('combobox', { name: 'Role of Ann Lee' }).isDisabled()).toBe(true)
    await expectAccessibleInBothThemes(page, 'sharing')
    await page.getByRole('button', { name: 'Done' }).click()

    // Home is the folder one was let into, by its own name.
    const seen = await signedIn(bo, 'Team')
    await row(seen, 'notes.txt').waitFor()
    // A reader is offered nothing that changes anything.
    expect(await seen.getByRole('button', { name: 'New' }).count()).toBe(0)
    await row(seen, 'notes.txt').click({ button: 'right' })
    expect(await seen.getByRole('menuitem', { name: /Rename|Delete|Move|Share/ }).count()).toBe(0)
  })

  it('share with a link that asks guests for a password', async () => {
    const page = await signedIn(ann)
    await shareDialog(page, 'Team')
    const dialog = page.getByRole('dialog')
    await dialog
      .getByRole('combobox', { name: 'Role', exact: true })
      .last()
      .selectOption({ label: 'May edit' })
    await dialog.getByLabel('Password (optional)').fill('garden')
    await dialog.getByRole('button', { name: 'Create the link' }).click()
    shareLink = await dialog.getByRole('textbox', { name: 'Copy link' }).inputValue()
    expect(shareLink).toContain('/s/')
    await dialog.getByText('with password').waitFor()
  })

  it('come in by the link as guests with a name, and cannot leave the folder', async () => {
    const page = await browser.newPage()
    await page.goto(shareLink)
    await page.getByRole('heading', { name: 'Something was shared with you' }).waitFor()
    await page.getByLabel('Your name, as others see it').fill('Gus')
    await page.getByLabel('Password of the link').fill('wrong')
    await expectAccessibleInBothThemes(page, 'a guest comes in')
    await page.getByRole('button', { name: 'Enter' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Password of the link').fill('garden')
    await page.getByRole('button', { name: 'Enter' }).click()
    await row(page, 'notes.txt').waitFor()
    await page.getByRole('heading', { name: 'Team' }).waitFor()
    await page.getByRole('button', { name: 'New' }).first().waitFor()

    const answers = await page.evaluate(async () => {
      const found = await (await fetch('/api/search?q=salaries')).json()
      const people = await fetch('/api/people')
      const admin = await fetch('/api/admin')
      return { found: found.items, people: people.status, admin: admin.status }
    })
    expect(answers).toEqual({ found: [], people: 403, admin: 403 })
    await page.goto(served.url)
    await row(page, 'notes.txt').waitFor()

    // Whoever comes back by the link is who they were.
    await page.goto(shareLink)
    await row(page, 'notes.txt').waitFor()
    await account(page).click()
    await page.getByText('Gus').first().waitFor()
    await page.keyboard.press('Escape')

    // Editing as a guest says so to others.
    const other = await signedIn(ann)
    await row(other, 'Team').getByRole('link').click()
    await row(other, 'notes.txt').waitFor()
    await row(page, 'notes.txt').getByRole('link').click()
    await page.frameLocator('iframe').locator('.cm-content[contenteditable="true"]').waitFor()
    await row(other, 'notes.txt').getByText('Open by Gus').waitFor()
    await row(other, 'notes.txt').getByRole('link').click()
    await other.getByRole('button', { name: /Who is here: .*Gus/ }).waitFor()
  })

  it('come in by a link to one document, where nothing leads back, as there is nothing else', async () => {
    const page = await signedIn(ann)
    await shareDialog(page, 'Plan.md')
    await page.getByRole('dialog').getByRole('button', { name: 'Create the link' }).click()
    const link = await page.getByRole('dialog').getByRole('textbox', { name: 'Copy link' }).inputValue()

    const guest = await browser.newPage()
    await guest.goto(link)
    await guest.getByRole('button', { name: 'Enter' }).waitFor()
    expect(await guest.getByLabel('Password of the link').count()).toBe(0)
    await guest.getByRole('button', { name: 'Enter' }).click()
    await guest.getByRole('heading', { name: 'Plan.md' }).waitFor()
    await expect.poll(() => guest.getByRole('link', { name: 'Back' }).count()).toBe(0)

    // Whoever is signed in is asked nothing, and finds the way back.
    await page.goto(link)
    await page.getByRole('heading', { name: 'Plan.md' }).waitFor()
    await page.getByRole('link', { name: 'Back' }).click()
    await row(page, 'Plan.md').waitFor()
  })

  it('lose their access at once when the link is ended', async () => {
    const guest = await browser.newPage()
    await guest.goto(shareLink)
    await guest.getByLabel('Password of the link').fill('garden')
    await guest.getByRole('button', { name: 'Enter' }).click()
    await row(guest, 'notes.txt').waitFor()

    const page = await signedIn(ann)
    await shareDialog(page, 'Team')
    await page.getByRole('button', { name: 'End this link' }).click()
    const question = page.getByRole('dialog', { name: 'End this link' })
    await question.getByRole('button', { name: 'End this link' }).click()
    await expect.poll(() => page.getByRole('textbox', { name: 'Copy link' }).count()).toBe(0)

    await guest.reload()
    await expect.poll(() => row(guest, 'notes.txt').count()).toBe(0)
    const stranger = await browser.newPage()
    await stranger.goto(shareLink)
    await stranger.getByRole('heading', { name: 'This link has ended' }).waitFor()
  })

  it('sign out, and are out', async () => {
    const page = await signedIn(ann)
    await account(page).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(readFileSync(join(served.folder, 'Secret/salaries.txt'), 'utf8')).toBe('secret')
  })
})
