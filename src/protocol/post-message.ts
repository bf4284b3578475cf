/*
 * The messages that a client's frame and the host page around it exchange. ONLYOFFICE Docs, Collabora Online and
 * Microsoft 365 name some of them differently: here each has one kind, and the names on the wire stand in two tables.
 */

/** How far the editor is. Collabora Online reports each step, the others only `document-loaded`. */
export type LoadingStatus = 'initialized' | 'frame-ready' | 'document-loaded' | 'failed'

/** What an editor tells the page around it. */
export type EditorMessage =
  | { readonly kind: 'loading-status'; readonly status: LoadingStatus }
  /** The person closes the editor: leave for the folder. */
  | { readonly kind: 'close' }
  /** The person wants to edit what is open for reading: go to the edit page. */
  | { readonly kind: 'edit' }
  /** The person wants to share the file. */
  | { readonly kind: 'share' }
  /** The person wants to see the file's versions. */
  | { readonly kind: 'versions' }
  /** The file has a new name, with or without its extension: see {@link nameAfterRename}. Its id is the same. */
  | { readonly kind: 'rename'; readonly newName: string }
  /** Somebody is editing, so their session at the host should stay alive. Comes every half to five minutes. */
  | { readonly kind: 'edit-notification' }
  /** The person wants an image of the host's: let them pick one and answer with `insert-image`. */
  | { readonly kind: 'insert-image' }
  /** The person wants a copy: ask for its name and answer with `save-as`. `format` is an extension, null for the same. */
  | { readonly kind: 'save-as'; readonly format: string | null }
  /** The person asked the editor to save. */
  | { readonly kind: 'save' }
  /** The outcome of a `save` or `save-as` that was sent with `notify`. */
  | SaveResponse
  /** Whether there are changes that are not saved. */
  | { readonly kind: 'modified-status'; readonly modified: boolean }
  /** Everyone who has the document open. */
  | { readonly kind: 'views'; readonly views: readonly EditorView[] }
  /** The person has done nothing for a while. */
  | { readonly kind: 'user-idle' }
  /** The session has ended. */
  | { readonly kind: 'session-closed' }
  /** The person wants a download, which the page is to start from this URL. */
  | { readonly kind: 'download-as'; readonly type: string; readonly url: string }
  /** The editor has let go of the file: an older version may take its place. Answers `prepare-version-restore`. */
  | { readonly kind: 'version-restore-ready' }
  /** The editor shows a dialog of its own, so the page around it should step back; or shows it no more. */
  | { readonly kind: 'blur-focus' | 'grab-focus' }
  /** A message that only one client knows, with whatever came with it. */
  | { readonly kind: 'other'; readonly messageId: OtherEditorMessage; readonly values: unknown }

/** @see {@link EditorMessage} */
export interface SaveResponse {
  readonly kind: 'save-response'
  readonly success: boolean
  readonly fileName: string | null
  readonly error: string | null
}

/** One person's view of a document that is open in Collabora Online. */
export interface EditorView {
  readonly viewId: number
  readonly userId: string
  readonly userName: string
  readonly readOnly: boolean
}

const otherEditorMessages = [
  'App_IsFrameTrusted',
  'App_PushState',
  'Get_Comments_Resp',
  'Get_Export_Formats_Resp',
  'Get_User_State_Resp',
  'Get_Views_Resp',
  'UI_CreateFile',
  'UI_FileEmbed',
  'UI_Hyperlink',
  'UI_InsertFile',
  'UI_Mention',
  'UI_Workflow',
] as const

/** Name on the wire of a message that only one client sends. */
export type OtherEditorMessage = (typeof otherEditorMessages)[number]

type Read = (values: unknown) => EditorMessage | null

const loadingStatuses: ReadonlyMap<string, LoadingStatus> = new Map([
  ['Initialized', 'initialized'],
  ['Frame_Ready', 'frame-ready'],
  ['Document_Loaded', 'document-loaded'],
  ['Failed', 'failed'],
])

/** From the editor's names to ours. What is not listed is not a message. */
const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['App_LoadingStatus', loadingStatus],
  ['UI_Close', () => ({ kind: 'close' })],
  ['UI_Edit', () => ({ kind: 'edit' })],
  ['UI_Sharing', () => ({ kind: 'share' })],
  ['UI_Share', () => ({ kind: 'share' })],
  ['UI_FileVersions', () => ({ kind: 'versions' })],
  ['File_Rename', rename],
  ['Edit_Notification', () => ({ kind: 'edit-notification' })],
  ['UI_InsertGraphic', () => ({ kind: 'insert-image' })],
  ['UI_SaveAs', saveAs],
  ['UI_Save', () => ({ kind: 'save' })],
  ['Action_Save_Resp', saveResponse],
  [
    'Doc_ModifiedStatus',
    (values) => ({ kind: 'modified-status', modified: property(values, 'Modified') === true }),
  ],
  ['Views_List', views],
  ['User_Idle', () => ({ kind: 'user-idle' })],
  ['Session_Closed', () => ({ kind: 'session-closed' })],
  ['Download_As', downloadAs],
  ['App_VersionRestore', versionRestore],
  ['Blur_Focus', () => ({ kind: 'blur-focus' })],
  ['Grab_Focus', () => ({ kind: 'grab-focus' })],
  ...otherEditorMessages.map((messageId): [string, Read] => [
    messageId,
    (values) => ({ kind: 'other', messageId, values }),
  ]),
])

/**
 * Understands what an editor posted: JSON text, or the object itself. Null for everything that is not a known message
 * with the values it must have. Never throws; who sent it must have been checked before.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/scenarios/postmessage
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/postmessage/
 * @see https://sdk.collaboraonline.com/docs/postmessage_api.html
 */
export function parseEditorMessage(data: unknown): EditorMessage | null {
  const message = typeof data === 'string' ? parseJson(data) : data
  const messageId = property(message, 'MessageId')
  if (typeof messageId !== 'string') return null
  return readers.get(messageId)?.(property(message, 'Values')) ?? null
}

function loadingStatus(values: unknown): EditorMessage | null {
  // Microsoft sends no status: the message itself says that the document is there.
  if (property(values, 'Status') === undefined) return { kind: 'loading-status', status: 'document-loaded' }
  const status = loadingStatuses.get(text(values, 'Status') ?? '')
  return status === undefined ? null : { kind: 'loading-status', status }
}

function rename(values: unknown): EditorMessage | null {
  const newName = text(values, 'NewName')
  return newName === null || newName === '' ? null : { kind: 'rename', newName }
}

function saveAs(values: unknown): EditorMessage {
  return { kind: 'save-as', format: text(values, 'format') ?? text(property(values, 'args'), 'format') }
}

function saveResponse(values: unknown): EditorMessage {
  return {
    kind: 'save-response',
    success: property(values, 'success') === true,
    fileName: text(values, 'fileName'),
    error: text(values, 'errorMsg'),
  }
}

function views(values: unknown): EditorMessage | null {
  if (!Array.isArray(values)) return null
  return { kind: 'views', views: values.flatMap((view: unknown) => viewFrom(view) ?? []) }
}

function viewFrom(view: unknown): EditorView | null {
  const viewId = property(view, 'ViewId')
  if (typeof viewId !== 'number') return null
  const readOnly = property(view, 'ReadOnly')
  return {
    viewId,
    userId: text(view, 'UserId') ?? '',
    userName: text(view, 'UserName') ?? '',
    readOnly: readOnly === true || readOnly === '1',
  }
}

function downloadAs(values: unknown): EditorMessage | null {
  const url = text(values, 'URL')
  return url !== null && /^https?:\/\//i.test(url)
    ? { kind: 'download-as', type: text(values, 'Type') ?? '', url }
    : null
}

function versionRestore(values: unknown): EditorMessage | null {
  return text(values, 'Status') === 'Pre_Restore_Ack' ? { kind: 'version-restore-ready' } : null
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}

function text(value: unknown, name: string): string | null {
  const found = property(value, name)
  return typeof found === 'string' ? found : null
}

/**
 * The full name of a file after a `rename` message. ONLYOFFICE Docs says the new name with its extension, the others
 * without; no client changes the extension itself.
 */
export function nameAfterRename(currentName: string, newName: string): string {
  const dot = currentName.lastIndexOf('.')
  const extension = dot > 0 ? currentName.slice(dot) : ''
  return newName.toLowerCase().endsWith(extension.toLowerCase()) ? newName : newName + extension
}

/** What the page tells the editor. ONLYOFFICE Docs understands the first three kinds and ignores the rest. */
export type HostMessage =
  /** The page listens now. */
  | { readonly kind: 'postmessage-ready' }
  /** The page shows a dialog of its own and takes the keyboard; or gives it back. */
  | { readonly kind: 'blur-focus' | 'grab-focus' }
  /** Inserts the image that anyone can download from this URL for the moment. */
  | { readonly kind: 'insert-image'; readonly url: string }
  | SaveRequest
  /** Saves a copy under a full name, beside the file. */
  | { readonly kind: 'save-as'; readonly fileName: string; readonly notify?: boolean }
  | { readonly kind: 'close' }
  | { readonly kind: 'print' }
  /** Downloads the document in another format, given as an extension. */
  | { readonly kind: 'export'; readonly format: string }
  /** Replaces the token of the running session, before it expires. */
  | { readonly kind: 'reset-access-token'; readonly token: string }
  /** An older version is to take the place of the file; wait for `version-restore-ready` first. */
  | { readonly kind: 'prepare-version-restore' }
  /** A message that only one client knows. */
  | {
      readonly kind: 'other'
      readonly messageId: OtherHostMessage
      readonly values?: Readonly<Record<string, unknown>>
    }

/** Saves the document now. */
export interface SaveRequest {
  readonly kind: 'save'
  /** Leave a spreadsheet cell that is being typed in as it is. */
  readonly dontTerminateEdit?: boolean
  readonly dontSaveIfUnmodified?: boolean
  /** Answer with `save-response`. */
  readonly notify?: boolean
  /** Any text; comes back to the host with the save, as `X-COOL-WOPI-ExtendedData`. */
  readonly extendedData?: string
}

/** Name on the wire of a message that only one client understands. */
export type OtherHostMessage =
  | `Action_${'CompareDocuments' | 'Copy' | 'FollowUser' | 'Fullscreen' | 'FullscreenPresentation' | 'GoToComment'}`
  | `Action_${'HideBusy' | 'ShowBusy' | 'InsertFile' | 'InsertLink' | 'InsertMultimedia' | 'Mention' | 'Paste'}`
  | `Action_${'RemoveView' | 'ResolveComment' | 'ChangeUIMode'}`
  | `Get_${'Views' | 'Export_Formats' | 'Comments' | 'User_State'}`
  | `${'Show' | 'Hide'}_${'Button' | 'Command' | 'Menubar' | 'Menu_Item' | 'Ruler' | 'Sidebar' | 'StatusBar'}`
  | `${'Insert' | 'Remove'}_Button`
  | 'Close_Session'
  | 'Disable_Default_UIAction'
  | 'Send_UNO_Command'
  | 'Set_Settings'
  | 'App_PopState'
  | 'CanEmbed'
  | 'Host_IsFrameTrusted'
  | 'Host_PerfTiming'

/**
 * The text to post into the editor's frame.
 *
 * @param now milliseconds since 1970, the time that every message carries.
 * @see {@link parseEditorMessage} for the specifications.
 */
export function hostMessage(message: HostMessage, now: number = Date.now()): string {
  const [messageId, values] = wireForm(message)
  return JSON.stringify({ MessageId: messageId, SendTime: now, Values: values })
}

/** From our names to the editor's. */
function wireForm(message: HostMessage): [messageId: string, values: Readonly<Record<string, unknown>>] {
  switch (message.kind) {
    case 'postmessage-ready':
      return ['Host_PostmessageReady', {}]
    case 'blur-focus':
      return ['Blur_Focus', {}]
    case 'grab-focus':
      return ['Grab_Focus', {}]
    case 'insert-image':
      return ['Action_InsertGraphic', { url: message.url }]
    case 'save':
      return [
        'Action_Save',
        {
          DontTerminateEdit: message.dontTerminateEdit,
          DontSaveIfUnmodified: message.dontSaveIfUnmodified,
          Notify: message.notify,
          ExtendedData: message.extendedData,
        },
      ]
    case 'save-as':
      return ['Action_SaveAs', { Filename: message.fileName, Notify: message.notify }]
    case 'close':
      return ['Action_Close', {}]
    case 'print':
      return ['Action_Print', {}]
    case 'export':
      return ['Action_Export', { Format: message.format }]
    case 'reset-access-token':
      return ['Reset_Access_Token', { token: message.token }]
    case 'prepare-version-restore':
      return ['Host_VersionRestore', { Status: 'Pre_Restore' }]
    case 'other':
      return [message.messageId, message.values ?? {}]
  }
}
