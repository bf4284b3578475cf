import { expect, test } from 'vitest'
import { localeFor } from './locale.js'

test('dates are written as where the person lives, in the language of the page', () => {
  expect(localeFor('en', ['de-DE', 'en-GB', 'en-US'])).toBe('en-GB')
  expect(localeFor('zh-CN', ['en-GB', 'zh-CN'])).toBe('zh-CN')
  expect(localeFor('zh-CN', ['zh-TW', 'en'])).toBe('zh-CN')
})

test('what is no locale of the web does no harm', () => {
  expect(localeFor('en', ['en-US@posix'])).toBe('en')
  expect(localeFor('en', [])).toBe('en')
})
