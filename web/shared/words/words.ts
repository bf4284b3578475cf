import type { Language } from '../api-types.js'
import type { en } from './en.js'
import { localeFor } from './locale.js'

/** Everything the pages say. A language that lacks a sentence does not compile. */
export type Words = typeof en

/** The sentences of this page. Set once, before anything is shown; another language is another page load. */
export let words: Words
export let language: Language = 'en'
/** For dates and numbers: the language as it is written where the person lives. */
export let locale = 'en'

/** Loads the sentences of one language; the others are never sent to this browser. */
export async function loadWords(wanted: Language): Promise<void> {
  language = wanted
  locale = localeFor(wanted, navigator.languages)
  words = wanted === 'zh-CN' ? (await import('./zh-cn.js')).zhCN : (await import('./en.js')).en
}

/** The language the server wrote the page in. */
export function pageLanguage(): Language {
  return document.documentElement.lang.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}
