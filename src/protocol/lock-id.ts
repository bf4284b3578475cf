/** The longest lock id the protocol knows, in characters. */
const LOCK_ID_MAX_LENGTH = 1024

/**
 * Reads a lock id as a client sent it. Lock ids are opaque: taken exactly as they come, compared character for character.
 *
 * A missing and an empty value are the same refusal. The problem is one ASCII sentence that never repeats the lock id itself.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/concepts#lock
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/key-concepts/
 */
export function parseLockId(value: string | null | undefined): { lockId: string } | { problem: string } {
  if (value === null || value === undefined || value === '') {
    return { problem: 'No lock id was sent. Send one of 1 to 1024 printable ASCII characters.' }
  }
  if (value.length > LOCK_ID_MAX_LENGTH) {
    return {
      problem: `The lock id has ${value.length} characters. At most ${LOCK_ID_MAX_LENGTH} are allowed.`,
    }
  }
  const foreign = value.search(/[^ -~]/)
  if (foreign !== -1) {
    return {
      problem: `Character ${foreign + 1} of the lock id is not printable ASCII. Use U+0020 to U+007E only.`,
    }
  }
  return { lockId: value }
}
