import type { Logger } from 'pino'
import type { FolderLibrary } from '../drivers/folder/index.js'
import type { WopiHost } from '../host/host.js'
import type { Activity } from './activity/activity.js'
import type { People } from './people/people.js'
import type { Settings } from './settings.js'
import type { PdfPictures } from './thumbnails/pdf-pictures.js'
import type { Uploads } from './transfer/uploads.js'
import type { Door } from './visitors.js'

/** What the pages and the API work with. */
export interface ServerContext {
  readonly host: WopiHost
  readonly library: FolderLibrary
  /** Null where nobody signs in: one person, who may do everything. */
  readonly people: People | null
  readonly activity: Activity
  readonly uploads: Uploads
  readonly pdfPictures: PdfPictures
  readonly door: Door
  readonly settings: Settings
  /** Where browsers reach us, without a trailing slash. */
  readonly publicUrl: string
  /** The path of the public URL, without a trailing slash. */
  readonly base: string
  /** The port that is listened on. */
  readonly port: number
  readonly log: Logger
  /** The id of the file that an access token opens at this moment; null when it opens none. */
  tokenFile(token: string): Promise<string | null>
  /** Milliseconds since 1970. */
  now(): number
}
