import { signal } from '@preact/signals'
import { base } from './place.js'

export type Theme = 'system' | 'light' | 'dark'

const YEAR_SECONDS = 31_536_000

/** Kept in a cookie, so that the server writes the next page in the right colours from the start. */
export const theme = signal<Theme>(themeFrom(readCookie('wopikit_theme')))

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen
  writeCookie('wopikit_theme', chosen === 'system' ? '' : chosen)
  applyTheme()
}

/** Sets the colours of this page; `system` leaves it to the browser. */
export function applyTheme(): void {
  const { dataset } = document.documentElement
  if (theme.value === 'system') delete dataset.theme
  else dataset.theme = theme.value
}

function themeFrom(text: string): Theme {
  return text === 'light' || text === 'dark' ? text : 'system'
}

function readCookie(name: string): string {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`))
  return found?.slice(name.length + 1) ?? ''
}

function writeCookie(name: string, value: string): void {
  const age = value === '' ? 0 : YEAR_SECONDS
  // biome-ignore lint/suspicious/noDocumentCookie: the CookieStore API is missing where pages come over http.
  document.cookie = `${name}=${value}; path=${base || '/'}; max-age=${age}; samesite=lax`
}
