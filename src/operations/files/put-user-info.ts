import { WopiError } from '../../protocol/errors.js'
import { ok, type WopiRequest } from '../message.js'
import { filePage, type Operation } from '../operation.js'
import { cutOff } from './incoming.js'

const MAX_USER_INFO = 1024

/** Keeps a short text for a person, given back as `UserInfo` in every CheckFileInfo of theirs. */
export const putUserInfo: Operation = {
  name: 'PutUserInfo',
  method: 'POST',
  path: '/files/:fileId',
  override: 'PUT_USER_INFO',
  needs: 'read',
  refusal: 'not-found',
  offered: (host) => host.users !== null,
  spec: filePage('putuserinfo'),
  async run({ request, host, grant }) {
    await host.users?.put(grant.userId, await asciiText(request))
    return ok()
  },
}

async function asciiText(request: WopiRequest): Promise<string> {
  let text = ''
  try {
    for await (const chunk of request.body ?? []) {
      if (text.length + chunk.byteLength > MAX_USER_INFO) {
        throw new WopiError('bad-request', `User info is at most ${MAX_USER_INFO} characters long.`)
      }
      text += String.fromCharCode(...chunk)
    }
  } catch (error) {
    throw error instanceof WopiError ? error : cutOff(text.length, error)
  }
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) throw new WopiError('bad-request', 'User info must be ASCII.')
  }
  return text
}
