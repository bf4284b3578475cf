import type { RemoteFile } from './bench.js'
import { expectJson, expectSame, expectStatus } from './expect.js'
import type { Answer } from './wire.js'

/** Headers of the mode in which the host may change the name. */
export const suggested = (name: string, more: Readonly<Record<string, string>> = {}) => ({
  'X-WOPI-SuggestedTarget': name,
  ...more,
})
/** Headers of the mode in which the name is used exactly or refused. */
export const specific = (name: string, more: Readonly<Record<string, string>> = {}) => ({
  'X-WOPI-RelativeTarget': name,
  ...more,
})
export const overwrite = { 'X-WOPI-OverwriteRelativeTarget': 'true' }

export function putRelative(
  source: RemoteFile,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array = 'new file',
): Promise<Answer> {
  return source.post('PUT_RELATIVE', headers, body)
}

/** The file was made, with exactly this name. */
export async function expectName(answer: Answer, name: string): Promise<void> {
  expectStatus(answer, 200)
  expectSame(expectJson(answer).Name, name, 'Name')
}
