import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { launchBrowser } from '../support/browser.js'

/** A browser in which several people work, each in a context of their own. */
export interface LibraryBrowser {
  /** A page of somebody new. Whatever it complains of, or asks strangers for, is found by `complaints`. */
  newPage(options?: BrowserContextOptions): Promise<Page>
  /** Errors, violations of the content security policy, and requests to other places: none, if all is well. */
  complaints(): string[]
  /** Lets everybody leave. */
  leave(): Promise<void>
  close(): Promise<void>
}

/** Below the limit of a test, so that what failed is told by the step. */
const STEP_MS = 10_000

export async function openLibraryBrowser(): Promise<LibraryBrowser> {
  const browser: Browser = await launchBrowser()
  const contexts: BrowserContext[] = []
  let complaints: string[] = []
  return {
    async newPage(options = {}) {
      const context = await browser.newContext({
        locale: 'en-GB',
        viewport: { width: 1200, height: 800 },
        ...options,
      })
      context.setDefaultTimeout(STEP_MS)
      contexts.push(context)
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
      page.on('console', (message) => {
        const text = message.text()
        // The editor in the frame is a page of its own.
        if (message.location().url.includes('/text-editor/')) return
        if (/Content Security Policy|Refused to/.test(text)) complaints.push(`policy: ${text}`)
      })
      page.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url())
        if (protocol.startsWith('http') && hostname !== '127.0.0.1')
          complaints.push(`stranger: ${request.url()}`)
      })
      return page
    },
    complaints: () => complaints,
    async leave() {
      complaints = []
      for (const context of contexts.splice(0)) {
        // Leaving a page lets the editor unlock; a context that is closed ends like a crash.
        for (const page of context.pages()) await page.goto('about:blank').catch(() => {})
        await context.close()
      }
    },
    close: () => browser.close(),
  }
}

/** WCAG 2.2 AA as far as a program can judge it. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // What fades in has no contrast yet.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))),
  )
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .exclude('iframe')
    .analyze()
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n    ${nodes.map(({ html }) => html.slice(0, 160)).join('\n    ')}`,
  )
  expect(found, what).toEqual([])
}
