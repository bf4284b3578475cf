import { z } from 'zod'
import { roles, shareRoles } from '../people/roles.js'

/* What the API says, as the documentation has it and as the code must give it. Times are milliseconds since 1970, sizes bytes. */

const time = z.int()
const size = z.int().min(0)

const personSchema = z.object({ id: z.string(), name: z.string() })

const lockSchema = z.object({ userName: z.string(), since: time, until: time })

const roleSchema = z.enum(roles)

const shareRoleSchema = z.enum(shareRoles)

export const openingSchema = z.object({
  intent: z.enum(['edit', 'view', 'convert', 'fill', 'embed']),
  /** Name of the client. */
  client: z.string(),
})

export const itemSchema = z.object({
  id: z.string(),
  kind: z.enum(['file', 'folder']),
  name: z.string(),
  size,
  modifiedAt: time,
  version: z.string().optional(),
  lock: lockSchema.nullable(),
  role: roleSchema,
  suspicious: z.string().nullable(),
  rescuedCount: z.int(),
  open: openingSchema.nullable(),
  thumbnail: z.string().nullable(),
  /** Null for the topmost folder that the person may see. */
  folderId: z.string().nullable(),
  /** Who has it open in a page of ours. */
  people: z.array(personSchema.extend({ editing: z.boolean() })),
  /** A save is being received, or the last editor has just closed the document and its save is on the way. */
  saving: z.boolean(),
  /** All ways to open it, when there is more than one: `/open/:id?client=` takes the name of the client. */
  openWith: z.array(openingSchema).optional(),
})

const placeSchema = z.object({ id: z.string(), name: z.string() })

export const folderSchema = itemSchema.extend({ path: z.array(placeSchema) })

/** A folder has the way to it. */
export const itemOrFolderSchema = itemSchema.extend({ path: z.array(placeSchema).optional() })

export const versionSchema = z.object({
  version: z.string(),
  at: time,
  size,
  sha256: z.string().optional(),
  origin: z.string(),
  user: personSchema.nullable(),
  editors: z.array(z.string()),
  modifiedByUser: z.boolean(),
  suspicious: z.string().nullable(),
  pinned: z.boolean(),
  current: z.boolean(),
  /** Whether its content can still be had. */
  available: z.boolean(),
})

export const rescuedSchema = z.object({
  id: z.string(),
  fileId: z.string(),
  name: z.string(),
  folderId: z.string().nullable(),
  at: time,
  size,
  code: z.string(),
  reason: z.string(),
  user: personSchema,
  baseVersion: z.string().nullable(),
  fileExists: z.boolean(),
})

export const binnedSchema = z.object({
  id: z.string(),
  kind: z.enum(['file', 'folder']),
  name: z.string(),
  path: z.string(),
  size,
  at: time,
  by: z.string().nullable(),
})

export const heldLockSchema = lockSchema.extend({
  fileId: z.string(),
  name: z.string(),
  folderPath: z.string(),
  /** Name of the client; null when its token named none, or one that is not connected any more. */
  client: z.string().nullable(),
  users: z.array(z.string()),
  lastSaveAt: time.nullable(),
})

export const uploadSchema = z.object({ uploadId: z.string(), offset: size, item: itemSchema.optional() })

const clientSchema = z.object({ name: z.string(), url: z.string().nullable(), reachable: z.boolean() })

export const sessionSchema = z.object({
  mode: z.enum(['single', 'accounts']),
  setupNeeded: z.boolean(),
  person: personSchema.extend({ admin: z.boolean(), guest: z.boolean() }).nullable(),
  csrf: z.string(),
  language: z.enum(['en', 'zh-CN']),
  /** Where the person begins; null for strangers, and for a guest of a single file. */
  rootId: z.string().nullable(),
  /** Whether that is the whole library, and not a folder the person was let into. */
  wholeLibrary: z.boolean(),
  /** The one file a guest was let into. */
  fileId: z.string().nullable(),
  version: z.string(),
  maxFileSize: size,
  canCreate: z.array(z.string()),
  clients: z.array(clientSchema),
})

/** `name` is what the person signs in with. */
export const accountSchema = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  admin: z.boolean(),
  disabled: z.boolean(),
  lastSeenAt: time.nullable(),
})

export const accountWithLinkSchema = z.object({ person: accountSchema, link: z.string().nullable() })

export const signedInSchema = z.object({
  id: z.string(),
  person: personSchema,
  createdAt: time,
  lastSeenAt: time,
  address: z.string(),
  userAgent: z.string(),
  current: z.boolean(),
})

export const shareSchema = z.object({
  id: z.string(),
  role: shareRoleSchema,
  url: z.string(),
  hasPassword: z.boolean(),
  expiresAt: time.nullable(),
})

/** `people` are those who may be added; `shares` are shown only to those who may manage the access. */
export const accessSchema = z.object({
  canManage: z.boolean(),
  people: z.array(personSchema),
  entries: z.array(
    z.object({
      person: personSchema,
      role: roleSchema.or(z.literal('none')),
      inheritedFrom: placeSchema.nullable(),
      /** Owns everything as an administrator, whatever is said of single items. */
      admin: z.boolean(),
    }),
  ),
  shares: z.array(shareSchema),
})

export const adminSchema = z.object({
  clients: z.array(
    clientSchema.extend({
      readAt: time.nullable(),
      problem: z.string().nullable(),
      proofKey: z.boolean(),
      extensions: z.array(z.object({ ext: z.string(), actions: z.array(z.string()) })),
    }),
  ),
  storage: z.object({ documents: size, versions: size, rescued: size, bin: size }),
  sessions: z.array(signedInSchema),
  refusals: z.array(
    z.object({
      at: time,
      operation: z.string().nullable(),
      fileId: z.string().nullable(),
      name: z.string().nullable(),
      user: z.string().nullable(),
      status: z.int(),
      reason: z.string(),
    }),
  ),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})

/** What has a name in the documentation. */
export const namedSchemas = {
  Access: accessSchema,
  Account: accountSchema,
  Admin: adminSchema,
  Binned: binnedSchema,
  Folder: folderSchema,
  HeldLock: heldLockSchema,
  Item: itemSchema,
  ItemOrFolder: itemOrFolderSchema,
  Lock: lockSchema,
  Opening: openingSchema,
  Person: personSchema,
  Place: placeSchema,
  Rescued: rescuedSchema,
  Role: roleSchema,
  Session: sessionSchema,
  Share: shareSchema,
  SignedIn: signedInSchema,
  Upload: uploadSchema,
  Version: versionSchema,
}

export type ItemView = z.infer<typeof itemSchema>
export type FolderView = z.infer<typeof folderSchema>
export type VersionView = z.infer<typeof versionSchema>
export type RescuedView = z.infer<typeof rescuedSchema>
export type SessionView = z.infer<typeof sessionSchema>
export type AdminView = z.infer<typeof adminSchema>
