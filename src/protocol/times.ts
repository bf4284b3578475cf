/** 1970-01-01 in milliseconds since 0001-01-01 UTC, where .NET ticks begin. */
const UNIX_EPOCH_MS = 62_135_596_800_000

const TICKS_PER_MS = 10_000n

const YEAR_1_MS = Date.parse('0001-01-01T00:00:00Z')
const YEAR_10000_MS = Date.parse('+010000-01-01T00:00:00Z')

/**
 * Writes an instant the way `LastModifiedTime` wants it: UTC with seven fractional digits, `2026-01-15T12:00:00.0000000Z`.
 * The same instant always gives the same text: Collabora Online compares the texts, not the times.
 *
 * @param ms milliseconds since 1970 UTC; a fraction is dropped.
 * @throws RangeError outside the years 0001 to 9999.
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/files/checkfileinfo
 */
export function formatTime(ms: number): string {
  if (!(ms >= YEAR_1_MS && ms < YEAR_10000_MS)) {
    throw new RangeError(`The time ${ms} ms since 1970 is outside the years 0001 to 9999`)
  }
  return `${new Date(Math.floor(ms)).toISOString().slice(0, -1)}0000Z`
}

const timePattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/

/**
 * Reads an ISO 8601 instant with any number of fractional digits, in UTC or with an offset.
 *
 * @returns milliseconds since 1970 UTC, finer fractions dropped; null when the text is no such time or no such day exists.
 */
export function parseTime(text: string): number | null {
  const [, dateTime, fraction = '', sign, hours, minutes] = timePattern.exec(text) ?? []
  if (dateTime === undefined) return null
  const written = `${dateTime}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
  const local = Date.parse(written)
  // Date.parse lets 31 June and 24:00 roll over into the next day.
  if (Number.isNaN(local) || new Date(local).toISOString() !== written) return null
  if (sign === undefined) return local
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000
  return sign === '+' ? local - offset : local + offset
}

/**
 * Turns .NET ticks, the unit of `X-WOPI-TimeStamp` (100 ns since 0001-01-01 UTC, never negative), into milliseconds since 1970 UTC,
 * a fraction dropped.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/scenarios/proofkeys
 */
export function ticksToMs(ticks: bigint): number {
  return Number(ticks / TICKS_PER_MS) - UNIX_EPOCH_MS
}

/** Turns milliseconds since 1970 UTC into .NET ticks; a fraction of a millisecond is dropped. */
export function msToTicks(ms: number): bigint {
  return BigInt(Math.floor(ms) + UNIX_EPOCH_MS) * TICKS_PER_MS
}
