/**
 * The answer of CheckFileInfo, names and types exactly as on the wire. Never `null`: what does not apply is left out.
 * All URLs are absolute.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/files/checkfileinfo
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/wopi-rest-api/checkfileinfo/
 * @see https://sdk.collaboraonline.com/docs/advanced_integration.html
 */
export interface CheckFileInfo
  extends FileProperties,
    AbilityProperties,
    PersonProperties,
    PageProperties,
    RestrictionProperties {}

/** The file itself. */
interface FileProperties {
  BaseFileName: string
  /** Bytes. 0 makes ONLYOFFICE upload a template first. */
  Size: number
  Version: string
  OwnerId: string
  /** `yyyy-MM-ddTHH:mm:ss.fffffffZ` */
  LastModifiedTime?: string
  /** With its dot; wins over the extension of BaseFileName. */
  FileExtension?: string
  /** Longest name without extension. */
  FileNameMaxLength?: number
  /** Base64. */
  SHA256?: string
  UniqueContentId?: string
  FileUrl?: string
  TemplateSource?: string
  TemplateSaveAs?: string
  DownloadUrl?: string
}

/** What the host can do. The same for every person with the file: ONLYOFFICE keeps those of the first one for the whole session. */
interface AbilityProperties {
  SupportsUpdate?: boolean
  SupportsLocks?: boolean
  SupportsGetLock?: boolean
  SupportsExtendedLockLength?: boolean
  SupportsRename?: boolean
  SupportsDeleteFile?: boolean
  SupportsUserInfo?: boolean
  SupportsReviewing?: boolean
  SupportsContainers?: boolean
  SupportsEcosystem?: boolean
  SupportsGetFileWopiSrc?: boolean
  SupportsFileCreation?: boolean
  SupportsAddActivities?: boolean
  SupportedShareUrlTypes?: readonly ('ReadOnly' | 'ReadWrite')[]
}

/** The person, and what they may do. */
interface PersonProperties {
  UserId: string
  UserFriendlyName?: string
  IsAnonymousUser?: boolean
  UserInfo?: string
  ReadOnly?: boolean
  UserCanWrite?: boolean
  UserCanReview?: boolean
  UserCanOnlyComment?: boolean
  UserCanOnlyManageRedlines?: boolean
  UserCanRename?: boolean
  UserCanNotWriteRelative?: boolean
  UserCanAttend?: boolean
  UserCanPresent?: boolean
  LicenseCheckForEditIsEnabled?: boolean
  IsEduUser?: boolean
  IsAdminUser?: boolean
  IsUserLocked?: boolean
  IsUserRestricted?: boolean
  ObfuscatedUserId?: string
  UserExtraInfo?: { readonly avatar?: string; readonly mail?: string; readonly is_admin?: boolean }
  UserPrivateInfo?: Readonly<Record<string, unknown>>
  ServerPrivateInfo?: Readonly<Record<string, unknown>>
  UserSettings?: { readonly uri: string }
  SharedSettings?: { readonly uri: string }
}

/** The host's pages around the editor, and what the editor asks them by PostMessage. */
interface PageProperties {
  /** Origin of the host page, no path and no slash. */
  PostMessageOrigin?: string
  HostEditUrl?: string
  HostViewUrl?: string
  HostEmbeddedViewUrl?: string
  HostEmbeddedEditUrl?: string
  CloseUrl?: string
  ClosePostMessage?: boolean
  CloseButtonClosesWindow?: boolean
  EditModePostMessage?: boolean
  EditNotificationPostMessage?: boolean
  FileSharingUrl?: string
  FileSharingPostMessage?: boolean
  FileVersionUrl?: string
  FileVersionPostMessage?: boolean
  FileEmbedCommandUrl?: string
  FileEmbedCommandPostMessage?: boolean
  AppStateHistoryPostMessage?: boolean
  InsertImagePostMessage?: boolean
  EnableInsertRemoteImage?: boolean
  EnableInsertRemoteFile?: boolean
  EnableRemoteLinkPicker?: boolean
  EnableRemoteAIContent?: boolean
  EnableShare?: boolean
  SaveAsPostmessage?: boolean
  DownloadAsPostMessage?: boolean
  BreadcrumbBrandName?: string
  BreadcrumbBrandUrl?: string
  BreadcrumbDocName?: string
  BreadcrumbFolderName?: string
  BreadcrumbFolderUrl?: string
  SignInUrl?: string
  SignoutUrl?: string
  ClientUrl?: string
}

/** What is kept from this person. */
interface RestrictionProperties {
  RestrictedWebViewOnly?: boolean
  WebEditingDisabled?: boolean
  TemporarilyNotWritable?: boolean
  CopyPasteRestrictions?: 'BlockAll' | 'CurrentDocumentOnly'
  DisablePrint?: boolean
  DisableExport?: boolean
  DisableCopy?: boolean
  DisableTranslation?: boolean
  DisableBrowserCachingOfUserContent?: boolean
  DisableInactiveMessages?: boolean
  DisablePresentation?: boolean
  DisableInsertLocalImage?: boolean
  DisableChangeTrackingRecord?: boolean
  DisableChangeTrackingShow?: boolean
  HideChangeTrackingControls?: boolean
  HidePrintOption?: boolean
  HideExportOption?: boolean
  HideSaveOption?: boolean
  HideRepairOption?: boolean
  HideUserList?: string
  WatermarkText?: string
  AllowExternalMarketplace?: boolean
  AllowErrorReportPrompt?: boolean
  EnableOwnerTermination?: boolean
}
