import { Header } from '../src/protocol/headers.js'

/** What one editing session saw, step by step. */
export interface EditSession {
  readonly info: { readonly BaseFileName: string; readonly Size: number; readonly UserCanWrite: boolean }
  readonly before: string
  readonly after: string
  /** Statuses of Lock, PutFile and Unlock. */
  readonly statuses: readonly number[]
}

/** Plays a client over HTTP: CheckFileInfo, Lock, GetFile, PutFile, Unlock, and a last GetFile to see what was stored. */
export async function editSession(
  wopiSrc: string,
  accessToken: string,
  content: string,
): Promise<EditSession> {
  const query = `?access_token=${accessToken}`
  const post = (path: string, override: string, body?: string) =>
    fetch(wopiSrc + path + query, {
      method: 'POST',
      headers: { [Header.Override]: override, [Header.Lock]: 'session-1' },
      ...(body === undefined ? {} : { body }),
    })
  const read = async () => (await fetch(`${wopiSrc}/contents${query}`)).text()

  const info = (await (await fetch(wopiSrc + query)).json()) as EditSession['info']
  const locked = await post('', 'LOCK')
  const before = await read()
  const saved = await post('/contents', 'PUT', content)
  const unlocked = await post('', 'UNLOCK')
  return {
    info,
    before,
    after: await read(),
    statuses: [locked.status, saved.status, unlocked.status],
  }
}
