/**
 * How dates and numbers are written: as the browser's own languages have it where they are the language of the page, such as `en-GB` for `en`.
 * Some browsers name a locale of their system that is none of the web's, such as `en-US@posix`; it is passed over.
 */
export function localeFor(language: string, browserLanguages: readonly string[]): string {
  return browserLanguages.find((tag) => tag.startsWith(language) && isLocale(tag)) ?? language
}

function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0
  } catch {
    return false
  }
}
