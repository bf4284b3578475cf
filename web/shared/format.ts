import type { Version } from './api-types.js'
import { locale as pageLocale, words } from './words/words.js'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** 1234 → `1.2 kB`, in the digits and units of the language. */
export function sizeText(bytes: number, locale: string = pageLocale): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power)
}

/** Today the time, this year day and month, else the date: as short as it stays clear. */
export function whenText(at: number, now: number = Date.now(), locale: string = pageLocale): string {
  const time = new Date(at)
  const today = new Date(now)
  if (time.toDateString() === today.toDateString()) {
    return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(time)
  }
  const sameYear = time.getFullYear() === today.getFullYear()
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(time)
}

/** Date and time in full. */
export function fullTimeText(at: number, locale: string = pageLocale): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(at)
}

/** `5 minutes ago`, up to a week; then the date. */
export function agoText(
  at: number,
  now: number = Date.now(),
  locale: string = pageLocale,
  justNow: string = words.app.justNow,
): string {
  const seconds = Math.round((at - now) / 1000)
  // A clock of the server that is ahead of ours makes nothing happen in the future.
  if (seconds > -60) return justNow
  const steps = [
    ['minute', 60, 60],
    ['hour', 3600, 24],
    ['day', 86400, 7],
  ] as const
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  for (const [unit, length, limit] of steps) {
    const amount = Math.round(seconds / length)
    if (Math.abs(amount) < limit) return relative.format(amount, unit)
  }
  return whenText(at, now, locale)
}

export function percentText(part: number, locale: string = pageLocale): string {
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(part)
}

export function listText(names: readonly string[], locale: string = pageLocale): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names)
}

/** Everybody who had a part in a version: who saved it first. */
export function authorsOf({ user, editors }: Version): string[] {
  return [...new Set(user ? [user.name, ...editors] : editors)].filter(
    (name) => name !== '' && name !== user?.id,
  )
}

/**
 * A name as it may be shown: without control characters and without the invisible ones that turn the reading direction, with which
 * `exe.doc` passes for `cod.exe`.
 */
export function readableName(name: string): string {
  return name.replace(/[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** `Report.final.docx` → `Report.final` and `.docx`. A name that begins with its only dot has no extension. */
export function nameParts(name: string): { readonly stem: string; readonly extension: string } {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? { stem: name.slice(0, dot), extension: name.slice(dot) } : { stem: name, extension: '' }
}
