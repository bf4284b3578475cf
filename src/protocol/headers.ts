/**
 * Every header name of the protocol, spelled as in the specification.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/common-headers
 */
export const Header = {
  Override: 'X-WOPI-Override',
  Lock: 'X-WOPI-Lock',
  OldLock: 'X-WOPI-OldLock',
  LockFailureReason: 'X-WOPI-LockFailureReason',
  LockExpirationTimeout: 'X-WOPI-LockExpirationTimeout',
  ItemVersion: 'X-WOPI-ItemVersion',
  MaxExpectedSize: 'X-WOPI-MaxExpectedSize',
  Editors: 'X-WOPI-Editors',
  Size: 'X-WOPI-Size',
  SuggestedTarget: 'X-WOPI-SuggestedTarget',
  RelativeTarget: 'X-WOPI-RelativeTarget',
  OverwriteRelativeTarget: 'X-WOPI-OverwriteRelativeTarget',
  ValidRelativeTarget: 'X-WOPI-ValidRelativeTarget',
  FileConversion: 'X-WOPI-FileConversion',
  RequestedName: 'X-WOPI-RequestedName',
  InvalidFileNameError: 'X-WOPI-InvalidFileNameError',
  ServerError: 'X-WOPI-ServerError',
  Proof: 'X-WOPI-Proof',
  ProofOld: 'X-WOPI-ProofOld',
  TimeStamp: 'X-WOPI-TimeStamp',
  CorrelationId: 'X-WOPI-CorrelationId',
  SessionId: 'X-WOPI-SessionId',
} as const

/** What a save says about itself. Collabora Online sends `X-COOL-`, ONLYOFFICE Docs and older Collabora `X-LOOL-`. */
export const SaveHeader = {
  IsModifiedByUser: 'WOPI-IsModifiedByUser',
  IsAutosave: 'WOPI-IsAutosave',
  IsExitSave: 'WOPI-IsExitSave',
  Timestamp: 'WOPI-Timestamp',
} as const

/** Printable ASCII on one line: what free text must be before it may stand in a header. */
export function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, '?').slice(0, 512)
}
