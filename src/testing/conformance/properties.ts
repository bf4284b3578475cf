/** The words of a text: easier to read than a list of quotes. */
function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

/** Properties of CheckFileInfo that are true or false. A text in their place is read as something else by each client. */
export const booleans = words(`
  ReadOnly UserCanWrite UserCanRename UserCanNotWriteRelative UserCanReview UserCanOnlyComment
  UserCanAttend UserCanPresent IsAnonymousUser IsEduUser LicenseCheckForEditIsEnabled SupportsUpdate
  SupportsLocks SupportsGetLock SupportsExtendedLockLength SupportsRename SupportsDeleteFile
  SupportsUserInfo SupportsReviewing SupportsContainers SupportsEcosystem SupportsFileCreation
  SupportsAddActivities SupportsCobalt SupportsFolders SupportsCoauth ClosePostMessage EditModePostMessage
  EditNotificationPostMessage FileSharingPostMessage FileVersionPostMessage CloseButtonClosesWindow
  DisablePrint DisableExport DisableCopy HidePrintOption HideExportOption HideSaveOption
  RestrictedWebViewOnly WebEditingDisabled EnableInsertRemoteImage EnableShare DownloadAsPostMessage
  SaveAsPostmessage
`)

/** Properties that are texts. */
export const texts = words(`
  BaseFileName Version OwnerId UserId UserFriendlyName LastModifiedTime FileExtension SHA256
  UniqueContentId UserInfo PostMessageOrigin BreadcrumbDocName BreadcrumbFolderName BreadcrumbBrandName
  CopyPasteRestrictions HideUserList WatermarkText
`)

/** Addresses, absolute where they are sent. */
export const urls = words(`
  FileUrl TemplateSource DownloadUrl CloseUrl HostEditUrl HostViewUrl HostEmbeddedViewUrl
  HostEmbeddedEditUrl FileSharingUrl FileVersionUrl SignInUrl SignoutUrl ClientUrl BreadcrumbBrandUrl
  BreadcrumbFolderUrl
`)

/** Properties that are whole numbers. */
export const integers = words(`
  Size FileNameMaxLength SequenceNumber AccessTokenExpiry ServerTime
`)

/** Microsoft's extended set: announced whole or not at all. */
export const extendedSet = words(`
  SupportsCoauth SequenceNumber OfficeCollaborationServiceEndpointUrl RealTimeChannelEndpointUrl
  AccessTokenExpiry ServerTime SharingStatus FileGeoLocationCode
`)
