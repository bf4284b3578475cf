import { json } from '../message.js'
import { filePage, type Operation } from '../operation.js'
import { forCollabora } from './check-file-info/collabora.js'
import { forEveryClient, type InfoProperties } from './check-file-info/every-client.js'
import { forMicrosoft } from './check-file-info/microsoft.js'
import { forOnlyoffice } from './check-file-info/onlyoffice.js'

/**
 * Tells a client everything about a file and about what this person may do with it, as this very token stands at this moment.
 * One answer serves all clients: a client is never recognised by its name, and reads only the properties it knows.
 */
export const checkFileInfo: Operation = {
  name: 'CheckFileInfo',
  method: 'GET',
  path: '/files/:fileId',
  override: null,
  needs: 'read',
  refusal: 'not-found',
  spec: filePage('checkfileinfo'),
  async run(call) {
    const pages = call.host.pages(call.file.fileId, call.grant)
    const info: InfoProperties = Object.assign(
      forEveryClient(call, pages),
      forOnlyoffice(call),
      forCollabora(call),
      await forMicrosoft(call, pages),
      call.host.fileInfo(call.grant, call.file),
    )
    return json(info)
  },
}
