import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { launchBrowser } from '../support/browser.js'

/** A browser in which several people work, each in a context of their own. */
export interface LibraryBrowser {
  /** A page of somebody new. Whatever it complains of, or asks strangers for, is found by `complaints`. */
  newPage(options?: BrowserContextOptions): Promise<Page>
  /** Errors, whatever the console warns of, and requests to other places: none, if all is well. */
  complaints(): string[]
  /** What the console says of requests that were refused: none, but where somebody does what is refused. */
  refusals(): string[]
  /** Lets everybody leave. */
  leave(): Promise<void>
  close(): Promise<void>
}

/** Below the limit of a test, so that what failed is told by the step. */
const STEP_MS = 10_000

/** @param expected what the console may warn of. */
export async function openLibraryBrowser(expected?: RegExp): Promise<LibraryBrowser> {
  const browser: Browser = await launchBrowser()
  const contexts: BrowserContext[] = []
  let complaints: string[] = []
  let refusals: string[] = []
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
        if (message.type() !== 'error' && message.type() !== 'warning') return
        const text = `console: ${message.text()} (${message.location().url})`
        if (expected?.test(text)) return
        if (text.includes('Failed to load resource')) refusals.push(text)
        else complaints.push(text)
      })
      page.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url())
        if (protocol.startsWith('http') && hostname !== '127.0.0.1')
          complaints.push(`stranger: ${request.url()}`)
      })
      return page
    },
    complaints: () => complaints,
    refusals: () => refusals,
    async leave() {
      complaints = []
      refusals = []
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
export async function expectAccessible(page: Page, what: string, { frames = false } = {}): Promise<void> {
  // What fades in has no contrast yet.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))),
  )
  const axe = new AxeBuilder({ page }).withTags([
    ...['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  ])
  if (!frames) axe.exclude('iframe')
  const { violations } = await axe.analyze()
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n    ${nodes.map(({ html }) => html.slice(0, 160)).join('\n    ')}`,
  )
  expect(found, what).toEqual([])
}
